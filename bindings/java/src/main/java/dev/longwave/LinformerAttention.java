/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Keys and values are projected to few rows: Linformer. Queries may be of another number than keys.
 */
public final class LinformerAttention extends ProjectedAttentionOptions<LinformerAttention> {
  /** How keys and values are made fewer. */
  public enum Projection {
    /** By matrices. */
    LINEAR("linear"),
    /** By matrices of normals that are drawn from seed. */
    GAUSSIAN("gaussian"),
    /** By matrices of rows at right angles that are drawn from seed. */
    ORTHONORMAL("orthonormal"),
    /** Means of stride rows. */
    MEAN_POOL("mean_pool"),
    /** Maxima of stride rows. */
    MAX_POOL("max_pool"),
    /** A convolution of stride rows. */
    CONV("conv");

    final String word;

    Projection(String word) {
      this.word = word;
    }
  }

  /** What the matrices are shared among. */
  public enum Sharing {
    /** Nothing: one for each head. */
    NONE("none"),
    /** The heads; keys and values have their own. */
    HEADWISE("headwise"),
    /** Heads, keys and values. */
    KV("kv"),
    /** All layers of a model; computed as kv. */
    LAYERWISE("layerwise");

    final String word;

    Sharing(String word) {
      this.word = word;
    }
  }

  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public LinformerAttention(int heads, int headDim) {
    super("linformer", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * How keys and values are made fewer.
   *
   * @param value one of the words
   * @return this
   */
  public LinformerAttention projection(Projection value) {
    return set("projection", value.word);
  }

  /**
   * What the matrices are shared among.
   *
   * @param value one of the words
   * @return this
   */
  public LinformerAttention sharing(Sharing value) {
    return set("sharing", value.word);
  }

  /**
   * Rows that keys and values become.
   *
   * @param value the number
   * @return this
   */
  public LinformerAttention slots(int value) {
    return set("slots", (long) value);
  }

  /**
   * Drawn matrices: how many slots, as ceil(8 ln maxTokens / tolerance^2).
   *
   * @param value the number
   * @return this
   */
  public LinformerAttention tolerance(double value) {
    return set("tolerance", value);
  }

  /**
   * Drawn matrices: the seed.
   *
   * @param value the number
   * @return this
   */
  public LinformerAttention seed(long value) {
    return set("seed", value);
  }

  /**
   * Rows that become one, by pooling or convolution.
   *
   * @param value the number
   * @return this
   */
  public LinformerAttention stride(int value) {
    return set("stride", (long) value);
  }

  /**
   * The matrix of keys, [slots, keys], or with Sharing.NONE [heads, slots, keys].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public LinformerAttention e(float... value) {
    return set("e", value);
  }

  /**
   * The matrix of values, of the same shape.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public LinformerAttention f(float... value) {
    return set("f", value);
  }

  /**
   * What is added to the projected keys.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public LinformerAttention eBias(float... value) {
    return set("e_bias", value);
  }

  /**
   * What is added to the projected values.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public LinformerAttention fBias(float... value) {
    return set("f_bias", value);
  }

  /**
   * The convolution of keys.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public LinformerAttention convWeightK(float... value) {
    return set("conv_weight_k", value);
  }

  /**
   * The bias of the convolution of keys.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public LinformerAttention convBiasK(float... value) {
    return set("conv_bias_k", value);
  }

  /**
   * The convolution of values.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public LinformerAttention convWeightV(float... value) {
    return set("conv_weight_v", value);
  }

  /**
   * The bias of the convolution of values.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public LinformerAttention convBiasV(float... value) {
    return set("conv_bias_v", value);
  }
}
