/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.Objects;

/**
 * What all kinds of attention layers have in common. Each kind is a class of its own with its options by name; {@link
 * #build()} makes the layer.
 *
 * <pre>{@code
 * try (Attention layer = new WindowAttention(8, 64).left(128).right(128).build()) {
 *   float[] rows = layer.forward(q, k, v);
 * }
 * }</pre>
 *
 * <p>Options are checked when the layer is built, arrays are copied when they are given. Not safe for several threads
 * while it changes; build may be called again, also after changes.
 *
 * @param <T> the kind's own class
 */
public abstract class AttentionOptions<T extends AttentionOptions<T>> {
  private final Options options;

  AttentionOptions(String kind, int heads) {
    options = new Options(kind);
    options.set("heads", (long) heads);
  }

  /**
   * Makes the layer, with threads of its own: as many as this process may use.
   *
   * @return a new layer
   * @throws LongwaveException.InvalidArgument if an option is missing, out of bounds or contradicts another
   */
  public final Attention build() {
    try (Context context = Context.create()) {
      return build(context);
    }
  }

  /**
   * Makes the layer on a context's threads.
   *
   * @param context the threads; may be closed afterwards
   * @return a new layer
   * @throws LongwaveException.InvalidArgument if an option is missing, out of bounds or contradicts another
   */
  public final Attention build(Context context) {
    Objects.requireNonNull(context, "context");
    try (NativeConfig config = options.open()) {
      return new Attention(NativeAttention.nativeCreate(context, config));
    }
  }

  /**
   * Heads of k and v, a divisor of those of q: query head h reads head h / (heads / kvHeads).
   *
   * @param heads as many as query heads by default
   * @return this
   */
  public final T kvHeads(int heads) {
    return set("kv_heads", (long) heads);
  }

  /**
   * Floats of a head in v and in the output.
   *
   * @param width as in q and k by default
   * @return this
   */
  public final T valueDim(int width) {
    return set("value_dim", (long) width);
  }

  /**
   * What scores are multiplied by.
   *
   * @param factor head_dim<sup>-1/2</sup> by default
   * @return this
   */
  public final T scale(double factor) {
    return set("scale", factor);
  }

  /**
   * How long a sequence a memory is made for, where rows may see everything; with explicit segments, how long a segment.
   *
   * @param rows a number of rows
   * @return this
   */
  public final T maxTokens(long rows) {
    return set("max_tokens", rows);
  }

  /**
   * Rows that a memory computes at a time. Results do not depend on it.
   *
   * @param rows 1 to 1024; 96 by default
   * @return this
   */
  public final T stepRows(int rows) {
    return set("step_rows", (long) rows);
  }

  /**
   * An option by the name that it has in the C API, for those that are newer than this class.
   *
   * @param key the name
   * @param value the number
   * @return this
   */
  public final T option(String key, long value) {
    return set(key, value);
  }

  /**
   * As {@link #option(String, long)}.
   *
   * @param key the name
   * @param value the number
   * @return this
   */
  public final T option(String key, double value) {
    return set(key, value);
  }

  /**
   * As {@link #option(String, long)}.
   *
   * @param key the name
   * @param value the word
   * @return this
   */
  public final T option(String key, String value) {
    return set(key, value);
  }

  /**
   * As {@link #option(String, long)}.
   *
   * @param key the name
   * @param value the numbers; copied
   * @return this
   */
  public final T option(String key, long[] value) {
    return set(key, value);
  }

  /**
   * As {@link #option(String, long)}.
   *
   * @param key the name
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T option(String key, float[] value) {
    return set(key, value);
  }

  @SuppressWarnings("unchecked")
  private T self() {
    return (T) this;
  }

  final T set(String key, long value) {
    options.set(key, value);
    return self();
  }

  final T set(String key, double value) {
    options.set(key, value);
    return self();
  }

  final T set(String key, String value) {
    options.set(key, value);
    return self();
  }

  final T set(String key, long[] value) {
    options.set(key, value);
    return self();
  }

  final T set(String key, int[] value) {
    options.set(key, value);
    return self();
  }

  final T set(String key, float[] value) {
    options.set(key, value);
    return self();
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
