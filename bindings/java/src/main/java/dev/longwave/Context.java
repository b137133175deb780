/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * The threads that models and layers compute on. Most programs need none of their own: {@link Model#open(java.nio.file.Path)}
 * makes one. Make one to share its threads among models, or to say how many there are.
 *
 * <p>Immutable; any number of threads may use it. What was made from it keeps it alive, so it may be closed first.
 */
public final class Context extends NativeContext {
  private Context(long pointer) {
    super(pointer);
  }

  /**
   * As many threads as this process may use: its affinity and its control group's quota count.
   *
   * @return a new context
   */
  public static Context create() {
    return create(0);
  }

  /**
   * A context of so many threads. With 1, everything is computed on the calling thread.
   *
   * @param threads 1 to 1024, or 0 for as many as this process may use
   * @return a new context
   * @throws LongwaveException.InvalidArgument if the number is out of its bounds
   */
  public static Context create(int threads) {
    return new Context(nativeCreate(threads));
  }

  /**
   * How many threads compute at once.
   *
   * @return 1 or more
   */
  public int threads() {
    return nativeThreads();
  }

  @Override
  public String toString() {
    return isClosed() ? "Context[closed]" : "Context[threads=" + threads() + "]";
  }
}
