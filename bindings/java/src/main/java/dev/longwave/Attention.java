/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.nio.FloatBuffer;

/**
 * An attention layer without a model: your own q, k and v in, rows out, over whole sequences here or piece by piece
 * through a {@link Memory}. Both give the same numbers, to the bit, however a sequence is cut.
 *
 * <p>Layers are made by the class of their kind, such as {@link WindowAttention} or {@link FavorAttention}.
 *
 * <p>Rows of q are [heads, head_dim], of k [kv_heads, head_dim], of v [kv_heads, value_dim], of the output [heads,
 * value_dim]; sequences are [tokens, row] and batches [batch, tokens, row], row-major, without padding. Kinds that hold
 * their projections take hidden rows as q and no k, v or mask (pass null).
 *
 * <p>Immutable; any number of threads may use a layer at once. Close it when it is not needed any more: its memory is not
 * Java's, and the collector does not see how large it is. Closing while other threads compute is safe: their calls end
 * first.
 */
public final class Attention extends NativeAttention {
  private final int qWidth;
  private final int kWidth;
  private final int vWidth;
  private final int outWidth;

  Attention(long pointer) {
    super(pointer);
    qWidth = (int) nativeGetInt("q_width");
    kWidth = (int) nativeGetInt("k_width");
    vWidth = (int) nativeGetInt("v_width");
    outWidth = (int) nativeGetInt("out_width");
  }

  /**
   * Floats of a row of q, or of hidden rows.
   *
   * @return a number of floats
   */
  public int qWidth() {
    return qWidth;
  }

  /**
   * Floats of a row of k.
   *
   * @return a number of floats; 0 where the layer takes no k
   */
  public int kWidth() {
    return kWidth;
  }

  /**
   * Floats of a row of v.
   *
   * @return a number of floats; 0 where the layer takes no v
   */
  public int vWidth() {
    return vWidth;
  }

  /**
   * Floats of a row of the output.
   *
   * @return a number of floats
   */
  public int outWidth() {
    return outWidth;
  }

  /**
   * Whether the layer can have a memory.
   *
   * @return true if {@link #newMemory} works
   */
  public boolean streams() {
    return nativeGetInt("streams") != 0;
  }

  /**
   * One sequence of a layer that takes q, k and v.
   *
   * @param q [queries, qWidth]
   * @param k [keys, kWidth], or null where the layer takes none
   * @param v [keys, vWidth]
   * @return a new array [queries, outWidth]
   * @throws LongwaveException.InvalidArgument if lengths do not fit
   */
  public float[] forward(float[] q, float[] k, float[] v) {
    float[] out = new float[Math.multiplyExact(q.length / qWidth, outWidth)];
    forward(q, k, v, null, 1, out, null);
    return out;
  }

  /**
   * One sequence of a layer that takes hidden rows.
   *
   * @param rows [tokens, qWidth]
   * @return a new array [tokens, outWidth]
   * @throws LongwaveException.InvalidArgument if lengths do not fit
   */
  public float[] forward(float[] rows) {
    return forward(rows, null, null);
  }

  /**
   * A batch of sequences of equal length.
   *
   * @param q [batch, queries, qWidth]
   * @param k [batch, keys, kWidth], or null where the layer takes none
   * @param v [batch, keys, vWidth], or null where the layer takes none
   * @param mask [batch, keys] of 0 and 1, or null: 0 closes a token
   * @param batch how many sequences, at least 1
   * @param out receives [batch, queries, outWidth]
   * @param workspace scratch, or null: it is taken for this call
   * @throws LongwaveException.InvalidArgument if lengths do not fit
   * @throws LongwaveException.CapacityExceeded if the workspace was made for shorter sequences
   * @throws IllegalStateException if another thread is in the workspace
   */
  public void forward(float[] q, float[] k, float[] v, int[] mask, int batch, float[] out, Workspace workspace) {
    int kCount = k == null ? 0 : k.length;
    int vCount = v == null ? 0 : v.length;
    long queries = rows(q.length, batch, qWidth);
    nativeForwardArrays(workspace, q, q.length, k, kCount, v, vCount, mask, batch, queries,
        keys(queries, kCount, vCount, batch), out, out.length);
  }

