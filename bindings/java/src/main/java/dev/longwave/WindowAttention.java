/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * A sliding window, with dilation and global tokens: Longformer.
 */
public final class WindowAttention extends ProjectedAttentionOptions<WindowAttention> {
  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public WindowAttention(int heads, int headDim) {
    super("window", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * Rows seen before each row: one number, or one a head.
   *
   * @param value the numbers
   * @return this
   */
  public WindowAttention left(int... value) {
    return set("left", value);
  }

  /**
   * Rows seen after each row: one number, or one a head.
   *
   * @param value the numbers
   * @return this
   */
  public WindowAttention right(int... value) {
    return set("right", value);
  }

  /**
   * Every how many rows the window has one: one number, or one a head.
   *
   * @param value the numbers
   * @return this
   */
  public WindowAttention dilation(int... value) {
    return set("dilation", value);
  }

  /**
   * Tokens that see every row and are seen by every row.
   *
   * @param value the numbers
   * @return this
   */
  public WindowAttention global(long... value) {
    return set("global", value);
  }

  /**
   * Whether rows of q, k and v are two sets of heads, one behind the other, of which global rows use the second.
   *
   * @param value true or false
   * @return this
   */
  public WindowAttention globalProjections(boolean value) {
    return set("global_projections", value ? 1L : 0L);
  }

  /**
   * Whether rows see only what came before them, and themselves.
   *
   * @param value true or false
   * @return this
   */
  public WindowAttention causal(boolean value) {
    return set("causal", value ? 1L : 0L);
  }

  /**
   * How many global tokens a memory has room for, of models, which name them for each text.
   *
   * @param value the number
   * @return this
   */
  public WindowAttention mostGlobals(int value) {
    return set("most_globals", (long) value);
  }

  /**
   * T5: biases of distances, [heads, relativeBuckets].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public WindowAttention relativeBias(float... value) {
    return set("relative_bias", value);
  }

  /**
   * T5: how many buckets distances fall into; 32 by default.
   *
   * @param value the number
   * @return this
   */
  public WindowAttention relativeBuckets(int value) {
    return set("relative_buckets", (long) value);
  }

  /**
   * T5: from which distance on all are one; 128 by default.
   *
   * @param value the number
   * @return this
   */
  public WindowAttention relativeMaxDistance(int value) {
    return set("relative_max_distance", (long) value);
  }

  /**
   * What keys and values are rounded to when they are kept.
   *
   * @param value one of the words
   * @return this
   */
  public WindowAttention store(KeyValueStore value) {
    return set("store", value.word);
  }
}
