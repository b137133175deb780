/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * Deletes what lies behind an object that nothing refers to any more. {@code java.lang.ref.Cleaner} would do, but Android
 * has it only from API 33 on.
 */
final class Cleanup {
  /** Deletes by address; must not capture the object. */
  interface Deleter {
    void delete(long pointer);
  }

  private static final class Entry extends PhantomReference<Object> {
    private final long pointer;
    private final Deleter deleter;

    Entry(Object object, long pointer, Deleter deleter) {
      super(object, QUEUE);
      this.pointer = pointer;
      this.deleter = deleter;
    }
  }

  private static final ReferenceQueue<Object> QUEUE = new ReferenceQueue<>();
  /** Entries must be reachable until they are queued. */
  private static final Set<Entry> ENTRIES = Collections.synchronizedSet(new HashSet<>());

  static {
    Thread thread = new Thread(Cleanup::run, "longwave-cleanup");
    thread.setDaemon(true);
    thread.setPriority(Thread.MAX_PRIORITY - 2);
    // Nothing of the program's is to be kept alive by a thread of ours.
    thread.setContextClassLoader(null);
    thread.start();
  }

  private Cleanup() {}

  static void register(Object object, long pointer, Deleter deleter) {
    ENTRIES.add(new Entry(object, pointer, deleter));
  }

  private static void run() {
    for (;;) {
      try {
        Entry entry = (Entry) QUEUE.remove();
        ENTRIES.remove(entry);
        entry.deleter.delete(entry.pointer);
      } catch (Throwable any) {
        // An interrupt, a full heap, whatever a deleter throws: the next object comes all the same.
      }
    }
  }
}
