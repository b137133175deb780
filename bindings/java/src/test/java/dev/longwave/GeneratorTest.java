/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Text token by token. */
class GeneratorTest {
  private static final Path MODELS = Support.SOURCE.resolve("tests/data/models/tiny");
  private static final String PROMPT = "The quick brown fox jumps over";

  private static Model model;

  @BeforeAll
  static void open() {
    model = Model.open(MODELS.resolve("gpt2-base"));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Generation plain(int tokens) {
    return new Generation().maxNewTokens(tokens).stopAtEnd(false);
  }

  private static List<Integer> ids(Generator generator) {
    List<Integer> ids = new ArrayList<>();
    generator.forEachRemaining(token -> ids.add(token.id()));
    return ids;
  }

  private static int[] row(Safetensors file, String name, int index) {
    long[] all = file.integers(name);
    int width = file.shape(name)[1];
    int[] row = new int[width];
    for (int i = 0; i < width; i++) row[i] = (int) all[index * width + i];
    return row;
  }

  @Test
  @DisplayName("Greedy tokens of a causal model and of an encoder with a decoder are the reference's")
  void greedy() throws IOException {
    Safetensors causal = new Safetensors(MODELS.resolve("gpt2-base/expected.safetensors"));
    for (String name : new String[] {"greedy_text", "greedy_batch", "greedy_one"}) {
      for (int b = 0; b < causal.shape(name + ".input_ids")[0]; b++) {
        int[] prompt = row(causal, name + ".input_ids", b);
        int[] expected = row(causal, name + ".generated_ids", b);
        try (Generator generator = model.newGenerator(plain(24))) {
          List<Integer> ids = ids(generator.pushIds(prompt));
          assertEquals(prompt.length, generator.promptTokens());
          for (int i = 0; i < 24; i++) assertEquals(expected[prompt.length + i], ids.get(i), name + " token " + i);
          assertEquals(24, ids.size());
          assertEquals(FinishReason.LENGTH, generator.finishReason());
        }
      }
    }
    Safetensors file = new Safetensors(MODELS.resolve("bart-base/expected.safetensors"));
    try (Model bart = Model.open(MODELS.resolve("bart-base"));
        Generator generator = bart.newGenerator(plain(24).decoderStart(2))) {
      List<Integer> ids = ids(generator.pushIds(row(file, "greedy.input_ids", 0)));
      int[] expected = row(file, "greedy.generated_ids", 0);
      for (int i = 0; i < 24; i++) assertEquals(expected[1 + i], ids.get(i), "token " + i);
    }
  }

  @Test
  @DisplayName("Pieces of text, as they become certain, are together the text of all tokens")
  void texts() {
    List<Integer> ids = new ArrayList<>();
    StringBuilder pieces = new StringBuilder();
    try (Generator generator = model.newGenerator(plain(30)); Tokenizer tokenizer = model.tokenizer()) {
      generator.push(PROMPT);
      assertEquals(tokenizer.encode(PROMPT).size(), generator.promptTokens());
      while (generator.hasNext()) {
        GeneratedToken token = generator.next();
        assertTrue(token.logProbability() < 0);
        ids.add(token.id());
        pieces.append(generator.takeText());
      }
      pieces.append(generator.takeText());
      assertEquals(30, generator.generatedTokens());
      assertEquals(30, generator.number("generated_tokens"));
      assertEquals("", generator.takeText());
      assertEquals(
          tokenizer.decode(ids.stream().mapToInt(Integer::intValue).toArray(), true), pieces.toString());
      assertThrows(NoSuchElementException.class, generator::next);
    }
    try (Generator generator = model.newGenerator(plain(30))) {
      StringBuilder text = new StringBuilder();
      Iterator<String> texts = generator.push(PROMPT).texts();
      int count = 0;
      while (texts.hasNext()) {
        String piece = texts.next();
        assertFalse(piece.isEmpty());
        text.append(piece);
        count++;
      }
      assertTrue(count > 1);
      assertThrows(NoSuchElementException.class, texts::next);
      assertEquals(pieces.toString(), text.toString());
    }
    try (Generator generator = model.newGenerator(plain(30))) {
      assertEquals(pieces.toString(), generator.push(PROMPT).readAll());
    }
  }

  @Test
  @DisplayName("A stop text ends the text where it appears first, and is not in it")
  void stop() {
    String whole;
    try (Generator generator = model.newGenerator(plain(30))) {
      whole = generator.push(PROMPT).readAll();
    }
    int middle = whole.offsetByCodePoints(0, whole.codePointCount(0, whole.length()) / 2);
    String stop = whole.substring(middle, whole.offsetByCodePoints(middle, 3));
    try (Generator generator = model.newGenerator(plain(30))) {
      assertEquals(whole.substring(0, whole.indexOf(stop)), generator.addStop(stop).push(PROMPT).readAll());
      assertEquals(FinishReason.STOP_STRING, generator.finishReason());
      assertThrows(LongwaveException.InvalidArgument.class, () -> model.newGenerator(null).addStop(""));
    }
  }

  @Test
  @DisplayName("What was saved, forked or sampled with a seed goes on as if nothing had been")
  void snapshots() {
    Generation generation = plain(20).sample(true).temperature(0.8).topK(20).topP(0.95).seed(7);
    List<Integer> expected;
    try (Generator generator = model.newGenerator(generation)) {
      expected = ids(generator.push(PROMPT));
    }
    assertEquals(20, expected.size());
    try (Generator generator = model.newGenerator(generation)) {
      generator.push(PROMPT);
      for (int i = 0; i < 5; i++) assertEquals(expected.get(i), generator.next().id());
      byte[] snapshot = generator.save();
      assertTrue(generator.hasNext());
      assertThrows(IllegalStateException.class, generator::save);
      try (Generator fork = generator.fork(); Generator restored = model.restoreGenerator(snapshot)) {
        assertEquals(expected.subList(5, 20), ids(fork));
        assertEquals(expected.subList(5, 20), ids(restored));
      }
      assertEquals(expected.subList(5, 20), ids(generator));
      snapshot[snapshot.length / 2] ^= 1;
      assertThrows(LongwaveException.CorruptData.class, () -> model.restoreGenerator(snapshot));
      byte[] intact = generator.save();
      try (Model other = Model.open(MODELS.resolve("bart-base"))) {
        assertThrows(LongwaveException.Mismatch.class, () -> other.restoreGenerator(intact));
      }
    }
  }

  @Test
  @DisplayName("A turn goes on behind the turn before it")
  void turns() throws IOException {
    try (Generator generator = model.newGenerator(plain(4)); Generator whole = model.newGenerator(plain(4))) {
      List<Integer> first = ids(generator.pushIds(5, 6, 7));
      List<Integer> second = ids(generator.pushIds(8, 9));
      assertEquals(4, generator.generatedTokens());
      int[] all = {5, 6, 7, first.get(0), first.get(1), first.get(2), first.get(3), 8, 9};
      assertEquals(second, ids(whole.pushIds(all)));
    }
  }

  @Test
  @DisplayName("Cancelling stops a call with an exception, and nothing is lost")
  void cancel() {
    List<Integer> expected;
    try (Generator generator = model.newGenerator(plain(10))) {
      expected = ids(generator.push(PROMPT));
    }
    try (Generator generator = model.newGenerator(plain(10))) {
      generator.push(PROMPT);
      assertEquals(expected.get(0), generator.next().id());
      generator.cancel();
      assertThrows(CancelledException.class, generator::hasNext);
      assertEquals(expected.subList(1, 10), ids(generator));
    }
  }

  @Test
  @DisplayName("A push that was cancelled has taken everything")
  void cancelPush() {
    int[] ids = IntStream.range(0, 300).map(i -> i % 50).toArray();
    Generation options = plain(8).left(16).sinks(2);
    try (Generator asked = model.newGenerator(options); Generator whole = model.newGenerator(options)) {
      asked.cancel();
      assertThrows(CancelledException.class, () -> asked.pushIds(ids));
      assertEquals(ids(whole.pushIds(ids)), ids(asked));
    }
  }

  @Test
  @DisplayName("Beams are found by the first call and are at least as likely as the greedy text")
  void beams() {
    double greedy = 0;
    double beams = 0;
    try (Generator one = model.newGenerator(plain(6)); Generator four = model.newGenerator(plain(6).beams(4))) {
      one.push(PROMPT);
      four.push(PROMPT);
      while (one.hasNext()) greedy += one.next().logProbability();
      while (four.hasNext()) beams += four.next().logProbability();
      assertEquals(6, four.generatedTokens());
      assertTrue(beams >= greedy - 1e-4, beams + " against " + greedy);
      assertTrue(four.bytes() > one.bytes());
      assertEquals(one.bytes(), model.planGenerator(plain(6)));
    }
  }

  @Test
  @SuppressWarnings("try")
  @DisplayName("What a generator cannot do is an exception that says so")
  void errors() throws InterruptedException {
    try (Generator generator = model.newGenerator()) {
      assertThrows(IllegalStateException.class, generator::hasNext);
      assertThrows(LongwaveException.InvalidArgument.class, () -> generator.pushIds(1 << 30));
      assertThrows(LongwaveException.CapacityExceeded.class, () -> generator.pushIds(new int[1 << 16]));
      assertThrows(LongwaveException.InvalidArgument.class, () -> generator.number("no such number"));
      generator.push(PROMPT);
      assertTrue(generator.hasNext());
      generator.close();
      generator.close();
      generator.cancel();
      assertEquals("Generator[closed]", generator.toString());
      IllegalStateException closed = assertThrows(IllegalStateException.class, () -> generator.push("more"));
      assertEquals("the generator is closed", closed.getMessage());
    }
    assertThrows(
        LongwaveException.InvalidArgument.class, () -> model.newGenerator(new Generation().temperature(-1)));
    try (Model encoder = Model.open(Support.TINY)) {
      assertThrows(LongwaveException.Unsupported.class, encoder::newGenerator);
    }
  }

  @Test
  @DisplayName("A generator that reads through a window goes on without end, until it is closed from another thread")
  void closeMeanwhile() throws InterruptedException {
    Generation endless = plain(1 << 30).left(16).sinks(2);
    Generator generator = model.newGenerator(endless);
    generator.push(PROMPT);
    CountDownLatch running = new CountDownLatch(200); // more than the model's 64 positions
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread thread = new Thread(() -> {
      try {
        for (;;) {
          generator.next();
          running.countDown();
        }
      } catch (Throwable error) {
        end.set(error);
        while (running.getCount() > 0) running.countDown(); // nobody waits for what does not come
      }
    });
    thread.start();
    running.await();
    generator.close();
    thread.join();
    assertTrue(end.get() instanceof IllegalStateException, String.valueOf(end.get()));
  }

  @Test
  @DisplayName("The last numbers of a generation are those of one that was made anew")
  void builders() {
    Generation generation = new Generation().maxNewTokens(3).stopAtEnd(false);
    try (Generator three = model.newGenerator(generation); Generator five = model.newGenerator(generation.maxNewTokens(5))) {
      int[] shorter = ids(three.push(PROMPT)).stream().mapToInt(Integer::intValue).toArray();
      int[] longer = ids(five.push(PROMPT)).stream().limit(3).mapToInt(Integer::intValue).toArray();
      assertArrayEquals(shorter, longer);
      assertEquals(5, five.generatedTokens());
    }
  }
}
