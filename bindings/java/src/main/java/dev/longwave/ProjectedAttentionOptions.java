/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * What kinds over q, k and v have in common: projection weights can be put around them, which {@link #weightsQuery} switches
 * on. Rows of q are then hidden rows, there is no k and v, and the output is hidden rows; weights are [out, in].
 *
 * @param <T> the kind's own class
 */
public abstract class ProjectedAttentionOptions<T extends ProjectedAttentionOptions<T>> extends AttentionOptions<T> {
  ProjectedAttentionOptions(String kind, int heads) {
    super(kind, heads);
  }

  /**
   * Floats of a hidden row.
   *
   * @param value the number
   * @return this
   */
  public final T dModel(int value) {
    return set("d_model", (long) value);
  }

  /**
   * Floats of a row of the other sequence; as dModel by default.
   *
   * @param value the number
   * @return this
   */
  public final T dContext(int value) {
    return set("d_context", (long) value);
  }

  /**
   * Whether k is rows [d_context] of another sequence.
   *
   * @param value true or false
   * @return this
   */
  public final T cross(boolean value) {
    return set("cross", value ? 1L : 0L);
  }

  /**
   * The weights of queries, [width of q, d_model]; they switch projections on.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T weightsQuery(float... value) {
    return set("w_q", value);
  }

  /**
   * The weights of keys, [width of k, d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T weightsKey(float... value) {
    return set("w_k", value);
  }

  /**
   * The weights of values, [width of v, d_model].
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T weightsValue(float... value) {
    return set("w_v", value);
  }

  /**
   * The weights of the output, [d_model, width of the output]; without them the heads' results come out.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T weightsOut(float... value) {
    return set("w_o", value);
  }

  /**
   * The bias of queries.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T biasQuery(float... value) {
    return set("b_q", value);
  }

  /**
   * The bias of keys.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T biasKey(float... value) {
    return set("b_k", value);
  }

  /**
   * The bias of values.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T biasValue(float... value) {
    return set("b_v", value);
  }

  /**
   * The bias of the output.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T biasOut(float... value) {
    return set("b_o", value);
  }

  /**
   * WindowAttention with globalProjections: the weights of global queries.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T globalWeightsQuery(float... value) {
    return set("w_q_global", value);
  }

  /**
   * The weights of keys for global queries.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T globalWeightsKey(float... value) {
    return set("w_k_global", value);
  }

  /**
   * The weights of values for global queries.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T globalWeightsValue(float... value) {
    return set("w_v_global", value);
  }

  /**
   * The bias of global queries.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T globalBiasQuery(float... value) {
    return set("b_q_global", value);
  }

  /**
   * The bias of keys for global queries.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T globalBiasKey(float... value) {
    return set("b_k_global", value);
  }

  /**
   * The bias of values for global queries.
   *
   * @param value the numbers, row by row; copied
   * @return this
   */
  public final T globalBiasValue(float... value) {
    return set("b_v_global", value);
  }
}
