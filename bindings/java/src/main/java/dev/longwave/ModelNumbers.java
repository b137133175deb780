/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** What a {@link Model} says of itself, and what its streams and generators will take. */
abstract class ModelNumbers extends NativeModel {
  private final int hidden;
  private final int embeddingWidth;

  ModelNumbers(long pointer) {
    super(pointer);
    hidden = (int) nativeGetInt("hidden");
    embeddingWidth = (int) nativeGetInt("embedding_width");
  }

  /**
   * The model's name with its short fingerprint.
   *
   * @return such as "minilm-0123abcd"
   */
  public String name() {
    return nativeName();
  }

  /**
   * Numbers in a vector.
   *
   * @return such as 384
   */
  public int embeddingWidth() {
    return embeddingWidth;
  }

  /**
   * Floats of a hidden row.
   *
   * @return such as 384
   */
  public int hidden() {
    return hidden;
  }

  /**
   * Layers.
   *
   * @return such as 6
   */
  public int layers() {
    return (int) nativeGetInt("layers");
  }

  /**
   * Attention heads of a layer.
   *
   * @return such as 12
   */
  public int heads() {
    return (int) nativeGetInt("heads");
  }

  /**
   * Ids that the model knows.
   *
   * @return such as 30522
   */
  public int vocabulary() {
    return (int) nativeGetInt("vocabulary");
  }

  /**
   * Positions that the model was trained with and can use.
   *
   * @return such as 512
   */
  public int positions() {
    return (int) nativeGetInt("positions");
  }

  /**
   * Rows, special tokens included, that a text may have under {@link Reading#truncate} and {@link Reading#refuse}.
   *
   * @return such as 256
   */
  public int maxRows() {
    return (int) nativeGetInt("max_rows");
  }

  /**
   * Whether it reads text, and not only ids.
   *
   * @return true if there is a tokenizer
   */
  public boolean hasTokenizer() {
    return nativeGetInt("has_tokenizer") != 0;
  }

  /**
   * Whether it gives {@link Output#POOLER_OUTPUT}.
   *
   * @return true if there is a pooler
   */
  public boolean hasPooler() {
    return nativeGetInt("has_pooler") != 0;
  }

  /**
   * Whether its folder says how long texts are read.
   *
   * @return true if there is a longwave.json with a window
   */
  public boolean hasLongReading() {
    return nativeGetInt("has_long_reading") != 0;
  }

  /**
   * Any number about the model by the name that it has in the C API, such as "mapped_bytes", "held_bytes", "packed_bytes"
   * or "fingerprint".
   *
   * @param key the name
   * @return the number
   */
  public long number(String key) {
    return nativeGetInt(key);
  }

  /**
   * Everything about the model as JSON: layers with their attention, reading, bytes, latency.
   *
   * @return one JSON object
   */
  public String describe() {
    return describe(null);
  }

  /**
   * The same with another reading.
   *
   * @param reading what to describe it with, or null
   * @return one JSON object
   */
  public String describe(Reading reading) {
    try (NativeConfig config = Options.open(reading)) {
      return nativeDescribe(config);
    }
  }

  /**
   * What a stream will take.
   *
   * @param reading how it reads, or null
   * @return bytes and latency
   */
  public Plan planStream(Reading reading) {
    long[] numbers = new long[4];
    try (NativeConfig config = Options.open(reading)) {
      nativePlanStream(config, numbers);
    }
    return new Plan(numbers);
  }

  /**
   * What a memory will take.
   *
   * @param reading how it reads, or null
   * @return bytes and latency
   */
  public Plan planMemory(Reading reading) {
    long[] numbers = new long[4];
    try (NativeConfig config = Options.open(reading)) {
      nativePlanMemory(config, numbers);
    }
    return new Plan(numbers);
  }

  /**
   * What a generator will take.
   *
   * @param generation how text is generated, or null
   * @return bytes
   */
  public long planGenerator(Generation generation) {
    try (NativeConfig config = Generation.open(generation)) {
      return nativePlanGenerator(config);
    }
  }

  /**
   * What a scorer will take.
   *
   * @param scoring how much context tokens have, or null
   * @return bytes
   */
  public long planScorer(Scoring scoring) {
    try (NativeConfig config = Scoring.open(scoring)) {
      return nativePlanScorer(config);
    }
  }

  /**
   * Bytes of a workspace.
   *
   * @param reading the window, or null
   * @param batch the most sequences
   * @param tokens the most ids of each
   * @return bytes
   */
  public long planWorkspace(Reading reading, int batch, int tokens) {
    try (NativeConfig config = Options.open(reading)) {
      return nativePlanWorkspace(config, batch, tokens);
    }
  }
}
