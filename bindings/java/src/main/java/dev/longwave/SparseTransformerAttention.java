/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Strided and fixed patterns: Sparse Transformer.
 */
public final class SparseTransformerAttention extends ProjectedAttentionOptions<SparseTransformerAttention> {
  /** Which of the two sets of keys a head sees. */
  public enum HeadSet {
    /** The tokens just before. */
    LOCAL("local"),
    /** The summary tokens. */
    DISTANT("distant"),
    /** Both. */
    UNION("union");

    final String word;

    HeadSet(String word) {
      this.word = word;
    }
  }

  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public SparseTransformerAttention(int heads, int headDim) {
    super("sparse_transformer", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * The pattern.
   *
   * @param value one of the words
   * @return this
   */
  public SparseTransformerAttention pattern(SparsePattern value) {
    return set("pattern", value.word);
  }

  /**
   * The stride, or the length of a block.
   *
   * @param value the number
   * @return this
   */
  public SparseTransformerAttention stride(int value) {
    return set("stride", (long) value);
  }

  /**
   * How many tokens at the end of a block are its summary.
   *
   * @param value the number
   * @return this
   */
  public SparseTransformerAttention summary(int value) {
    return set("summary", (long) value);
  }

  /**
   * Which keys heads see: one set, or one a head.
   *
   * @param values one for all heads, or one a head
   * @return this
   */
  public SparseTransformerAttention headSets(HeadSet... values) {
    StringBuilder words = new StringBuilder();
    for (HeadSet value : values) words.append(words.length() == 0 ? "" : ",").append(value.word);
    return set("head_sets", words.toString());
  }
}
