/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Relative positions as XLNet has them: k and v are rows of a memory and then those of q.
 */
public final class XlnetAttention extends ProjectedAttentionOptions<XlnetAttention> {
  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public XlnetAttention(int heads, int headDim) {
    super("xlnet", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * Weights of positions, [heads * headDim, dPosition].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public XlnetAttention weightsPosition(float... value) {
    return set("w_r", value);
  }

  /**
   * Floats of a position; heads * headDim by default.
   *
   * @param value the number
   * @return this
   */
  public XlnetAttention dPosition(int value) {
    return set("d_position", (long) value);
  }

  /**
   * A bias of queries for keys, [heads, headDim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public XlnetAttention biasU(float... value) {
    return set("bias_u", value);
  }

  /**
   * A bias of queries for positions, [heads, headDim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public XlnetAttention biasV(float... value) {
    return set("bias_v", value);
  }

  /**
   * The greatest distance that is told apart; 0, the default: all are.
   *
   * @param value the number
   * @return this
   */
  public XlnetAttention clampLen(int value) {
    return set("clamp_len", (long) value);
  }

  /**
   * A bias of queries for segments, [heads, headDim], of models, which give token types.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public XlnetAttention biasS(float... value) {
    return set("bias_s", value);
  }

  /**
   * Embeddings of the same and of another segment, [2, heads, headDim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public XlnetAttention segmentEmbedding(float... value) {
    return set("seg_embed", value);
  }

  /**
   * Whether rows see only what came before them, and themselves.
   *
   * @param value true or false
   * @return this
   */
  public XlnetAttention causal(boolean value) {
    return set("causal", value ? 1L : 0L);
  }

  /**
   * What keys and values are rounded to when they are kept.
   *
   * @param value one of the words
   * @return this
   */
  public XlnetAttention store(KeyValueStore value) {
    return set("store", value.word);
  }
}
