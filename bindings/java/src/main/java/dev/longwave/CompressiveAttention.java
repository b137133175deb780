/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * As Transformer-XL, and what leaves the memory is compressed into another: Compressive Transformer. Parts of a
 * memory: memory, compressed, usage, loss, autoencoding_loss, mass, segment_mass. It holds its projections: rows of
 * q are hidden rows, [tokens, d_model], there is no k, v or mask, and it gives hidden rows.
 */
public final class CompressiveAttention extends AttentionOptions<CompressiveAttention> {
  /** How rows that leave the memory are compressed. */
  public enum Compression {
    /** Their mean. */
    MEAN("mean"),
    /** Their maximum. */
    MAX("max"),
    /** A convolution. */
    CONV("conv"),
    /** A stack of dilated convolutions. */
    DILATED_CONV("dilated_conv"),
    /** The rows that were attended most. */
    MOST_USED("most_used");

    final String word;

    Compression(String word) {
      this.word = word;
    }
  }

  /** How positions are told. */
  public enum Positions {
    /** Relative, as in Transformer-XL: relativeWeights, biasU, biasV. */
    XL("xl"),
    /** A table of distances: positionTable. */
    TABLE("table");

    final String word;

    Positions(String word) {
      this.word = word;
    }
  }

  /** What a compression loses. */
  public enum Loss {
    /** Nothing is computed. */
    NONE("none"),
    /** The part "loss": how much attention differs. */
    ATTENTION("attention"),
    /** The part "autoencoding_loss": how far rows can be rebuilt. */
    AUTOENCODING("autoencoding");

    final String word;

    Loss(String word) {
      this.word = word;
    }
  }

  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param dModel floats of a hidden row
   */
  public CompressiveAttention(int heads, int dModel) {
    super("compressive", heads);
    set("d_model", (long) dModel);
  }

  /**
   * Floats of a head; by default d_model / heads.
   *
   * @param value the number
   * @return this
   */
  public CompressiveAttention headDim(int value) {
    return set("head_dim", (long) value);
  }

  /**
   * Segments of this length, counted from position 0.
   *
   * @param rows rows of a segment
   * @return this
   */
  public CompressiveAttention segment(int rows) {
    return set("segment", (long) rows);
  }

  /**
   * Segments end where {@link Memory#endSegment} is called; a forward is one segment.
   *
   * @return this
   */
  public CompressiveAttention explicitSegments() {
    return set("segment", "explicit");
  }

  /**
   * Whether the parts "mass" and "segment_mass" are kept: how much attention each part of the memory got.
   *
   * @param value true or false
   * @return this
   */
  public CompressiveAttention statistics(boolean value) {
    return set("statistics", value ? 1L : 0L);
  }

  /**
   * Rows that are remembered as they are.
   *
   * @param value the number
   * @return this
   */
  public CompressiveAttention memLen(int value) {
    return set("mem_len", (long) value);
  }

  /**
   * Rows of the compressed memory.
   *
   * @param value the number
   * @return this
   */
  public CompressiveAttention compressedLen(int value) {
    return set("cmem_len", (long) value);
  }

  /**
   * How many rows become one.
   *
   * @param value the number
   * @return this
   */
  public CompressiveAttention ratio(int value) {
    return set("ratio", (long) value);
  }

  /**
   * How rows are compressed.
   *
   * @param value one of the words
   * @return this
   */
  public CompressiveAttention function(Compression value) {
    return set("function", value.word);
  }

  /**
   * How positions are told.
   *
   * @param value one of the words
   * @return this
   */
  public CompressiveAttention position(Positions value) {
    return set("position", value.word);
  }

  /**
   * Which losses are computed, as parts of the memory.
   *
   * @param values one, or two of them
   * @return this
   */
  public CompressiveAttention loss(Loss... values) {
    StringBuilder words = new StringBuilder();
    for (Loss value : values) words.append(words.length() == 0 ? "" : ",").append(value.word);
    return set("loss", words.toString());
  }

  /**
   * Loss.AUTOENCODING: the weights of the decoder, [d_model, d_model, ratio].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention decoderWeight(float... value) {
    return set("decoder_weight", value);
  }

  /**
   * Loss.AUTOENCODING: the bias of the decoder.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention decoderBias(float... value) {
    return set("decoder_bias", value);
  }

  /**
   * The weights of queries, keys and values, [3 heads head_dim, d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention weightsQkv(float... value) {
    return set("w_qkv", value);
  }

  /**
   * The weights of the output, [d_model, heads head_dim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention weightsOut(float... value) {
    return set("w_o", value);
  }

  /**
   * The bias of the output, [d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention biasOut(float... value) {
    return set("b_o", value);
  }

  /**
   * The weights of relative positions, [heads head_dim, d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention relativeWeights(float... value) {
    return set("w_r", value);
  }

  /**
   * The bias u, [heads, head_dim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention biasU(float... value) {
    return set("bias_u", value);
  }

  /**
   * The bias v, [heads, head_dim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention biasV(float... value) {
    return set("bias_v", value);
  }

  /**
   * The table of distances, [heads, distances, head_dim].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention positionTable(float... value) {
    return set("pos", value);
  }

  /**
   * The convolution.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention convWeight(float... value) {
    return set("conv_weight", value);
  }

  /**
   * The bias of the convolution.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public CompressiveAttention convBias(float... value) {
    return set("conv_bias", value);
  }

  /**
   * Compression.DILATED_CONV: the shapes of the convolutions, one number each.
   *
   * @param kernels rows that a convolution sees
   * @param strides rows from one place to the next
   * @param dilations rows between those that it sees
   * @return this
   */
  public CompressiveAttention convLayers(int[] kernels, int[] strides, int[] dilations) {
    set("conv_layers.kernel", kernels);
    set("conv_layers.stride", strides);
    return set("conv_layers.dilation", dilations);
  }

  /**
   * Compression.DILATED_CONV: the numbers of one convolution.
   *
   * @param index which one, from 0 to 3
   * @param weight its weights, row by row; copied
   * @param bias its biases; copied
   * @return this
   */
  public CompressiveAttention convLayer(int index, float[] weight, float[] bias) {
    set("conv_weight_" + index, weight);
    return set("conv_bias_" + index, bias);
  }
}
