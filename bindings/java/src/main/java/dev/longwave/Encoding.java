/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** Tokens of a text, or of two. */
public final class Encoding {
  /** Four numbers a token: id, type, first byte, end. */
  private final long[] numbers;

  Encoding(long[] numbers) {
    this.numbers = numbers;
  }

  /**
   * How many tokens there are.
   *
   * @return a number
   */
  public int size() {
    return numbers.length / 4;
  }

  /**
   * The ids.
   *
   * @return a new array [size]
   */
  public int[] ids() {
    return column(0);
  }

  /**
   * Which of the two texts each token belongs to.
   *
   * @return a new array [size] of 0 and 1
   */
  public int[] types() {
    return column(1);
  }

  /**
   * Where a token begins in its text, in bytes of UTF-8.
   *
   * @param token an index
   * @return an offset; 0 for tokens that were added
   */
  public int byteBegin(int token) {
    return (int) numbers[4 * token + 2];
  }

  /**
   * Where a token ends.
   *
   * @param token an index
   * @return an offset; 0 for tokens that were added
   */
  public int byteEnd(int token) {
    return (int) numbers[4 * token + 3];
  }

  private int[] column(int which) {
    int[] column = new int[size()];
    for (int i = 0; i < column.length; i++) column[i] = (int) numbers[4 * i + which];
    return column;
  }

  @Override
  public String toString() {
    return "Encoding[" + size() + " tokens]";
  }
}
