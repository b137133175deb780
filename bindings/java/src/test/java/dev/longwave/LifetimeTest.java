/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whatever a program does with the objects, it is an exception at worst. */
class LifetimeTest {
  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    Support.awaitHandles(0);
  }

  @Test
  @DisplayName("What cannot be made throws the library's own message and leaves nothing")
  void constructorFailure() {
    assertThrows(LongwaveException.InvalidArgument.class, () -> Context.create(-1));
    LongwaveException missing =
        assertThrows(LongwaveException.Io.class, () -> Model.open(Paths.get("/no/such/folder")));
    assertEquals(40, missing.status());
    assertTrue(missing.getMessage().contains("/no/such/folder"), missing.getMessage());
    assertThrows(LongwaveException.InvalidArgument.class, () -> new FullAttention(0, 8).build());
    assertThrows(LongwaveException.InvalidArgument.class, () -> new FullAttention(1, 8).option("no such", 1).build());
    assertEquals(0, LongwaveNative.nativeLiveHandles());
  }

  @Test
  @DisplayName("Use after close throws, closing twice does nothing")
  void useAfterClose() {
    Attention layer = Support.smallLayer().build();
    assertFalse(layer.isClosed());
    layer.close();
    layer.close();
    assertTrue(layer.isClosed());
    float[] row = new float[8];
    IllegalStateException closed = assertThrows(IllegalStateException.class, () -> layer.forward(row, row, row));
    assertEquals("the attention layer is closed", closed.getMessage());
    assertThrows(IllegalStateException.class, layer::newMemory);
    assertEquals("Attention[closed]", layer.toString());
  }

  @Test
  @DisplayName("A closed stream needs no cancelling, and whatever else is asked of it throws")
  void cancelAfterClose() {
    try (Model model = Model.open(Support.TINY)) {
      DocumentStream stream = model.newStream();
      stream.close();
      stream.cancel();
      IllegalStateException closed = assertThrows(IllegalStateException.class, stream::reset);
      assertEquals("the stream is closed", closed.getMessage());
      stream.cancel();
      try (DocumentStream other = model.newStream()) {
        other.push("what the closed one was told is not for this one", e -> {});
      }
    }
  }

  @Test
  @DisplayName("Streams and memories work when model, layer and context are closed")
  void childrenOutliveParents() {
    Memory memory;
    try (Attention layer = Support.smallLayer().build()) {
      memory = layer.newMemory();
    }
    DocumentStream stream;
    try (Context context = Context.create(1); Model model = Model.open(context, Support.TINY)) {
      stream = model.newStream(Support.shortPassages());
    }
    float[] row = Support.numbers(8, 1);
    assertArrayEquals(row, memory.step(row, row, row));
    List<Embedding> results = Support.readAll(stream, "The parents are gone, and one reads on.");
    assertTrue(results.get(results.size() - 1).isDocument());
    memory.close();
    stream.close();
  }

  @Test
  @DisplayName("300 rounds of closing a layer while two threads compute with it")
  void closeRacesWithForward() throws InterruptedException {
    AtomicReference<Throwable> wrong = new AtomicReference<>();
    AtomicInteger calls = new AtomicInteger();
    for (int round = 0; round < 300; round++) {
      Attention layer = Support.smallLayer().build();
      CountDownLatch running = new CountDownLatch(2);
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        Thread thread = new Thread(() -> {
          float[] row = Support.numbers(8, 3);
          float[] out = new float[8];
          boolean first = true;
          try {
            for (;;) {
              layer.forward(row, row, row, null, 1, out, null);
              assertArrayEquals(row, out);
              calls.incrementAndGet();
              if (first) running.countDown();
              first = false;
            }
          } catch (IllegalStateException closed) {
            if (!closed.getMessage().equals("the attention layer is closed")) wrong.set(closed);
          } catch (Throwable error) {
            wrong.set(error);
          } finally {
            running.countDown();
          }
        });
        thread.start();
        threads.add(thread);
      }
      running.await();
      layer.close();
      for (Thread thread : threads) thread.join();
    }
    if (wrong.get() != null) throw new AssertionError(wrong.get());
    assertTrue(calls.get() >= 600);
  }

  @Test
  @DisplayName("A memory that two threads use at once says busy to one of them")
  void busy() throws InterruptedException {
    try (Attention layer = new WindowAttention(4, 16).left(16).right(0).build(); Memory memory = layer.newMemory()) {
      AtomicInteger busy = new AtomicInteger();
      AtomicInteger rows = new AtomicInteger();
      AtomicReference<Throwable> wrong = new AtomicReference<>();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        Thread thread = new Thread(() -> {
          float[] piece = Support.numbers(64 * 256, 5);
          float[] out = new float[4 * piece.length];
          // They meet soon, though not on a machine that gives them turns of a second.
          for (long begin = System.nanoTime(); busy.get() == 0 && System.nanoTime() - begin < Support.LONG; ) {
            try {
              rows.addAndGet(memory.step(piece, piece, piece, null, out).taken());
            } catch (IllegalStateException error) {
              if (!error.getMessage().equals("the memory is in use by another thread; it takes one at a time")) {
                wrong.set(error);
              }
              busy.incrementAndGet();
            } catch (Throwable error) {
              wrong.set(error);
              return;
            }
          }
        });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) thread.join();
      if (wrong.get() != null) throw new AssertionError(wrong.get());
      assertTrue(busy.get() > 0);
      assertEquals(rows.get(), memory.position());
    }
  }

  @Test
  @DisplayName("Closing a stream stops the push that is going on")
  void closeDuringPush() throws InterruptedException {
    try (Model model = Model.open(Support.TINY)) {
      DocumentStream stream = model.newStream(Reading.alone().passageTokens(8));
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 2000; i++) text.append("one two three four five six. ");
      CountDownLatch running = new CountDownLatch(1);
      AtomicReference<Throwable> end = new AtomicReference<>();
      Thread pusher = new Thread(() -> {
        try {
          for (;;) stream.push(text.toString(), e -> running.countDown());
        } catch (Throwable error) {
          end.set(error);
          running.countDown(); // nobody waits for what does not come
        }
      });
      pusher.start();
      running.await();
      assertTrue(stream.progress().bytes() > 0);
      stream.close();
      pusher.join();
      // The call that was going on was cancelled, or the next one found it closed.
      assertTrue(end.get() instanceof IllegalStateException, String.valueOf(end.get()));
    }
  }

  @Test
  @DisplayName("The cleanup goes on behind a deleter that throws, and when its thread is interrupted")
  void cleanupGoesOn() throws InterruptedException {
    CountDownLatch thrown = new CountDownLatch(1);
    Cleanup.register(new Object(), 1, pointer -> {
      thrown.countDown();
      Thread.currentThread().interrupt();
      throw new StackOverflowError("from a deleter");
    });
    collectUntil(thrown);
    CountDownLatch next = new CountDownLatch(1);
    Cleanup.register(new Object(), 2, pointer -> next.countDown());
    collectUntil(next);
  }

  private static void collectUntil(CountDownLatch latch) throws InterruptedException {
    for (long begin = System.nanoTime(); latch.getCount() > 0 && System.nanoTime() - begin < Support.LONG; ) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(0, latch.getCount());
  }

  @Test
  @DisplayName("20,000 objects that were dropped unclosed are reclaimed")
  void dropped() throws InterruptedException {
    try (Attention layer = Support.smallLayer().build()) {
      for (int i = 0; i < 10000; i++) layer.newMemory().fork();
      Support.awaitHandles(1);
    }
  }
}
