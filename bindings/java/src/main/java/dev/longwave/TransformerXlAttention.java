/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Segments that see a memory of the rows before them, with relative positions: Transformer-XL. Parts of a memory:
 * memory, mass, segment_mass. It holds its projections: rows of q are hidden rows, [tokens, d_model], there is no k,
 * v or mask, and it gives hidden rows.
 */
public final class TransformerXlAttention extends AttentionOptions<TransformerXlAttention> {
  /** What is there before the first segment. */
  public enum InitialMemory {
    /** Nothing. */
    EMPTY("empty"),
    /** Rows of zeros. */
    ZEROS("zeros");

    final String word;

    InitialMemory(String word) {
      this.word = word;
    }
  }

  /** What stands around the attention. */
  public enum Wrap {
    /** Nothing. */
    NONE("none"),
    /** A residual, then a layer norm. */
    POST_NORM("post_norm"),
    /** A layer norm, and a residual around it. */
    PRE_NORM("pre_norm");

    final String word;

    Wrap(String word) {
      this.word = word;
    }
  }

  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param dModel floats of a hidden row
   */
  public TransformerXlAttention(int heads, int dModel) {
    super("transformer_xl", heads);
    set("d_model", (long) dModel);
  }

  /**
   * Floats of a head; by default d_model / heads.
   *
   * @param value the number
   * @return this
   */
  public TransformerXlAttention headDim(int value) {
    return set("head_dim", (long) value);
  }

  /**
   * Segments of this length, counted from position 0.
   *
   * @param rows rows of a segment
   * @return this
   */
  public TransformerXlAttention segment(int rows) {
    return set("segment", (long) rows);
  }

  /**
   * Segments end where {@link Memory#endSegment} is called; a forward is one segment.
   *
   * @return this
   */
  public TransformerXlAttention explicitSegments() {
    return set("segment", "explicit");
  }

  /**
   * Whether the parts "mass" and "segment_mass" are kept: how much attention each part of the memory got.
   *
   * @param value true or false
   * @return this
   */
  public TransformerXlAttention statistics(boolean value) {
    return set("statistics", value ? 1L : 0L);
  }

  /**
   * Rows that are remembered.
   *
   * @param value the number
   * @return this
   */
  public TransformerXlAttention memLen(int value) {
    return set("mem_len", (long) value);
  }

  /**
   * The longest distance that is told from others; 0: all are.
   *
   * @param value the number
   * @return this
   */
  public TransformerXlAttention clampLen(int value) {
    return set("clamp_len", (long) value);
  }

  /**
   * Whether every row sees equally many.
   *
   * @param value true or false
   * @return this
   */
  public TransformerXlAttention sameLength(boolean value) {
    return set("same_length", value ? 1L : 0L);
  }

  /**
   * What is there before the first segment.
   *
   * @param value one of the words
   * @return this
   */
  public TransformerXlAttention initialMemory(InitialMemory value) {
    return set("initial_memory", value.word);
  }

  /**
   * What stands around the attention.
   *
   * @param value one of the words
   * @return this
   */
  public TransformerXlAttention wrap(Wrap value) {
    return set("wrap", value.word);
  }

  /**
   * What the layer norm adds to the variance.
   *
   * @param value the number
   * @return this
   */
  public TransformerXlAttention lnEps(double value) {
    return set("ln_eps", value);
  }

  /**
   * The weights of queries, keys and values, [3 heads head_dim, d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public TransformerXlAttention weightsQkv(float... value) {
    return set("w_qkv", value);
  }

  /**
   * The weights of the output, [d_model, heads head_dim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public TransformerXlAttention weightsOut(float... value) {
    return set("w_o", value);
  }

  /**
   * The weights of relative positions, [heads head_dim, d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public TransformerXlAttention relativeWeights(float... value) {
    return set("w_r", value);
  }

  /**
   * The bias u, [heads, head_dim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public TransformerXlAttention biasU(float... value) {
    return set("bias_u", value);
  }

  /**
   * The bias v, [heads, head_dim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public TransformerXlAttention biasV(float... value) {
    return set("bias_v", value);
  }

  /**
   * The weight of the layer norm, [d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public TransformerXlAttention lnWeight(float... value) {
    return set("ln_weight", value);
  }

  /**
   * The bias of the layer norm, [d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public TransformerXlAttention lnBias(float... value) {
    return set("ln_bias", value);
  }
}
