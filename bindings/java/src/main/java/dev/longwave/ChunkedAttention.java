/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Chunks that see themselves and their neighbours: the local attention of Reformer.
 */
public final class ChunkedAttention extends ProjectedAttentionOptions<ChunkedAttention> {
  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public ChunkedAttention(int heads, int headDim) {
    super("chunked", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * Rows of a chunk.
   *
   * @param value the number
   * @return this
   */
  public ChunkedAttention chunkLength(int value) {
    return set("chunk_length", (long) value);
  }

  /**
   * How many chunks before its own a row sees; 1 by default.
   *
   * @param value the number
   * @return this
   */
  public ChunkedAttention chunksBefore(int value) {
    return set("chunks_before", (long) value);
  }

  /**
   * How many chunks behind its own a row sees; 0 by default.
   *
   * @param value the number
   * @return this
   */
  public ChunkedAttention chunksAfter(int value) {
    return set("chunks_after", (long) value);
  }

  /**
   * Whether rows see only what came before them, and themselves.
   *
   * @param value true or false
   * @return this
   */
  public ChunkedAttention causal(boolean value) {
    return set("causal", value ? 1L : 0L);
  }

  /**
   * What keys and values are rounded to when they are kept.
   *
   * @param value one of the words
   * @return this
   */
  public ChunkedAttention store(KeyValueStore value) {
    return set("store", value.word);
  }
}
