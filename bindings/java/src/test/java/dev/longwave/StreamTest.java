/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Documents through a stream, in all the ways that there are. */
class StreamTest {
  private static Model model;
  private static String text;
  private static List<Embedding> expected;

  @BeforeAll
  static void open() throws IOException {
    model = Model.open(Support.MINILM);
    text = new String(Files.readAllBytes(Support.SOURCE.resolve("examples/text/handbook.txt")), StandardCharsets.UTF_8)
        .substring(0, 12000);
    try (DocumentStream stream = model.newStream()) {
      expected = Support.readAll(stream, text);
    }
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  @DisplayName("Streams, readers, strings, bytes and buffers give the same")
  void sources() {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertTrue(expected.size() > 10);
    List<List<Embedding>> others = new ArrayList<>();
    try (DocumentStream stream = model.newStream()) {
      List<Embedding> results = new ArrayList<>();
      stream.read(new ByteArrayInputStream(bytes)).forEach(results::add);
      others.add(results);
    }
    try (DocumentStream stream = model.newStream()) {
      List<Embedding> results = new ArrayList<>();
      stream.read(new StringReader(text)).forEach(results::add);
      others.add(results);
    }
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length);
    direct.put(bytes);
    ByteBuffer shifted = ByteBuffer.allocate(bytes.length + 7);
    shifted.position(7);
    shifted.put(bytes);
    shifted.position(7);
    direct.position(0);
    for (ByteBuffer buffer : new ByteBuffer[] {direct, shifted.slice(), ByteBuffer.wrap(bytes).asReadOnlyBuffer()}) {
      try (DocumentStream stream = model.newStream()) {
        List<Embedding> results = new ArrayList<>();
        while (buffer.hasRemaining()) {
          stream.offer(buffer);
          results.addAll(stream.drain());
        }
        stream.finish(results::add);
        others.add(results);
      }
    }
    for (List<Embedding> results : others) Support.assertSame(expected, results);
  }

  @Test
  @DisplayName("An iterator reads no further than it is asked, once, and passes on what its source throws")
  void iterator() {
    try (DocumentStream stream = model.newStream()) {
      int[] bytes = {0};
      InputStream endless = new InputStream() {
        @Override
        public int read() {
          return "one two three. ".charAt(bytes[0]++ % 15);
        }
      };
      Iterable<Embedding> results = stream.read(endless);
      Iterator<Embedding> iterator = results.iterator();
      for (int i = 0; i < 5; i++) iterator.next();
      assertTrue(bytes[0] < 1 << 18);
      assertThrows(IllegalStateException.class, results::iterator);
    }
    try (DocumentStream stream = model.newStream()) {
      InputStream broken = new InputStream() {
        @Override
        public int read() throws IOException {
          throw new IOException("no disk");
        }
      };
      UncheckedIOException error =
          assertThrows(UncheckedIOException.class, () -> stream.read(broken).iterator().hasNext());
      assertEquals("no disk", error.getCause().getMessage());
    }
    try (DocumentStream stream = model.newStream()) {
      Iterator<Embedding> empty = stream.read("").iterator();
      Embedding document = empty.next();
      assertTrue(document.isDocument());
      assertNull(document.vector());
      assertFalse(empty.hasNext());
      assertThrows(NoSuchElementException.class, empty::next);
    }
  }

  @Test
  @DisplayName("When the queue is full, offers take less and finish says that there is more")
  void fullQueue() {
    try (DocumentStream stream = model.newStream(Reading.windowOfModel().queue(1))) {
      int first = stream.offer(text, 0, text.length());
      assertTrue(first < text.length());
      assertEquals(1, stream.waiting());
      assertEquals(0, stream.offer(text, first, text.length()));
      List<Embedding> results = new ArrayList<>(stream.drain());
      for (int at = first; at < text.length(); results.addAll(stream.drain())) at += stream.offer(text, at, text.length());
      int unfinished = 0;
      while (!stream.tryFinish()) {
        unfinished++;
        results.addAll(stream.drain());
      }
      results.addAll(stream.drain());
      assertTrue(unfinished > 0);
      Support.assertSame(expected, results);
      assertTrue(stream.isFinished());
      assertThrows(IllegalStateException.class, () -> stream.offer("more", 0, 4));
      assertThrows(IllegalStateException.class, stream::save);
      assertThrows(IllegalStateException.class, stream::fork);
      assertThrows(IndexOutOfBoundsException.class, () -> stream.offer("more", 2, 5));
      assertThrows(IndexOutOfBoundsException.class, () -> stream.offer(new byte[3], -1, 2));
    }
  }

