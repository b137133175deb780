/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/** What a {@link DocumentStream} says of itself. */
abstract class StreamNumbers extends NativeStream {
  StreamNumbers(long pointer) {
    super(pointer);
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
   * @return true after {@link DocumentStream#tryFinish} or {@link DocumentStream#finish}
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
}
