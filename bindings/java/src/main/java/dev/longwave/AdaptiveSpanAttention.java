/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Every head has a learnt span with a soft end: Adaptive Attention Span. The rows of q are the last of those of k.
 */
public final class AdaptiveSpanAttention extends ProjectedAttentionOptions<AdaptiveSpanAttention> {
  /** What is there before the first token. */
  public enum InitialCache {
    /** Keys and values of zeros. */
    ZEROS("zeros"),
    /** Nothing. */
    EMPTY("empty");

    final String word;

    InitialCache(String word) {
      this.word = word;
    }
  }

  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public AdaptiveSpanAttention(int heads, int headDim) {
    super("adaptive_span", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * The longest span.
   *
   * @param value the number
   * @return this
   */
  public AdaptiveSpanAttention maxSpan(int value) {
    return set("max_span", (long) value);
  }

  /**
   * Over how many rows a span ends.
   *
   * @param value the number
   * @return this
   */
  public AdaptiveSpanAttention ramp(int value) {
    return set("ramp", (long) value);
  }

  /**
   * What is there before the first token.
   *
   * @param value one of the words
   * @return this
   */
  public AdaptiveSpanAttention initialCache(InitialCache value) {
    return set("initial_cache", value.word);
  }

  /**
   * The weight of the part "span_loss".
   *
   * @param value the number
   * @return this
   */
  public AdaptiveSpanAttention lossCoeff(double value) {
    return set("loss_coeff", value);
  }

  /**
   * The learnt spans as parts of maxSpan, one a head.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public AdaptiveSpanAttention span(float... value) {
    return set("span", value);
  }

  /**
   * Embeddings of distances, [head_dim, max_span].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public AdaptiveSpanAttention keyPe(float... value) {
    return set("key_pe", value);
  }
}
