/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Something that the library refused or could not do. The message says what was expected and what came.
 *
 * <p>Not all failures are of this class: an object that was closed, that another thread is in, or that is in the wrong
 * state for a call throws an {@link IllegalStateException}, as such objects do in Java. A cancelled call throws a {@link
 * java.util.concurrent.CancellationException}.
 */
public class LongwaveException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** See the method of this name. */
  private final int status;

  LongwaveException(int status, String message) {
    super(message);
    this.status = status;
  }

  /**
   * The library's own number, one of the {@code LWAVE_} constants of its C header.
   *
   * @return the number, such as 42 for corrupt data
   */
  public int status() {
    return status;
  }

  /** An argument or an option is wrong: its size, its value, its name. */
  public static final class InvalidArgument extends LongwaveException {
    private static final long serialVersionUID = 1L;

    InvalidArgument(int status, String message) {
      super(status, message);
    }
  }

  /** More than the model, the memory or the workspace was made for. */
  public static final class CapacityExceeded extends LongwaveException {
    private static final long serialVersionUID = 1L;

    CapacityExceeded(int status, String message) {
      super(status, message);
    }
  }

  /** A model, an option or a mechanism that this version does not have. */
  public static final class Unsupported extends LongwaveException {
    private static final long serialVersionUID = 1L;

    Unsupported(int status, String message) {
      super(status, message);
    }
  }

  /** There is not enough native memory. Java's own heap is another matter. */
  public static final class OutOfMemory extends LongwaveException {
    private static final long serialVersionUID = 1L;

    OutOfMemory(int status, String message) {
      super(status, message);
    }
  }

  /** A file is missing or could not be read or written. */
  public static final class Io extends LongwaveException {
    private static final long serialVersionUID = 1L;

    Io(int status, String message) {
      super(status, message);
    }
  }

  /** A file or a snapshot is damaged. */
  public static final class CorruptData extends LongwaveException {
    private static final long serialVersionUID = 1L;

    CorruptData(int status, String message) {
      super(status, message);
    }
  }

  /** A sound snapshot, but of another model or with other options. */
  public static final class Mismatch extends LongwaveException {
    private static final long serialVersionUID = 1L;

    Mismatch(int status, String message) {
      super(status, message);
    }
  }
}
