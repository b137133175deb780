/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.Locale;

/**
 * What becomes of a model's folder that is copied: other weights, and a long form (Beltagy et al. 2020, section 5). What is
 * not set, stays as it is.
 *
 * <pre>{@code
 * Conversion longer = new Conversion().attention(LayerAttention.window(256)).copiedPositions(4096);
 * Model.convert(Path.of("bert-base"), Path.of("long-bert"), longer);
 * }</pre>
 *
 * <p>BERT, RoBERTa (XLM-R, CamemBERT) and BART with a window that is as wide on both sides become a Longformer or an LED as
 * they are published, which transformers opens too. Other models become what this library alone opens, and their config.json
 * says so.
 *
 * <p>Objects of this class are read during a call and not kept; they are not safe for several threads while they change.
 */
public final class Conversion {
  private static final String PACKED = "_PACKED";

  private final Options options = new Options("convert");

  /** Nothing is set. */
  public Conversion() {}

  /** The native config, or null for none, which the library takes for its defaults. */
  static NativeConfig open(Conversion given) {
    return given == null ? null : given.options.open();
  }

  /**
   * The type and the layout of weights.
   *
   * @param weights {@link Model.Weights#F32} by default
   * @return this
   */
  public Conversion weights(Model.Weights weights) {
    String name = weights.name();
    boolean packed = name.endsWith(PACKED);
    String type = packed ? name.substring(0, name.length() - PACKED.length()) : name;
    options.set("weights", type.toLowerCase(Locale.ROOT));
    options.set("packed", packed ? 1L : 0L);
    return this;
  }

  /**
   * What the layers' attention becomes. A plain encoder for which nothing but one window is said keeps its own and gets a long
   * reading, as {@link Reading#window} gives it.
   *
   * @param layers one for all layers, or one for each
   * @return this
   */
  public Conversion attention(LayerAttention... layers) {
    options.set("attention", LayerAttention.join(layers));
    return this;
  }

  /**
   * The table of positions goes on with copies of itself.
   *
   * @param rows that a text may have
   * @return this
   */
  public Conversion copiedPositions(int rows) {
    options.set("positions", "copied:" + rows);
    return this;
  }

  /**
   * A long reading, whose positions are tiled, in place of a long form; as {@link Reading#tile}.
   *
   * @param positions of which texts take turns
   * @return this
   */
  public Conversion tiledPositions(int positions) {
    options.set("positions", "tiled:" + positions);
    return this;
  }

  /**
   * Every how many rows a window has one.
   *
   * @param rows one number, or one for each head; 1 by default
   * @return this
   */
  public Conversion dilation(int... rows) {
    options.set("dilation", rows);
    return this;
  }

  /**
   * Rows at the beginning that every row sees, beside a window of a causal model or of the long reading.
   *
   * @param rows 0 to 4096
   * @return this
   */
  public Conversion sinks(int rows) {
    options.set("sinks", (long) rows);
    return this;
  }

  /**
   * Of the long reading, as {@link Reading#fullUpTo}.
   *
   * @param rows a number of rows
   * @return this
   */
  public Conversion fullUpTo(int rows) {
    options.set("full_up_to", (long) rows);
    return this;
  }

  /**
   * Of the long reading, as {@link Reading#passageTokens}.
   *
   * @param tokens 1 to 8192
   * @return this
   */
  public Conversion passageTokens(int tokens) {
    options.set("passage_tokens", (long) tokens);
    return this;
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
