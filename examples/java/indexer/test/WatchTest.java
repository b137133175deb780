/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package indexer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.longwave.Model;
import dev.longwave.minilm.MiniLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watcher on a thread of its own, told by what it says that it did. */
class WatchTest {
  @TempDir Path folder;
  private final BlockingQueue<Indexer.Done> queue = new LinkedBlockingQueue<>();
  private final BlockingQueue<Long> progress = new LinkedBlockingQueue<>();
  private final AtomicReference<Throwable> error = new AtomicReference<>();
  private Model model;
  private Store store;
  private Indexer indexer;
  private Thread thread;

  @BeforeEach
  void start() throws IOException, SQLException {
    model = MiniLm.open();
    store = Store.open(folder.resolve(".longwave/index"), model.name());
    Files.writeString(folder.resolve("first.txt"), "There before the watcher.");
    indexer = Support.indexer(model, store, folder, new Indexer.Listener() {
      @Override
      public void reading(String path, long bytes, long of) {
        progress.add(bytes);
      }

      @Override
      public void done(Indexer.Done done) {
        queue.add(done);
      }
    });
    thread = new Thread(() -> {
      try {
        indexer.watch();
      } catch (Throwable failure) {
        error.set(failure);
      }
    });
    thread.start();
  }

  @AfterEach
  void end() throws IOException, SQLException, InterruptedException {
    indexer.stop();
    thread.join(60_000);
    assertFalse(thread.isAlive(), "stop ends the watching");
    assertEquals(null, error.get());
    store.close();
    model.close();
  }

  private void assertNext(String path, String what) throws InterruptedException {
    Indexer.Done done = queue.poll(60, TimeUnit.SECONDS);
    assertNotNull(done, "nothing was done about " + path);
    assertEquals(path + " " + what, done.path() + " " + done.what());
  }

  @Test
  @DisplayName("Watching sees files and folders that come, grow, change, move and go, and answers meanwhile")
  void watch() throws IOException, SQLException, InterruptedException {
    assertNext("first.txt", "NEW");
    Path file = Files.writeString(folder.resolve("second.txt"), "Parking is free for cyclists.");
    assertNext("second.txt", "NEW");
    Files.writeString(file, " Dogs must be kept on a lead.", StandardOpenOption.APPEND);
    assertNext("second.txt", "GROWN");
    assertEquals("second.txt", indexer.search("Where may I walk my dog?", 1).get(0).path());
    Files.writeString(file, "Nothing of this is left.");
    assertNext("second.txt", "CHANGED");
    Path deep = Files.createDirectories(folder.resolve("in/deep"));
    Files.writeString(deep.resolve("third.md"), "In a new folder.");
    assertNext("in/deep/third.md", "NEW");
    Files.writeString(deep.resolve("fourth.md"), "In a folder that is watched by now.");
    assertNext("in/deep/fourth.md", "NEW");
    // Editors write a new file and move it over the old one.
    Files.writeString(folder.resolve("first.tmp"), "There after the watcher.");
    Files.move(folder.resolve("first.tmp"), folder.resolve("first.txt"), StandardCopyOption.ATOMIC_MOVE);
    assertNext("first.txt", "CHANGED");
    Files.delete(file);
    assertNext("second.txt", "REMOVED");
    Files.move(folder.resolve("in"), folder.resolve(".in"));
    assertNext("in/deep/fourth.md", "REMOVED");
    assertNext("in/deep/third.md", "REMOVED");
  }

  @Test
  @DisplayName("A file that is appended to all the time is read all the same")
  void busy() throws IOException, InterruptedException {
    assertNext("first.txt", "NEW");
    for (int i = 0; i < 1200 && queue.isEmpty(); i++) {
      Files.writeString(folder.resolve("first.txt"), " Line " + i + ".", StandardOpenOption.APPEND);
      Thread.sleep(50);
    }
    assertFalse(queue.isEmpty());
    assertNext("first.txt", "GROWN");
  }

  @Test
  @DisplayName("Stopping in the middle of a long file takes back what was written of it")
  void stopInTheMiddle() throws IOException, SQLException, InterruptedException {
    assertNext("first.txt", "NEW");
    Path handbook = Path.of(System.getProperty("longwave.source"), "examples/text/handbook.txt");
    Files.move(Files.copy(handbook, folder.resolve("long.tmp")), folder.resolve("long.txt"));
    for (long read = 0; read < 60_000; ) {
      Long bytes = progress.poll(60, TimeUnit.SECONDS);
      assertNotNull(bytes);
      read = bytes;
    }
    indexer.stop();
    thread.join(60_000);
    assertEquals(java.util.List.of("first.txt"), store.paths(""));
    assertEquals(1, store.passages(null));
  }
}
