/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a layer or a model remembers of one sequence that is fed piece by piece. A layer's memory takes rows ({@link #step}),
 * a model's takes ids ({@link #push(int[])}); both give rows as they become final, the same to the bit as over the whole
 * sequence at once, in an amount of memory that is known beforehand.
 *
 * <p>One thread at a time; another one gets an {@link IllegalStateException}. It may move between threads. The {@link
 * #save saved} bytes load on any machine, also from C, C# and Go.
 */
public final class Memory extends NativeMemory {
  private final int inWidth;
  private final int rowWidth;

  /** inWidth: floats of a row of q, or 0 for a model's. rowWidth: floats of a row that comes out. */
  Memory(long pointer, int inWidth, int rowWidth) {
    super(pointer);
    this.inWidth = inWidth;
    this.rowWidth = rowWidth;
  }

  /**
   * Floats of a row that comes out.
   *
   * @return a number of floats
   */
  public int rowWidth() {
    return rowWidth;
  }

  /**
   * Takes rows of a layer and gives those that became final.
   *
   * @param q [rows, qWidth]
   * @param k [rows, kWidth], or null where the layer takes none
   * @param v [rows, vWidth], or null where the layer takes none
   * @return a new array [some rows, rowWidth], often of another number of rows than went in
   * @throws IllegalStateException after {@link #finish()}, or for a memory of a model
   * @throws LongwaveException.CapacityExceeded beyond maxTokens; nothing is changed
   */
  public float[] step(float[] q, float[] k, float[] v) {
    return step(q, k, v, null);
  }

  /**
   * The same with a mask.
   *
   * @param q [rows, qWidth]
   * @param k [rows, kWidth], or null where the layer takes none
   * @param v [rows, vWidth], or null where the layer takes none
   * @param mask [rows] of 0 and 1, or null: 0 closes a token
   * @return a new array [some rows, rowWidth]
   */
  public float[] step(float[] q, float[] k, float[] v, int[] mask) {
    int rows = rowsOf(q.length);
    Collector collector = new Collector(rows);
    int done = 0;
    Step step;
    do {
      step = step(rest(q, done, rows), rest(k, done, rows), rest(v, done, rows), rest(mask, done, rows), collector.room);
      done += step.taken();
      collector.add(step.rows());
    } while (step.outputFull());
    return collector.rows();
  }

  /**
   * The same into an array of yours.
   *
   * @param q [rows, qWidth]
   * @param k [rows, kWidth], or null where the layer takes none
   * @param v [rows, vWidth], or null where the layer takes none
   * @param mask [rows] of 0 and 1, or null: 0 closes a token
   * @param out receives rows; what does not fit, waits
   * @return how far it came
   */
  public Step step(float[] q, float[] k, float[] v, int[] mask, float[] out) {
    long[] result = new long[2];
    int stop = nativeStep(q, k, v, mask, rowsOf(q.length), Objects.requireNonNull(out, "out"), result);
    return new Step(result, stop);
  }

  /**
   * The same without a copy: direct buffers in native byte order ({@link Buffers#allocateFloats}), from position to
   * limit, neither of which is changed.
   *
   * @param q [rows, qWidth]
   * @param k [rows, kWidth], or null where the layer takes none
   * @param v [rows, vWidth], or null where the layer takes none
   * @param mask [rows] of 0 and 1, or null: 0 closes a token
   * @param out receives rows; what does not fit, waits
   * @return how far it came
   */
  public Step step(FloatBuffer q, FloatBuffer k, FloatBuffer v, int[] mask, FloatBuffer out) {
    long qAt = Buffers.check(q, "q").position();
    long kAt = Buffers.at(Buffers.check(k, "k"));
    long vAt = Buffers.at(Buffers.check(v, "v"));
    long outAt = Buffers.checkOut(out, "out").position();
    long qCount = Buffers.count(q, qAt);
    long[] result = new long[2];
    int stop =
        nativeStepDirect(q, qAt, qCount, k, kAt, Buffers.count(k, kAt), v, vAt, Buffers.count(v, vAt), mask,
            rowsOf((int) qCount), out, outAt, Buffers.count(out, outAt), result);
    return new Step(result, stop);
  }

  /**
   * Takes ids of a model, special tokens included, and gives the rows of its last layer that became final.
   *
   * @param ids numbers of tokens
   * @return a new array [some rows, rowWidth]
   * @throws IllegalStateException after {@link #finish()}, or for a memory of a layer
   * @throws LongwaveException.InvalidArgument for an id that the model does not have; those before it were taken
   */
  public float[] push(int... ids) {
    Collector collector = new Collector(ids.length);
    int[] rest = ids;
    for (;;) {
      Step step = push(rest, collector.room);
      collector.add(step.rows());
      if (!step.outputFull()) return collector.rows();
      rest = Arrays.copyOfRange(rest, step.taken(), rest.length);
    }
  }

  /**
   * The same into an array of yours.
   *
   * @param ids numbers of tokens
   * @param rows receives rows; what does not fit, waits
   * @return how far it came
   */
  public Step push(int[] ids, float[] rows) {
    long[] result = new long[2];
    int stop = nativePush(Objects.requireNonNull(ids, "ids"), Objects.requireNonNull(rows, "rows"), result);
    return new Step(result, stop);
  }

  /**
   * The same without a copy of the rows: a direct buffer in native byte order, from position to limit.
   *
   * @param ids numbers of tokens
   * @param rows receives rows; what does not fit, waits
   * @return how far it came
   */
  public Step push(int[] ids, FloatBuffer rows) {
    long at = Buffers.checkOut(rows, "rows").position();
    long[] result = new long[2];
    int stop = nativePushDirect(Objects.requireNonNull(ids, "ids"), rows, at, Buffers.count(rows, at), result);
    return new Step(result, stop);
  }

  /**
   * Ends a segment of a layer with explicit segments, or with a length, where the segment is shorter.
   *
   * @throws IllegalStateException if the layer has no segments, is finished, or rows wait to be read
   */
  public void endSegment() {
    nativeEndSegment();
  }

  /**
   * Ends the sequence.
   *
   * @return the remaining rows, a new array [rows, rowWidth]
   */
  public float[] finish() {
    Collector collector = new Collector(64);
    Step step;
    do {
      step = finish(collector.room);
      collector.add(step.rows());
    } while (step.outputFull());
    return collector.rows();
  }

  /**
   * The same into an array of yours; to be called until the output is not full.
   *
   * @param rows receives rows
   * @return how far it came
   */
  public Step finish(float[] rows) {
    long[] result = new long[2];
    int stop = nativeFinish(Objects.requireNonNull(rows, "rows"), result);
    return new Step(result, stop);
  }

  /**
   * The same without a copy.
   *
   * @param rows receives rows, from position to limit
   * @return how far it came
   */
  public Step finish(FloatBuffer rows) {
    long at = Buffers.checkOut(rows, "rows").position();
    long[] result = new long[2];
    int stop = nativeFinishDirect(rows, at, Buffers.count(rows, at), result);
    return new Step(result, stop);
  }

  /** Back to the beginning, for another sequence, also after {@link #finish()}: as freshly made. Nothing is allocated. */
  public void reset() {
    nativeReset();
  }

  /**
   * Rows or ids that were taken.
   *
   * @return how many
   */
  public long position() {
    return nativeGetInt("position");
  }

  /**
   * Rows that were given.
   *
   * @return how many
   */
  public long emitted() {
    return nativeGetInt("emitted");
  }

  /**
   * Bytes of native memory that it has, for ever.
   *
   * @return bytes
   */
  public long bytes() {
    return nativeGetInt("bytes");
  }

  /**
   * Whether the sequence has ended.
   *
   * @return true after {@link #finish()}
   */
  public boolean isFinished() {
    return nativeGetInt("finished") != 0;
  }

  /**
   * The numbers of one part of a layer's memory, rows from oldest to newest.
   *
   * @param name such as "memory" or "state_s"; the kinds of layers name theirs
   * @return a new array
   */
  public float[] readPart(String name) {
    return nativeReadPart(name);
  }

  /**
   * The whole state, to go on later or elsewhere.
   *
   * @return a snapshot
   * @throws IllegalStateException after {@link #finish()}
   */
  public byte[] save() {
    return nativeSave();
  }

  /**
   * Replaces the state by a saved one of the same model or layer and options, all or nothing.
   *
   * @param snapshot what {@link #save} gave
   * @throws LongwaveException.CorruptData if it is damaged
   * @throws LongwaveException.Mismatch if it is of another model or layer
   */
  public void load(byte[] snapshot) {
    nativeLoad(Objects.requireNonNull(snapshot, "snapshot"));
  }

  /**
   * An independent copy.
   *
   * @return a new memory
   * @throws IllegalStateException after {@link #finish()}
   */
  public Memory fork() {
    return new Memory(nativeFork(), inWidth, rowWidth);
  }

  /**
   * Position, parts and their bytes as JSON.
   *
   * @return one JSON object
   */
  public String describe() {
    return nativeDescribe();
  }

  private int rowsOf(int count) {
    // A model's memory refuses rows itself; a length that is no whole number of rows is refused as well.
    return inWidth == 0 ? 0 : count / inWidth;
  }

  private static float[] rest(float[] all, int done, int rows) {
    if (all == null || done == 0) return all;
    return Arrays.copyOfRange(all, (int) ((long) all.length * done / rows), all.length);
  }

  private static int[] rest(int[] all, int done, int rows) {
    return all == null || done == 0 ? all : Arrays.copyOfRange(all, done, rows);
  }

  /** Rows of several calls behind one another. */
  private final class Collector {
    final float[] room;
    private float[] all = new float[0];

    Collector(int rows) {
      room = new float[Math.multiplyExact(Math.max(rows, 1), rowWidth)];
    }

    void add(int rows) {
      int at = all.length;
      all = Arrays.copyOf(all, at + rows * rowWidth);
      System.arraycopy(room, 0, all, at, rows * rowWidth);
    }

    float[] rows() {
      return all;
    }
  }

  @Override
  public String toString() {
    return isClosed() ? "Memory[closed]" : "Memory[rowWidth=" + rowWidth + "]";
  }
}
