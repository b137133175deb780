/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Arrays and buffers: lengths, null, empty, order, position, a million numbers. */
class ArraysTest {
  private static FloatBuffer direct(float[] values) {
    FloatBuffer buffer = Buffers.allocateFloats(values.length);
    buffer.duplicate().put(values);
    return buffer;
  }

  @Test
  @DisplayName("Wrong lengths say what was expected and what came, and leave the output alone")
  void wrongLengths() {
    try (Attention layer = Support.smallLayer().build()) {
      float[] row = Support.numbers(8, 1);
      float[] out = {1, 2, 3, 4, 5, 6, 7};
      LongwaveException.InvalidArgument error =
          assertThrows(
              LongwaveException.InvalidArgument.class, () -> layer.forward(row, row, row, null, 1, out, null));
      assertEquals("out_count must be 8, got 7", error.getMessage());
      assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7}, out);
      assertThrows(LongwaveException.InvalidArgument.class, () -> layer.forward(row, new float[9], row));
      assertThrows(LongwaveException.InvalidArgument.class, () -> layer.forward(new float[9], row, row));
      assertThrows(
          LongwaveException.InvalidArgument.class, () -> layer.forward(row, row, row, new int[2], 1, new float[8], null));
      assertThrows(IllegalArgumentException.class, () -> layer.forward(row, row, row, null, 0, new float[8], null));
    }
  }

  @Test
  @DisplayName("Null throws NullPointerException where something must be there")
  void nulls() {
    try (Attention layer = Support.smallLayer().build(); Memory memory = layer.newMemory()) {
      float[] row = new float[8];
      assertThrows(NullPointerException.class, () -> layer.forward(null, row, row));
      assertThrows(NullPointerException.class, () -> layer.forward(row, row, row, null, 1, (float[]) null, null));
      assertThrows(NullPointerException.class, () -> layer.forward(null, direct(row), direct(row), null, 1, direct(row), null));
      assertThrows(LongwaveException.InvalidArgument.class, () -> layer.forward(row, null, row));
      assertThrows(NullPointerException.class, () -> memory.load(null));
      assertThrows(NullPointerException.class, () -> layer.readPart(null));
      assertThrows(NullPointerException.class, () -> Support.smallLayer().build(null));
      assertThrows(NullPointerException.class, () -> Longwave.search(null, row, 1));
    }
  }

  @Test
  @DisplayName("Sequences of no rows are fine")
  void empty() {
    try (Attention layer = Support.smallLayer().build(); Memory memory = layer.newMemory()) {
      float[] none = new float[0];
      assertEquals(0, layer.forward(none, none, none).length);
      assertEquals(0, memory.step(none, none, none).length);
      assertEquals(0, memory.finish().length);
      assertTrue(Longwave.search(new float[] {1, 2}, none, 3).isEmpty());
      assertTrue(Longwave.search(new float[] {1, 2}, new float[] {1, 1}, 0).isEmpty());
    }
  }

  @Test
  @DisplayName("A million floats: arrays and direct buffers give the same bits")
  void million() {
    int rows = 1 << 14;
    try (Context context = Context.create(2);
        Attention layer = new WindowAttention(1, 64).left(8).right(8).build(context);
        Workspace workspace = layer.newWorkspace(rows, rows)) {
      float[] q = Support.numbers(rows * 64, 1);
      float[] k = Support.numbers(rows * 64, 2);
      float[] v = Support.numbers(rows * 64, 3);
      float[] out = layer.forward(q, k, v);
      assertTrue(q.length > 1000000);
      FloatBuffer buffer = Buffers.allocateFloats(out.length);
      layer.forward(direct(q), direct(k), direct(v), null, 1, buffer, workspace);
      float[] copy = new float[out.length];
      buffer.get(copy);
      assertArrayEquals(out, copy);
    }
  }

  @Test
  @DisplayName("Of a buffer, what lies between position and limit is read and written, and neither is moved")
  void positions() {
    try (Attention layer = Support.smallLayer().build()) {
      float[] rows = Support.numbers(24, 1);
      FloatBuffer in = direct(rows);
      in.position(8).limit(16);
      float[] row = Arrays.copyOfRange(rows, 8, 16);
      FloatBuffer out = Buffers.allocateFloats(12);
      out.position(2).limit(10);
      layer.forward(in, in.slice(), in.duplicate(), null, 1, out, null);
      assertEquals(2, out.position());
      assertEquals(8, in.position());
      float[] all = new float[12];
      out.clear();
      out.get(all);
      float[] expected = new float[12];
      System.arraycopy(layer.forward(row, row, row), 0, expected, 2, 8);
      assertArrayEquals(expected, all);
    }
  }

  @Test
  @DisplayName("Buffers on the heap, in the other byte order or read-only are refused with a reason")
  void wrongBuffers() {
    try (Attention layer = Support.smallLayer().build()) {
      FloatBuffer good = Buffers.allocateFloats(8);
      FloatBuffer heap = FloatBuffer.allocate(8);
      FloatBuffer big = ByteBuffer.allocateDirect(32).asFloatBuffer();
      IllegalArgumentException error =
          assertThrows(IllegalArgumentException.class, () -> layer.forward(good, heap, good, null, 1, good, null));
      assertTrue(error.getMessage().startsWith("k must be a direct buffer"), error.getMessage());
      error = assertThrows(IllegalArgumentException.class, () -> layer.forward(good, good, good, null, 1, big, null));
      assertTrue(error.getMessage().startsWith("out must be in native byte order, got BIG_ENDIAN"), error.getMessage());
      assertThrows(
          ReadOnlyBufferException.class,
          () -> layer.forward(good, good, good, null, 1, good.asReadOnlyBuffer(), null));
      layer.forward(good.asReadOnlyBuffer(), good, good, null, 1, Buffers.allocateFloats(8), null);
    }
  }

  @Test
  @DisplayName("Search finds the same in arrays and in buffers")
  void search() {
    float[] vectors = {0, 1, 1, 0, 0.5f, 0.5f, 1, 0};
    List<Hit> hits = Longwave.search(new float[] {2, 0}, vectors, 3);
    assertEquals("[Hit[index=1, score=2.0], Hit[index=3, score=2.0], Hit[index=2, score=1.0]]", hits.toString());
    assertEquals(hits.toString(), Longwave.search(new float[] {2, 0}, direct(vectors), 3).toString());
    assertEquals(4, Longwave.search(new float[] {2, 0}, vectors, 9).size());
    assertThrows(LongwaveException.InvalidArgument.class, () -> Longwave.search(new float[3], vectors, 1));
    assertThrows(IllegalArgumentException.class, () -> Longwave.search(new float[2], vectors, -1));
  }
}
