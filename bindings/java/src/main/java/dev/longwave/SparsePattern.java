/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** Which of the two patterns of the paper. */
public enum SparsePattern {
  /** Every stride-th token before a row. */
  STRIDED("strided"),
  /** The last tokens of every block. */
  FIXED("fixed");

  final String word;

  SparsePattern(String word) {
    this.word = word;
  }
}
