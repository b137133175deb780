/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** Tokens of a text, or of two. */
public class Encoding {
  private final long[] numbers;
  /** Numbers a token: id and type first, first byte and end last. */
  private final int width;

  /** Four numbers a token: id, type, first byte, end. */
  Encoding(long[] numbers) {
    this(numbers, 4);
  }

  Encoding(long[] numbers, int width) {
    this.numbers = numbers;
    this.width = width;
  }

  /**
   * How many tokens there are.
   *
   * @return a number
   */
  public final int size() {
    return numbers.length / width;
  }

  /**
   * The ids.
   *
   * @return a new array [size]
   */
  public final int[] ids() {
    return column(0);
  }

  /**
   * Which of the two texts each token belongs to.
   *
   * @return a new array [size] of 0 and 1
   */
  public final int[] types() {
    return column(1);
  }

  /**
   * Where a token begins in its text, in bytes of UTF-8.
   *
   * @param token an index
   * @return an offset; 0 for tokens that were added
   */
  public final int byteBegin(int token) {
    return (int) numbers[width * token + width - 2];
  }

  /**
   * Where a token ends.
   *
   * @param token an index
   * @return an offset; 0 for tokens that were added
   */
  public final int byteEnd(int token) {
    return (int) numbers[width * token + width - 1];
  }

  final int[] column(int which) {
    int[] column = new int[size()];
    for (int i = 0; i < column.length; i++) column[i] = (int) numbers[width * i + which];
    return column;
  }

  @Override
  public String toString() {
    return "Encoding[" + size() + " tokens]";
  }
}
