/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Sequences piece by piece. */
class MemoryTest {
  private static final int ROWS = 50;

  private static float[] rows(float[] all, int from, int to) {
    return Arrays.copyOfRange(all, from * 16, to * 16);
  }

  private static float[] join(float[]... parts) {
    int count = 0;
    for (float[] part : parts) count += part.length;
    float[] all = new float[count];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  @Test
  @DisplayName("Pieces give the bits of the whole, in arrays of any size and in buffers")
  void pieces() {
    float[] q = Support.numbers(ROWS * 16, 1);
    float[] k = Support.numbers(ROWS * 16, 2);
    float[] v = Support.numbers(ROWS * 16, 3);
    int[] mask = new int[ROWS];
    Arrays.fill(mask, 1);
    mask[20] = 0;
    try (Attention layer = new WindowAttention(2, 8).left(5).right(2).build()) {
      float[] whole = new float[ROWS * 16];
      layer.forward(q, k, v, mask, 1, whole, null);
      for (int size : new int[] {1, 7, ROWS}) {
        try (Memory memory = layer.newMemory()) {
          float[] out = new float[0];
          for (int at = 0; at < ROWS; at += size) {
            int to = Math.min(ROWS, at + size);
            out = join(out, memory.step(rows(q, at, to), rows(k, at, to), rows(v, at, to), Arrays.copyOfRange(mask, at, to)));
          }
          assertEquals(ROWS, memory.position());
          assertEquals(ROWS - 2, memory.emitted());
          out = join(out, memory.finish());
          assertArrayEquals(whole, out);
          assertTrue(memory.isFinished());
          assertThrows(IllegalStateException.class, () -> memory.step(new float[16], new float[16], new float[16]));
          byte[] fresh;
          try (Memory other = layer.newMemory()) {
            fresh = other.save();
          }
          memory.reset();
          assertArrayEquals(fresh, memory.save());
          assertArrayEquals(whole, join(memory.step(q, k, v, mask), memory.finish()));
        }
      }
      // Room for three rows only, in a direct buffer that begins elsewhere.
      try (Memory memory = layer.newMemory()) {
        FloatBuffer room = Buffers.allocateFloats(49);
        room.position(1);
        FloatBuffer in = Buffers.allocateFloats(3 * ROWS * 16);
        in.put(q).put(k).put(v);
        float[] out = new float[0];
        int done = 0;
        Step step;
        do {
          FloatBuffer[] inputs = new FloatBuffer[3];
          for (int i = 0; i < 3; i++) {
            inputs[i] = in.duplicate();
            inputs[i].limit((i + 1) * ROWS * 16);
            inputs[i].position((i * ROWS + done) * 16);
          }
          step = memory.step(inputs[0], inputs[1], inputs[2], Arrays.copyOfRange(mask, done, ROWS), room);
          done += step.taken();
          assertTrue(step.rows() <= 3);
          float[] part = new float[step.rows() * 16];
          room.duplicate().get(part);
          out = join(out, part);
        } while (step.outputFull());
        assertEquals(ROWS, done);
        do {
          step = memory.finish(room);
          float[] part = new float[step.rows() * 16];
          room.duplicate().get(part);
          out = join(out, part);
        } while (step.outputFull());
        assertArrayEquals(whole, out);
      }
    }
  }

  @Test
  @DisplayName("An output that is not filled stays as it was behind its rows")
  void untouched() {
    try (Attention layer = new WindowAttention(2, 8).left(5).right(2).build(); Memory memory = layer.newMemory()) {
      float[] out = new float[5 * 16];
      Arrays.fill(out, 7);
      Step step = memory.step(Support.numbers(48, 1), Support.numbers(48, 2), Support.numbers(48, 3), null, out);
      assertEquals("Step[taken=3, rows=1, outputFull=false]", step.toString());
      for (int i = 16; i < out.length; i++) assertEquals(7, out[i]);
    }
  }

  @Test
  @DisplayName("Save, load and fork go on with the same bits; a bad snapshot changes nothing")
  void snapshots() {
    float[] q = Support.numbers(ROWS * 16, 1);
    try (Attention layer = new WindowAttention(2, 8).left(5).right(2).build();
        Memory memory = layer.newMemory();
        Memory other = layer.newMemory()) {
      Plan plan = layer.planMemory();
      assertEquals(plan.bytes(), memory.bytes());
      assertEquals(2, plan.steadyRows());
      memory.step(rows(q, 0, 33), rows(q, 0, 33), rows(q, 0, 33));
      byte[] snapshot = memory.save();
      other.load(snapshot);
      assertArrayEquals(snapshot, other.save());
      try (Memory fork = memory.fork()) {
        float[] rest = rows(q, 33, ROWS);
        float[] expected = join(memory.step(rest, rest, rest), memory.finish());
        assertArrayEquals(expected, join(other.step(rest, rest, rest), other.finish()));
        assertArrayEquals(expected, join(fork.step(rest, rest, rest), fork.finish()));
      }
      assertThrows(IllegalStateException.class, memory::save);
      byte[] damaged = snapshot.clone();
      damaged[damaged.length - 1] ^= 1;
      assertThrows(LongwaveException.CorruptData.class, () -> memory.load(damaged));
      assertThrows(LongwaveException.CorruptData.class, () -> memory.load(Arrays.copyOf(snapshot, 30)));
      assertThrows(LongwaveException.CorruptData.class, () -> memory.load(new byte[0]));
      try (Attention wider = new WindowAttention(2, 8).left(6).right(2).build(); Memory foreign = wider.newMemory()) {
        assertThrows(LongwaveException.Mismatch.class, () -> foreign.load(snapshot));
      }
      assertTrue(memory.describe().contains("{"));
    }
  }

  @Test
  @DisplayName("Explicit segments end where they are told to, and parts can be read")
  void segments() {
    float[] weights = Support.numbers(8 * 8, 4);
    float[] qkv = Support.numbers(24 * 8, 5);
    float[] bias = Support.numbers(8, 6);
    try (Attention layer =
            new TransformerXlAttention(2, 8).explicitSegments().memLen(4).weightsQkv(qkv).weightsOut(weights)
                .relativeWeights(weights).biasU(bias).biasV(bias).maxTokens(16).build();
        Memory memory = layer.newMemory()) {
      assertEquals(0, layer.kWidth());
      memory.step(Support.numbers(5 * 8, 1), null, null);
      memory.endSegment();
      assertEquals(4 * 8, memory.readPart("memory").length);
      LongwaveException error = assertThrows(LongwaveException.class, () -> memory.readPart("no such part"));
      assertTrue(error.getMessage().contains("no such part"), error.getMessage());
    }
    try (Attention layer = new WindowAttention(2, 8).left(5).right(2).build(); Memory memory = layer.newMemory()) {
      assertThrows(IllegalStateException.class, memory::endSegment);
    }
    try (Attention layer = new WindowAttention(2, 8).left(5).right(2).global(0).build()) {
      if (!layer.streams()) assertThrows(LongwaveException.Unsupported.class, layer::newMemory);
    }
  }

  @Test
  @DisplayName("An estimate of softmax attention tells how far it is off; other layers do not")
  void estimates() {
    float[] q = Support.numbers(20 * 8, 1);
    float[] k = Support.numbers(20 * 8, 2);
    float[] v = Support.numbers(20 * 8, 3);
    try (Attention favor = new FavorAttention(1, 8).features(64).seed(3).build();
        Attention full = new FullAttention(1, 8).build();
        Attention window = new WindowAttention(1, 8).left(3).right(3).build()) {
      ErrorEstimate error = favor.estimateError(q, k, v, null, null, 20, 1);
      assertTrue(error.relative() > 0 && error.maxRelative() >= error.meanRelative(), error.toString());
      assertEquals(error.toString(), favor.estimateError(q, k, v, null, favor.forward(q, k, v), 20, 1).toString());
      assertTrue(full.estimateError(q, k, v, null, null, 5, 1).relative() < 1e-5);
      assertThrows(LongwaveException.Unsupported.class, () -> window.estimateError(q, k, v, null, null, 5, 1));
    }
  }

  @Test
  @DisplayName("With projections around it, a layer takes hidden rows")
  void projected() {
    float[] weights = Support.numbers(6 * 8, 4);
    try (Attention layer = new WindowAttention(2, 4).left(2).right(0).dModel(6).weightsQuery(weights).weightsKey(weights)
        .weightsValue(weights).build()) {
      assertEquals(6, layer.qWidth());
      assertEquals(0, layer.kWidth());
      assertEquals(5 * layer.outWidth(), layer.forward(Support.numbers(30, 1)).length);
    }
  }

  @Test
  @DisplayName("A model's memory gives the rows of forward")
  void ofModel() {
    try (Model model = Model.open(Support.TINY); Memory memory = model.newMemory(Reading.refuse())) {
      int[] ids = {2, 7, 8, 9, 3};
      float[] whole = model.forward(Batch.of(ids), Output.LAST_HIDDEN_STATE);
      assertArrayEquals(whole, join(memory.push(ids), memory.finish()));
      assertEquals(model.hidden(), memory.rowWidth());
      assertTrue(model.planMemory(Reading.refuse()).bytes() > 0);
      assertThrows(IllegalStateException.class, () -> memory.push(2));
      assertThrows(IllegalStateException.class, () -> memory.step(whole, whole, whole));
    }
  }
}
