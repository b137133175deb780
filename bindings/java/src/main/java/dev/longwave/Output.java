/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** What a forward of a {@link Model} gives. */
public enum Output {
  /** Rows of the last layer, [batch, tokens, hidden]. */
  LAST_HIDDEN_STATE(10),
  /** Rows after the embedding and after each layer, [layers + 1, batch, tokens, hidden]. */
  HIDDEN_STATES(20),
  /** What the model's pooler makes of the first row, [batch, hidden]. */
  POOLER_OUTPUT(30),
  /** The vector of each sequence by the model's own modules, [batch, embeddingWidth]. */
  SENTENCE_EMBEDDING(40),
  /** The queries of every layer's attention, [layers, batch, tokens, heads, head_dim]. */
  QUERIES(50),
  /** The keys, of the same shape. */
  KEYS(60),
  /** The values, of the same shape. */
  VALUES(70);

  final int number;

  Output(int number) {
    this.number = number;
  }
}
