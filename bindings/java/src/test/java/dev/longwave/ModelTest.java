/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models as a whole. */
class ModelTest {
  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted(Comparator.naturalOrder()).collect(Collectors.toList());
    }
  }

  @Test
  @SuppressWarnings("try")
  @DisplayName("A model from named buffers is the model of the folder")
  void fromMemory() throws IOException {
    try (Model folder = Model.open(Support.TINY); ModelFiles files = new ModelFiles()) {
      boolean whole = false;
      for (Path file : files(Support.TINY)) {
        String name = Support.TINY.relativize(file).toString();
        whole = !whole;
        if (whole) {
          files.add(name, Files.readAllBytes(file));
        } else {
          try (InputStream in = Files.newInputStream(file)) {
            files.add(name, in);
          }
        }
      }
      try (Model model = Model.open(files)) {
        files.close(); // early
        assertArrayEquals(folder.embed("the same"), model.embed("the same"));
        assertEquals(folder.number("fingerprint"), model.number("fingerprint"));
        assertTrue(model.number("held_bytes") > 0);
        assertThrows(IllegalStateException.class, () -> Model.open(files));
        try (DocumentStream one = folder.newStream(); DocumentStream two = model.restoreStream(one.save())) {
          assertEquals(0, two.bytesTaken());
        }
      }
    }
    assertThrows(
        FileNotFoundException.class, () -> ModelFiles.fromResources(ModelTest.class.getClassLoader(), "no/such"));
    try (ModelFiles none = new ModelFiles()) {
      assertThrows(LongwaveException.class, () -> Model.open(none));
    }
  }

  @Test
  @DisplayName("Numbers, name and description of a model")
  void describe() {
    try (Context context = Context.create(1); Model model = Model.open(context, Support.MINILM)) {
      assertEquals(1, context.threads());
      assertTrue(model.name().startsWith("minilm-"), model.name());
      assertEquals(384, model.embeddingWidth());
      assertEquals(6, model.layers());
      assertEquals(12, model.heads());
      assertEquals(30522, model.vocabulary());
      assertEquals(512, model.positions());
      assertEquals(256, model.maxRows());
      assertTrue(model.hasTokenizer());
      assertTrue(model.hasLongReading());
      assertTrue(model.number("packed_bytes") >= 0);
      assertEquals("minilm", Json.object(Json.parse(model.describe())).get("model").toString().substring(0, 6));
      assertTrue(model.describe(Reading.alone()).contains("alone"));
      assertThrows(LongwaveException.InvalidArgument.class, () -> model.number("no such number"));
      assertThrows(LongwaveException.InvalidArgument.class, () -> model.embed(""));
      float[] vector = model.embed("a text");
      double sum = 0;
      for (float x : vector) sum += x * x;
      assertEquals(1, sum, 1e-5);
    }
  }

  @Test
  @DisplayName("forward gives every output, in arrays and buffers, with a workspace and without")
  void forward() {
    try (Model model = Model.open(Support.TINY); Workspace workspace = model.newWorkspace(2, 4)) {
      Batch batch = Batch.of(new int[] {2, 7, 8, 3, 2, 9, 3, 0}, 2, 4).mask(1, 1, 1, 1, 1, 1, 1, 0);
      assertTrue(model.planWorkspace(null, 2, 4) > 0);
      for (Output output : Output.values()) {
        boolean plain = output.number < Output.LOGITS.number; // what an encoder without a head has
        if (!plain || (output == Output.POOLER_OUTPUT && !model.hasPooler())) {
          assertThrows(LongwaveException.Unsupported.class, () -> model.forward(batch, output));
          continue;
        }
        float[] expected = model.forward(batch, output);
        assertEquals(model.size(batch, output), expected.length);
        float[] array = new float[expected.length];
        model.forward(batch, output, null, workspace, array);
        assertArrayEquals(expected, array);
        FloatBuffer buffer = Buffers.allocateFloats(expected.length);
        model.forward(batch, output, null, workspace, buffer);
        buffer.get(array);
        assertArrayEquals(expected, array);
      }
      float[] one = new float[model.embeddingWidth()];
      Batch longer = Batch.of(new int[5]);
      assertThrows(
          LongwaveException.CapacityExceeded.class,
          () -> model.forward(longer, Output.SENTENCE_EMBEDDING, null, workspace, one));
      assertThrows(
          LongwaveException.InvalidArgument.class,
          () -> model.forward(Batch.of(2, 3).mask(1), Output.SENTENCE_EMBEDDING));
      assertThrows(
          LongwaveException.InvalidArgument.class,
          () -> model.forward(Batch.of(new int[3], 2, 2), Output.SENTENCE_EMBEDDING));
      assertThrows(
          LongwaveException.InvalidArgument.class, () -> model.forward(Batch.of(1 << 30), Output.LAST_HIDDEN_STATE));
      for (int batches : new int[] {-1, 3}) {
        String message =
            assertThrows(IllegalArgumentException.class, () -> Batch.of(new int[3], batches, -1)).getMessage();
        assertEquals("batch and tokens must not be negative, got " + batches + " and -1", message);
      }
      assertThrows(IllegalArgumentException.class, () -> Batch.of(new int[3], -3, 1));
    }
  }

  @Test
  @DisplayName("A converted copy reads as it was told")
  void convert(@TempDir Path folder) {
    Path copy = folder.resolve("copy");
    Model.convert(Support.TINY, copy, Model.Weights.INT8, Reading.window(4, 4).sinks(1).tile(16).fullUpTo(16));
    try (Model model = Model.open(copy)) {
      assertTrue(model.hasLongReading());
      assertFalse(model.describe().isEmpty());
    }
    assertThrows(
        LongwaveException.class, () -> Model.convert(Support.TINY, copy, Model.Weights.F32, null), "not empty");
  }

  @Test
  @DisplayName("Weights in the packed layout leave nothing to pack")
  void packedWeights(@TempDir Path folder) {
    for (Model.Weights weights : Model.Weights.values()) {
      Path copy = folder.resolve(weights.name());
      Model.convert(Support.TINY, copy, weights, null);
      boolean packed = weights == Model.Weights.F32_PACKED || weights == Model.Weights.BF16_PACKED;
      try (Model model = Model.open(copy); Model original = Model.open(Support.TINY)) {
        if (packed) assertTrue(model.packing().totalBytes() < original.packing().totalBytes(), weights.name());
        if (weights == Model.Weights.F32_PACKED) assertArrayEquals(original.embed("a text"), model.embed("a text"));
      }
    }
  }

  @Test
  @DisplayName("Packing can be watched, and cancelled and gone on with")
  void packing() {
    try (Model model = Model.open(Support.TINY)) {
      assertEquals(0, model.packing().bytes());
      assertTrue(model.packing().totalBytes() > 0);
      model.cancel();
      assertThrows(CancelledException.class, model::prepare);
      assertTrue(model.packing().bytes() < model.packing().totalBytes());
      model.prepare();
      assertEquals(model.packing().totalBytes(), model.packing().bytes());
      model.cancel();
      model.prepare();
    }
    try (Model model = Model.open(Support.TINY)) {
      model.cancel();
      assertThrows(CancelledException.class, model::newStream);
      model.newStream().close();
    }
  }

  @Test
  @DisplayName("Version and instruction set have names")
  void version() {
    assertTrue(Longwave.version().matches("[0-9]+\\.[0-9]+\\.[0-9]+"));
    assertFalse(Longwave.simdTarget().isEmpty());
    assertEquals("LWAVE_CORRUPT_DATA", LongwaveNative.nativeStatusName(42));
  }
}
