/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * A window and the first rows: attention sinks.
 */
public final class SinkWindowAttention extends ProjectedAttentionOptions<SinkWindowAttention> {
  /** What the first rows see. */
  public enum SinksSee {
    /** What any other row sees. */
    PAST("past"),
    /** Everything. */
    ALL("all");

    final String word;

    SinksSee(String word) {
      this.word = word;
    }
  }

  /** What the window is counted in. */
  public enum Visibility {
    /** Tokens: every row sees so many before it. */
    TOKEN("token"),
    /** Segments: rows see to the end of the window before their segment. */
    CHUNK("chunk");

    final String word;

    Visibility(String word) {
      this.word = word;
    }
  }

  /**
   * Begins with the shape, which every layer needs.
   *
   * @param heads query heads
   * @param headDim floats of a head in q and k
   */
  public SinkWindowAttention(int heads, int headDim) {
    super("sink_window", heads);
    set("head_dim", (long) headDim);
  }

  /**
   * Rows at the beginning that every row sees.
   *
   * @param value the number
   * @return this
   */
  public SinkWindowAttention sinks(int value) {
    return set("sinks", (long) value);
  }

  /**
   * What the sinks themselves see.
   *
   * @param value one of the words
   * @return this
   */
  public SinkWindowAttention sinksSee(SinksSee value) {
    return set("sinks_see", value.word);
  }

  /**
   * With SinksSee.PAST: rows seen, counting the row itself.
   *
   * @param value the number
   * @return this
   */
  public SinkWindowAttention window(int value) {
    return set("window", (long) value);
  }

  /**
   * What the window is counted in.
   *
   * @param value one of the words
   * @return this
   */
  public SinkWindowAttention visibility(Visibility value) {
    return set("visibility", value.word);
  }

  /**
   * Segments of this length, counted from position 0.
   *
   * @param rows rows of a segment
   * @return this
   */
  public SinkWindowAttention segment(int rows) {
    return set("segment", (long) rows);
  }

  /**
   * Segments end where {@link Memory#endSegment} is called; a forward is one segment.
   *
   * @return this
   */
  public SinkWindowAttention explicitSegments() {
    return set("segment", "explicit");
  }

  /**
   * With SinksSee.ALL: rows seen before each row.
   *
   * @param value the number
   * @return this
   */
  public SinkWindowAttention left(int value) {
    return set("left", (long) value);
  }

  /**
   * With SinksSee.ALL: rows seen after each row.
   *
   * @param value the number
   * @return this
   */
  public SinkWindowAttention right(int value) {
    return set("right", (long) value);
  }

  /**
   * Rotary positions: the base of the angles, such as 10000.
   *
   * @param value the number
   * @return this
   */
  public SinkWindowAttention ropeTheta(double value) {
    return set("rope.theta", value);
  }

  /**
   * Rotary positions: how many channels turn.
   *
   * @param value the number
   * @return this
   */
  public SinkWindowAttention ropeDim(int value) {
    return set("rope.dim", (long) value);
  }

  /**
   * Rotary positions: how channels are paired.
   *
   * @param value one of the words
   * @return this
   */
  public SinkWindowAttention ropeStyle(RopeStyle value) {
    return set("rope.style", value.word);
  }

  /**
   * What keys and values are rounded to when they are kept.
   *
   * @param value one of the words
   * @return this
   */
  public SinkWindowAttention store(KeyValueStore value) {
    return set("store", value.word);
  }
}
