/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** How rotary positions pair channels. */
public enum RopeStyle {
  /** Channel t with t + dim / 2. */
  HALF("half"),
  /** Channel 2 t with 2 t + 1. */
  INTERLEAVED("interleaved");

  final String word;

  RopeStyle(String word) {
    this.word = word;
  }
}
