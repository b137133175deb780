/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Positions are added to queries and keys, so that a cache of rows can be reused: Shortformer. Parts of a memory:
 * cache, mass, segment_mass. It holds its projections: rows of q are hidden rows, [tokens, d_model], there is no k,
 * v or mask, and it gives hidden rows.
 */
public final class PositionInfusedAttention extends AttentionOptions<PositionInfusedAttention> {
  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param dModel floats of a hidden row
   */
  public PositionInfusedAttention(int heads, int dModel) {
    super("pia", heads);
    set("d_model", (long) dModel);
  }

  /**
   * Floats of a head; by default d_model / heads.
   *
   * @param value the number
   * @return this
   */
  public PositionInfusedAttention headDim(int value) {
    return set("head_dim", (long) value);
  }

  /**
   * Segments of this length, counted from position 0.
   *
   * @param rows rows of a segment
   * @return this
   */
  public PositionInfusedAttention segment(int rows) {
    return set("segment", (long) rows);
  }

  /**
   * Segments end where {@link Memory#endSegment} is called; a forward is one segment.
   *
   * @return this
   */
  public PositionInfusedAttention explicitSegments() {
    return set("segment", "explicit");
  }

  /**
   * Whether the parts "mass" and "segment_mass" are kept: how much attention each part of the memory got.
   *
   * @param value true or false
   * @return this
   */
  public PositionInfusedAttention statistics(boolean value) {
    return set("statistics", value ? 1L : 0L);
  }

  /**
   * Rows that are remembered.
   *
   * @param value the number
   * @return this
   */
  public PositionInfusedAttention cacheLen(int value) {
    return set("cache_len", (long) value);
  }

  /**
   * The embeddings of positions, [positions, d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public PositionInfusedAttention positions(float... value) {
    return set("pos", value);
  }

  /**
   * The weights of queries, [heads head_dim, d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public PositionInfusedAttention weightsQuery(float... value) {
    return set("w_q", value);
  }

  /**
   * The weights of keys, [heads head_dim, d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public PositionInfusedAttention weightsKey(float... value) {
    return set("w_k", value);
  }

  /**
   * The weights of values, [heads head_dim, d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public PositionInfusedAttention weightsValue(float... value) {
    return set("w_v", value);
  }

  /**
   * The weights of the output, [d_model, heads head_dim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public PositionInfusedAttention weightsOut(float... value) {
    return set("w_o", value);
  }

  /**
   * The bias of queries.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public PositionInfusedAttention biasQuery(float... value) {
    return set("b_q", value);
  }

  /**
   * The bias of keys.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public PositionInfusedAttention biasKey(float... value) {
    return set("b_k", value);
  }

  /**
   * The bias of values.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public PositionInfusedAttention biasValue(float... value) {
    return set("b_v", value);
  }

  /**
   * The bias of the output.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public PositionInfusedAttention biasOut(float... value) {
    return set("b_o", value);
  }
}
