/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A file of named tensors. */
final class Safetensors {
  private final Map<String, Object> header;
  private final ByteBuffer data;

  Safetensors(Path file) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int size = (int) all.getLong();
    byte[] text = new byte[size];
    all.get(text);
    header = Json.object(Json.parse(new String(text, StandardCharsets.UTF_8)));
    data = all.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  Map<String, Object> metadata(String key) {
    return Json.object(Json.parse((String) Json.object(header.get("__metadata__")).get(key)));
  }

  boolean has(String name) {
    return header.containsKey(name);
  }

  String dtype(String name) {
    return (String) Json.object(header.get(name)).get("dtype");
  }

  int[] shape(String name) {
    List<Object> shape = Json.list(Json.object(header.get(name)).get("shape"));
    return shape.stream().mapToInt(n -> ((Long) n).intValue()).toArray();
  }

  private int begin(String name) {
    return ((Long) Json.list(Json.object(header.get(name)).get("data_offsets")).get(0)).intValue();
  }

  private int count(String name) {
    int count = 1;
    for (int n : shape(name)) count *= n;
    return count;
  }

  float[] floats(String name) {
    float[] values = new float[count(name)];
    for (int i = 0; i < values.length; i++) values[i] = data.getFloat(begin(name) + 4 * i);
    return values;
  }

  /** Of I64 and U8. */
  long[] integers(String name) {
    boolean bytes = dtype(name).equals("U8");
    long[] values = new long[count(name)];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes ? data.get(begin(name) + i) : data.getLong(begin(name) + 8 * i);
    }
    return values;
  }
}
