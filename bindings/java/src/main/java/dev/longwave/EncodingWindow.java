/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** Tokens of a text or of a window of one, padding included. */
public final class EncodingWindow extends Encoding {
  /** Eight numbers a token: id, type, attention mask, special mask, word, sequence, first byte, end. */
  EncodingWindow(long[] numbers) {
    super(numbers, 8);
  }

  /**
   * Which tokens are no padding.
   *
   * @return a new array [size] of 1, and 0 for padding
   */
  public int[] attentionMask() {
    return column(2);
  }

  /**
   * Which tokens are special ones or padding.
   *
   * @return a new array [size] of 0, and 1 for such
   */
  public int[] specialMask() {
    return column(3);
  }

  /**
   * The word of its text that each token belongs to.
   *
   * @return a new array [size]; -1 for special tokens and padding
   */
  public int[] wordIds() {
    return column(4);
  }

  /**
   * The text that each token belongs to.
   *
   * @return a new array [size] of 0 and 1; -1 for special tokens and padding
   */
  public int[] sequenceIds() {
    return column(5);
  }
}
