/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Linear attention by random features: Performer (FAVOR+). A memory has the parts state_s and state_z.
 */
public final class FavorAttention extends AttentionOptions<FavorAttention> {
  /** The feature map. */
  public enum Kernel {
    /** Positive features of the softmax kernel. */
    SOFTMAX("softmax"),
    /** The same with both signs. */
    HYPERBOLIC("hyperbolic"),
    /** Sines and cosines. */
    TRIGONOMETRIC("trigonometric"),
    /** Rectified products. */
    RELU("relu"),
    /** Exponentials of products. */
    EXP("exp"),
    /** No features: full attention. */
    EXACT("exact");

    final String word;

    Kernel(String word) {
      this.word = word;
    }
  }

  /** What is taken off the exponents of queries. */
  public enum QueryShift {
    /** Each row's own maximum. */
    ROW_MAX("row_max"),
    /** Nothing. */
    NONE("none");

    final String word;

    QueryShift(String word) {
      this.word = word;
    }
  }

  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public FavorAttention(int heads, int headDim) {
    super("favor", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * The feature map.
   *
   * @param value one of the words
   * @return this
   */
  public FavorAttention kernel(Kernel value) {
    return set("kernel", value.word);
  }

  /**
   * The random features, [features, head_dim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public FavorAttention projection(float... value) {
    return set("projection", value);
  }

  /**
   * Whether rows see only what came before them, and themselves.
   *
   * @param value true or false
   * @return this
   */
  public FavorAttention causal(boolean value) {
    return set("causal", value ? 1L : 0L);
  }

  /**
   * What is added to features of the softmax kernel.
   *
   * @param value the number
   * @return this
   */
  public FavorAttention eps(double value) {
    return set("eps", value);
  }

  /**
   * What is added to the other features.
   *
   * @param value the number
   * @return this
   */
  public FavorAttention kernelEps(double value) {
    return set("kernel_eps", value);
  }

  /**
   * What is added to the denominator.
   *
   * @param value the number
   * @return this
   */
  public FavorAttention denominatorEps(double value) {
    return set("denominator_eps", value);
  }

  /**
   * What is taken off the exponents of queries.
   *
   * @param value one of the words
   * @return this
   */
  public FavorAttention queryShift(QueryShift value) {
    return set("query_shift", value.word);
  }

  /**
   * What is taken off the exponents of keys. A fixed number, so that a memory can go on for ever.
   *
   * @param value the number
   * @return this
   */
  public FavorAttention keyShift(double value) {
    return set("key_shift", value);
  }

  /**
   * Takes the greatest exponent of all keys off, which needs the whole sequence.
   *
   * @return this
   */
  public FavorAttention keyShiftGlobalMax() {
    return set("key_shift", "global_max");
  }
}
