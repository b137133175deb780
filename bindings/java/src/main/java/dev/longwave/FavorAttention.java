/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Linear attention by random features: Performer (FAVOR+). A memory has the parts state_s and state_z.
 */
public final class FavorAttention extends ProjectedAttentionOptions<FavorAttention> {
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
    /** Elu(x) + 1 of the rows themselves: Linear Transformer. */
    ELU("elu"),
    /** Q and k are features already. */
    GIVEN("given"),
    /** No features: full attention. */
    EXACT("exact");

    final String word;

    Kernel(String word) {
      this.word = word;
    }
  }

  /** Where the random features come from. */
  public enum ProjectionKind {
    /** From projection. */
    GIVEN("given"),
    /** Drawn, independent. */
    IID("iid"),
    /** Drawn, at right angles. */
    ORTHOGONAL("orthogonal"),
    /** Drawn, as products of Hadamard matrices and signs. */
    HADAMARD("hadamard");

    final String word;

    ProjectionKind(String word) {
      this.word = word;
    }
  }

  /** How long drawn features are. */
  public enum ProjectionLengths {
    /** As vectors of normals. */
    CHI("chi"),
    /** The square root of their width. */
    SQRT_DIM("sqrt_dim");

    final String word;

    ProjectionLengths(String word) {
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
   * What is added to the denominator, times the sum of a query's features.
   *
   * @param value the number
   * @return this
   */
  public FavorAttention denominatorEps(double value) {
    return set("denominator_eps", value);
  }

  /**
   * What is added to the denominator, whatever the features.
   *
   * @param value the number
   * @return this
   */
  public FavorAttention denominatorConstant(double value) {
    return set("denominator_constant", value);
  }

  /**
   * Where the random features come from.
   *
   * @param value one of the words
   * @return this
   */
  public FavorAttention projectionKind(ProjectionKind value) {
    return set("projection_kind", value.word);
  }

  /**
   * How many random features are drawn, or are given a head.
   *
   * @param value the number
   * @return this
   */
  public FavorAttention features(int value) {
    return set("features", (long) value);
  }

  /**
   * How long drawn features are.
   *
   * @param value one of the words
   * @return this
   */
  public FavorAttention projectionLengths(ProjectionLengths value) {
    return set("projection_lengths", value.word);
  }

  /**
   * The seed of the drawing.
   *
   * @param value the number
   * @return this
   */
  public FavorAttention seed(long value) {
    return set("seed", value);
  }

  /**
   * Which drawing: 0, 1, 2 ... of the same seed.
   *
   * @param value the number
   * @return this
   */
  public FavorAttention draw(long value) {
    return set("draw", value);
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
