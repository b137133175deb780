/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * How text is generated. What is not set, is as the model's generation_config.json says, else the default.
 *
 * <pre>{@code
 * Generation generation = new Generation().maxNewTokens(200).sample(true).temperature(0.7).topP(0.9).seed(1);
 * try (Generator generator = model.newGenerator(generation)) { ... }
 * }</pre>
 *
 * <p>Objects of this class are read during a call and not kept; they are not safe for several threads while they change.
 */
public final class Generation {
  private final Options options = new Options("generation");

  /** Nothing is set. */
  public Generation() {}

  NativeConfig open() {
    return options.open();
  }

  /** The native config, or null for none, which the library takes for its defaults. */
  static NativeConfig open(Generation given) {
    return given == null ? null : given.open();
  }

  /**
   * The most tokens that are generated.
   *
   * @param tokens 1 or more; 20 by default
   * @return this
   */
  public Generation maxNewTokens(int tokens) {
    options.set("max_new_tokens", (long) tokens);
    return this;
  }

  /**
   * The most tokens with the prompt, or with the start token of a decoder.
   *
   * @param tokens 1 or more
   * @return this
   */
  public Generation maxLength(int tokens) {
    options.set("max_length", (long) tokens);
    return this;
  }

  /**
   * No end before so many tokens were generated.
   *
   * @param tokens 0 by default
   * @return this
   */
  public Generation minNewTokens(int tokens) {
    options.set("min_new_tokens", (long) tokens);
    return this;
  }

  /**
   * The same with the prompt.
   *
   * @param tokens 0 by default
   * @return this
   */
  public Generation minLength(int tokens) {
    options.set("min_length", (long) tokens);
    return this;
  }

  /**
   * Whether tokens are drawn, rather than the best one taken.
   *
   * @param sample false by default
   * @return this
   */
  public Generation sample(boolean sample) {
    options.set("sample", sample ? 1L : 0L);
    return this;
  }

  /**
   * What scores are divided by before a token is drawn.
   *
   * @param value above 0; 1 by default
   * @return this
   */
  public Generation temperature(double value) {
    options.set("temperature", value);
    return this;
  }

  /**
   * Only so many of the best tokens are drawn from.
   *
   * @param tokens 50 by default; 0: all
   * @return this
   */
  public Generation topK(int tokens) {
    options.set("top_k", (long) tokens);
    return this;
  }

  /**
   * Only the best tokens whose probabilities sum up to this are drawn from.
   *
   * @param probability 1 by default: all
   * @return this
   */
  public Generation topP(double probability) {
    options.set("top_p", probability);
    return this;
  }

  /**
   * What draws depend on; the same everywhere as far as scores are.
   *
   * @param seed 0 by default
   * @return this
   */
  public Generation seed(long seed) {
    options.set("seed", seed);
    return this;
  }

  /**
   * How many beginnings are followed at once.
   *
   * @param beams 1 (the default) to 64
   * @return this
   */
  public Generation beams(int beams) {
    options.set("beams", (long) beams);
    return this;
  }

  /**
   * Beams: the power of its length that a text's score is divided by.
   *
   * @param value 1 by default
   * @return this
   */
  public Generation lengthPenalty(double value) {
    options.set("length_penalty", value);
    return this;
  }

  /**
   * Beams: when they end.
   *
   * @param when NO by default
   * @return this
   */
  public Generation earlyStopping(EarlyStopping when) {
    options.set("early_stopping", when.word);
    return this;
  }

  /**
   * What scores of tokens that are there already are divided by, or multiplied with below 0.
   *
   * @param value 1 by default
   * @return this
   */
  public Generation repetitionPenalty(double value) {
    options.set("repetition_penalty", value);
    return this;
  }

  /**
   * No run of so many tokens comes twice.
   *
   * @param tokens 0 by default: all may
   * @return this
   */
  public Generation noRepeatNgram(int tokens) {
    options.set("no_repeat_ngram", (long) tokens);
    return this;
  }

  /**
   * The first token.
   *
   * @param id an id; -1: none
   * @return this
   */
  public Generation forcedFirst(int id) {
    options.set("forced_first", (long) id);
    return this;
  }

  /**
   * The last token, where the greatest length is reached.
   *
   * @param id an id; -1: none
   * @return this
   */
  public Generation forcedLast(int id) {
    options.set("forced_last", (long) id);
    return this;
  }

  /**
   * Tokens that never come.
   *
   * @param ids the ids
   * @return this
   */
  public Generation suppressed(int... ids) {
    options.set("suppressed", ids);
    return this;
  }

  /**
   * Tokens that end the text.
   *
   * @param ids the ids
   * @return this
   */
  public Generation endIds(int... ids) {
    options.set("end_ids", ids);
    return this;
  }

  /**
   * Whether these end it.
   *
   * @param stop true by default
   * @return this
   */
  public Generation stopAtEnd(boolean stop) {
    options.set("stop_at_end", stop ? 1L : 0L);
    return this;
  }

  /**
   * The token that a decoder beside an encoder begins with.
   *
   * @param id an id
   * @return this
   */
  public Generation decoderStart(int id) {
    options.set("decoder_start", (long) id);
    return this;
  }

  /**
   * Tokens of an encoder's source that see, and are seen by, all (LED).
   *
   * @param tokens their places
   * @return this
   */
  public Generation globals(int... tokens) {
    options.set("globals", tokens);
    return this;
  }

  /**
   * Rows that the memory takes.
   *
   * @param rows the model's positions by default
   * @return this
   */
  public Generation maxTokens(long rows) {
    options.set("max_tokens", rows);
    return this;
  }

  /**
   * Reads a causal model through a window, in fixed memory and without end: rows seen before each row.
   *
   * @param rows a number of rows
   * @return this
   */
  public Generation left(int rows) {
    options.set("left", (long) rows);
    return this;
  }

  /**
   * Window: rows at the beginning that every row sees.
   *
   * @param rows a number of rows
   * @return this
   */
  public Generation sinks(int rows) {
    options.set("sinks", (long) rows);
    return this;
  }

  /**
   * Window: learned positions are tiled at this many, above the sinks.
   *
   * @param positions all there are by default
   * @return this
   */
  public Generation tile(int positions) {
    options.set("tile", (long) positions);
    return this;
  }

  /**
   * Whether the model's generation_config.json is looked at.
   *
   * @param look true by default
   * @return this
   */
  public Generation modelSettings(boolean look) {
    options.set("model_settings", look ? 1L : 0L);
    return this;
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
