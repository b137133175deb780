/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package indexer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.longwave.Model;
import dev.longwave.minilm.MiniLm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that come, grow, change and go, and what of them the model reads. */
class IndexerTest {
  private static byte[] handbook;
  private static Model model;
  @TempDir Path folder;

  @BeforeAll
  static void open() throws IOException {
    handbook = Files.readAllBytes(Path.of(System.getProperty("longwave.source"), "examples/text/handbook.txt"));
    model = MiniLm.open();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static byte[] part(int begin, int end) {
    return Arrays.copyOfRange(handbook, begin, end);
  }

  private Path write(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private void append(String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes, StandardOpenOption.APPEND);
  }

  /** Scans and tells what was done. */
  private List<Indexer.Done> scan() throws IOException, SQLException {
    return Support.scan(model, folder, folder.resolve(".longwave/index"));
  }

  private Indexer.Done scanOne() throws IOException, SQLException {
    List<Indexer.Done> done = scan();
    assertEquals(1, done.size(), done.toString());
    return done.get(0);
  }

  /** Scans; one file was read whole, and its rows are all that there are. */
  private void assertReadWhole(String path, String what, long bytes) throws IOException, SQLException {
    Indexer.Done done = scanOne();
    assertEquals(new Indexer.Done(path, what, bytes, 0, rows().size()), done);
  }

  private List<String> rows() throws IOException, SQLException {
    return Support.rows(model, folder.resolve(".longwave/index"));
  }

  /** Every row, with the vector's bits, is what an index made anew of the same folder has. */
  private void assertLikeFresh() throws IOException, SQLException {
    Path fresh = Files.createTempDirectory("fresh").resolve("index");
    Support.scan(model, folder, fresh);
    assertEquals(Support.rows(model, fresh), rows());
  }

  @Test
  @DisplayName("A question finds the passage that answers it, in the right file, with its text")
  void search() throws IOException, SQLException {
    write("work/manual.txt", part(285000, 310000));
    write("shed.md", "The bicycle shed will be painted green in May.".getBytes(StandardCharsets.UTF_8));
    write("picture.png", part(0, 100));
    write(".hidden/secret.txt", part(0, 100));
    assertEquals(2, scan().size());
    try (Store store = Store.open(folder.resolve(".longwave/index"), model.name())) {
      Indexer indexer = Support.indexer(model, store, folder, new Indexer.Listener() {});
      List<Store.Found> found =
          indexer.search("Where should the backups be kept in case the building burns down?", 2);
      assertEquals(2, found.size());
      assertEquals("work/manual.txt", found.get(0).path());
      assertTrue(found.get(0).score() > found.get(1).score());
      String text = indexer.text(found.get(0), 1 << 20);
      assertTrue(text.contains("fireproof safe"), text);
      assertArrayEquals(text.getBytes(StandardCharsets.UTF_8),
          part(285000 + (int) found.get(0).byteBegin(), 285000 + (int) found.get(0).byteEnd()));
      assertEquals("shed.md", indexer.search("Which colour will the shed have?", 1).get(0).path());
      assertEquals(store.passages(null), indexer.search("shed", 9999).size());
    }
  }

  @Test
  @DisplayName("Of a file that has grown only the new bytes are read, and the rows are those of a fresh index to the bit")
  void grown() throws IOException, SQLException {
    write("log.txt", part(0, 20000));
    assertReadWhole("log.txt", "NEW", 20000);
    int at = 20000;
    for (int bytes : new int[] {1, 700, 9000}) {
      List<String> before = rows();
      append("log.txt", part(at, at + bytes));
      at += bytes;
      Indexer.Done done = scanOne();
      assertEquals("GROWN", done.what());
      assertEquals(bytes, done.bytesRead());
      assertTrue(done.kept() > 5 && done.kept() < before.size(), done.toString());
      assertEquals(before.subList(0, (int) done.kept()), rows().subList(0, (int) done.kept()));
      assertEquals(rows().size(), done.kept() + done.added());
      assertLikeFresh();
    }
  }

  @Test
  @DisplayName("A text may grow from nothing, from a short one, and in the middle of a character")
  void grownFromShort() throws IOException, SQLException {
    byte[] text = ("Größe und Maß. \uD83D\uDE00 " + new String(part(0, 6000), StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.UTF_8);
    int[] cuts = {0, 3, 19, 20, 300, 1100, 5000, text.length}; // 3, 19 and 20: within the ö and the emoji
    assertTrue((text[3] & 0xC0) == 0x80 && (text[20] & 0xC0) == 0x80);
    write("a.txt", new byte[0]);
    for (int i = 0; i < cuts.length; i++) {
      if (i > 0) append("a.txt", Arrays.copyOfRange(text, cuts[i - 1], cuts[i]));
      Indexer.Done done = scanOne();
      assertEquals(i == 0 ? "NEW" : "GROWN", done.what());
      assertEquals(i == 0 ? 0 : cuts[i] - cuts[i - 1], done.bytesRead());
      if (cuts[i] < 800) assertEquals(0, done.kept(), "a short text is replaced whole");
      assertLikeFresh();
    }
    assertTrue(rows().size() > 5);
  }

  @Test
  @DisplayName("A file that changed in old bytes is read anew, whether it grew, shrank or kept its size")
  void changed() throws IOException, SQLException {
    write("a.txt", part(0, 9000));
    scan();
    byte[] same = part(0, 9000);
    same[4000] = '#';
    byte[] longer = part(0, 10000);
    longer[10] = '#';
    for (byte[] bytes : List.of(same, longer, part(0, 8000), part(100, 8100))) {
      write("a.txt", bytes);
      assertReadWhole("a.txt", "CHANGED", bytes.length);
      assertLikeFresh();
    }
  }

  @Test
  @DisplayName("A file with the same bytes is not read again, and not even opened if its time is the same and old enough")
  void unchanged() throws IOException, SQLException {
    Path file = write("a.txt", part(0, 3000));
    scan();
    assertEquals(List.of(), scan());
    for (int year : new int[] {2020, 2021}) {
      Files.setLastModifiedTime(file, FileTime.from(java.time.Instant.parse(year + "-01-01T00:00:00Z")));
      assertEquals(List.of(), scan());
    }
    // A program that forges times can hide a change; this shows that nothing was opened.
    FileTime time = Files.getLastModifiedTime(file);
    write("a.txt", part(1, 3001));
    Files.setLastModifiedTime(file, time);
    assertEquals(List.of(), scan());
    // A change right after a scan, of the same size and perhaps within the same step of the clock, is seen.
    write("b.txt", part(0, 500));
    scan();
    write("b.txt", part(1, 501));
    assertEquals("CHANGED", scanOne().what());
  }

  @Test
  @DisplayName("Files and folders that are gone are removed with their passages")
  void removed() throws IOException, SQLException {
    write("a.txt", part(0, 3000));
    write("in/b.txt", part(3000, 6000));
    write("in/deep/c.txt", part(6000, 9000));
    write("in.txt", part(9000, 9500));
    assertEquals(4, scan().size());
    Files.delete(folder.resolve("a.txt"));
    assertEquals(new Indexer.Done("a.txt", "REMOVED", 0, 0, 0), scanOne());
    assertLikeFresh();
    Files.delete(folder.resolve("in/deep/c.txt"));
    Files.delete(folder.resolve("in/deep"));
    Files.delete(folder.resolve("in/b.txt"));
    Files.delete(folder.resolve("in"));
    assertEquals(2, scan().size());
    assertFalse(rows().isEmpty());
    assertTrue(rows().stream().allMatch(row -> row.startsWith("in.txt ")));
  }

  @Test
  @DisplayName("A process that is killed while it reads leaves every file as it was before or as it is now")
  void killed() throws IOException, SQLException, InterruptedException {
    write("b.txt", part(0, 20000));
    scan();
    List<String> before = rows();
    write("a.txt", part(30000, 40000)); // read first: in the index before the process dies
    append("b.txt", part(20000, 90000));
    write("c.txt", part(40000, 50000)); // never reached
    Process process = new ProcessBuilder(Support.java(), "-cp", System.getProperty("java.class.path"),
        Support.DiesMidway.class.getName(), folder.toString(), "b.txt", "80000")
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    assertEquals('m', process.getInputStream().read()); // it has read so much, and waits
    process.destroyForcibly();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(137, process.exitValue());
    List<String> after = rows();
    assertEquals(before, after.subList(after.size() - before.size(), after.size()));
    List<String> first = after.subList(0, after.size() - before.size());
    assertTrue(first.size() > 5 && first.stream().allMatch(row -> row.startsWith("a.txt ")));
    List<Indexer.Done> done = scan();
    assertEquals(2, done.size(), done.toString());
    assertEquals("GROWN", done.get(0).what());
    assertEquals(70000, done.get(0).bytesRead());
    assertEquals("NEW", done.get(1).what());
    assertLikeFresh();
  }

  @Test
  @DisplayName("A damaged snapshot costs a reading, an index of another model is refused")
  void damaged() throws IOException, SQLException {
    write("a.txt", part(0, 5000));
    scan();
    Support.execute(folder.resolve(".longwave/index"), "update file set snapshot = x'00010203'");
    append("a.txt", part(5000, 6000));
    assertReadWhole("a.txt", "CHANGED", 6000);
    assertLikeFresh();
    String message = assertThrows(IOException.class, () -> Store.open(folder.resolve(".longwave/index"), "other")).getMessage();
    assertTrue(message.contains(model.name()) && message.contains("other"), message);
  }
}
