/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * A window and the summaries of all blocks: LongT5. Rows of k and v are as many as those of q, and then one summary
 * for each whole block.
 */
public final class TransientGlobalAttention extends ProjectedAttentionOptions<TransientGlobalAttention> {
  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public TransientGlobalAttention(int heads, int headDim) {
    super("transient_global", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * Rows seen before and after each row.
   *
   * @param value the number
   * @return this
   */
  public TransientGlobalAttention radius(int value) {
    return set("radius", (long) value);
  }

  /**
   * Rows of a block.
   *
   * @param value the number
   * @return this
   */
  public TransientGlobalAttention globalBlockSize(int value) {
    return set("global_block_size", (long) value);
  }

  /**
   * T5: biases of distances, [heads, relativeBuckets].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public TransientGlobalAttention relativeBias(float... value) {
    return set("relative_bias", value);
  }

  /**
   * T5: how many buckets distances fall into; 32 by default.
   *
   * @param value the number
   * @return this
   */
  public TransientGlobalAttention relativeBuckets(int value) {
    return set("relative_buckets", (long) value);
  }

  /**
   * T5: from which distance on all are one; 128 by default.
   *
   * @param value the number
   * @return this
   */
  public TransientGlobalAttention relativeMaxDistance(int value) {
    return set("relative_max_distance", (long) value);
  }

  /**
   * Biases of distances to the blocks, of the shape of relativeBias.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public TransientGlobalAttention summaryBias(float... value) {
    return set("summary_bias", value);
  }

  /**
   * What keys and values are rounded to when they are kept.
   *
   * @param value one of the words
   * @return this
   */
  public TransientGlobalAttention store(KeyValueStore value) {
    return set("store", value.word);
  }
}
