/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package indexer;

import dev.longwave.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * Keeps an index equal to a folder: once ({@link #scan}), or for as long as it runs ({@link #watch}).
 *
 * <p>One thread scans or watches; {@link #search} and {@link #stop} may be called by any other. What is hidden and
 * symbolic links are left out.
 */
final class Indexer {
  /**
   * What was done about a file.
   *
   * @param what NEW, GROWN and so on, or REMOVED
   * @param bytesRead bytes that went through the model
   * @param kept passages that stayed in the index
   * @param added passages that are new in it
   */
  record Done(String path, String what, long bytesRead, long kept, long added) {}

  /** Is told what happens, on the thread that scans or watches. */
  interface Listener {
    /** A file was read so far. */
    default void reading(String path, long bytes, long of) {}

    /** A file is in the index as it is in the folder; files that have not changed are not told. */
    default void done(Done done) {}

    /** A file or a folder could not be read. The index has it as it was. */
    default void failed(String path, IOException error) {}
  }

  private static final long QUIET_MILLISECONDS = 200; // files often change several times in a row
  private static final long LONGEST_MILLISECONDS = 2000; // and some never stop
  private static final long SETTLED_MILLISECONDS = 2000;

  private final Model model;
  private final Store store;
  private final Path folder;
  private final PathMatcher files;
  private final Listener listener;
  private final Object lock = new Object(); // guards the next three
  private WatchService watcher;
  private Reader reader;
  private boolean stopped;

  /**
   * An indexer of a folder.
   *
   * @param files which names of files are indexed
   */
  Indexer(Model model, Store store, Path folder, PathMatcher files, Listener listener) {
    this.model = model;
    this.store = store;
    this.folder = folder;
    this.files = files;
    this.listener = listener;
  }

  /** Makes the index equal to the folder. Files that did not change since are not opened. */
  void scan() throws IOException, SQLException {
    if (!Files.isDirectory(folder)) throw new IOException(folder + " is not a folder"); // and nothing is removed
    scan(folder);
  }

  /** Scans, then goes on with what changes, until {@link #stop}. */
  void watch() throws IOException, SQLException {
    try (WatchService service = folder.getFileSystem().newWatchService()) {
      synchronized (lock) {
        if (stopped) return;
        watcher = service;
      }
      // Folders are registered before they are scanned, so that nothing falls between.
      register(service, folder);
      scan();
      for (;;) {
        for (Path path : changes(service)) {
          if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            register(service, path);
            scan(path);
          } else if (isFile(path)) {
            update(path);
          } else {
            removeMissing(path, Set.of());
          }
        }
      }
    } catch (ClosedWatchServiceException | CancellationException end) {
      // stop() was called; what was being read is in the index as it was
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends {@link #watch}, soon and for good. Any thread. */
  void stop() throws IOException {
    synchronized (lock) {
      stopped = true;
      if (reader != null) reader.cancel();
      if (watcher != null) watcher.close();
    }
  }

  /** The passages that answer a question best. Any thread. */
  List<Store.Found> search(String question, int top) throws SQLException {
    return store.search(model.embed(question), top);
  }

  /** The text of a passage as the file has it now, cut after some bytes. Any thread. */
  String text(Store.Found passage, int bytes) throws IOException {
    ByteBuffer text = ByteBuffer.allocate((int) Math.min(bytes, passage.byteEnd() - passage.byteBegin()));
    try (FileChannel channel = FileChannel.open(folder.resolve(passage.path()))) {
      while (text.hasRemaining() && channel.read(text, passage.byteBegin() + text.position()) > 0) {}
    }
    return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8);
  }

  // ---- One file

  /** Makes the index equal to a file. */
  private void update(Path file) throws IOException, SQLException {
    String path = name(file);
    try {
      Store.Entry known = store.find(path);
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class); // before reading
      long modified = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
      // Within the clock's step a file may change again without a new time: such a time is not relied upon.
      long age = System.currentTimeMillis() - attributes.lastModifiedTime().toMillis();
      if (age < SETTLED_MILLISECONDS) modified = Store.UNSETTLED;
      if (known != null && attributes.size() == known.bytes() && modified == known.modified()
          && modified != Store.UNSETTLED) {
        return;
      }
      try (Reader opened = Reader.open(model, file, known, store)) {
        if (opened.state() == Reader.State.UNCHANGED) {
          store.touch(known, modified);
        } else {
          read(opened, path, known, modified);
        }
      }
    } catch (NoSuchFileException gone) {
      removeMissing(file, Set.of());
    } catch (IOException error) {
      listener.failed(path, error);
    }
  }

  /** Puts what a reader reads into the index, all or nothing. */
  private void read(Reader opened, String path, Store.Entry known, long modified) throws IOException, SQLException {
    synchronized (lock) {
      if (stopped) throw new CancellationException("stopped");
      reader = opened;
    }
    long[] added = {0};
    boolean committed = false;
    try {
      long id = store.begin(path, known, opened.keptBytes());
      long kept = store.passages(id);
      opened.read(
          passage -> {
            store.add(id, passage);
            added[0]++;
          },
          bytes -> listener.reading(path, bytes, opened.size()));
      store.commit(opened.entry(id, modified), opened.snapshot());
      committed = true;
      listener.done(new Done(path, opened.state().name(), opened.newBytes(), kept, added[0]));
    } finally {
      synchronized (lock) {
        reader = null;
      }
      if (!committed) store.rollback();
    }
  }

  /** Removes files that are at or below a path and were not seen there. */
  private void removeMissing(Path root, Set<String> seen) throws SQLException {
    List<String> paths = store.paths(name(root));
    if (!root.equals(folder)) paths.add(name(root));
    for (String path : paths) {
      if (!seen.contains(path) && store.remove(path)) listener.done(new Done(path, "REMOVED", 0, 0, 0));
    }
  }

  // ---- The folder

  private void scan(Path root) throws IOException, SQLException {
    Set<Path> found = new TreeSet<>();
    Walk walk = new Walk() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (isFile(file)) found.add(file);
        return FileVisitResult.CONTINUE;
      }
    };
    Files.walkFileTree(root, walk);
    Set<String> seen = new HashSet<>();
    for (Path file : found) {
      update(file);
      seen.add(name(file));
    }
    if (walk.complete) removeMissing(root, seen); // what could not be read may still be there
  }

  private void register(WatchService service, Path root) throws IOException {
    Files.walkFileTree(root, new Walk() {
      @Override
      void enter(Path directory) throws IOException {
        directory.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY,
            StandardWatchEventKinds.ENTRY_DELETE);
      }
    });
  }

  /** Waits until something has changed and then been quiet, but not for long; what has changed, sorted. */
  private Set<Path> changes(WatchService service) throws InterruptedException {
    Set<Path> changed = new TreeSet<>();
    long end = Long.MAX_VALUE;
    for (WatchKey key = service.take(); key != null; key = service.poll(QUIET_MILLISECONDS, TimeUnit.MILLISECONDS)) {
      for (WatchEvent<?> event : key.pollEvents()) {
        // Too many events for the queue: look at everything.
        boolean overflow = event.kind() == StandardWatchEventKinds.OVERFLOW;
        changed.add(overflow ? folder : ((Path) key.watchable()).resolve((Path) event.context()));
      }
      key.reset();
      long now = System.nanoTime() / 1_000_000;
      end = Math.min(end, now + LONGEST_MILLISECONDS);
      if (now >= end) break;
    }
    return changed;
  }

  /** Folders that are not hidden. What cannot be read is told to the listener. */
  private class Walk extends SimpleFileVisitor<Path> {
    boolean complete = true;

    void enter(Path directory) throws IOException {}

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
      if (!directory.equals(folder) && isHidden(directory)) return FileVisitResult.SKIP_SUBTREE;
      enter(directory);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException error) {
      if (error instanceof NoSuchFileException && !path.equals(folder)) return FileVisitResult.CONTINUE; // just removed
      complete = false;
      listener.failed(name(path), error);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException error) {
      return error == null ? FileVisitResult.CONTINUE : visitFileFailed(directory, error);
    }
  }

  private boolean isFile(Path path) {
    return files.matches(path.getFileName()) && !isHidden(path) && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  /** A path as the index has it: relative to the folder, with slashes. */
  private String name(Path path) {
    return folder.relativize(path).toString().replace(folder.getFileSystem().getSeparator(), "/");
  }
}
