/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** A vector that a search found. */
public final class Hit {
  private final int index;
  private final float score;

  Hit(int index, float score) {
    this.index = index;
    this.score = score;
  }

  /**
   * Which of the vectors.
   *
   * @return an index from 0
   */
  public int index() {
    return index;
  }

  /**
   * Its dot product with the query: the cosine, for the vectors that streams give.
   *
   * @return a number
   */
  public float score() {
    return score;
  }

  @Override
  public String toString() {
    return "Hit[index=" + index + ", score=" + score + "]";
  }
}
