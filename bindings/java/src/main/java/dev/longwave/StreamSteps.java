/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** A {@link DocumentStream} step by step. */
abstract class StreamSteps extends StreamNumbers {
  final int width;
  final int hidden;

  StreamSteps(long pointer, int width, int hidden) {
    super(pointer);
    this.width = width;
    this.hidden = hidden;
  }

  /**
   * Takes a part of a string, unless so many results wait that there is no room for more.
   *
   * @param text the string
   * @param from the first char
   * @param to behind the last char
   * @return how many chars were taken; less than all: {@link #poll} first, then go on
   * @throws CancelledException after {@link #cancel}
   * @throws IllegalStateException after the document was finished, or after ids
   * @throws LongwaveException.CapacityExceeded under {@link Reading#refuse}
   */
  public int offer(String text, int from, int to) {
    checkRange(from, to, text.length());
    long[] taken = new long[1];
    return taken(nativePushString(text, from, to - from, taken), taken);
  }

  /**
   * The same of UTF-8.
   *
   * @param utf8 the bytes
   * @param from the first byte
   * @param to behind the last byte
   * @return how many bytes were taken
   */
  public int offer(byte[] utf8, int from, int to) {
    checkRange(from, to, utf8.length);
    long[] taken = new long[1];
    return taken(nativePushBytes(utf8, from, to - from, taken), taken);
  }

  /**
   * The same of a buffer, in place if it is direct, from its position on, which moves behind what was taken.
   *
   * @param utf8 the bytes
   * @return how many bytes were taken
   */
  public int offer(ByteBuffer utf8) {
    if (!utf8.isDirect() && !utf8.hasArray()) { // a read-only view of an array
      byte[] copy = new byte[utf8.remaining()];
      utf8.duplicate().get(copy);
      ByteBuffer view = ByteBuffer.wrap(copy);
      try {
        return offer(view);
      } finally { // also where it was cancelled
        utf8.position(utf8.position() + view.position());
      }
    }
    long[] taken = new long[1];
    int at = utf8.position();
    long count = Buffers.count(utf8, at);
    int stop =
        utf8.isDirect()
            ? nativePushDirect(utf8, at, count, taken)
            : nativePushBytes(utf8.array(), (long) utf8.arrayOffset() + at, count, taken);
    utf8.position(at + (int) taken[0]);
    return taken(stop, taken);
  }

  /**
   * Takes ids without special tokens, which the stream adds (see {@link Reading#addSpecialTokens}). Passages are then cut
   * every passageTokens ids and have no ranges of bytes and chars.
   *
   * @param ids the ids
   * @param from the first
   * @param to behind the last
   * @return how many ids were taken
   * @throws LongwaveException.InvalidArgument for an id that the model does not have; those before it were taken
   */
  public int offerIds(int[] ids, int from, int to) {
    checkRange(from, to, ids.length);
    long[] taken = new long[1];
    boolean all = from == 0 && to == ids.length;
    return taken(nativePushIds(all ? ids : java.util.Arrays.copyOfRange(ids, from, to), taken), taken);
  }

  /**
   * Takes rows as vectors in place of what ids give: speech frames, protein letters, anything that was made as wide as the
   * model. Of streams that were made with {@link Reading#vectors}; no special tokens are added.
   *
   * @param rows [rows, hidden]
   * @param from the first row
   * @param to behind the last row
   * @return how many rows were taken
   */
  public int offerVectors(float[] rows, int from, int to) {
    checkRange(from, to, rows.length / hidden);
    if (rows.length % hidden != 0) throw new IllegalArgumentException(rows.length + " floats are no rows of " + hidden);
    long[] taken = new long[1];
    boolean all = from == 0 && to == rows.length / hidden;
    float[] part = all ? rows : java.util.Arrays.copyOfRange(rows, from * hidden, to * hidden);
    return taken(nativePushVectors(part, taken), taken);
  }

  /**
   * The same without a copy: a direct buffer in native byte order, from its position on, which moves behind what was taken.
   *
   * @param rows whole rows
   * @return how many rows were taken
   */
  public int offerVectors(FloatBuffer rows) {
    long[] taken = new long[1];
    int at = Objects.requireNonNull(Buffers.check(rows, "rows"), "rows").position();
    int stop = nativePushVectorsDirect(rows, at, Buffers.count(rows, at), taken);
    rows.position(at + (int) taken[0] * hidden);
    return taken(stop, taken);
  }

  /**
   * Ends the document.
   *
   * @return false if so many results wait that there is no room for more: {@link #poll} first, then call it again
   * @throws CancelledException after {@link #cancel}
   */
  public boolean tryFinish() {
    return finished(nativeFinish());
  }

  /**
   * Back to the beginning, for another document, also after {@link #tryFinish} or {@link DocumentStream#finish}: as freshly
   * made, and with the same memory. Results that wait are gone; a pending {@link #cancel} stays.
   */
  public void reset() {
    nativeReset();
  }

  /**
   * Takes the oldest result.
   *
   * @return a passage or the document, or null if nothing waits
   */
  public Embedding poll() {
    float[] vector = new float[width];
    long[] numbers = new long[7];
    int kind = nativeRead(vector, numbers);
    return kind == Embedding.NONE ? null : new Embedding(kind, vector, numbers);
  }

  /**
   * Takes all results that wait.
   *
   * @return the results, oldest first
   */
  public List<Embedding> drain() {
    List<Embedding> results = new ArrayList<>();
    drain(results::add);
    return results;
  }

  /**
   * Asks the call that is going on, or else the next one, to stop with a {@link CancelledException}. Any thread; nothing
   * happens if the stream is closed.
   */
  public void cancel() {
    nativeCancel();
  }

  final void drain(Consumer<? super Embedding> sink) {
    Embedding next;
    while ((next = poll()) != null) sink.accept(next);
  }

  private static int taken(int stop, long[] taken) {
    if (stop == Errors.CANCELLED) throw new CancelledException(taken[0]);
    return (int) taken[0];
  }

  private static boolean finished(int stop) {
    if (stop == Errors.CANCELLED) throw new CancelledException(0);
    return stop != Errors.OUTPUT_FULL;
  }

  private static void checkRange(int from, int to, int length) {
    if (from < 0 || from > to || to > length) {
      throw new IndexOutOfBoundsException("range " + from + " to " + to + " of " + length);
    }
  }
}
