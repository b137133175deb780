/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** How rows go through models other than plain encoders. Results are the same to the bit. */
public enum Execution {
  /** As they come where every layer can, else when the document is finished. */
  AUTO("auto"),
  /** As they come; a layer that needs the whole sequence is {@link LongwaveException.Unsupported}. */
  STREAM("stream"),
  /** When the document is finished. */
  WHOLE("whole");

  final String word;

  Execution(String word) {
    this.word = word;
  }
}