  /**
   * The same without a copy: direct buffers in native byte order ({@link Buffers#allocateFloats}), from position to
   * limit, neither of which is changed.
   *
   * @param q [batch, queries, qWidth]
   * @param k [batch, keys, kWidth], or null where the layer takes none
   * @param v [batch, keys, vWidth], or null where the layer takes none
   * @param mask [batch, keys] of 0 and 1, or null: 0 closes a token
   * @param batch how many sequences, at least 1
   * @param out receives [batch, queries, outWidth]; overlaps no input
   * @param workspace scratch, or null: it is taken for this call
   * @throws IllegalArgumentException if a buffer is not direct or in the other byte order
   * @throws LongwaveException.InvalidArgument if lengths do not fit
   * @throws LongwaveException.CapacityExceeded if the workspace was made for shorter sequences
   * @throws IllegalStateException if another thread is in the workspace
   */
  public void forward(
      FloatBuffer q, FloatBuffer k, FloatBuffer v, int[] mask, int batch, FloatBuffer out, Workspace workspace) {
    long qAt = Buffers.check(q, "q").position();
    long kAt = Buffers.at(Buffers.check(k, "k"));
    long vAt = Buffers.at(Buffers.check(v, "v"));
    long outAt = Buffers.checkOut(out, "out").position();
    long qCount = Buffers.count(q, qAt);
    long kCount = Buffers.count(k, kAt);
    long vCount = Buffers.count(v, vAt);
    long queries = rows(qCount, batch, qWidth);
    nativeForwardDirect(workspace, q, qAt, qCount, k, kAt, kCount, v, vAt, vCount, mask,
        batch, queries, keys(queries, kCount, vCount, batch), out, outAt, Buffers.count(out, outAt));
  }

  /**
   * How far rows are from exact softmax attention over the same q, k, v and mask, on a sample of rows: for layers that
   * estimate it, such as {@link FavorAttention} and {@link LinformerAttention}.
   *
   * @param q [queries, qWidth] of one sequence
   * @param k [keys, kWidth]
   * @param v [keys, vWidth]
   * @param mask [keys] of 0 and 1, or null
   * @param out [queries, outWidth] as a forward or steps gave it, or null: a forward is run
   * @param samples how many rows to look at
   * @param seed of the drawing of rows
   * @return how far
   * @throws LongwaveException.Unsupported if the layer is no estimate of softmax attention
   */
  public ErrorEstimate estimateError(
      float[] q, float[] k, float[] v, int[] mask, float[] out, int samples, long seed) {
    double[] result = new double[3];
    long queries = rows(q.length, 1, qWidth);
    long keys = keys(queries, k == null ? 0 : k.length, v == null ? 0 : v.length, 1);
    nativeEstimateError(q, k, v, mask, queries, keys, out, samples, seed, result);
    return new ErrorEstimate(result);
  }

  private static long rows(long count, int batch, int width) {
    if (batch < 1) throw new IllegalArgumentException("batch must be at least 1, got " + batch);
    return count / ((long) batch * width);
  }

  private long keys(long queries, long kCount, long vCount, int batch) {
    if (kWidth > 0) return rows(kCount, batch, kWidth);
    return vWidth > 0 ? rows(vCount, batch, vWidth) : queries;
  }

  /**
   * Bytes of scratch that a forward takes, however many sequences it has.
   *
   * @param queries rows of q
   * @param keys rows of k
   * @return bytes
   */
  public long planForward(int queries, int keys) {
    return nativePlan(queries, keys);
  }

  /**
   * Scratch for forwards up to these lengths.
   *
   * @param queries rows of q
   * @param keys rows of k
   * @return a new workspace
   */
  public Workspace newWorkspace(int queries, int keys) {
    return new Workspace(NativeWorkspace.nativeCreateForAttention(this, queries, keys));
  }

  /**
   * What a memory will take.
   *
   * @return bytes and latency
   * @throws LongwaveException.Unsupported if the layer cannot stream; the message says why
   */
  public Plan planMemory() {
    long[] numbers = new long[4];
    nativePlanMemory(numbers);
    return new Plan(numbers);
  }

  /**
   * A memory of one sequence.
   *
   * @return a new memory, which works on when the layer is closed
   * @throws LongwaveException.Unsupported if the layer cannot stream; the message says why
   */
  public Memory newMemory() {
    return new Memory(NativeMemory.nativeCreateForAttention(this), qWidth, outWidth);
  }

  /**
   * Numbers that belong to the layer, by name, such as "span_mask".
   *
   * @param name the part
   * @return a new array
   */
  public float[] readPart(String name) {
    return nativeReadPart(name);
  }

  /**
   * Mechanism, options, widths and streaming as JSON.
   *
   * @return one JSON object
   */
  public String describe() {
    return nativeDescribe();
  }

  @Override
  public String toString() {
    return "Attention[" + (isClosed() ? "closed" : "q " + qWidth + ", k " + kWidth + ", v " + vWidth + ", out " + outWidth)
        + "]";
  }
}
