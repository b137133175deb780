/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** How far a {@link Model} is with packing its weights. */
public final class Packing {
  private final long[] numbers;

  Packing(long[] numbers) {
    this.numbers = numbers;
  }

  /**
   * What is packed.
   *
   * @return bytes
   */
  public long bytes() {
    return numbers[0];
  }

  /**
   * What there is to be packed, the former included.
   *
   * @return bytes
   */
  public long totalBytes() {
    return numbers[1];
  }

  @Override
  public String toString() {
    return "Packing[" + bytes() + " of " + totalBytes() + " bytes]";
  }
}
