/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** How far the rows of a layer are from exact softmax attention, each head's part of a row by itself. */
public final class ErrorEstimate {
  private final double[] numbers;

  ErrorEstimate(double[] numbers) {
    this.numbers = numbers;
  }

  /**
   * The length of all differences by the length of all exact rows.
   *
   * @return 0 or more
   */
  public double relative() {
    return numbers[0];
  }

  /**
   * The mean over rows of the length of the difference by the length of the exact row.
   *
   * @return 0 or more
   */
  public double meanRelative() {
    return numbers[1];
  }

  /**
   * The greatest of these.
   *
   * @return 0 or more
   */
  public double maxRelative() {
    return numbers[2];
  }

  @Override
  public String toString() {
    return "ErrorEstimate[relative=" + relative() + ", meanRelative=" + meanRelative() + ", maxRelative=" + maxRelative()
        + "]";
  }
}
