/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;

/** Buffers that the library reads and writes in place, without a copy. */
public final class Buffers {
  private Buffers() {}

  /**
   * A direct buffer in the machine's byte order. {@code ByteBuffer.allocateDirect(..).asFloatBuffer()} alone is
   * big-endian, which is refused.
   *
   * @param count how many floats
   * @return a new buffer of zeros
   */
  public static FloatBuffer allocateFloats(int count) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES)).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** The buffer, which may be null, or an exception that says what is wrong with it. */
  static FloatBuffer check(FloatBuffer buffer, String name) {
    if (buffer == null) return null;
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException(
          name + " must be a direct buffer (Buffers.allocateFloats); pass an array instead of a buffer on the heap");
    }
    if (buffer.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          name + " must be in native byte order, got " + buffer.order() + "; see Buffers.allocateFloats");
    }
    return buffer;
  }

  static FloatBuffer checkOut(FloatBuffer buffer, String name) {
    if (check(buffer, name).isReadOnly()) throw new ReadOnlyBufferException();
    return buffer;
  }

  static long at(Buffer buffer) {
    return buffer == null ? 0 : buffer.position();
  }

  // From a position that was asked once: should another thread move the buffer's meanwhile, at + count is still within it.
  static long count(Buffer buffer, long at) {
    return buffer == null ? 0 : Math.max(0, buffer.limit() - at);
  }
}
