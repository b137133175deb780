/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.Objects;

/**
 * How {@link Encodings#add} cuts texts into windows.
 *
 * <p>Not safe for several threads while it changes.
 */
public final class Windows {
  /** Which text of a pair is cut. */
  public enum Strategy {
    /** The longer one until both have the same length, then both. */
    LONGEST_FIRST(0),
    /** The first. */
    ONLY_FIRST(1),
    /** The second. */
    ONLY_SECOND(2);

    final int number;

    Strategy(int number) {
      this.number = number;
    }
  }

  final long maxLength;
  long stride;
  Strategy strategy = Strategy.LONGEST_FIRST;
  boolean fromLeft;
  boolean addSpecialTokens = true;

  /**
   * Begins with the length.
   *
   * @param maxLength most ids of a window, special tokens included; 0: one window, however long
   */
  public Windows(int maxLength) {
    this.maxLength = maxLength;
  }

  /**
   * How many tokens neighbouring windows share.
   *
   * @param tokens below what fits in a window; 0 by default
   * @return this
   */
  public Windows stride(int tokens) {
    stride = tokens;
    return this;
  }

  /**
   * Which text of a pair is cut.
   *
   * @param which LONGEST_FIRST by default
   * @return this
   */
  public Windows strategy(Strategy which) {
    strategy = Objects.requireNonNull(which, "which");
    return this;
  }

  /**
   * Whether the first window is the end of the text, rather than its beginning.
   *
   * @param left false by default
   * @return this
   */
  public Windows fromLeft(boolean left) {
    fromLeft = left;
    return this;
  }

  /**
   * Whether each window has the model's special tokens.
   *
   * @param add true by default
   * @return this
   */
  public Windows addSpecialTokens(boolean add) {
    addSpecialTokens = add;
    return this;
  }
}
