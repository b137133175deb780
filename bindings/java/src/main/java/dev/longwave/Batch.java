/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.Objects;

/** Sequences of ids for a forward of a {@link Model}. Arrays are not copied. */
public final class Batch {
  final int[] ids;
  final int batch;
  final int tokens;
  int[] mask;
  int[] tokenTypes;

  private Batch(int[] ids, int batch, int tokens) {
    this.ids = Objects.requireNonNull(ids, "ids");
    if (batch < 0 || tokens < 0) {
      throw new IllegalArgumentException("batch and tokens must not be negative, got " + batch + " and " + tokens);
    }
    this.batch = batch;
    this.tokens = tokens;
  }

  /**
   * One sequence.
   *
   * @param ids [tokens], special tokens included
   * @return a batch of one
   */
  public static Batch of(int... ids) {
    return new Batch(ids, 1, ids.length);
  }

  /**
   * Sequences of equal length, one behind the other.
   *
   * @param ids [batch, tokens], special tokens included
   * @param batch how many sequences
   * @param tokens how many ids each
   * @return a batch
   * @throws IllegalArgumentException if batch or tokens is negative
   */
  public static Batch of(int[] ids, int batch, int tokens) {
    return new Batch(ids, batch, tokens);
  }

  /**
   * Closes rows as keys, such as those that fill up shorter sequences.
   *
   * @param mask [batch, tokens] of 1, and 0 for closed rows
   * @return this
   */
  public Batch mask(int... mask) {
    this.mask = mask;
    return this;
  }

  /**
   * Which of two texts a row belongs to, for models that tell them apart.
   *
   * @param tokenTypes [batch, tokens]; all 0 by default
   * @return this
   */
  public Batch tokenTypes(int... tokenTypes) {
    this.tokenTypes = tokenTypes;
    return this;
  }
}
