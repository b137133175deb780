/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Runs over whole sequences with inputs by name. */
class InputsTest {
  private static final Path MODELS = Support.SOURCE.resolve("tests/data/models/tiny");

  private static int[] ints(Safetensors file, String name) {
    return Arrays.stream(file.integers(name)).mapToInt(n -> (int) n).toArray();
  }

  private static void assertClose(float[] expected, float[] actual, double tolerance, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance + 1e-5 * Math.abs(expected[i]), what + " [" + i + "]");
    }
  }

  /** Every case of a model that is one run without padding, since rows that a mask closes have no expected numbers. */
  private static final class Case {
    final Safetensors file;
    final String name;
    final Map<String, Object> tolerances;
    final List<Object> inputs;

    Case(Safetensors file, Map<String, Object> description, Map<String, Object> tolerances) {
      this.file = file;
      name = (String) description.get("name");
      inputs = Json.list(description.get("inputs"));
      this.tolerances = tolerances;
    }

    ModelInputs read() {
      int[] shape = file.shape(name + ".input_ids");
      ModelInputs result = ModelInputs.create(shape[0], shape[1]).ids(ints(file, name + ".input_ids"));
      for (Object input : inputs) {
        int[] values = ints(file, name + "." + input);
        if (input.equals("attention_mask")) result.mask(values);
        if (input.equals("token_type_ids")) result.tokenTypes(values);
        if (input.equals("position_ids")) result.positions(values);
        if (input.equals("global_attention_mask")) result.globals(values);
        if (input.equals("decoder_input_ids")) result.decoderIds(values);
        if (input.equals("decoder_attention_mask")) result.decoderMask(values);
      }
      return result;
    }

    boolean isWhole() {
      if (!file.has(name + ".input_ids") || file.has(name + ".generated_ids") || file.has(name + ".nll")) return false;
      for (String mask : new String[] {".attention_mask", ".decoder_attention_mask"}) {
        if (file.has(name + mask) && Arrays.stream(file.integers(name + mask)).anyMatch(n -> n == 0)) return false;
      }
      return true;
    }

    void run(Model model) {
      for (Output output : Output.values()) {
        String key = output == Output.MEMORIES ? "mems" : output.name().toLowerCase(java.util.Locale.ROOT);
        if (output == Output.HIDDEN_STATES && file.has(name + ".decoder_hidden_states")) key = "decoder_hidden_states";
        if (output == Output.MEMORIES || !file.has(name + "." + key)) continue;
        check(model, output, key, null);
      }
      if (file.has(name + ".logits_rows")) {
        check(model, Output.LOGITS, "logits_rows", ints(file, name + ".logits_rows_at"));
      }
    }

    private void check(Model model, Output output, String key, int[] rows) {
      try (ModelInputs inputs = read()) {
        if (rows != null) inputs.rows(rows);
        long[] shape = model.shape(inputs, output);
        assertArrayEquals(
            Arrays.stream(file.shape(name + "." + key)).asLongStream().toArray(), shape, name + " " + key);
        double tolerance = ((Number) tolerances.get(key)).doubleValue();
        assertClose(file.floats(name + "." + key), model.run(inputs, output), tolerance, name + " " + key);
      }
    }
  }

  @TestFactory
  @DisplayName("Runs give the reference's numbers")
  Stream<DynamicTest> families() {
    return Stream.of("gpt2-base", "bart-base", "led-base", "longformer-seqcls", "bert-mlm").map(name -> DynamicTest.dynamicTest(
        "Every output of " + name + " is the reference's",
        () -> {
          Path folder = MODELS.resolve(name);
          Safetensors file = new Safetensors(folder.resolve("expected.safetensors"));
          Map<String, Object> expected =
              Json.object(Json.parse(new String(Files.readAllBytes(folder.resolve("expected.json")))));
          int count = 0;
          try (Model model = Model.open(folder)) {
            for (Object description : Json.list(expected.get("cases"))) {
              Case one = new Case(file, Json.object(description), Json.object(expected.get("atol")));
              if (!one.isWhole()) continue;
              one.run(model);
              count++;
            }
          }
          assertTrue(count >= 3);
        }));
  }

  /** [layers, rows, batch, hidden] as [layers, batch, rows, hidden]. */
  private static float[] batchFirst(float[] values, int[] shape) {
    float[] result = new float[values.length];
    int to = 0;
    for (int l = 0; l < shape[0]; l++) {
      for (int b = 0; b < shape[2]; b++) {
        for (int r = 0; r < shape[1]; r++, to += shape[3]) {
          System.arraycopy(values, ((l * shape[1] + r) * shape[2] + b) * shape[3], result, to, shape[3]);
        }
      }
    }
    return result;
  }

  @Test
  @DisplayName("Memories of a segment, given to the next one, go on as the reference does")
  void memories() throws IOException {
    Path folder = MODELS.resolve("transfoxl-base");
    Safetensors file = new Safetensors(folder.resolve("expected.safetensors"));
    float[] memories = null;
    try (Model model = Model.open(folder)) {
      for (int s = 0; s < 3; s++) {
        String end = ".s" + s;
        int[] shape = file.shape("three_segments.input_ids" + end);
        int[] ids = ints(file, "three_segments.input_ids" + end);
        try (ModelInputs inputs = ModelInputs.of(Batch.of(ids, shape[0], shape[1]))) {
          if (memories != null) inputs.memories(memories);
          assertClose(
              file.floats("three_segments.last_hidden_state" + end), model.run(inputs, Output.LAST_HIDDEN_STATE), 8e-5,
              "rows" + end);
          memories = model.run(inputs, Output.MEMORIES);
          int[] expected = file.shape("three_segments.mems" + end);
          assertArrayEquals(
              new long[] {expected[0], expected[2], expected[1], expected[3]}, model.shape(inputs, Output.MEMORIES));
          assertClose(batchFirst(file.floats("three_segments.mems" + end), expected), memories, 5e-5, "memories" + end);
        }
      }
    }
  }

  @Test
  @DisplayName("run is forward to the bit where both can, in arrays and buffers, with a workspace and without")
  void forward() {
    Batch batch = Batch.of(new int[] {2, 7, 8, 3, 2, 9, 3, 0}, 2, 4).mask(1, 1, 1, 1, 1, 1, 1, 0);
    try (Model model = Model.open(Support.TINY); Workspace workspace = model.newWorkspace(2, 4);
        ModelInputs inputs = ModelInputs.of(batch)) {
      for (Output output : new Output[] {
          Output.LAST_HIDDEN_STATE, Output.HIDDEN_STATES, Output.POOLER_OUTPUT, Output.SENTENCE_EMBEDDING, Output.QUERIES}) {
        float[] expected = model.forward(batch, output);
        assertArrayEquals(expected, model.run(inputs, output));
        float[] array = new float[expected.length];
        model.run(inputs, output, workspace, array);
        assertArrayEquals(expected, array);
        FloatBuffer buffer = Buffers.allocateFloats(expected.length);
        model.run(inputs, output, workspace, buffer);
        buffer.get(array);
        assertArrayEquals(expected, array);
      }
      assertArrayEquals(new long[] {2, 4, model.hidden()}, model.shape(inputs, Output.LAST_HIDDEN_STATE));
    }
  }

  @Test
  @DisplayName("Vectors of the embedding's table are ids to the bit, in runs and in streams cut anywhere")
  void vectors() throws IOException {
    int[] ids = {2, 7, 8, 9, 11, 4, 6, 3, 5, 12, 40, 41, 17, 3};
    Safetensors weights = new Safetensors(Support.TINY.resolve("model.safetensors"));
    String name = "embeddings.word_embeddings.weight";
    float[] table = weights.floats(weights.has(name) ? name : "bert." + name);
    try (Model model = Model.open(Support.TINY)) {
      int hidden = model.hidden();
      float[] rows = new float[ids.length * hidden];
      for (int i = 0; i < ids.length; i++) System.arraycopy(table, ids[i] * hidden, rows, i * hidden, hidden);
      try (ModelInputs one = ModelInputs.of(ids); ModelInputs two = ModelInputs.create(1, ids.length).vectors(rows)) {
        assertArrayEquals(model.run(one, Output.SENTENCE_EMBEDDING), model.run(two, Output.SENTENCE_EMBEDDING));
      }
      Reading reading = Reading.window(3, 3).sinks(1).tile(16).fullUpTo(8).passageTokens(4).queue(2).addSpecialTokens(false);
      List<Embedding> expected = new java.util.ArrayList<>();
      try (DocumentStream stream = model.newStream(reading)) {
        stream.pushIds(ids, expected::add);
        stream.finish(expected::add);
      }
      reading.vectors(true);
      for (int step : new int[] {1, 5, ids.length}) {
        List<Embedding> results = new java.util.ArrayList<>();
        FloatBuffer buffer = Buffers.allocateFloats(rows.length);
        buffer.put(rows).flip();
        try (DocumentStream stream = model.newStream(reading); DocumentStream direct = model.newStream(reading)) {
          for (int at = 0; at < ids.length; ) {
            at += stream.offerVectors(rows, at, Math.min(at + step, ids.length));
            results.addAll(stream.drain());
          }
          stream.finish(results::add);
          Support.assertSame(expected, results);
          results.clear();
          while (buffer.hasRemaining()) {
            direct.offerVectors(buffer);
            results.addAll(direct.drain());
          }
          direct.finish(results::add);
          Support.assertSame(expected, results);
          assertThrows(IllegalArgumentException.class, () -> stream.offerVectors(new float[hidden + 1], 0, 1));
        }
      }
      try (DocumentStream stream = model.newStream(reading)) {
        List<Embedding> results = new java.util.ArrayList<>();
        stream.pushVectors(rows, results::add);
        stream.finish(results::add);
        Support.assertSame(expected, results);
      }
      try (DocumentStream stream = model.newStream()) {
        assertThrows(IllegalStateException.class, () -> stream.offerVectors(rows, 0, 1));
      }
    }
  }

  @Test
  @DisplayName("An option of a layer is of this run alone, and its parts can be read")
  void layers() throws IOException {
    Path folder = MODELS.resolve("reformer-base");
    Safetensors file = new Safetensors(folder.resolve("expected.safetensors"));
    int[] ids = ints(file, "n_multiple.input_ids");
    try (Model model = Model.open(folder); ModelInputs plain = ModelInputs.of(ids); ModelInputs other = ModelInputs.of(ids)) {
      float[] before = model.run(plain, Output.LAST_HIDDEN_STATE);
      int layer = 0;
      while (layer < model.layers() && !hashes(model, plain, layer)) layer++;
      assertTrue(layer < model.layers());
      float[] buckets = model.runPart(plain, "layers." + layer + ".buckets");
      assertEquals(0, buckets.length % ids.length);
      other.layer(layer, "seed", 5).layer(layer, "n_hashes", 1);
      assertEquals(model.heads() * ids.length, model.runPart(other, "layers." + layer + ".buckets").length);
      assertTrue(!Arrays.equals(before, model.run(other, Output.LAST_HIDDEN_STATE)));
      assertArrayEquals(before, model.run(plain, Output.LAST_HIDDEN_STATE));
      assertThrows(LongwaveException.class, () -> model.runPart(plain, "layers.0.no_such_part"));
    }
  }

  private static boolean hashes(Model model, ModelInputs inputs, int layer) {
    try {
      return model.runPart(inputs, "layers." + layer + ".buckets").length > 0;
    } catch (LongwaveException none) {
      return false;
    }
  }

  @Test
  @SuppressWarnings("try")
  @DisplayName("Inputs that do not fit are exceptions that say what was expected")
  void errors() {
    assertThrows(LongwaveException.InvalidArgument.class, () -> ModelInputs.create(-1, 3));
    try (Model model = Model.open(Support.TINY); ModelInputs inputs = ModelInputs.of(2, 7, 3)) {
      assertThrows(LongwaveException.InvalidArgument.class, () -> inputs.ids(1, 2));
      assertThrows(LongwaveException.InvalidArgument.class, () -> inputs.set("no such input", 1));
      assertThrows(LongwaveException.Unsupported.class, () -> model.run(inputs, Output.LOGITS));
      assertThrows(LongwaveException.Unsupported.class, () -> model.shape(inputs, Output.MEMORIES));
      assertThrows(
          LongwaveException.InvalidArgument.class, () -> model.run(inputs, Output.SENTENCE_EMBEDDING, null, new float[1]));
      assertThrows(NullPointerException.class, () -> model.run(null, Output.LAST_HIDDEN_STATE));
      inputs.close();
      IllegalStateException closed =
          assertThrows(IllegalStateException.class, () -> model.run(inputs, Output.LAST_HIDDEN_STATE));
      assertEquals("the list of inputs is closed", closed.getMessage());
    }
  }

  @Test
  @DisplayName("A batch tells how many numbers an output has, of heads as well")
  void sizes() {
    List<Output> outputs = Stream.of(Output.LAST_HIDDEN_STATE, Output.KEYS, Output.LOGITS).collect(Collectors.toList());
    try (Model model = Model.open(MODELS.resolve("bert-mlm"))) {
      Batch batch = Batch.of(new int[] {2, 7, 3, 2, 9, 3}, 2, 3);
      for (Output output : outputs) assertEquals(model.size(batch, output), model.forward(batch, output).length);
      assertEquals(2L * 3 * model.vocabulary(), model.size(batch, Output.LOGITS));
    }
  }
}
