/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** What keys and values are rounded to when a layer keeps them. */
public enum KeyValueStore {
  /** As they are. */
  F32("f32"),
  /** Half the room. */
  BF16("bf16");

  final String word;

  KeyValueStore(String word) {
    this.word = word;
  }
}
