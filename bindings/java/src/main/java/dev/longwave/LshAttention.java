/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Rows see the rows of their hash bucket: Reformer. q is both query and key; there is no k.
 */
public final class LshAttention extends ProjectedAttentionOptions<LshAttention> {
  /** How keys are normalised. */
  public enum KeyNorm {
    /** By their root mean square. */
    RMS("rms"),
    /** To length 1. */
    L2("l2");

    final String word;

    KeyNorm(String word) {
      this.word = word;
    }
  }

  /** Whose normals rotations are drawn from. */
  public enum Normals {
    /** Our own, the same on every machine and in every release. */
    LONGWAVE("longwave"),
    /** Those of PyTorch's CPU generator after manual_seed. */
    TORCH("torch");

    final String word;

    Normals(String word) {
      this.word = word;
    }
  }

  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public LshAttention(int heads, int headDim) {
    super("lsh", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * Whether rows see only what came before them, and themselves.
   *
   * @param value true or false
   * @return this
   */
  public LshAttention causal(boolean value) {
    return set("causal", value ? 1L : 0L);
  }

  /**
   * Rows of a chunk of the sorted sequence.
   *
   * @param value the number
   * @return this
   */
  public LshAttention chunkLength(int value) {
    return set("chunk_length", (long) value);
  }

  /**
   * Chunks seen before a row's own.
   *
   * @param value the number
   * @return this
   */
  public LshAttention chunksBefore(int value) {
    return set("chunks_before", (long) value);
  }

  /**
   * Chunks seen after a row's own.
   *
   * @param value the number
   * @return this
   */
  public LshAttention chunksAfter(int value) {
    return set("chunks_after", (long) value);
  }

  /**
   * Rounds of hashing.
   *
   * @param value the number
   * @return this
   */
  public LshAttention nHashes(int value) {
    return set("n_hashes", (long) value);
  }

  /**
   * The number of buckets, or its factors.
   *
   * @param value the numbers
   * @return this
   */
  public LshAttention bucketFactors(int... value) {
    return set("bucket_factors", value);
  }

  /**
   * The random rotations, [heads, head_dim, n_hashes, sum of bucket_factors / 2].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public LshAttention rotations(float... value) {
    return set("rotations", value);
  }

  /**
   * The seed that rotations are drawn from, where they are not given.
   *
   * @param value the number
   * @return this
   */
  public LshAttention seed(long value) {
    return set("seed", value);
  }

  /**
   * How keys are normalised.
   *
   * @param value one of the words
   * @return this
   */
  public LshAttention keyNorm(KeyNorm value) {
    return set("key_norm", value.word);
  }

  /**
   * What scores are multiplied by in addition.
   *
   * @param value the number
   * @return this
   */
  public LshAttention scoreScale(double value) {
    return set("score_scale", value);
  }

  /**
   * The score of a row with itself.
   *
   * @param value the number
   * @return this
   */
  public LshAttention selfValue(double value) {
    return set("self_value", value);
  }

  /**
   * Whose normals rotations are drawn from.
   *
   * @param value one of the words
   * @return this
   */
  public LshAttention generator(Normals value) {
    return set("generator", value.word);
  }
}
