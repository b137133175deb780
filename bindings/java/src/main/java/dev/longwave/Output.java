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
  VALUES(70),
  /**
   * Scores of the model's head: [batch, tokens, ids] or [batch, tokens, labels], [batch, tokens, 2] of question answering
   * (start and end), [batch, labels] of sequence classification. {@link Model#shape} tells.
   */
  LOGITS(100),
  /** Of models with a decoder, whose rows are LAST_HIDDEN_STATE: the encoder's. */
  ENCODER_LAST_HIDDEN_STATE(110),
  /** Of models with a decoder: the encoder's, after the embedding and after each layer. */
  ENCODER_HIDDEN_STATES(120),
  /**
   * What each layer remembers behind the last row, [layers, batch, rows, hidden], of models with memory over segments: for
   * {@link ModelInputs#memories} of the next segment.
   */
  MEMORIES(130);

  final int number;

  Output(int number) {
    this.number = number;
  }
}
