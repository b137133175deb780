/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** When beams end. */
public enum EarlyStopping {
  /** When no better one is likely. */
  NO("no"),
  /** When as many as there are beams have ended. */
  YES("yes"),
  /** When no better one is possible. */
  NEVER("never");

  final String word;

  EarlyStopping(String word) {
    this.word = word;
  }
}
