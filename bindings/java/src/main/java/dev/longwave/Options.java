/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Options of one kind, by the names of the C API, until they are needed. */
final class Options {
  private final String kind;
  private final Map<String, Object> values = new LinkedHashMap<>();

  Options(String kind) {
    this.kind = kind;
  }

  void set(String key, long value) {
    values.put(key, value);
  }

  void set(String key, double value) {
    values.put(key, value);
  }

  void set(String key, String value) {
    values.put(key, Objects.requireNonNull(value, key));
  }

  void set(String key, long... value) {
    values.put(key, value.clone());
  }

  void set(String key, int... value) {
    long[] copy = new long[value.length];
    for (int i = 0; i < copy.length; i++) copy[i] = value[i];
    values.put(key, copy);
  }

  void set(String key, float... value) {
    values.put(key, value.clone());
  }

  /** The native config, to be closed after the call that it is for. */
  NativeConfig open() {
    NativeConfig config = new NativeConfig(NativeConfig.nativeCreate(kind));
    try {
      for (Map.Entry<String, Object> option : values.entrySet()) {
        String key = option.getKey();
        Object value = option.getValue();
        if (value instanceof Long) {
          config.nativeSetInt(key, (Long) value);
        } else if (value instanceof Double) {
          config.nativeSetFloat(key, (Double) value);
        } else if (value instanceof String) {
          config.nativeSetText(key, (String) value);
        } else if (value instanceof long[]) {
          config.nativeSetInts(key, (long[]) value);
        } else {
          config.nativeSetFloats(key, (float[]) value);
        }
      }
      return config;
    } catch (RuntimeException error) {
      config.close();
      throw error;
    }
  }

  /** The same where no options were given: null, which the library takes for its defaults. */
  static NativeConfig open(Reading reading) {
    return reading == null ? null : reading.options().open();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(kind);
    for (Map.Entry<String, Object> option : values.entrySet()) {
      Object value = option.getValue();
      String shown = String.valueOf(value);
      if (value instanceof long[]) shown = java.util.Arrays.toString((long[]) value);
      if (value instanceof float[]) shown = ((float[]) value).length + " numbers";
      text.append(' ').append(option.getKey()).append('=').append(shown);
    }
    return text.toString();
  }
}
