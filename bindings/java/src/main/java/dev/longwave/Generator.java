/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * Text from a causal model, or from an encoder with a decoder, token by token.
 *
 * <pre>{@code
 * try (Generator generator = model.newGenerator(new Generation().maxNewTokens(200))) {
 *   generator.push("Once upon a time");
 *   generator.texts().forEachRemaining(System.out::print);   // text as it becomes certain
 * }
 *
 * while (generator.hasNext()) {                              // token by token
 *   GeneratedToken token = generator.next();
 *   System.out.print(generator.takeText());
 * }
 * System.out.print(generator.takeText());                    // what was held back until the end
 * }</pre>
 *
 * <p>A prompt that was read once can be {@link #save saved}, or {@link #fork forked} for each question that follows it: what
 * then comes is the same, to the bit, as reading everything again.
 *
 * <p>One thread at a time; another one gets an {@link IllegalStateException}. Only {@link #cancel} and {@link #close} may be
 * called meanwhile: closing cancels a call that is going on. A generator may move between threads.
 */
public final class Generator extends NativeGenerator implements Iterator<GeneratedToken> {
  /** What hasNext has found and next has not given. */
  private GeneratedToken waiting;

  Generator(long pointer) {
    super(pointer);
  }

  // ---- What is read

  /**
   * Takes the prompt (of a causal model, which reads it at once) or the source (of an encoder), with the tokenizer's own
   * special tokens around it. May be called again; a causal model goes on behind it and counts anew.
   *
   * @param text one text for the tokenizer
   * @return this
   * @throws LongwaveException.CapacityExceeded for more than the model reads; nothing is taken
   * @throws CancelledException after {@link #cancel}, while a long prompt is read; all of it is taken, and the next call
   *     reads the rest: nothing is to be pushed again
   */
  public Generator push(String text) {
    return push(text, true);
  }

  /**
   * The same, with special tokens or without.
   *
   * @param text one text for the tokenizer
   * @param addSpecialTokens whether the tokenizer adds its own
   * @return this
   */
  public Generator push(String text, boolean addSpecialTokens) {
    nativePushText(Utf8.encode(text), addSpecialTokens ? 1 : 0);
    return this;
  }

  /**
   * The same of ids, as they are.
   *
   * @param ids the ids
   * @return this
   */
  public Generator pushIds(int... ids) {
    nativePushIds(Objects.requireNonNull(ids, "ids"));
    return this;
  }

  /**
   * A text that ends generation when it appears, even across tokens; it is not part of the text that comes out. Before the
   * first token.
   *
   * @param text not empty
   * @return this
   */
  public Generator addStop(String text) {
    nativeAddStop(Utf8.encode(text));
    return this;
  }

  // ---- What comes out

  /**
   * Finds the next token. With beams the first call finds all of them.
   *
   * @return false if there is none any more; {@link #finishReason} says why
   * @throws CancelledException after {@link #cancel}; nothing is lost, and the next call goes on
   * @throws IllegalStateException if nothing was pushed
   */
  @Override
  public boolean hasNext() {
    if (waiting != null) return true;
    long[] result = new long[2];
    float[] logProbability = new float[1];
    if (nativeNext(result, logProbability) == Errors.CANCELLED) throw new CancelledException("generation was cancelled");
    if (result[1] != 0) return false;
    waiting = new GeneratedToken((int) result[0], logProbability[0]);
    return true;
  }

  /**
   * The next token.
   *
   * @return a token
   * @throws NoSuchElementException if there is none any more
   */
  @Override
  public GeneratedToken next() {
    if (!hasNext()) throw new NoSuchElementException("generation has ended: " + finishReason());
    GeneratedToken token = waiting;
    waiting = null;
    return token;
  }

  /**
   * Takes the text that has become certain since the last call: unfinished characters and what may become a stop text are
   * held back until more tokens, or the end, have come. Of text that nobody takes the newest 65,536 bytes are kept; the
   * number "dropped_text" counts the bytes before.
   *
   * @return a text, which may be empty
   */
  public String takeText() {
    return nativeTakeText();
  }

  /**
   * Text as it becomes certain, to the end: in pieces that are not empty.
   *
   * @return the pieces, which take tokens from this as they are asked for
   */
  public Iterator<String> texts() {
    return new Iterator<String>() {
      private String piece = "";

      @Override
      public boolean hasNext() {
        while (piece.isEmpty()) {
          boolean more = Generator.this.hasNext();
          if (more) Generator.this.next();
          piece = takeText();
          if (!more) break;
        }
        return !piece.isEmpty();
      }

      @Override
      public String next() {
        if (!hasNext()) throw new NoSuchElementException("the text has ended: " + finishReason());
        String result = piece;
        piece = "";
        return result;
      }
    };
  }

  /**
   * All text to the end.
   *
   * @return what {@link #texts} gives, in one
   */
  public String readAll() {
    StringBuilder text = new StringBuilder();
    texts().forEachRemaining(text::append);
    return text.toString();
  }

  /**
   * Asks the call that is going on, or else the next one, to stop with a {@link CancelledException}. Any thread; nothing
   * happens if the generator is closed.
   */
  public void cancel() {
    nativeCancel();
  }

  // ---- Snapshots

  /**
   * Everything so far, to go on later or elsewhere ({@link Model#restoreGenerator}).
   *
   * @return a snapshot
   * @throws IllegalStateException between {@link #hasNext} and {@link #next}: the snapshot would lack a token
   */
  public byte[] save() {
    if (waiting != null) throw new IllegalStateException("a token waits, which a snapshot has no place for; take it first");
    return nativeSave();
  }

  /**
   * A copy that goes its own way.
   *
   * @return a new generator
   */
  public Generator fork() {
    Generator copy = new Generator(nativeFork());
    copy.waiting = waiting;
    return copy;
  }

  // ---- Numbers

  /**
   * Tokens that were read.
   *
   * @return tokens
   */
  public int promptTokens() {
    return (int) nativeGetInt("prompt_tokens");
  }

  /**
   * Tokens that were generated since the last push.
   *
   * @return tokens
   */
  public int generatedTokens() {
    return (int) nativeGetInt("generated_tokens");
  }

  /**
   * Why there are no more.
   *
   * @return NONE as long as there may be
   */
  public FinishReason finishReason() {
    return FinishReason.of(nativeGetInt("finish_reason"));
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
   * Any number by the name that it has in the C API.
   *
   * @param key the name
   * @return the number
   */
  public long number(String key) {
    return nativeGetInt(key);
  }

  @Override
  public String toString() {
    return isClosed() ? "Generator[closed]" : "Generator[" + promptTokens() + " + " + generatedTokens() + " tokens]";
  }
}
