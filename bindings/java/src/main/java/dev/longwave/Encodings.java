/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.Objects;

/**
 * Encoded texts, and windows of texts that are too long for one, to be padded to a batch.
 *
 * <pre>{@code
 * try (Encodings windows = Encodings.create()) {
 *   windows.add(tokenizer, question, passage, new Windows(384).stride(128).strategy(Windows.Strategy.ONLY_SECOND));
 *   windows.pad(0, 8, false, padId, 0);
 *   for (int i = 0; i < windows.size(); i++) ... windows.get(i).ids() ...
 * }
 * }</pre>
 *
 * <p>One thread at a time: another one gets an {@link IllegalStateException}.
 */
public final class Encodings extends NativeEncodings {
  private static final byte[] NONE = {};

  private Encodings(long pointer) {
    super(pointer);
  }

  /**
   * None yet.
   *
   * @return a new list
   */
  public static Encodings create() {
    return new Encodings(nativeCreate());
  }

  /**
   * Encodes a text and adds all its windows, the first one first.
   *
   * @param tokenizer a tokenizer
   * @param text the text
   * @param windows how it is cut
   * @return this
   * @throws LongwaveException.InvalidArgument if special tokens and stride leave no room; the list is then as it was
   */
  public Encodings add(Tokenizer tokenizer, String text, Windows windows) {
    return add(tokenizer, Utf8.encode(text), NONE, 0, windows);
  }

  /**
   * The same of a pair of texts.
   *
   * @param tokenizer a tokenizer
   * @param text the first
   * @param pair the second
   * @param windows how they are cut
   * @return this
   */
  public Encodings add(Tokenizer tokenizer, String text, String pair, Windows windows) {
    return add(tokenizer, Utf8.encode(text), Utf8.encode(pair), 1, windows);
  }

  private Encodings add(Tokenizer tokenizer, byte[] text, byte[] pair, int hasPair, Windows windows) {
    nativeAdd(Objects.requireNonNull(tokenizer, "tokenizer"), text, pair, hasPair, windows.addSpecialTokens ? 1 : 0,
        windows.maxLength, windows.stride, windows.strategy.number, windows.fromLeft ? 1 : 0);
    return this;
  }

  /**
   * Fills up all that are shorter.
   *
   * @param length to this many ids; 0: to the longest
   * @param multipleOf and on to a multiple of this; 0 or 1: any
   * @param onLeft whether in front
   * @param padId the id that is filled in
   * @param padType and its type
   * @return this
   */
  public Encodings pad(int length, int multipleOf, boolean onLeft, int padId, int padType) {
    nativePad(length, multipleOf, onLeft ? 1 : 0, padId, padType);
    return this;
  }

  /**
   * How many there are.
   *
   * @return a number
   */
  public int size() {
    return (int) nativeSize();
  }

  /**
   * One of them.
   *
   * @param index which
   * @return a copy
   * @throws LongwaveException.InvalidArgument if there is none of this index
   */
  public EncodingWindow get(int index) {
    return new EncodingWindow(nativeRead(index));
  }
}
