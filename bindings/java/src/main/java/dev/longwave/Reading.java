/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * How a model reads text that is longer than it was made for. What is not set, is as the model's own {@code
 * longwave.json} says.
 *
 * <pre>{@code
 * Reading reading = Reading.window(64, 64).sinks(33).queue(64);
 * try (DocumentStream stream = model.newStream(reading)) { ... }
 * }</pre>
 *
 * <p>Texts of at most {@link #fullUpTo} rows are read in full, exactly as the original model does. Objects of this class
 * are read during a call and not kept; they are not safe for several threads while they change.
 */
public final class Reading {
  private final Options options = new Options("stream");

  private Reading() {}

  Options options() {
    return options;
  }

  /**
   * The model's own setting.
   *
   * @return a new reading
   */
  public static Reading ofModel() {
    return new Reading();
  }

  /**
   * Long texts through a window: every row sees so many rows before and after itself, in fixed memory however long the
   * text.
   *
   * @param left rows seen before each row
   * @param right rows seen after each row
   * @return a new reading
   */
  public static Reading window(int left, int right) {
    Reading reading = windowOfModel();
    reading.options.set("left", (long) left);
    reading.options.set("right", (long) right);
    return reading;
  }

  /**
   * The same with numbers of each layer.
   *
   * @param left rows seen before each row, one number a layer
   * @param right rows seen after each row, one number a layer
   * @return a new reading
   */
  public static Reading window(int[] left, int[] right) {
    Reading reading = windowOfModel();
    reading.options.set("left", left);
    reading.options.set("right", right);
    return reading;
  }

  /**
   * A window of the size that the model's {@code longwave.json} gives.
   *
   * @return a new reading
   */
  public static Reading windowOfModel() {
    Reading reading = new Reading();
    reading.options.set("long", "window");
    return reading;
  }

  /**
   * Each passage of a long text by itself, as other tools do.
   *
   * @return a new reading
   */
  public static Reading alone() {
    Reading reading = new Reading();
    reading.options.set("long", "alone");
    return reading;
  }

  /**
   * Only the beginning of a long text; {@link DocumentStream#truncatedTokens} tells what was left out.
   *
   * @return a new reading
   */
  public static Reading truncate() {
    Reading reading = new Reading();
    reading.options.set("long", "truncate");
    return reading;
  }

  /**
   * Long texts are an error that names the limit.
   *
   * @return a new reading
   */
  public static Reading refuse() {
    Reading reading = new Reading();
    reading.options.set("long", "refuse");
    return reading;
  }

  /**
   * Rows at the beginning that every row sees.
   *
   * @param rows 0 to 4096
   * @return this
   */
  public Reading sinks(int rows) {
    options.set("sinks", (long) rows);
    return this;
  }

  /**
   * Positions are tiled at this many, above the sinks.
   *
   * @param positions more than the sinks, at most what the model has
   * @return this
   */
  public Reading tile(int positions) {
    options.set("tile", (long) positions);
    return this;
  }

  /**
   * Texts of at most this many rows, special tokens included, are read in full.
   *
   * @param rows 0 to the model's positions
   * @return this
   */
  public Reading fullUpTo(int rows) {
    options.set("full_up_to", (long) rows);
    return this;
  }

  /**
   * The most tokens of a passage.
   *
   * @param tokens 1 to 8192; 254 by default
   * @return this
   */
  public Reading passageTokens(int tokens) {
    options.set("passage_tokens", (long) tokens);
    return this;
  }

  /**
   * The most results that wait to be read before a push stops.
   *
   * @param results 1 to 65536; 16 by default
   * @return this
   */
  public Reading queue(int results) {
    options.set("queue", (long) results);
    return this;
  }

  /**
   * Rows that are computed at a time. Results do not depend on it.
   *
   * @param rows 1 to 1024; 192 by default
   * @return this
   */
  public Reading stepRows(int rows) {
    options.set("step_rows", (long) rows);
    return this;
  }

  /**
   * Whether {@link DocumentStream#offerIds} adds the model's special tokens.
   *
   * @param add true by default
   * @return this
   */
  public Reading addSpecialTokens(boolean add) {
    options.set("add_special_tokens", add ? 1L : 0L);
    return this;
  }

  /**
   * {@link #truncate} and {@link #refuse}: the most rows of a document, special tokens included, where fewer than the model's
   * own limit are wanted. A stream takes the memory of as many as it may read.
   *
   * @param rows 1 or more
   * @return this
   */
  public Reading maxRows(long rows) {
    options.set("max_rows", rows);
    return this;
  }

  /**
   * How rows go through models other than plain encoders. Results do not depend on it.
   *
   * @param execution AUTO by default
   * @return this
   */
  public Reading execution(Execution execution) {
    options.set("execution", execution.word);
    return this;
  }

  /**
   * Whether rows come as vectors ({@link DocumentStream#offerVectors}) in place of text or ids.
   *
   * @param vectors false by default
   * @return this
   */
  public Reading vectors(boolean vectors) {
    options.set("vectors", vectors ? 1L : 0L);
    return this;
  }

  /**
   * Bytes of text that tokenizers other than WordPiece may keep until it is certain which tokens they become. A longer run
   * that nothing allows to be cut is {@link LongwaveException.CapacityExceeded}, unless {@link #splitLong} is set.
   *
   * @param bytes 256 to 67108864; 65536 by default
   * @return this
   */
  public Reading heldBack(int bytes) {
    options.set("held_back", (long) bytes);
    return this;
  }

  /**
   * Whether longer runs than {@link #heldBack} are cut all the same, and counted ({@link DocumentStream#splitWords}).
   *
   * @param split false by default
   * @return this
   */
  public Reading splitLong(boolean split) {
    options.set("split_long", split ? 1L : 0L);
    return this;
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
