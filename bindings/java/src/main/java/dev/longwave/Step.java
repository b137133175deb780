/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** How far a call to a {@link Memory} came. */
public final class Step {
  private final int taken;
  private final int rows;
  private final boolean outputFull;

  Step(long[] result, int stop) {
    taken = (int) result[0];
    rows = (int) result[1];
    outputFull = stop == Errors.OUTPUT_FULL;
  }

  /**
   * Rows or ids of the input that were taken.
   *
   * @return how many
   */
  public int taken() {
    return taken;
  }

  /**
   * Rows that were written to the front of the output.
   *
   * @return how many
   */
  public int rows() {
    return rows;
  }

  /**
   * Whether the output had no room for more: call again with the input behind {@link #taken}, even if that is empty.
   *
   * @return true if there is more
   */
  public boolean outputFull() {
    return outputFull;
  }

  @Override
  public String toString() {
    return "Step[taken=" + taken + ", rows=" + rows + ", outputFull=" + outputFull + "]";
  }
}
