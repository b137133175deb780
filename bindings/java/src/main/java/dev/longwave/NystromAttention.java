/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Softmax attention by way of landmarks: Nystroemformer.
 */
public final class NystromAttention extends ProjectedAttentionOptions<NystromAttention> {
  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public NystromAttention(int heads, int headDim) {
    super("nystrom", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * Means of neighbouring rows that stand for all.
   *
   * @param value the number
   * @return this
   */
  public NystromAttention landmarks(int value) {
    return set("landmarks", (long) value);
  }

  /**
   * The length that the layer takes, a multiple of landmarks. As many as landmarks, the default: softmax attention
   * itself over any length.
   *
   * @param value the number
   * @return this
   */
  public NystromAttention tokens(int value) {
    return set("tokens", (long) value);
  }

  /**
   * A convolution over the values, [heads, an odd width].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public NystromAttention convWeight(float... value) {
    return set("conv_weight", value);
  }
}
