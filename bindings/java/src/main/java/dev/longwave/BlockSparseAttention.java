/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Windows of blocks, global blocks and random ones: BigBird.
 */
public final class BlockSparseAttention extends ProjectedAttentionOptions<BlockSparseAttention> {
  /** Where the random blocks come from. */
  public enum BlockPlan {
    /** From randomBlocks. */
    GIVEN("given"),
    /** All are block 0. */
    ZEROS("zeros"),
    /** What Hugging Face's code draws in training after seeding NumPy. */
    SEEDED("seeded");

    final String word;

    BlockPlan(String word) {
      this.word = word;
    }
  }

  /** Which of Hugging Face's two drawings. */
  public enum PlanAlgorithm {
    /** The first at 1024, 3072 and 4096 tokens, else the second. */
    BY_LENGTH("by_length"),
    /** The first. */
    BLOCK_RAND_MASK("block_rand_mask"),
    /** The second. */
    BLOCK_RAND_MASK_WITH_HEAD("block_rand_mask_with_head");

    final String word;

    PlanAlgorithm(String word) {
      this.word = word;
    }
  }

  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public BlockSparseAttention(int heads, int headDim) {
    super("block_sparse", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * Rows of a block.
   *
   * @param value the number
   * @return this
   */
  public BlockSparseAttention blockSize(int value) {
    return set("block_size", (long) value);
  }

  /**
   * Random blocks that each block sees.
   *
   * @param value the number
   * @return this
   */
  public BlockSparseAttention numRandom(int value) {
    return set("num_random", (long) value);
  }

  /**
   * Sequences of at most this many rows are read in full; by default (5 + 2 numRandom) blockSize.
   *
   * @param value the number
   * @return this
   */
  public BlockSparseAttention fullUpTo(long value) {
    return set("full_up_to", value);
  }

  /**
   * Where the random blocks come from.
   *
   * @param value one of the words
   * @return this
   */
  public BlockSparseAttention plan(BlockPlan value) {
    return set("plan", value.word);
  }

  /**
   * The random blocks, [heads, blocks - 2, numRandom].
   *
   * @param value the numbers
   * @return this
   */
  public BlockSparseAttention randomBlocks(long... value) {
    return set("random_blocks", value);
  }

  /**
   * BlockPlan.SEEDED: the seed; there it is the layer's index.
   *
   * @param value the number
   * @return this
   */
  public BlockSparseAttention seed(long value) {
    return set("seed", value);
  }

  /**
   * BlockPlan.SEEDED: which drawing.
   *
   * @param value one of the words
   * @return this
   */
  public BlockSparseAttention planAlgorithm(PlanAlgorithm value) {
    return set("plan_algorithm", value.word);
  }

  /**
   * BlockPlan.SEEDED: the longest sequence, max_position_embeddings there; 4096 by default.
   *
   * @param value the number
   * @return this
   */
  public BlockSparseAttention planTokens(int value) {
    return set("plan_tokens", (long) value);
  }

  /**
   * What keys and values are rounded to when they are kept.
   *
   * @param value one of the words
   * @return this
   */
  public BlockSparseAttention store(KeyValueStore value) {
    return set("store", value.word);
  }
}
