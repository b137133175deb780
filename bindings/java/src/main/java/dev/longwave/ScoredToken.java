/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** A token that a {@link Scorer} gives. */
public final class ScoredToken {
  private final int id;
  private final float logProbability;
  private final long byteBegin;
  private final long byteEnd;

  ScoredToken(int id, float logProbability, long byteBegin, long byteEnd) {
    this.id = id;
    this.logProbability = logProbability;
    this.byteBegin = byteBegin;
    this.byteEnd = byteEnd;
  }

  /**
   * Its id.
   *
   * @return an id of the model
   */
  public int id() {
    return id;
  }

  /**
   * How likely the model found it, given those before it.
   *
   * @return the natural logarithm of a probability; NaN for a document's first token, which has nothing before it unless
   *     {@link Scoring#begin} puts an id there
   */
  public float logProbability() {
    return logProbability;
  }

  /**
   * Its first byte in the text.
   *
   * @return an offset; -1 where ids were pushed
   */
  public long byteBegin() {
    return byteBegin;
  }

  /**
   * Behind its last byte.
   *
   * @return an offset; -1 where ids were pushed
   */
  public long byteEnd() {
    return byteEnd;
  }

  @Override
  public String toString() {
    return "ScoredToken[" + id + ", " + logProbability + ", bytes " + byteBegin + " to " + byteEnd + "]";
  }
}
