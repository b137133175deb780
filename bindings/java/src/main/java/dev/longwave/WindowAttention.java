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
}
