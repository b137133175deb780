/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** Where a call of a {@link DocumentStream} is. */
public final class Progress {
  private final long[] numbers;

  Progress(long[] numbers) {
    this.numbers = numbers;
  }

  /**
   * Bytes of text taken so far.
   *
   * @return bytes
   */
  public long bytes() {
    return numbers[0];
  }

  /**
   * Tokens so far.
   *
   * @return tokens
   */
  public long tokens() {
    return numbers[1];
  }

  /**
   * Passages that were finished so far.
   *
   * @return passages
   */
  public long passages() {
    return numbers[2];
  }

  @Override
  public String toString() {
    return "Progress[bytes=" + bytes() + ", tokens=" + tokens() + ", passages=" + passages() + "]";
  }
}
