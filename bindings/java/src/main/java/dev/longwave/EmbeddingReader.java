/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Results of a stream, for which it is fed only as far as they are asked for. */
final class EmbeddingReader implements Iterable<Embedding>, Iterator<Embedding> {
  /** Where text comes from. */
  private interface Source {
    /** Offers what there is; false at the end. */
    boolean offer() throws IOException;
  }

  private final DocumentStream stream;
  private final Source source;
  private boolean given;
  private boolean ended;
  private boolean finished;
  private Embedding next;

  private EmbeddingReader(DocumentStream stream, Source source) {
    this.stream = stream;
    this.source = source;
  }

  static EmbeddingReader of(DocumentStream stream, InputStream in) {
    return new EmbeddingReader(stream, new Source() {
      private final byte[] part = new byte[1 << 16];
      private int at;
      private int end;

      @Override
      public boolean offer() throws IOException {
        if (at == end) {
          int count = in.read(part);
          if (count < 0) return false;
          at = 0;
          end = count;
        }
        try {
          at += stream.offer(part, at, end);
        } catch (CancelledException cancelled) {
          at += (int) cancelled.taken(); // the next call goes on with the rest
          throw cancelled;
        }
        return true;
      }
    });
  }

  static EmbeddingReader of(DocumentStream stream, Reader in) {
    return new EmbeddingReader(stream, new Source() {
      private final char[] part = new char[1 << 15];
      private String text = "";
      private int at;

      @Override
      public boolean offer() throws IOException {
        if (at == text.length()) {
          int count = in.read(part);
          if (count < 0) return false;
          text = new String(part, 0, count);
          at = 0;
        }
        try {
          at += stream.offer(text, at, text.length());
        } catch (CancelledException cancelled) {
          at += (int) cancelled.taken();
          throw cancelled;
        }
        return true;
      }
    });
  }

  static EmbeddingReader of(DocumentStream stream, String text) {
    return new EmbeddingReader(stream, new Source() {
      private int at;

      @Override
      public boolean offer() {
        if (at == text.length()) return false;
        try {
          at += stream.offer(text, at, text.length());
        } catch (CancelledException cancelled) {
          at += (int) cancelled.taken();
          throw cancelled;
        }
        return true;
      }
    });
  }

  @Override
  public Iterator<Embedding> iterator() {
    if (given) throw new IllegalStateException("a document can be read once");
    given = true;
    return this;
  }

  @Override
  public boolean hasNext() {
    while (next == null) {
      next = stream.poll();
      if (next != null) return true;
      if (finished) return false;
      try {
        if (!ended) ended = !source.offer();
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
      if (ended) finished = stream.tryFinish();
    }
    return true;
  }

  @Override
  public Embedding next() {
    if (!hasNext()) throw new NoSuchElementException("the document has ended");
    Embedding result = next;
    next = null;
    return result;
  }
}
