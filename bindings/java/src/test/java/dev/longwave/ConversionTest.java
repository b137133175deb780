/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that become others. */
class ConversionTest {
  private static final Path MODELS = Support.SOURCE.resolve("tests/data/models/tiny");
  private static final Path BERT = MODELS.resolve("bert-base");

  @TempDir Path folder;
  private int copies = 0;

  private Path convert(Path source, Conversion conversion) {
    Path copy = folder.resolve("copy" + copies++);
    Model.convert(source, copy, conversion);
    return copy;
  }

  private static float[] rows(Model model, int... ids) {
    try (ModelInputs inputs = ModelInputs.of(ids)) {
      return model.run(inputs, Output.LAST_HIDDEN_STATE);
    }
  }

  private static int[] ids(int count) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) ids[i] = 5 + i * 31 % 600;
    return ids;
  }

  @Test
  @DisplayName("BERT with a window and copied positions is a Longformer: it gives what BERT gave, and reads on behind BERT's end")
  void longer() {
    Path copy = convert(BERT, new Conversion().attention(LayerAttention.window(40)).copiedPositions(256));
    try (Model bert = Model.open(BERT); Model model = Model.open(copy)) {
      assertTrue(model.describe().contains("longformer"), model.describe());
      assertEquals(64, bert.positions());
      assertEquals(256, model.positions());
      float[] expected = rows(bert, ids(40)); // all of them in the window
      float[] actual = rows(model, ids(40));
      assertArrayEquals(expected, actual, 2e-5f);
      assertThrows(LongwaveException.class, () -> rows(bert, ids(200)));
      assertEquals(200 * 48, rows(model, ids(200)).length);
    }
  }

  @Test
  @DisplayName("A window for each layer is each layer's: a row sees as far as all of them together")
  void layers() {
    Path copy = convert(BERT,
        new Conversion().attention(LayerAttention.window(1), LayerAttention.window(2), LayerAttention.window(3)));
    try (Model model = Model.open(copy)) {
      int[] ids = ids(12);
      float[] before = rows(model, ids);
      ids[0]++;
      float[] after = rows(model, ids);
      for (int row = 0; row < 12; row++) {
        boolean same = true;
        for (int i = 48 * row; i < 48 * (row + 1); i++) same &= before[i] == after[i];
        assertEquals(row > 1 + 2 + 3, same, "row " + row);
      }
    }
  }

  @Test
  @DisplayName("A causal model takes a window of the past, sinks and dilation; an encoder takes features in some layers")
  void others() {
    Path gpt = MODELS.resolve("gpt2-base");
    Conversion local = new Conversion().attention(LayerAttention.window(8, 0)).sinks(2).copiedPositions(200);
    Conversion dilated = new Conversion().attention(LayerAttention.window(4, 0)).dilation(2);
    for (Conversion conversion : new Conversion[] {local, dilated}) {
      try (Model model = Model.open(convert(gpt, conversion));
          Generator generator = model.newGenerator(new Generation().maxNewTokens(5).stopAtEnd(false))) {
        assertFalse(generator.pushIds(5, 6, 7).readAll().isEmpty());
      }
    }
    Conversion mixed = new Conversion().attention(LayerAttention.favor(64), LayerAttention.full(), LayerAttention.full());
    try (Model model = Model.open(convert(BERT, mixed))) {
      assertTrue(model.describe().contains("favor"), model.describe());
      assertEquals(20 * 48, rows(model, ids(20)).length);
    }
  }

  @Test
  @DisplayName("Tiled positions give a plain encoder a long reading, and nothing set leaves it as it was")
  void reading() {
    Conversion tiled = new Conversion().attention(LayerAttention.window(4)).tiledPositions(16).sinks(1).fullUpTo(16)
        .passageTokens(12);
    try (Model model = Model.open(convert(Support.TINY, tiled))) {
      assertTrue(model.hasLongReading());
      assertTrue(model.describe().contains("\"passage_tokens\":12"), model.describe());
    }
    try (Model model = Model.open(convert(Support.TINY, null))) {
      assertFalse(model.hasLongReading());
    }
  }

  @Test
  @DisplayName("Weights have the types and the layouts that the other way to convert gives them")
  void weights() throws Exception {
    for (Model.Weights weights : Model.Weights.values()) {
      Path other = folder.resolve(weights.name());
      Model.convert(Support.TINY, other, weights, null);
      Path copy = convert(Support.TINY, new Conversion().weights(weights));
      byte[] expected = Files.readAllBytes(other.resolve("model.safetensors"));
      assertArrayEquals(expected, Files.readAllBytes(copy.resolve("model.safetensors")), weights.name());
    }
  }

  @Test
  @DisplayName("What a model cannot become is an exception, and nothing is left behind")
  void refused() {
    Path copy = folder.resolve("refused");
    Conversion shorter = new Conversion().attention(LayerAttention.window(4)).copiedPositions(8);
    String message = assertThrows(
        LongwaveException.InvalidArgument.class, () -> Model.convert(BERT, copy, shorter)).getMessage();
    assertTrue(message.contains("at least 64"), message);
    for (Conversion wrong : new Conversion[] {
        new Conversion().attention(LayerAttention.window(-1)).copiedPositions(200),
        new Conversion().attention(LayerAttention.window(4), LayerAttention.window(4)),
        new Conversion().copiedPositions(200).sinks(2), new Conversion().passageTokens(0)}) {
      assertThrows(LongwaveException.InvalidArgument.class, () -> Model.convert(BERT, copy, wrong), wrong.toString());
    }
    Conversion longer = new Conversion().attention(LayerAttention.window(4)).copiedPositions(200);
    Conversion uneven = new Conversion().attention(LayerAttention.window(4, 2)).copiedPositions(200);
    assertThrows(
        LongwaveException.Unsupported.class, () -> Model.convert(MODELS.resolve("bart-base"), copy, uneven));
    assertThrows(LongwaveException.Io.class, () -> Model.convert(folder.resolve("none"), copy, longer));
    assertFalse(Files.exists(copy));
    assertThrows(NullPointerException.class, () -> new Conversion().attention((LayerAttention) null));
  }
}
