/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Every head has a kind of its own.
 */
public final class MixedAttention extends ProjectedAttentionOptions<MixedAttention> {
  /** What a head sees. */
  public enum HeadKind {
    /** Every key. */
    FULL("full"),
    /** A window, as WindowAttention. */
    WINDOW("window"),
    /** The tokens just before, as SparseTransformerAttention. */
    LOCAL("local"),
    /** The summary tokens, as SparseTransformerAttention. */
    DISTANT("distant"),
    /** Both. */
    UNION("union"),
    /** A learnt span, as AdaptiveSpanAttention. */
    ADAPTIVE_SPAN("adaptive_span");

    final String word;

    HeadKind(String word) {
      this.word = word;
    }
  }

  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public MixedAttention(int heads, int headDim) {
    super("mixed", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * What heads see: one kind, or one a head.
   *
   * @param values one for all heads, or one a head
   * @return this
   */
  public MixedAttention headKinds(HeadKind... values) {
    StringBuilder words = new StringBuilder();
    for (HeadKind value : values) words.append(words.length() == 0 ? "" : ",").append(value.word);
    return set("head_kinds", words.toString());
  }

  /**
   * Whether rows see only what came before them, and themselves.
   *
   * @param value true or false
   * @return this
   */
  public MixedAttention causal(boolean value) {
    return set("causal", value ? 1L : 0L);
  }

  /**
   * Windows: rows seen before each row: one number, or one a head.
   *
   * @param value the numbers
   * @return this
   */
  public MixedAttention left(int... value) {
    return set("left", value);
  }

  /**
   * Windows: rows seen after each row: one number, or one a head.
   *
   * @param value the numbers
   * @return this
   */
  public MixedAttention right(int... value) {
    return set("right", value);
  }

  /**
   * Windows: every how many rows they have one: one number, or one a head.
   *
   * @param value the numbers
   * @return this
   */
  public MixedAttention dilation(int... value) {
    return set("dilation", value);
  }

  /**
   * Sparse heads: the pattern.
   *
   * @param value one of the words
   * @return this
   */
  public MixedAttention pattern(SparsePattern value) {
    return set("pattern", value.word);
  }

  /**
   * Sparse heads: the stride, or the length of a block.
   *
   * @param value the number
   * @return this
   */
  public MixedAttention stride(int value) {
    return set("stride", (long) value);
  }

  /**
   * Sparse heads: how many tokens at the end of a block are its summary.
   *
   * @param value the number
   * @return this
   */
  public MixedAttention summary(int value) {
    return set("summary", (long) value);
  }

  /**
   * Adaptive spans: the longest one.
   *
   * @param value the number
   * @return this
   */
  public MixedAttention maxSpan(int value) {
    return set("max_span", (long) value);
  }

  /**
   * Adaptive spans: over how many rows they end.
   *
   * @param value the number
   * @return this
   */
  public MixedAttention ramp(int value) {
    return set("ramp", (long) value);
  }

  /**
   * Adaptive spans: the weight of the part "span_loss".
   *
   * @param value the number
   * @return this
   */
  public MixedAttention lossCoeff(double value) {
    return set("loss_coeff", value);
  }

  /**
   * Adaptive spans: the learnt spans as parts of maxSpan, one a head.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public MixedAttention span(float... value) {
    return set("span", value);
  }

  /**
   * Adaptive spans: embeddings of distances, [head_dim, max_span].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public MixedAttention keyPe(float... value) {
    return set("key_pe", value);
  }
}
