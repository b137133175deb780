/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** Why a {@link Generator} gives no more tokens. */
public enum FinishReason {
  /** It does. */
  NONE(0),
  /** A token that ends texts came. */
  END_TOKEN(10),
  /** A text of {@link Generator#addStop} came. */
  STOP_STRING(20),
  /** There are as many as were asked for. */
  LENGTH(30),
  /** The model's positions, or {@link Generation#maxTokens}, are used up. */
  CAPACITY(40);

  private final int number;

  FinishReason(int number) {
    this.number = number;
  }

  static FinishReason of(long number) {
    for (FinishReason reason : values()) {
      if (reason.number == number) return reason;
    }
    throw new AssertionError(number);
  }
}
