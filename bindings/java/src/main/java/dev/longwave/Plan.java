/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** What a memory or a stream will take, before it is made. */
public final class Plan {
  private final long[] numbers;

  Plan(long[] numbers) {
    this.numbers = numbers;
  }

  /**
   * Bytes of native memory, for ever, however long the text or the sequence.
   *
   * @return bytes
   */
  public long bytes() {
    return numbers[0];
  }

  /**
   * Bytes that loading a snapshot takes in addition, for the time of the call.
   *
   * @return bytes
   */
  public long loadBytes() {
    return numbers[1];
  }

  /**
   * Latency at the beginning: row 0 can leave once this row is in, or the sequence is finished.
   *
   * @return a number of rows, or -1 where rows leave only at the end
   */
  public long firstRows() {
    return numbers[2];
  }

  /**
   * Latency further on: row i needs row i + steadyRows.
   *
   * @return a number of rows, or -1 where rows leave only at the end
   */
  public long steadyRows() {
    return numbers[3];
  }

  @Override
  public String toString() {
    return "Plan[bytes=" + bytes() + ", loadBytes=" + loadBytes() + ", firstRows=" + firstRows() + ", steadyRows="
        + steadyRows() + "]";
  }
}