  @Test
  @DisplayName("A cancelled push says how much was taken and can go on")
  void cancel() {
    try (DocumentStream stream = model.newStream()) {
      List<Embedding> results = new ArrayList<>();
      stream.cancel();
      CancelledException cancelled = assertThrows(CancelledException.class, () -> stream.push(text, results::add));
      assertTrue(cancelled instanceof CancellationException);
      assertTrue(cancelled.taken() < text.length());
      stream.push(text.substring((int) cancelled.taken()), results::add);
      stream.finish(results::add);
      Support.assertSame(expected, results);
    }
  }

  @Test
  @DisplayName("Iterators go on behind what was taken when they were cancelled")
  void cancelIterators() throws InterruptedException {
    for (int kind = 0; kind < 3; kind++) {
      try (DocumentStream stream = model.newStream()) {
        Iterator<Embedding> iterator =
            (kind == 0 ? stream.read(text) : kind == 1 ? stream.read(new StringReader(text))
                    : stream.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))).iterator();
        // One before the first call, and one beside or before each of the next ten.
        stream.cancel();
        Semaphore calls = new Semaphore(0);
        Thread other = new Thread(() -> {
          for (int i = 0; i < 10; i++) {
            calls.acquireUninterruptibly();
            stream.cancel();
          }
        });
        other.start();
        List<Embedding> results = new ArrayList<>();
        int stopped = 0;
        for (;;) {
          calls.release();
          try {
            if (!iterator.hasNext()) break;
            results.add(iterator.next());
          } catch (CancelledException cancelled) {
            stopped++;
          }
        }
        calls.release(10);
        other.join();
        assertTrue(stopped > 0);
        Support.assertSame(expected, results);
      }
    }
  }

  @Test
  @DisplayName("A snapshot goes on with the same bits, in a new stream, in an old one and in a fork")
  void snapshots() {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int cut = 7001;
    try (DocumentStream stream = model.newStream(); DocumentStream other = model.newStream()) {
      List<Embedding> before = new ArrayList<>();
      stream.push(Arrays.copyOf(bytes, cut), before::add);
      byte[] snapshot = stream.save();
      assertTrue(Longwave.describeSnapshot(snapshot).contains("{"));
      byte[] rest = Arrays.copyOfRange(bytes, cut, bytes.length);
      other.load(snapshot);
      DocumentStream[] streams = {stream.fork(), model.restoreStream(snapshot), other};
      for (DocumentStream next : streams) {
        assertEquals(cut, next.bytesTaken());
        List<Embedding> results = new ArrayList<>(before);
        next.push(rest, results::add);
        next.finish(results::add);
        assertEquals(expected.size(), results.size());
        for (int i = 0; i < results.size(); i++) {
          assertEquals(expected.get(i).toString(), results.get(i).toString());
          assertTrue(Arrays.equals(expected.get(i).vector(), results.get(i).vector()));
        }
        // Chars are known where the stream has seen the text, which a snapshot has not.
        Embedding last = results.get(results.size() - 2);
        assertEquals(next == streams[0] ? expected.get(results.size() - 2).charEnd() : -1, last.charEnd());
        next.close();
      }
      assertEquals(cut, stream.bytesTaken());
      assertTrue(Arrays.equals(snapshot, stream.save()));
    }
  }

  @Test
  @DisplayName("After a reset, also after finish, the same text gives the same bits")
  void reset() {
    try (DocumentStream stream = model.newStream()) {
      Support.assertSame(expected, Support.readAll(stream, text));
      stream.reset();
      assertFalse(stream.isFinished());
      stream.offer("another text and half a pair \ud83d", 0, 30);
      stream.reset();
      assertEquals(0, stream.bytesTaken());
      Support.assertSame(expected, Support.readAll(stream, text));
    }
  }

  @Test
  @DisplayName("Damaged, truncated and foreign snapshots are refused and change nothing")
  void badSnapshots() {
    try (DocumentStream stream = model.newStream(); Model tiny = Model.open(Support.TINY)) {
      stream.push("some text", e -> {});
      byte[] snapshot = stream.save();
      byte[] damaged = snapshot.clone();
      damaged[damaged.length / 2] ^= 1;
      assertThrows(LongwaveException.CorruptData.class, () -> stream.load(damaged));
      for (int size : new int[] {0, 1, 20, snapshot.length - 1}) {
        byte[] part = Arrays.copyOf(snapshot, size);
        assertThrows(LongwaveException.CorruptData.class, () -> stream.load(part));
        assertThrows(LongwaveException.CorruptData.class, () -> model.restoreStream(part));
        assertThrows(LongwaveException.CorruptData.class, () -> Longwave.describeSnapshot(part));
      }
      assertThrows(LongwaveException.Mismatch.class, () -> tiny.restoreStream(snapshot));
      try (DocumentStream other = model.newStream(Reading.windowOfModel().queue(3))) {
        assertThrows(LongwaveException.Mismatch.class, () -> other.load(snapshot));
      }
      assertTrue(Arrays.equals(snapshot, stream.save()));
    }
  }

  @Test
  @DisplayName("Ids go in without special tokens and come out without bytes")
  void ids() {
    int[] ids;
    try (Tokenizer tokenizer = Tokenizer.open(Support.MINILM)) {
      ids = tokenizer.encode("a short text", false).ids();
    }
    try (DocumentStream stream = model.newStream()) {
      List<Embedding> results = new ArrayList<>();
      stream.pushIds(ids, results::add);
      stream.finish(results::add);
      assertEquals(2, results.size());
      assertEquals(-1, results.get(0).byteBegin());
      assertEquals(-1, results.get(0).charEnd());
      assertEquals(ids.length, results.get(0).tokenEnd());
      assertTrue(Arrays.equals(model.embed("a short text"), results.get(1).vector()));
    }
    try (DocumentStream stream = model.newStream()) {
      int[] wrong = {ids[0], -1, ids[0]};
      assertThrows(LongwaveException.InvalidArgument.class, () -> stream.pushIds(wrong, e -> {}));
      assertEquals(1, stream.tokens());
      assertThrows(IllegalStateException.class, () -> stream.push("text", e -> {}));
    }
  }

  @Test
  @DisplayName("A plan tells the bytes before, and readings do what they say")
  void readings() {
    Plan plan = model.planStream(null);
    try (DocumentStream stream = model.newStream()) {
      assertEquals(plan.bytes(), stream.bytes());
      stream.push(text, e -> {});
      assertEquals(plan.bytes(), stream.bytes());
      assertTrue(stream.describe().contains("window"));
      assertTrue(plan.steadyRows() > 0 && plan.loadBytes() > 0, plan.toString());
    }
    assertThrows(
        LongwaveException.CapacityExceeded.class,
        () -> {
          try (DocumentStream stream = model.newStream(Reading.refuse())) {
            stream.push(text, e -> {});
          }
        });
    try (DocumentStream stream = model.newStream(Reading.truncate())) {
      List<Embedding> results = Support.readAll(stream, text);
      assertTrue(stream.truncatedTokens() > 0);
      assertTrue(results.get(results.size() - 1).isDocument());
    }
    try (DocumentStream stream = model.newStream(Reading.window(32, 16).sinks(5).tile(128).fullUpTo(64).stepRows(32))) {
      assertTrue(Support.readAll(stream, text).size() > 10);
    }
    assertThrows(LongwaveException.InvalidArgument.class, () -> model.newStream(Reading.window(-1, 0)));
    assertThrows(
        LongwaveException.InvalidArgument.class, () -> model.newStream(Reading.window(new int[2], new int[2])));
  }
}
