/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** From a status to an exception; called by the native code, by this name. */
final class Errors {
  static final int OUTPUT_FULL = 10;
  static final int CANCELLED = 11;
  private static final int INVALID_ARGUMENT = 20;
  private static final int INVALID_STATE = 21;
  private static final int CAPACITY_EXCEEDED = 22;
  private static final int UNSUPPORTED = 23;
  private static final int OUT_OF_MEMORY = 30;
  private static final int NOT_FOUND = 40;
  private static final int IO_ERROR = 41;
  private static final int CORRUPT_DATA = 42;
  private static final int MISMATCH = 43;
  private static final int CLOSED = 1000;
  private static final int BUSY = 1001;

  private Errors() {}

  static RuntimeException create(int status, byte[] utf8) {
    String message = Utf8.decode(utf8);
    switch (status) {
      case CANCELLED:
        return new CancelledException(message);
      case INVALID_ARGUMENT:
        return new LongwaveException.InvalidArgument(status, message);
      case INVALID_STATE:
      case CLOSED:
      case BUSY:
        return new IllegalStateException(message);
      case CAPACITY_EXCEEDED:
        return new LongwaveException.CapacityExceeded(status, message);
      case UNSUPPORTED:
        return new LongwaveException.Unsupported(status, message);
      case OUT_OF_MEMORY:
        return new LongwaveException.OutOfMemory(status, message);
      case NOT_FOUND:
      case IO_ERROR:
        return new LongwaveException.Io(status, message);
      case CORRUPT_DATA:
        return new LongwaveException.CorruptData(status, message);
      case MISMATCH:
        return new LongwaveException.Mismatch(status, message);
      default:
        return new LongwaveException(status, message);
    }
  }
}
