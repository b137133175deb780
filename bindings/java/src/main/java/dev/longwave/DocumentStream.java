/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.io.InputStream;
import java.io.Reader;
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
public final class DocumentStream extends StreamSteps {
  DocumentStream(long pointer, int width, int hidden) {
    super(pointer, width, hidden);
  }

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

  @Override
  public String toString() {
    return isClosed() ? "DocumentStream[closed]" : "DocumentStream[" + progress() + "]";
  }
}
