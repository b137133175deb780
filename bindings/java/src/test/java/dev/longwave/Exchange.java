/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;

/**
 * Snapshots between languages: {@code save DIR} writes java.*.snapshot and what must come afterwards, {@code restore DIR}
 * goes on from every language's and compares, byte by byte. All languages' programs agree on the rows, the text and the
 * order of the numbers.
 */
final class Exchange {
  private static final int TEXT = 20000;
  private static final int TEXT_CUT = 9001;
  private static final int ROWS = 64;
  private static final int ROWS_CUT = 37;

  private Exchange() {}

  public static void main(String[] args) throws IOException {
    Path folder = Paths.get(args[1]);
    if (args[0].equals("save")) {
      save(folder);
    } else if (!restore(folder)) {
      System.exit(1);
    }
  }

  private static byte[] text() throws IOException {
    return Arrays.copyOf(Files.readAllBytes(Support.SOURCE.resolve("examples/text/handbook.txt")), TEXT);
  }

  private static Attention layer() {
    try (Context context = Context.create(1)) {
      return new WindowAttention(2, 8).left(5).right(2).build(context);
    }
  }

  private static Model model() {
    try (Context context = Context.create(1)) {
      return Model.open(context, Support.MINILM);
    }
  }

  private static float[] rows(int which, int from, int to) {
    int[][] numbers = {{31, 7, 17, 8}, {13, 5, 19, 9}, {7, 3, 23, 11}};
    int[] n = numbers[which];
    float[] rows = new float[(to - from) * 16];
    for (int i = 0; i < rows.length; i++) {
      int t = from + i / 16;
      rows[i] = ((t * n[0] + i % 16 * n[1]) % n[2] - n[3]) / 8f;
    }
    return rows;
  }

  private static float[] step(Memory memory, int from, int to) {
    return memory.step(rows(0, from, to), rows(1, from, to), rows(2, from, to));
  }

  private static byte[] rest(Memory memory) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (float[] part : new float[][] {step(memory, ROWS_CUT, ROWS), memory.finish()}) write(out, part);
    return out.toByteArray();
  }

  private static byte[] rest(DocumentStream stream) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] text = text();
    stream.push(Arrays.copyOfRange(text, TEXT_CUT, text.length), e -> write(out, e));
    stream.finish(e -> write(out, e));
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, Embedding e) {
    ByteBuffer head = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(e.isDocument() ? 20 : 10);
    head.putLong(e.byteBegin()).putLong(e.byteEnd()).putLong(e.tokenBegin()).putLong(e.tokenEnd());
    head.putInt(e.vector() != null ? 1 : 0);
    out.write(head.array(), 0, head.capacity());
    write(out, e.vector() != null ? e.vector() : new float[384]);
  }

  private static void write(ByteArrayOutputStream out, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    out.write(bytes.array(), 0, bytes.capacity());
  }

  private static void save(Path folder) throws IOException {
    try (Attention layer = layer(); Memory memory = layer.newMemory()) {
      step(memory, 0, ROWS_CUT);
      Files.write(folder.resolve("java.memory.snapshot"), memory.save());
      Files.write(folder.resolve("java.memory.expected"), rest(memory));
    }
    try (Model model = model(); DocumentStream stream = model.newStream()) {
      stream.push(Arrays.copyOf(text(), TEXT_CUT), e -> {});
      stream.drain();
      Files.write(folder.resolve("java.stream.snapshot"), stream.save());
      Files.write(folder.resolve("java.stream.expected"), rest(stream));
    }
  }

  private static boolean restore(Path folder) throws IOException {
    boolean all = true;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.snapshot");
        Attention layer = layer();
        Model model = model()) {
      for (Path file : files) {
        byte[] snapshot = Files.readAllBytes(file);
        String name = file.getFileName().toString();
        byte[] actual;
        if (name.contains(".memory.")) {
          try (Memory memory = layer.newMemory()) {
            memory.load(snapshot);
            actual = rest(memory);
          }
        } else {
          try (DocumentStream stream = model.restoreStream(snapshot)) {
            actual = rest(stream);
          }
        }
        Path expected = folder.resolve(name.replace(".snapshot", ".expected"));
        boolean same = Arrays.equals(Files.readAllBytes(expected), actual);
        System.out.println((same ? "ok" : "not ok") + " java goes on from " + name);
        all &= same;
      }
    }
    return all;
  }
}
