/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.concurrent.CancellationException;

/** A call was stopped by {@link DocumentStream#cancel}. The stream is sound: push the rest to go on. */
public final class CancelledException extends CancellationException {
  private static final long serialVersionUID = 1L;

  /** See the method of this name. */
  private final long taken;

  CancelledException(long taken) {
    super("cancelled; " + taken + " of what was pushed were taken before");
    this.taken = taken;
  }

  /**
   * How much of the call's input was taken before it stopped.
   *
   * @return chars, bytes or ids, whichever were pushed
   */
  public long taken() {
    return taken;
  }
}
