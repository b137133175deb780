/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Every row sees every key. Queries may be of another number than keys.
 */
public final class FullAttention extends ProjectedAttentionOptions<FullAttention> {
  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public FullAttention(int heads, int headDim) {
    super("full", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * Whether rows see only what came before them, and themselves.
   *
   * @param value true or false
   * @return this
   */
  public FullAttention causal(boolean value) {
    return set("causal", value ? 1L : 0L);
  }

  /**
   * The position of query 0, where key 0 is at 0.
   *
   * @param value the number
   * @return this
   */
  public FullAttention queryOffset(long value) {
    return set("query_offset", value);
  }

  /**
   * Rotary positions: the base of the angles, such as 10000.
   *
   * @param value the number
   * @return this
   */
  public FullAttention ropeTheta(double value) {
    return set("rope.theta", value);
  }

  /**
   * Rotary positions: how many channels turn.
   *
   * @param value the number
   * @return this
   */
  public FullAttention ropeDim(int value) {
    return set("rope.dim", (long) value);
  }

  /**
   * Rotary positions: how channels are paired.
   *
   * @param value one of the words
   * @return this
   */
  public FullAttention ropeStyle(RopeStyle value) {
    return set("rope.style", value.word);
  }

  /**
   * ALiBi: a slope for each head.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public FullAttention alibiSlopes(float... value) {
    return set("alibi_slopes", value);
  }

  /**
   * T5: biases of distances, [heads, relativeBuckets].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public FullAttention relativeBias(float... value) {
    return set("relative_bias", value);
  }

  /**
   * T5: how many buckets distances fall into; 32 by default.
   *
   * @param value the number
   * @return this
   */
  public FullAttention relativeBuckets(int value) {
    return set("relative_buckets", (long) value);
  }

  /**
   * T5: from which distance on all are one; 128 by default.
   *
   * @param value the number
   * @return this
   */
  public FullAttention relativeMaxDistance(int value) {
    return set("relative_max_distance", (long) value);
  }

  /**
   * What keys and values are rounded to when they are kept.
   *
   * @param value one of the words
   * @return this
   */
  public FullAttention store(KeyValueStore value) {
    return set("store", value.word);
  }
}
