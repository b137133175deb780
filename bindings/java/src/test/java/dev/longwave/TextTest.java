/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Text with everything in it: accents, emoji, NUL, halves of surrogate pairs, bad bytes. */
class TextTest {
  private static final String TEXT =
      "The \u00e9t\u00e9 of 1999 was \ud83d\ude00 hot. \u6f22\u5b57 are characters\0and NUL is one too. "
          + "Nine \ud842\udfb7 bowls.\n\nA caf\u00e9, a na\u00efve \ud83d\ude80 and the end.";

  private static Model model;

  @BeforeAll
  static void open() {
    model = Model.open(Support.TINY);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static DocumentStream newStream() {
    return model.newStream(Support.shortPassages());
  }

  @Test
  @DisplayName("A passage is the substring of its chars and the bytes of its bytes")
  void ranges() {
    byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
    try (DocumentStream stream = newStream()) {
      List<Embedding> results = Support.readAll(stream, TEXT);
      assertTrue(results.size() > 5);
      for (Embedding e : results) {
        String chars = TEXT.substring((int) e.charBegin(), (int) e.charEnd());
        String utf8 = new String(
            Arrays.copyOfRange(bytes, (int) e.byteBegin(), (int) e.byteEnd()), StandardCharsets.UTF_8);
        assertEquals(utf8, chars);
      }
      Embedding document = results.get(results.size() - 1);
      assertTrue(document.isDocument());
      assertEquals(TEXT.length(), document.charEnd());
      assertEquals(bytes.length, stream.bytesTaken());
    }
  }

  @Test
  @DisplayName("A string cut anywhere, also within surrogate pairs, gives the same bits as whole and as UTF-8")
  void cuts() {
    List<Embedding> expected;
    try (DocumentStream stream = newStream()) {
      expected = Support.readAll(stream, TEXT);
    }
    List<Embedding> fromBytes = new ArrayList<>();
    try (DocumentStream stream = newStream()) {
      stream.push(TEXT.getBytes(StandardCharsets.UTF_8), fromBytes::add);
      stream.finish(fromBytes::add);
    }
    Support.assertSame(expected, fromBytes);
    Random random = new Random(5);
    for (int round = 0; round < 20; round++) {
      List<Embedding> results = new ArrayList<>();
      try (DocumentStream stream = newStream()) {
        for (int at = 0; at < TEXT.length(); ) {
          int to = Math.min(TEXT.length(), at + 1 + random.nextInt(round == 0 ? 1 : 9));
          at += stream.offer(TEXT, at, to);
          results.addAll(stream.drain());
        }
        stream.finish(results::add);
      }
      Support.assertSame(expected, results);
    }
  }

  @Test
  @DisplayName("Surrogates without their other half read as U+FFFD")
  void loneSurrogates() {
    String broken = "a \ud83d b \ude00 c \ud83d";
    String replaced = "a \ufffd b \ufffd c \ufffd";
    try (DocumentStream one = newStream(); DocumentStream two = newStream()) {
      Support.assertSame(Support.readAll(one, replaced), Support.readAll(two, broken));
      assertEquals(one.bytesTaken(), two.bytesTaken());
    }
    assertArrayEquals(model.embed(replaced), model.embed(broken));
    assertArrayEquals("\ufffd".getBytes(StandardCharsets.UTF_8), Utf8.encode("\udc00"));
  }

  @Test
  @DisplayName("A high surrogate waits for the next push; a snapshot has no place for it")
  void heldSurrogate() {
    try (DocumentStream stream = newStream()) {
      assertEquals(3, stream.offer("ab\ud83d", 0, 3));
      assertEquals(2, stream.bytesTaken());
      IllegalStateException error = assertThrows(IllegalStateException.class, stream::save);
      assertTrue(error.getMessage().startsWith("half of a surrogate pair waits"), error.getMessage());
      assertEquals(1, stream.offer("\ude00", 0, 1));
      assertEquals(6, stream.bytesTaken());
      assertEquals(0, stream.invalidUtf8());
      assertTrue(stream.save().length > 0);
    }
  }

  @Test
  @DisplayName("NUL is text like any other, but not in keys and paths")
  void nul() {
    try (Tokenizer tokenizer = Tokenizer.open(Support.TINY)) {
      assertTrue(tokenizer.encode("one\0two").size() > tokenizer.encode("one").size());
    }
    LongwaveException error =
        assertThrows(LongwaveException.InvalidArgument.class, () -> model.number("hidden\0 and more"));
    assertEquals("a key, a word or a path must not hold NUL", error.getMessage());
  }

  @Test
  @DisplayName("Bad bytes read as one U+FFFD for each bad part and are counted")
  void badBytes() {
    byte[] bad = {'a', ' ', (byte) 0xE2, (byte) 0x82, ' ', (byte) 0xFF, ' ', 'b'};
    try (DocumentStream stream = newStream()) {
      List<Embedding> results = new ArrayList<>();
      stream.push(bad, results::add);
      stream.finish(results::add);
      assertEquals(2, stream.invalidUtf8());
      assertEquals(2, stream.number("first_invalid_utf8"));
      Embedding document = results.get(results.size() - 1);
      assertEquals(8, document.byteEnd());
      assertEquals(7, document.charEnd());
    }
  }

  @Test
  @DisplayName("Messages and descriptions keep characters beyond ASCII")
  void messages() {
    String folder = "/no/such/\u00e9\ud83d\ude00";
    LongwaveException error =
        assertThrows(LongwaveException.Io.class, () -> Model.open(java.nio.file.Paths.get(folder)));
    // Where the file system's own encoding cannot hold such a name, Java has replaced characters already.
    assertTrue(error.getMessage().contains("/no/such/"), error.getMessage());
    assertThrows(LongwaveException.InvalidArgument.class, () -> model.number("caf\u00e9 \ud83d\ude00"));
    LongwaveException key =
        assertThrows(LongwaveException.class, () -> new FullAttention(1, 8).option("caf\u00e9 \ud83d\ude00", 1).build());
    assertTrue(key.getMessage().contains("caf\u00e9 \ud83d\ude00"), key.getMessage());
  }

  @Test
  @DisplayName("A tokenizer gives ids, types and bytes, and text again")
  void tokenizer() {
    try (Tokenizer tokenizer = Tokenizer.open(Support.MINILM)) {
      Encoding encoding = tokenizer.encode("The caf\u00e9 \ud83d\ude00 is open.");
      assertEquals(101, encoding.ids()[0]);
      assertEquals(102, encoding.ids()[encoding.size() - 1]);
      assertEquals(4, encoding.byteBegin(2));
      assertEquals(9, encoding.byteEnd(2));
      assertEquals("the cafe [UNK] is open.", tokenizer.decode(encoding.ids(), false).replace("[CLS] ", "").replace(" [SEP]", ""));
      Encoding pair = tokenizer.encode("one", "two", true);
      assertEquals(0, pair.types()[0]);
      assertEquals(1, pair.types()[pair.size() - 1]);
      assertEquals("", tokenizer.decode());
      assertEquals(30522, tokenizer.vocabulary());
      assertFalse(tokenizer.toString().isEmpty());
      assertNotEquals(tokenizer.encode("x").size(), tokenizer.encode("x", false).size());
    }
  }

  @Test
  @DisplayName("A model's tokenizer is the folder's, and outlives the model")
  void ofModel() {
    String text = "The caf\u00e9 is open.";
    Model other = Model.open(Support.MINILM);
    try (Tokenizer tokenizer = other.tokenizer(); Tokenizer folder = Tokenizer.open(Support.MINILM)) {
      other.close();
      assertArrayEquals(folder.encode(text).ids(), tokenizer.encode(text).ids());
      assertThrows(IllegalStateException.class, other::tokenizer);
    }
  }

  @Test
  @DisplayName("The SentencePiece route reads control tokens in a text as characters, tokenizer.json does not")
  void routes() {
    java.nio.file.Path folder = Support.SOURCE.resolve("tests/data/models/tiny/xlnet-base");
    try (Tokenizer json = Tokenizer.open(folder, Tokenizer.Route.AUTOMATIC);
        Tokenizer pieces = Tokenizer.open(folder, Tokenizer.Route.SENTENCE_PIECE)) {
      assertArrayEquals(json.encode("one two", false).ids(), pieces.encode("one two", false).ids());
      assertEquals(1, json.encode("<sep>", false).size());
      assertTrue(pieces.encode("<sep>", false).size() > 1);
    }
    assertThrows(
        LongwaveException.Io.class, () -> Tokenizer.open(Support.MINILM, Tokenizer.Route.SENTENCE_PIECE));
  }

  @Test
  @DisplayName("Windows share as many tokens as asked for, and padding closes what it fills in")
  void windows() {
    try (Tokenizer tokenizer = Tokenizer.open(Support.MINILM); Encodings windows = Encodings.create()) {
      String text = "one two three four five six seven eight nine ten eleven";
      int[] whole = tokenizer.encode(text, false).ids();
      windows.add(tokenizer, text, new Windows(7).stride(2));
      assertEquals(3, windows.size());
      int at = 0;
      for (int w = 0; w < windows.size(); w++) {
        EncodingWindow window = windows.get(w);
        int[] ids = window.ids();
        assertEquals(101, ids[0]);
        assertEquals(102, ids[ids.length - 1]);
        assertArrayEquals(Arrays.copyOfRange(whole, at, at + ids.length - 2), Arrays.copyOfRange(ids, 1, ids.length - 1));
        assertEquals("one two three four five six seven eight nine ten eleven".split(" ")[at].length(),
            window.byteEnd(1) - window.byteBegin(1));
        assertEquals(at, window.wordIds()[1]);
        assertEquals(-1, window.wordIds()[0]);
        assertEquals(-1, window.sequenceIds()[0]);
        assertEquals(1, window.specialMask()[0]);
        assertEquals(0, window.specialMask()[1]);
        at += 3;
      }
      windows.add(tokenizer, "one", "two three four five six", new Windows(7).strategy(Windows.Strategy.ONLY_SECOND));
      assertEquals(5, windows.size());
      assertEquals(1, windows.get(3).sequenceIds()[3]);
      assertEquals(1, windows.get(3).types()[3]);
      windows.pad(0, 4, false, 0, 0);
      for (int w = 0; w < windows.size(); w++) assertEquals(8, windows.get(w).size());
      EncodingWindow last = windows.get(4);
      assertEquals(0, last.attentionMask()[7]);
      assertEquals(1, last.attentionMask()[0]);
      assertEquals(0, last.ids()[7]);
      assertThrows(LongwaveException.InvalidArgument.class, () -> windows.get(5));
      assertThrows(
          LongwaveException.InvalidArgument.class, () -> windows.add(tokenizer, text, new Windows(4).stride(2)));
      assertEquals(5, windows.size());
      windows.add(tokenizer, text, new Windows(6).fromLeft(true).addSpecialTokens(false));
      assertEquals(whole[whole.length - 1], windows.get(5).ids()[5]);
    }
  }
}
