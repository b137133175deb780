/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package indexer;

import dev.longwave.DocumentStream;
import dev.longwave.Embedding;
import dev.longwave.LongwaveException;
import dev.longwave.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * One file going through the model, from its beginning or from where it ended when it was read last.
 *
 * <p>A file that has grown goes on from the snapshot of then: the model reads the new bytes alone. Passages that had been
 * finished before, those that end at {@link #keptBytes} or earlier, are what they were; all behind is new. (Of a text that
 * was short nothing is finished before its end, so that it is replaced whole.) The old bytes are only hashed, which takes
 * seconds for gigabytes, to be sure that they are still the same.
 */
final class Reader implements AutoCloseable {
  /** What a file is, compared with what the index knows. */
  enum State {
    NEW,
    UNCHANGED,
    GROWN,
    CHANGED
  }

  /** Is given passages. */
  interface Sink {
    void add(Embedding passage) throws SQLException;
  }

  private final State state;
  private final FileChannel channel;
  private final MessageDigest digest;
  private final DocumentStream stream; // null for a file that has not changed
  private final long keptBytes;
  private final long begin;
  private final long end;
  private byte[] snapshot;

  private Reader(State state, FileChannel channel, MessageDigest digest, DocumentStream stream) throws IOException {
    this.state = state;
    this.channel = channel;
    this.digest = digest;
    this.stream = stream;
    keptBytes = stream == null ? channel.position() : stream.emittedBytes();
    begin = channel.position();
    end = channel.size(); // what is appended from now on is left to the next time, or a busy file would never end
  }

  /**
   * Opens a file and looks what has become of it.
   *
   * @param known what the index knows of it, or null
   * @param store has the snapshot
   */
  static Reader open(Model model, Path file, Store.Entry known, Store store) throws IOException, SQLException {
    FileChannel channel = FileChannel.open(file);
    try {
      if (known == null) return new Reader(State.NEW, channel, sha256(), model.newStream());
      MessageDigest digest = sha256();
      if (hash(channel, known.bytes(), digest) && Arrays.equals(value(digest), known.hash())) {
        if (channel.size() == known.bytes()) return new Reader(State.UNCHANGED, channel, digest, null);
        DocumentStream stream = restore(model, store.snapshot(known), known.bytes());
        if (stream != null) return new Reader(State.GROWN, channel, digest, stream);
      }
      channel.position(0);
      return new Reader(State.CHANGED, channel, sha256(), model.newStream());
    } catch (Throwable error) {
      channel.close();
      throw error;
    }
  }

  State state() {
    return state;
  }

  /** Passages that end here or earlier stay in the index. */
  long keptBytes() {
    return keptBytes;
  }

  /** Bytes of the file when it was opened. */
  long size() {
    return end;
  }

  /** Bytes that go, or went, through the model. */
  long newBytes() {
    return end - begin;
  }

  /**
   * Reads to the end.
   *
   * @param sink is given the passages behind {@link #keptBytes}, in order
   * @param progress is given the bytes of the file that have been read, again and again
   */
  void read(Sink sink, LongConsumer progress) throws IOException, SQLException {
    ByteBuffer part = ByteBuffer.allocateDirect(1 << 16);
    for (long at = begin; at < end; at += part.position()) {
      part.clear().limit((int) Math.min(part.capacity(), end - at));
      if (channel.read(part) < 0) throw new IOException("the file was cut while it was read");
      part.flip();
      digest.update(part.duplicate());
      while (part.hasRemaining()) { // the stream stops taking when its queue of results is full
        stream.offer(part);
        drain(stream, sink);
      }
      progress.accept(stream.bytesTaken());
    }
    // A finished stream cannot go on, so the snapshot is of before and a copy is finished. The queue is empty: no passage
    // is both in the index and in the snapshot.
    snapshot = stream.save();
    try (DocumentStream copy = stream.fork()) {
      boolean finished;
      do {
        finished = copy.tryFinish();
        drain(copy, sink);
      } while (!finished);
    }
  }

  /** What the index must know of the file to go on another time; after {@link #read}. */
  Store.Entry entry(long id, long modified) {
    return new Store.Entry(id, stream.bytesTaken(), modified, value(digest));
  }

  /** The stream's state at the end of the file; after {@link #read}. */
  byte[] snapshot() {
    return snapshot;
  }

  /** Stops {@link #read} with a CancelledException. Any thread. */
  void cancel() {
    if (stream != null) stream.cancel();
  }

  @Override
  public void close() throws IOException {
    if (stream != null) stream.close();
    channel.close();
  }

  private static void drain(DocumentStream stream, Sink sink) throws SQLException {
    for (Embedding e; (e = stream.poll()) != null; ) {
      if (!e.isDocument()) sink.add(e);
    }
  }

  /** A stream that goes on behind a file's known bytes, or null if the snapshot is of no use: then it is read anew. */
  private static DocumentStream restore(Model model, byte[] snapshot, long bytes) {
    DocumentStream stream;
    try {
      stream = model.restoreStream(snapshot);
    } catch (LongwaveException.CorruptData | LongwaveException.Mismatch unusable) {
      return null;
    }
    if (stream.bytesTaken() == bytes) return stream;
    stream.close();
    return null;
  }

  /** Hashes the next bytes; false if there are fewer. */
  private static boolean hash(FileChannel channel, long bytes, MessageDigest digest) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(1 << 16);
    for (long left = bytes; left > 0; left -= part.position()) {
      part.clear().limit((int) Math.min(part.capacity(), left));
      if (channel.read(part) < 0) return false;
      digest.update(part.array(), 0, part.position());
    }
    return true;
  }

  /** The hash so far, of a digest that goes on. */
  private static byte[] value(MessageDigest digest) {
    try {
      return ((MessageDigest) digest.clone()).digest();
    } catch (CloneNotSupportedException error) {
      throw new IllegalStateException(error);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException error) {
      throw new IllegalStateException("every Java has SHA-256", error);
    }
  }
}
