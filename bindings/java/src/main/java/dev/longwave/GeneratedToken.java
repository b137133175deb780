/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** A token that a {@link Generator} gives. */
public final class GeneratedToken {
  private final int id;
  private final float logProbability;

  GeneratedToken(int id, float logProbability) {
    this.id = id;
    this.logProbability = logProbability;
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
   * How likely the model found it, under its own scores and before any rule.
   *
   * @return the natural logarithm of a probability
   */
  public float logProbability() {
    return logProbability;
  }

  @Override
  public String toString() {
    return "GeneratedToken[" + id + ", " + logProbability + "]";
  }
}
