/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How likely a causal model finds a document, token by token. Text goes in piece by piece, tokens with their
 * log-probabilities come out; memory is fixed when the scorer is made, however long the document, and any split of the text
 * into calls gives the same bits.
 *
 * <pre>{@code
 * try (Scorer scorer = model.newScorer(Scoring.sliding().stride(256))) {
 *   scorer.push(text, token -> ...);
 *   scorer.finish(token -> ...);
 *   System.out.println(scorer.bitsPerByte());
 * }
 * }</pre>
 *
 * <p>One thread at a time; another one gets an {@link IllegalStateException}. Only {@link #cancel} and {@link #close} may be
 * called meanwhile: closing cancels a call that is going on. A scorer may move between threads.
 */
public final class Scorer extends NativeScorer {
  private static final int BLOCK = 1024;

  Scorer(long pointer) {
    super(pointer);
  }

  // ---- Step by step

  /**
   * Takes a part of a text, unless so many tokens wait that there is no room for more.
   *
   * @param utf8 the bytes, cut anywhere; bad ones read as U+FFFD
   * @param from the first byte
   * @param to behind the last byte
   * @return how many bytes were taken; less than all: {@link #drain} first, then go on
   * @throws CancelledException after {@link #cancel}
   * @throws IllegalStateException after the document was finished, or after ids
   */
  public int offer(byte[] utf8, int from, int to) {
    checkRange(from, to, utf8.length);
    long[] taken = new long[1];
    boolean all = from == 0 && to == utf8.length;
    return taken(nativePushText(all ? utf8 : java.util.Arrays.copyOfRange(utf8, from, to), taken), taken);
  }

  /**
   * The same of ids, as they are; their tokens have no ranges of bytes.
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
   * Ends the document.
   *
   * @return false if so many tokens wait that there is no room for more: {@link #drain} first, then call it again
   * @throws CancelledException after {@link #cancel}
   */
  public boolean tryFinish() {
    int stop = nativeFinish();
    if (stop == Errors.CANCELLED) throw new CancelledException(0);
    return stop != Errors.OUTPUT_FULL;
  }

  /**
   * Takes all tokens that wait.
   *
   * @return the tokens, oldest first
   */
  public List<ScoredToken> drain() {
    List<ScoredToken> tokens = new ArrayList<>();
    drain(tokens::add);
    return tokens;
  }

  // ---- All at once

  /**
   * Takes a text: whole characters, since half of a surrogate pair reads as U+FFFD.
   *
   * @param text the text
   * @param sink is given tokens when there is no room for more, on this thread
   * @throws CancelledException after {@link #cancel}, with the bytes of UTF-8 that were taken
   */
  public void push(String text, Consumer<? super ScoredToken> sink) {
    push(Utf8.encode(text), sink);
  }

  /**
   * The same of UTF-8, cut anywhere.
   *
   * @param utf8 the bytes
   * @param sink is given tokens when there is no room for more, on this thread
   */
  public void push(byte[] utf8, Consumer<? super ScoredToken> sink) {
    push(utf8.length, from -> offer(utf8, from, utf8.length), sink);
  }

  /**
   * Takes all ids.
   *
   * @param ids the ids
   * @param sink is given tokens when there is no room for more, on this thread
   */
  public void pushIds(int[] ids, Consumer<? super ScoredToken> sink) {
    push(ids.length, from -> offerIds(ids, from, ids.length), sink);
  }

  /**
   * Ends the document.
   *
   * @param sink is given every token that waits and that still comes, on this thread
   */
  public void finish(Consumer<? super ScoredToken> sink) {
    boolean done;
    do {
      done = tryFinish();
      drain(sink);
    } while (!done);
  }

  /**
   * Back to the beginning, for another document. Tokens that wait are gone.
   */
  public void reset() {
    nativeReset();
  }

  /**
   * Asks the call that is going on, or else the next one, to stop with a {@link CancelledException}. Any thread; nothing
   * happens if the scorer is closed.
   */
  public void cancel() {
    nativeCancel();
  }

  // ---- Snapshots

  /**
   * The whole state, to go on later or elsewhere ({@link Model#restoreScorer}).
   *
   * @return a snapshot
   * @throws IllegalStateException after the document was finished
   */
  public byte[] save() {
    return nativeSave();
  }

  /**
   * An independent copy.
   *
   * @return a new scorer
   */
  public Scorer fork() {
    return new Scorer(nativeFork());
  }

  // ---- Numbers

  /**
   * The sum over everything scored so far, read or not.
   *
   * @return a natural logarithm; NaN when nothing is scored
   */
  public double logProbability() {
    return nativeGetFloat("log_probability");
  }

  /**
   * How many bits a byte of the text takes.
   *
   * @return a number; NaN when nothing is scored, or where ids were pushed
   */
  public double bitsPerByte() {
    return nativeGetFloat("bits_per_byte");
  }

  /**
   * Between how many tokens the model wavers.
   *
   * @return a number; NaN when nothing is scored
   */
  public double perplexity() {
    return nativeGetFloat("perplexity");
  }

  /**
   * Tokens that are done so far, the first one included.
   *
   * @return tokens
   */
  public long tokens() {
    return nativeGetInt("tokens");
  }

  /**
   * Those of them that have a log-probability.
   *
   * @return tokens
   */
  public long scored() {
    return nativeGetInt("scored");
  }

  /**
   * Bytes of native memory that it has.
   *
   * @return bytes
   */
  public long bytes() {
    return nativeGetInt("bytes");
  }

  /**
   * Any number by the name that it has in the C API, such as "bytes_taken", "scored_bytes", "waiting" or "stride".
   *
   * @param key the name
   * @return the number
   */
  public long number(String key) {
    return nativeGetInt(key);
  }

  // ----

  /** Offers from an index on, and tells how many were taken. */
  private interface Offer {
    int from(int index);
  }

  private void push(int count, Offer offer, Consumer<? super ScoredToken> sink) {
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

  private void drain(Consumer<? super ScoredToken> sink) {
    long[] tokens = new long[3 * BLOCK];
    float[] scores = new float[BLOCK];
    int count;
    do {
      count = (int) nativeRead(tokens, scores);
      for (int i = 0; i < count; i++) {
        sink.accept(new ScoredToken((int) tokens[3 * i], scores[i], tokens[3 * i + 1], tokens[3 * i + 2]));
      }
    } while (count == BLOCK);
  }

  private static int taken(int stop, long[] taken) {
    if (stop == Errors.CANCELLED) throw new CancelledException(taken[0]);
    return (int) taken[0];
  }

  private static void checkRange(int from, int to, int length) {
    if (from < 0 || from > to || to > length) {
      throw new IndexOutOfBoundsException("range " + from + " to " + to + " of " + length);
    }
  }

  @Override
  public String toString() {
    return isClosed() ? "Scorer[closed]" : "Scorer[" + tokens() + " tokens]";
  }
}
