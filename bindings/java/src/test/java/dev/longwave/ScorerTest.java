/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How likely a model finds a document. */
class ScorerTest {
  private static final Path MODELS = Support.SOURCE.resolve("tests/data/models/tiny");
  private static final String TEXT =
      "The caf\u00e9 \ud83d\ude00 was open, and nobody knew why. One two three four five six seven eight nine ten, "
          + "and then the eleventh came in and sat down beside the others without a word.";

  private static Model model;

  @BeforeAll
  static void open() {
    model = Model.open(MODELS.resolve("gpt2-base"));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static List<ScoredToken> score(Scorer scorer, byte[] text, int step) {
    List<ScoredToken> tokens = new ArrayList<>();
    for (int at = 0; at < text.length; ) {
      at += scorer.offer(text, at, Math.min(at + step, text.length));
      tokens.addAll(scorer.drain());
    }
    scorer.finish(tokens::add);
    return tokens;
  }

  @Test
  @DisplayName("Log-probabilities of tokens are the reference's")
  void reference() throws IOException {
    Safetensors file = new Safetensors(MODELS.resolve("gpt2-base/expected.safetensors"));
    int[] ids = Arrays.stream(file.integers("token_nll.input_ids")).mapToInt(n -> (int) n).toArray();
    float[] expected = file.floats("token_nll.nll");
    List<ScoredToken> tokens = new ArrayList<>();
    double sum = 0;
    try (Scorer scorer = model.newScorer(null)) {
      scorer.pushIds(ids, tokens::add);
      scorer.finish(tokens::add);
      assertEquals(ids.length, tokens.size());
      assertTrue(Float.isNaN(tokens.get(0).logProbability()));
      for (int i = 0; i < expected.length; i++) {
        assertEquals(ids[i + 1], tokens.get(i + 1).id());
        assertEquals(-expected[i], tokens.get(i + 1).logProbability(), 5e-5 + 1e-5 * expected[i]);
        assertEquals(-1, tokens.get(i + 1).byteBegin());
        sum -= expected[i];
      }
      assertEquals(sum, scorer.logProbability(), 1e-3);
      assertEquals(Math.exp(-sum / expected.length), scorer.perplexity(), 1e-3 * scorer.perplexity());
      assertTrue(Double.isNaN(scorer.bitsPerByte()));
      assertEquals(expected.length, scorer.scored());
    }
  }

  @Test
  @DisplayName("Any cut of a text gives the same tokens, ranges and bits, in every mode and through a small queue")
  void cuts() {
    byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
    for (Scoring scoring : Arrays.asList(
        Scoring.sliding().length(16).stride(4).queue(8), Scoring.segment().length(16).queue(8),
        Scoring.stream().left(12).sinks(2).queue(8))) {
      String expected = null;
      for (int step : new int[] {text.length, 1, 7}) {
        try (Scorer scorer = model.newScorer(scoring)) {
          List<ScoredToken> tokens = score(scorer, text, step);
          assertEquals(text.length, tokens.get(tokens.size() - 1).byteEnd());
          for (int i = 1; i < tokens.size(); i++) {
            assertFalse(tokens.get(i).byteBegin() < tokens.get(i - 1).byteBegin());
            assertTrue(tokens.get(i).logProbability() < 0);
          }
          String described = tokens + " " + scorer.bitsPerByte();
          if (expected == null) expected = described;
          assertEquals(expected, described);
          double bytes = scorer.number("scored_bytes");
          assertEquals(-scorer.logProbability() / Math.log(2) / bytes, scorer.bitsPerByte(), 1e-9);
        }
      }
    }
  }

  @Test
  @DisplayName("A string is its UTF-8, and an id in front lets the first token be scored")
  void begin() {
    List<ScoredToken> fromString = new ArrayList<>();
    byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
    try (Scorer one = model.newScorer(Scoring.sliding().begin(560)); Scorer two = model.newScorer(Scoring.sliding().begin(560))) {
      one.push(TEXT, fromString::add);
      one.finish(fromString::add);
      assertEquals(score(two, text, text.length).toString(), fromString.toString());
      assertTrue(fromString.get(0).logProbability() < 0);
      assertEquals(fromString.size(), one.scored());
      assertEquals(one.bytes(), model.planScorer(Scoring.sliding().begin(560)));
      two.reset();
      assertEquals(0, two.tokens());
      assertEquals(fromString.toString(), score(two, text, 5).toString());
    }
  }

  @Test
  @DisplayName("What was saved or forked goes on as if nothing had been")
  void snapshots() {
    byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
    byte[] rest = Arrays.copyOfRange(text, 50, text.length);
    Scoring scoring = Scoring.sliding().length(12).stride(5);
    try (Scorer scorer = model.newScorer(scoring)) {
      scorer.offer(text, 0, 50);
      byte[] snapshot = scorer.save();
      try (Scorer fork = scorer.fork(); Scorer restored = model.restoreScorer(snapshot)) {
        String expected = score(scorer, rest, rest.length).toString();
        assertEquals(expected, score(fork, rest, 3).toString());
        assertEquals(expected, score(restored, rest, 3).toString());
        assertEquals(scorer.bitsPerByte(), restored.bitsPerByte());
      }
      assertThrows(IllegalStateException.class, () -> scorer.offer(text, 0, 1));
      try (Model other = Model.open(MODELS.resolve("qwen3-lm"))) {
        assertThrows(LongwaveException.Mismatch.class, () -> other.restoreScorer(snapshot));
      }
      snapshot[snapshot.length / 2] ^= 1;
      assertThrows(LongwaveException.CorruptData.class, () -> model.restoreScorer(snapshot));
    }
  }

  @Test
  @SuppressWarnings("try")
  @DisplayName("Cancelling loses nothing, closing ends it, and what cannot be scored is an exception")
  void ends() {
    StringBuilder longer = new StringBuilder(); // a tokenizer holds shorter ones back to their end
    for (int i = 0; i < 30; i++) longer.append(TEXT).append('\n');
    byte[] text = longer.toString().getBytes(StandardCharsets.UTF_8);
    String expected;
    try (Scorer scorer = model.newScorer(Scoring.segment().length(8))) {
      expected = score(scorer, text, text.length).toString();
    }
    try (Scorer scorer = model.newScorer(Scoring.segment().length(8))) {
      List<ScoredToken> tokens = new ArrayList<>();
      scorer.cancel();
      CancelledException cancelled = assertThrows(CancelledException.class, () -> scorer.push(text, tokens::add));
      int at = (int) cancelled.taken();
      scorer.push(Arrays.copyOfRange(text, at, text.length), tokens::add);
      scorer.finish(tokens::add);
      assertEquals(expected, tokens.toString());
      assertThrows(LongwaveException.InvalidArgument.class, () -> scorer.number("no such number"));
      scorer.close();
      scorer.cancel();
      assertEquals("Scorer[closed]", scorer.toString());
      assertThrows(IllegalStateException.class, scorer::perplexity);
    }
    assertThrows(LongwaveException.InvalidArgument.class, () -> model.newScorer(Scoring.sliding().length(8).stride(8)));
    try (Model encoder = Model.open(Support.TINY)) {
      assertThrows(LongwaveException.Unsupported.class, () -> encoder.newScorer(null));
    }
  }
}
