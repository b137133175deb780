/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;

/** What several tests use. */
final class Support {
  /** The repository. */
  static final Path SOURCE = Paths.get(System.getProperty("longwave.source"));

  static final Path TINY = SOURCE.resolve("tests/data/models/tiny/bert-minilm");
  static final Path MINILM = SOURCE.resolve("examples/models/minilm");

  /** Nanoseconds after which what waits for another thread or for the collector has failed, on the slowest machine. */
  static final long LONG = 60_000_000_000L;

  private Support() {}

  static FullAttention smallLayer() {
    return new FullAttention(1, 8).causal(true).maxTokens(64);
  }

  static Reading shortPassages() {
    return Reading.alone().passageTokens(6).queue(2);
  }

  /** Rows of a sequence that differ from one another. */
  static float[] numbers(int count, int seed) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) numbers[i] = ((i * 31 + seed * 7) % 17 - 8) / 8f;
    return numbers;
  }

  static List<Embedding> readAll(DocumentStream stream, String text) {
    List<Embedding> results = new ArrayList<>();
    stream.read(text).forEach(results::add);
    return results;
  }

  static void assertSame(List<Embedding> expected, List<Embedding> actual) {
    assertEquals(describe(expected), describe(actual));
  }

  static String describe(List<Embedding> results) {
    StringBuilder text = new StringBuilder();
    for (Embedding e : results) {
      text.append(e).append(" chars ").append(e.charBegin()).append(" to ").append(e.charEnd()).append(' ');
      text.append(java.util.Arrays.toString(e.vector())).append('\n');
    }
    return text.toString();
  }

  /** Waits until the collector has taken everything that nobody refers to. */
  static void awaitHandles(long wanted) throws InterruptedException {
    for (long begin = System.nanoTime();
        LongwaveNative.nativeLiveHandles() > wanted && System.nanoTime() - begin < LONG; ) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(wanted, LongwaveNative.nativeLiveHandles(), "native handles that live");
  }
}
