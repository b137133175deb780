/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * A vector that a {@link DocumentStream} gives: of a passage, or, as the last one, of the whole document.
 *
 * <p>Ranges are half-open. Bytes are counted in the raw UTF-8 from its first byte, tokens from the text's first one, and
 * chars as Java counts them, so that {@code text.substring((int) charBegin(), (int) charEnd())} is the passage.
 */
public final class Embedding {
  static final int NONE = 0;
  static final int DOCUMENT = 20;

  private final boolean document;
  private final float[] vector;
  private final long[] numbers;

  /** numbers: byte begin and end, token begin and end, char begin and end, has_vector. */
  Embedding(int kind, float[] vector, long[] numbers) {
    document = kind == DOCUMENT;
    this.vector = numbers[6] != 0 ? vector : null;
    this.numbers = numbers;
  }

  /**
   * Whether it is the document's rather than a passage's.
   *
   * @return true for the last one of a document
   */
  public boolean isDocument() {
    return document;
  }

  /**
   * The vector; not a copy.
   *
   * @return an array [embeddingWidth], or null for a document without a token
   */
  public float[] vector() {
    return vector;
  }

  /**
   * The first byte.
   *
   * @return an offset, or -1 where ids were pushed
   */
  public long byteBegin() {
    return numbers[0];
  }

  /**
   * Behind the last byte.
   *
   * @return an offset, or -1 where ids were pushed
   */
  public long byteEnd() {
    return numbers[1];
  }

  /**
   * The first token.
   *
   * @return an index
   */
  public long tokenBegin() {
    return numbers[2];
  }

  /**
   * Behind the last token.
   *
   * @return an index
   */
  public long tokenEnd() {
    return numbers[3];
  }

  /**
   * The first char.
   *
   * @return an offset in UTF-16 units, or -1 where ids were pushed or the stream goes on from a snapshot, which knows
   *     bytes alone
   */
  public long charBegin() {
    return numbers[4];
  }

  /**
   * Behind the last char.
   *
   * @return as {@link #charBegin}
   */
  public long charEnd() {
    return numbers[5];
  }

  @Override
  public String toString() {
    return (document ? "Document" : "Passage") + "[bytes " + byteBegin() + " to " + byteEnd() + ", tokens " + tokenBegin()
        + " to " + tokenEnd() + (vector == null ? ", no vector" : "") + "]";
  }
}
