/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.concurrent.CancellationException;

/**
 * A call was stopped by a cancel() from another thread. Nothing is lost: push the rest of what a {@link DocumentStream} was
 * given, or call again.
 */
public final class CancelledException extends CancellationException {
  private static final long serialVersionUID = 1L;

  /** See the method of this name. */
  private final long taken;

  CancelledException(long taken) {
    super("cancelled; " + taken + " of what was pushed were taken before");
    this.taken = taken;
  }

  CancelledException(String message) {
    super(message);
    this.taken = 0;
  }

  /**
   * How much of the call's input was taken before it stopped.
   *
   * @return chars, bytes, ids or rows, whichever were pushed; 0 where nothing was
   */
  public long taken() {
    return taken;
  }
}
