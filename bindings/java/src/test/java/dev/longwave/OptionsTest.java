/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The named options are the library's. */
class OptionsTest {
  static final List<Class<? extends AttentionOptions<?>>> KINDS = Arrays.asList(
      FullAttention.class, WindowAttention.class, SinkWindowAttention.class, SparseTransformerAttention.class,
      BlockSparseAttention.class, AdaptiveSpanAttention.class, LinformerAttention.class, FavorAttention.class,
      LshAttention.class, TransformerXlAttention.class, CompressiveAttention.class, PositionInfusedAttention.class,
      MixedAttention.class, ChunkedAttention.class, TransientGlobalAttention.class, NystromAttention.class,
      XlnetAttention.class);

  /** Options that have one value, or that nothing depends on. */
  private static final Set<String> LEFT_OUT = new TreeSet<>(Arrays.asList("compressive remainder", "pia table"));

  /** Calls a setter, with any value. */
  private static void call(Object options, Method method) throws ReflectiveOperationException {
    Class<?>[] types = method.getParameterTypes();
    Object[] values = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      Class<?> type = types[i];
      if (type == int.class) values[i] = 1;
      if (type == long.class) values[i] = 1L;
      if (type == double.class) values[i] = 1.0;
      if (type == boolean.class) values[i] = true;
      if (type == float[].class) values[i] = new float[1];
      if (type == int[].class) values[i] = new int[] {1};
      if (type == long[].class) values[i] = new long[1];
      if (type == LayerAttention[].class) values[i] = new LayerAttention[] {LayerAttention.full()};
      if (type.isEnum()) values[i] = type.getEnumConstants()[0];
      if (type.isArray() && type.getComponentType().isEnum()) {
        Object[] constants = type.getComponentType().getEnumConstants();
        values[i] = Arrays.copyOf(constants, 1);
      }
    }
    if (types.length > 1 && types[0] == int.class) { // an index comes first
      for (int i = 0; i < 4; i++) {
        values[0] = i;
        method.invoke(options, values);
      }
    } else {
      method.invoke(options, values);
    }
  }

  private static boolean isSetter(Method method) {
    return Modifier.isPublic(method.getModifiers()) && !method.isBridge() && !method.getName().equals("build")
        && !method.getName().equals("option") && AttentionOptions.class.isAssignableFrom(method.getReturnType());
  }

  /** The library's options of a kind, and their types. */
  private static Map<String, Integer> known(NativeConfig config) {
    Map<String, Integer> known = new LinkedHashMap<>();
    for (long i = 0; i < config.nativeOptionCount(); i++) {
      String name = config.nativeOptionName(i);
      known.put(name, config.nativeOptionBounds(name, new long[2]));
    }
    return known;
  }

  @Test
  @DisplayName("Every option of every kind has a method, and every method an option")
  void complete() throws ReflectiveOperationException {
    List<String> wrong = new ArrayList<>();
    for (Class<? extends AttentionOptions<?>> kind : KINDS) {
      Constructor<? extends AttentionOptions<?>> constructor = kind.getConstructor(int.class, int.class);
      AttentionOptions<?> options = constructor.newInstance(2, 8);
      for (Method method : kind.getMethods()) {
        if (isSetter(method)) call(options, method);
      }
      String text = options.toString();
      String name = text.substring(0, text.indexOf(' '));
      Set<String> set = new LinkedHashSet<>();
      for (String word : text.substring(name.length()).split(" ")) {
        if (word.contains("=")) set.add(word.substring(0, word.indexOf('=')));
      }
      try (NativeConfig config = new NativeConfig(NativeConfig.nativeCreate(name))) {
        Set<String> known = known(config).keySet();
        for (String key : known) {
          if (!set.contains(key) && !LEFT_OUT.contains(name + " " + key)) wrong.add(name + " has no method for " + key);
        }
        for (String key : set) {
          if (!known.contains(key)) wrong.add(name + " has a method for " + key + ", which is no option");
        }
      }
    }
    assertEquals(new ArrayList<String>(), wrong);
  }

  @Test
  @DisplayName("Every method of a reading sets an option that the library takes")
  void readings() {
    Reading reading =
        Reading.window(8, 8).sinks(2).tile(64).fullUpTo(32).passageTokens(20).queue(4).stepRows(16)
            .addSpecialTokens(false).splitLong(true).execution(Execution.AUTO).vectors(false).heldBack(4096)
            .maxRows(1000);
    Set<String> known;
    try (NativeConfig config = new NativeConfig(NativeConfig.nativeCreate("stream"))) {
      known = known(config).keySet();
    }
    for (String key : known) assertTrue(reading.toString().contains(" " + key + "="), key);
    try (Model model = Model.open(Support.TINY)) {
      assertTrue(model.planStream(reading).bytes() > 0);
    }
  }

  @Test
  @DisplayName("Every option of generation, scoring and conversion has a method, and every method an option")
  void otherKinds() throws ReflectiveOperationException {
    Generation generation = new Generation();
    Scoring scoring = Scoring.segment();
    assertEquals(optionsOf("generation"), calledOn(generation));
    assertEquals(optionsOf("scoring"), calledOn(scoring));
    Conversion conversion = new Conversion();
    assertEquals(optionsOf("convert"), calledOn(conversion));
    Conversion.open(conversion).close();
    for (Model.Weights weights : Model.Weights.values()) Conversion.open(new Conversion().weights(weights)).close();
    generation.open().close(); // the library takes the type of each
    for (EarlyStopping word : EarlyStopping.values()) new Generation().earlyStopping(word).open().close();
    for (Execution word : Execution.values()) Reading.alone().execution(word).options().open().close();
    for (Scoring mode : Arrays.asList(Scoring.sliding(), Scoring.segment(), Scoring.stream())) mode.open().close();
  }

  private static Set<String> optionsOf(String kind) {
    try (NativeConfig config = new NativeConfig(NativeConfig.nativeCreate(kind))) {
      return new TreeSet<>(known(config).keySet());
    }
  }

  /** What an object has set after each of its setters was called. */
  private static Set<String> calledOn(Object options) throws ReflectiveOperationException {
    for (Method method : options.getClass().getMethods()) {
      boolean setter = method.getReturnType() == options.getClass() && !Modifier.isStatic(method.getModifiers());
      if (setter) call(options, method);
    }
    Set<String> set = new TreeSet<>();
    for (String word : options.toString().split(" ")) {
      if (word.contains("=")) set.add(word.substring(0, word.indexOf('=')));
    }
    return set;
  }

  @Test
  @DisplayName("The kinds that later models brought build and compute")
  void laterKinds() {
    float[] rows = Support.numbers(6 * 8, 2);
    try (Attention local = new ChunkedAttention(1, 8).chunkLength(2).chunksBefore(1).causal(true).build();
        Attention summary = new TransientGlobalAttention(1, 8).radius(1).globalBlockSize(3)
            .store(KeyValueStore.BF16).build();
        Attention landmarks = new NystromAttention(1, 8).landmarks(2).tokens(6).build();
        Attention window = new WindowAttention(1, 8).left(1).right(1).relativeBuckets(4).relativeMaxDistance(8)
            .relativeBias(0, 1, 2, 3).build()) {
      for (Attention layer : Arrays.asList(local, landmarks, window)) {
        assertEquals(rows.length, layer.forward(rows, rows, rows).length);
      }
      float[] keys = Support.numbers(8 * 8, 3); // two blocks' summaries behind the rows
      float[] out = new float[rows.length];
      summary.forward(rows, keys, keys, null, 1, out, null);
      assertTrue(out[0] != 0);
    }
  }

  @Test
  @DisplayName("Arrays are copied when they are given, and a builder can build again")
  void copies() {
    int[] left = {3};
    WindowAttention options = new WindowAttention(1, 8).left(left).right(0);
    left[0] = -1;
    try (Attention one = options.build(); Attention two = options.left(4).build()) {
      assertTrue(one.describe().contains("\"left\":[3]"), one.describe());
      assertTrue(two.describe().contains("\"left\":[4]"), two.describe());
    }
  }
}
