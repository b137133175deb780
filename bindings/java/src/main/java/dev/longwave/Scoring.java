/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * How much context the tokens of a document have when a {@link Scorer} scores them. What is not set, is at its default.
 *
 * <pre>{@code
 * Scoring scoring = Scoring.sliding().length(512).stride(256);
 * try (Scorer scorer = model.newScorer(scoring)) { ... }
 * }</pre>
 *
 * <p>Objects of this class are read during a call and not kept; they are not safe for several threads while they change.
 */
public final class Scoring {
  private final Options options = new Options("scoring");

  private Scoring(String mode) {
    options.set("mode", mode);
  }

  /**
   * Windows that advance by a stride, of which the last tokens are scored, with those before them as context.
   *
   * @return a new object
   */
  public static Scoring sliding() {
    return new Scoring("sliding");
  }

  /**
   * Blocks whose only context is the last token of the block before.
   *
   * @return a new object
   */
  public static Scoring segment() {
    return new Scoring("segment");
  }

  /**
   * The document goes through one memory: a window with sinks ({@link #left}), or a model that remembers.
   *
   * @return a new object
   */
  public static Scoring stream() {
    return new Scoring("stream");
  }

  NativeConfig open() {
    return options.open();
  }

  /** The native config, or null for none, which the library takes for its defaults. */
  static NativeConfig open(Scoring given) {
    return given == null ? null : given.open();
  }

  /**
   * Tokens of a window or block; of a stream how many are computed at a time.
   *
   * @param tokens 2 or more; the model's positions by default
   * @return this
   */
  public Scoring length(int tokens) {
    options.set("length", (long) tokens);
    return this;
  }

  /**
   * Sliding: how far windows advance, and how many tokens at the end of each are scored.
   *
   * @param tokens 1 to length - 1; half of length by default
   * @return this
   */
  public Scoring stride(int tokens) {
    options.set("stride", (long) tokens);
    return this;
  }

  /**
   * An id that is read before the document, so that its first token is scored.
   *
   * @param id an id; -1, the default: none
   * @return this
   */
  public Scoring begin(int id) {
    options.set("begin", (long) id);
    return this;
  }

  /**
   * Stream: reads through a window, in fixed memory and without end; rows seen before each row.
   *
   * @param rows a number of rows
   * @return this
   */
  public Scoring left(int rows) {
    options.set("left", (long) rows);
    return this;
  }

  /**
   * Window: rows at the beginning that every row sees.
   *
   * @param rows a number of rows
   * @return this
   */
  public Scoring sinks(int rows) {
    options.set("sinks", (long) rows);
    return this;
  }

  /**
   * Window: learned positions are tiled at this many, above the sinks.
   *
   * @param positions all there are by default
   * @return this
   */
  public Scoring tile(int positions) {
    options.set("tile", (long) positions);
    return this;
  }

  /**
   * Stream without a window: rows that the memory takes.
   *
   * @param rows the model's positions by default
   * @return this
   */
  public Scoring maxTokens(long rows) {
    options.set("max_tokens", rows);
    return this;
  }

  /**
   * The most tokens that wait to be read before a push stops.
   *
   * @param tokens 4096 by default
   * @return this
   */
  public Scoring queue(int tokens) {
    options.set("queue", (long) tokens);
    return this;
  }

  /**
   * As {@link Reading#heldBack}.
   *
   * @param bytes 65536 by default
   * @return this
   */
  public Scoring heldBack(int bytes) {
    options.set("held_back", (long) bytes);
    return this;
  }

  /**
   * As {@link Reading#splitLong}.
   *
   * @param split false by default
   * @return this
   */
  public Scoring splitLong(boolean split) {
    options.set("split_long", split ? 1L : 0L);
    return this;
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
