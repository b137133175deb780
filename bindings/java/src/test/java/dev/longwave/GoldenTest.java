/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The numbers that every mechanism must give (tests/golden/cases), over whole sequences and piece by piece. What a tensor
 * is follows from its name: rows, or an option.
 */
class GoldenTest {
  private static final Set<String> ROWS = new HashSet<>(
      Arrays.asList("q", "k", "v", "x", "qk", "q_global", "k_global", "v_global", "mask", "key_mask"));

  private final Path folder = Support.SOURCE.resolve("tests/golden/cases");

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(f -> f.toString().endsWith(".safetensors")).sorted().collect(Collectors.toList());
    }
    assertTrue(files.size() > 100);
    return files.stream().map(f -> DynamicTest.dynamicTest(folder.relativize(f).toString(), () -> new Case(f).run()));
  }

  /** One file. */
  private static final class Case {
    private final Safetensors file;
    private final Map<String, Object> description;
    private final Options options;
    private final NativeConfig known;
    private final String query;
    private boolean wholeIsOneSegment = true;

    Case(Path path) throws IOException {
      file = new Safetensors(path);
      description = file.metadata("case");
      String mechanism = (String) description.get("mechanism");
      options = new Options(mechanism);
      known = new NativeConfig(NativeConfig.nativeCreate(mechanism));
      query = file.has("x") ? "x" : file.has("qk") ? "qk" : "q";
    }

    private int type(String key) {
      for (long i = 0; i < known.nativeOptionCount(); i++) {
        if (known.nativeOptionName(i).equals(key)) return known.nativeOptionBounds(key, new long[2]);
      }
      return 0;
    }

    private void set(String key, long value) {
      if (type(key) != 0) options.set(key, value);
    }

    /** One setting; objects become keys with dots, lists of objects lists of their members. */
    private void set(String key, Object value) {
      if (value instanceof Map) {
        for (Map.Entry<String, Object> e : Json.object(value).entrySet()) set(key + "." + e.getKey(), e.getValue());
      } else if (value instanceof List && !Json.list(value).isEmpty() && Json.list(value).get(0) instanceof Map) {
        for (String name : Json.object(Json.list(value).get(0)).keySet()) {
          options.set(key + "." + name, Json.list(value).stream().mapToLong(m -> (Long) Json.object(m).get(name)).toArray());
        }
      } else if (value instanceof List && !Json.list(value).isEmpty() && Json.list(value).get(0) instanceof String) {
        options.set(key, Json.list(value).stream().map(String::valueOf).collect(Collectors.joining(",")));
      } else if (value instanceof List) {
        options.set(key, Json.list(value).stream().mapToLong(n -> (Long) n).toArray());
      } else if (value instanceof String) {
        options.set(key, (String) value);
      } else if (value instanceof Boolean) {
        options.set(key, (Boolean) value ? 1L : 0L);
      } else if (type(key) == 4) {
        options.set(key, ((Number) value).doubleValue());
      } else {
        options.set(key, ((Number) value).longValue());
      }
    }

    private void setShape() {
      if (query.equals("x")) {
        set("d_model", file.shape("x")[2]);
        if (file.has("w_qkv")) {
          long heads = (Long) Json.object(description.get("config")).get("heads");
          set("head_dim", file.shape("w_qkv")[0] / 3 / heads);
        }
        set("max_tokens", file.shape("x")[1]);
        return;
      }
      String key = query.equals("qk") ? "qk" : "k";
      set("heads", file.shape(query)[1]);
      set("head_dim", file.shape(query)[3]);
      if (!query.equals("qk")) set("kv_heads", file.shape(key)[1]);
      set("value_dim", file.shape("v")[3]);
      set("max_tokens", file.shape(key)[2]);
    }

    private void setChunks(Map<String, Object> config) {
      if (!config.containsKey("chunks")) return;
      long[] chunks = Json.list(config.get("chunks")).stream().mapToLong(n -> (Long) n).toArray();
      if (type("segment") == 0) return;
      boolean equal = true;
      for (int i = 0; i < chunks.length; i++) {
        equal = equal && (i + 1 == chunks.length ? chunks[i] <= chunks[0] : chunks[i] == chunks[0]);
      }
      if (equal) {
        options.set("segment", chunks[0]);
      } else {
        options.set("segment", "explicit");
        wholeIsOneSegment = chunks.length <= 1;
      }
    }

    private Attention build() {
      setShape();
      if (file.has("e") && type("slots") != 0) {
        int[] shape = file.shape("e");
        set("slots", shape[shape.length - 2]);
      }
      Map<String, Object> config = Json.object(description.get("config"));
      setChunks(config);
      for (Map.Entry<String, Object> e : config.entrySet()) {
        if (!e.getKey().equals("chunks")) set(e.getKey(), e.getValue());
      }
      if (file.has("q_global")) options.set("global_projections", 1L);
      for (Object input : Json.list(description.get("inputs"))) {
        String name = (String) input;
        if (ROWS.contains(name)) continue;
        if (file.dtype(name).equals("I64")) {
          options.set(name, file.integers(name));
        } else {
          options.set(name, file.floats(name));
        }
      }
      try (NativeConfig config2 = options.open(); Context context = Context.create(2)) {
        return new Attention(NativeAttention.nativeCreate(context, config2));
      }
    }

    /** [batch, heads, n, width] as [batch, n, heads, width]. */
    private float[] rows(String name) {
      if (!file.has(name)) return null;
      float[] from = file.floats(name);
      int[] shape = file.shape(name);
      if (shape.length != 4) return from;
      float[] to = new float[from.length];
      int at = 0;
      for (int b = 0; b < shape[0]; b++) {
        for (int i = 0; i < shape[2]; i++) {
          for (int h = 0; h < shape[1]; h++, at += shape[3]) {
            System.arraycopy(from, ((b * shape[1] + h) * shape[2] + i) * shape[3], to, at, shape[3]);
          }
        }
      }
      return to;
    }

    /** Rows of two sets of heads, one behind the other in every token. */
    private float[] rows(String name, String second) {
      float[] first = rows(name);
      if (!file.has(second)) return first;
      float[] other = rows(second);
      int width = file.shape(name)[1] * file.shape(name)[3];
      float[] both = new float[2 * first.length];
      for (int at = 0; at < first.length; at += width) {
        System.arraycopy(first, at, both, 2 * at, width);
        System.arraycopy(other, at, both, 2 * at + width, width);
      }
      return both;
    }

    private int[] mask() {
      for (String name : new String[] {"mask", "key_mask"}) {
        if (file.has(name)) return Arrays.stream(file.integers(name)).mapToInt(n -> (int) n).toArray();
      }
      return null;
    }

    void run() {
      try (Attention layer = build()) {
        known.close();
        float[] q = rows(query, "q_global");
        float[] k = layer.kWidth() == 0 ? null : rows("k", "k_global");
        float[] v = layer.vWidth() == 0 ? null : rows("v", "v_global");
        int[] mask = mask();
        float[] expected = rows("out");
        int batch = file.shape(query)[0];
        if (wholeIsOneSegment) {
          float[] out = new float[expected.length];
          layer.forward(q, k, v, mask, batch, out, null);
          compare(expected, out);
        }
        int tokens = file.shape(query).length == 4 ? file.shape(query)[2] : file.shape(query)[1];
        boolean sameLength = v == null || v.length / layer.vWidth() == batch * tokens;
        if (!layer.streams() || !sameLength || batch != 1 || !wholeIsOneSegment
            || Json.object(description.get("config")).containsKey("query_offset")) {
          return;
        }
        try (Memory memory = layer.newMemory()) {
          float[] first = memory.step(q, k, v, mask);
          float[] rest = memory.finish();
          float[] out = Arrays.copyOf(first, first.length + rest.length);
          System.arraycopy(rest, 0, out, first.length, rest.length);
          compare(expected, out);
        }
      }
    }

    private void compare(float[] expected, float[] actual) {
      Map<String, Object> tolerance = Json.object(description.get("tolerance"));
      double atol = ((Number) tolerance.get("atol")).doubleValue();
      double rtol = ((Number) tolerance.get("rtol")).doubleValue();
      assertEquals(expected.length, actual.length);
      for (int i = 0; i < expected.length; i++) {
        double error = Math.abs((double) actual[i] - expected[i]);
        assertTrue(error <= atol + rtol * Math.abs(expected[i]), "number " + i + ": " + actual[i] + " for " + expected[i]);
      }
    }
  }
}
