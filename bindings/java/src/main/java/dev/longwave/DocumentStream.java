/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * One document going through a model: text goes in piece by piece, passages with their vectors and ranges come out, and at
 * the end the document's own vector. Memory is fixed when the stream is made, however long the document; any split of the
 * text into calls gives the same bits.
 *
 * <pre>{@code
 * for (Embedding e : stream.read(in)) ...                   // pulls from an InputStream, a Reader or a String
 *
 * stream.push(text, e -> ...); ... stream.finish(e -> ...); // pushes, and takes what comes
 *
 * while (at < text.length()) {                              // step by step
 *   at += stream.offer(text, at, text.length());
 *   for (Embedding e; (e = stream.poll()) != null; ) ...
 * }
 * }</pre>
 *
 * <p>Text is UTF-8 or UTF-16, may be cut anywhere, also within a character, and may hold NUL. Bad bytes and surrogates
 * without their other half read as U+FFFD.
 *
 * <p>One thread at a time; another one gets an {@link IllegalStateException}. Only {@link #cancel}, {@link #progress} and
 * {@link #close} may be called meanwhile: closing cancels a call that is going on. A stream may move between threads.
 */
public final class DocumentStream extends NativeStream {
  private final int width;
  private final int hidden;

  DocumentStream(long pointer, int width, int hidden) {
    super(pointer);
    this.width = width;
    this.hidden = hidden;
  }

  // ---- Step by step

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
   * Back to the beginning, for another document, also after {@link #tryFinish} or {@link #finish}: as freshly made, and with
   * the same memory. Results that wait are gone; a pending {@link #cancel} stays.
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

  // ---- All at once

  /**
   * Takes a string whole.
   *
   * @param text the string
   * @param sink is given passages when there is no room for more, on this thread
   * @throws CancelledException after {@link #cancel}
   */
  public void push(String text, Consumer<? super Embedding> sink) {
    push(text.length(), from -> offer(text, from, text.length()), sink);
  }

  /**
   * The same of UTF-8.
   *
   * @param utf8 the bytes
   * @param sink is given passages when there is no room for more, on this thread
   */
  public void push(byte[] utf8, Consumer<? super Embedding> sink) {
    push(utf8.length, from -> offer(utf8, from, utf8.length), sink);
  }

  /**
   * Takes all ids, without special tokens.
   *
   * @param ids the ids
   * @param sink is given passages when there is no room for more, on this thread
   */
  public void pushIds(int[] ids, Consumer<? super Embedding> sink) {
    push(ids.length, from -> offerIds(ids, from, ids.length), sink);
  }

  /**
   * Takes all rows, as {@link #offerVectors(float[], int, int)} does.
   *
   * @param rows [rows, hidden]
   * @param sink is given passages when there is no room for more, on this thread
   */
  public void pushVectors(float[] rows, Consumer<? super Embedding> sink) {
    push(rows.length / hidden, from -> offerVectors(rows, from, rows.length / hidden), sink);
  }

  /**
   * Ends the document.
   *
   * @param sink is given everything that waits and that still comes, on this thread
   */
  public void finish(Consumer<? super Embedding> sink) {
    boolean done;
    do {
      done = tryFinish();
      drain(sink);
    } while (!done);
  }

  /**
   * Reads bytes of UTF-8 to their end, as far as results are asked for, and ends the document.
   *
   * @param in what to read; not closed
   * @return the passages and then the document, once; reading may throw an {@link java.io.UncheckedIOException}
   */
  public Iterable<Embedding> read(InputStream in) {
    return EmbeddingReader.of(this, Objects.requireNonNull(in, "in"));
  }

  /**
   * The same of chars.
   *
   * @param in what to read; not closed
   * @return the passages and then the document, once; reading may throw an {@link java.io.UncheckedIOException}
   */
  public Iterable<Embedding> read(Reader in) {
    return EmbeddingReader.of(this, Objects.requireNonNull(in, "in"));
  }

  /**
   * The same of a string.
   *
   * @param text what to read
   * @return the passages and then the document, once
   */
  public Iterable<Embedding> read(String text) {
    return EmbeddingReader.of(this, Objects.requireNonNull(text, "text"));
  }

  // ---- From other threads

  /**
   * Asks the call that is going on, or else the next one, to stop with a {@link CancelledException}. Any thread; nothing
   * happens if the stream is closed.
   */
  public void cancel() {
    nativeCancel();
  }

  /**
   * Where the call that is going on is. Any thread.
   *
   * @return numbers of this moment
   */
  public Progress progress() {
    long[] numbers = new long[3];
    nativeProgress(numbers);
    return new Progress(numbers);
  }

  // ---- Snapshots

  /**
   * The whole state, to go on later or elsewhere ({@link Model#restoreStream}). Results that wait are in it.
   *
   * @return a snapshot
   * @throws IllegalStateException after the document was finished (save before, and finish a {@link #fork}), or while half
   *     of a surrogate pair waits for the other half
   */
  public byte[] save() {
    return nativeSave();
  }

  /**
   * Replaces the state by a saved one of the same model and options, all or nothing.
   *
   * @param snapshot what {@link #save} gave
   * @throws LongwaveException.CorruptData if it is damaged
   * @throws LongwaveException.Mismatch if it is of another model or other options
   */
  public void load(byte[] snapshot) {
    nativeLoad(Objects.requireNonNull(snapshot, "snapshot"));
  }

  /**
   * An independent copy.
   *
   * @return a new stream
   * @throws IllegalStateException after the document was finished
   */
  public DocumentStream fork() {
    return new DocumentStream(nativeFork(), width, hidden);
  }

  // ---- Numbers

  /**
   * Bytes of text taken so far, as UTF-8.
   *
   * @return bytes
   */
  public long bytesTaken() {
    return nativeGetInt("bytes_taken");
  }

  /**
   * Tokens so far, without special ones that the stream added.
   *
   * @return tokens
   */
  public long tokens() {
    return nativeGetInt("tokens");
  }

  /**
   * Results that wait to be read.
   *
   * @return how many
   */
  public int waiting() {
    return (int) nativeGetInt("waiting");
  }

  /**
   * Whether the document has ended.
   *
   * @return true after {@link #tryFinish} or {@link #finish}
   */
  public boolean isFinished() {
    return nativeGetInt("finished") != 0;
  }

  /**
   * Bad parts of UTF-8 so far, which read as one U+FFFD each.
   *
   * @return how many
   */
  public long invalidUtf8() {
    return nativeGetInt("invalid_utf8");
  }

  /**
   * Tokens that {@link Reading#truncate} left out.
   *
   * @return how many
   */
  public long truncatedTokens() {
    return nativeGetInt("truncated");
  }

  /**
   * Runs of text that {@link Reading#splitLong} cut where nothing allows it.
   *
   * @return how many
   */
  public long splitWords() {
    return nativeGetInt("split_words");
  }

  /**
   * The end of the last passage that was finished: behind it, passages may still change when the document grows.
   *
   * @return an offset in bytes
   */
  public long emittedBytes() {
    return nativeGetInt("emitted_bytes");
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
   * Any number by the name that it has in the C API, such as "rows", "emitted_rows", "passages" or "first_invalid_utf8".
   *
   * @param key the name
   * @return the number
   */
  public long number(String key) {
    return nativeGetInt(key);
  }

  /**
   * Position, parts and their bytes as JSON.
   *
   * @return one JSON object
   */
  public String describe() {
    return nativeDescribe();
  }

  // ----

  /** Offers from an index on, and tells how many were taken. */
  private interface Offer {
    int from(int index);
  }

  private void push(int count, Offer offer, Consumer<? super Embedding> sink) {
    Objects.requireNonNull(sink, "sink");
    int done = 0;
    for (;;) {
      try {
        done += offer.from(done);
      } catch (CancelledException cancelled) {
        throw new CancelledException(done + cancelled.taken());
      }
      if (done == count) return;
      drain(sink);
    }
  }

  private void drain(Consumer<? super Embedding> sink) {
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

  @Override
  public String toString() {
    return isClosed() ? "DocumentStream[closed]" : "DocumentStream[" + progress() + "]";
  }
}
