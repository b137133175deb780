/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.nio.file.Path;
import java.util.Objects;

/** A tokenizer without a model. Immutable; any number of threads. */
public final class Tokenizer extends NativeTokenizer {
  /** Which of a folder's files are read. */
  public enum Route {
    /** The first that is there of tokenizer.json, vocab.txt, spiece.model, tokenizer.model and words.txt. */
    AUTOMATIC("automatic"),
    /** spiece.model or tokenizer.model, whatever else there is: the ids of the SentencePiece library. */
    SENTENCE_PIECE("sentencepiece");

    final String word;

    Route(String word) {
      this.word = word;
    }
  }

  Tokenizer(long pointer) {
    super(pointer);
  }

  /**
   * Opens the tokenizer of a folder.
   *
   * @param folder with tokenizer.json, or else vocab.txt, spiece.model, tokenizer.model or words.txt
   * @return a new tokenizer
   * @throws LongwaveException.Io if there is none
   */
  public static Tokenizer open(Path folder) {
    try (Context context = Context.create(1)) {
      return new Tokenizer(nativeOpen(context, folder.toString()));
    }
  }

  /**
   * The same by a route of your choice.
   *
   * @param folder the folder
   * @param route which files are read
   * @return a new tokenizer
   */
  public static Tokenizer open(Path folder, Route route) {
    try (Context context = Context.create(1)) {
      return new Tokenizer(nativeOpenRoute(context, folder.toString(), route.word));
    }
  }

  /**
   * How many ids there are.
   *
   * @return a number
   */
  public int vocabulary() {
    return (int) nativeVocabulary();
  }

  /**
   * Tokens of a text as a model reads it, special tokens included.
   *
   * @param text what to encode
   * @return its tokens
   */
  public Encoding encode(String text) {
    return encode(text, true);
  }

  /**
   * Tokens of a text.
   *
   * @param text what to encode
   * @param addSpecialTokens whether to add the model's special tokens
   * @return its tokens
   */
  public Encoding encode(String text, boolean addSpecialTokens) {
    return new Encoding(nativeEncode(Utf8.encode(text), null, 0, addSpecialTokens ? 1 : 0));
  }

  /**
   * Tokens of a pair of texts, such as a question and a passage.
   *
   * @param text the first
   * @param pair the second
   * @param addSpecialTokens whether to add the model's special tokens
   * @return the tokens of both
   */
  public Encoding encode(String text, String pair, boolean addSpecialTokens) {
    return new Encoding(nativeEncode(Utf8.encode(text), Utf8.encode(pair), 1, addSpecialTokens ? 1 : 0));
  }

  /**
   * Text of ids, without special tokens.
   *
   * @param ids the ids
   * @return a text
   */
  public String decode(int... ids) {
    return decode(ids, true);
  }

  /**
   * Text of ids.
   *
   * @param ids the ids
   * @param skipSpecialTokens whether to leave special tokens out
   * @return a text
   */
  public String decode(int[] ids, boolean skipSpecialTokens) {
    return nativeDecode(Objects.requireNonNull(ids, "ids"), skipSpecialTokens ? 1 : 0);
  }

  @Override
  public String toString() {
    return isClosed() ? "Tokenizer[closed]" : "Tokenizer[vocabulary=" + vocabulary() + "]";
  }
}
