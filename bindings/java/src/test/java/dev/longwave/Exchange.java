/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Snapshots between languages: {@code save DIR} writes java.*.snapshot and what must come afterwards, {@code restore DIR}
 * goes on from every language's and compares, byte by byte. All languages' programs agree on the rows, the text, the
 * options and the order of the numbers.
 */
final class Exchange {
  private static final int TEXT = 20000;
  private static final int TEXT_CUT = 9001;
  private static final int ROWS = 64;
  private static final int ROWS_CUT = 37;

  private Exchange() {}

  public static void main(String[] args) throws IOException {
    Path folder = Paths.get(args[1]);
    try (Context context = Context.create(1);
        Attention layer = new WindowAttention(2, 8).left(5).right(2).build(context);
        Model encoder = Model.open(context, Support.MINILM);
        Model causal = Model.open(context, Support.SOURCE.resolve("tests/data/models/tiny/gpt2-base"))) {
      Map<String, Start> kinds = new TreeMap<>();
      kinds.put("memory", snapshot -> memory(layer, snapshot));
      kinds.put("stream", snapshot -> stream(encoder, snapshot));
      kinds.put("generator", snapshot -> generator(causal, snapshot));
      kinds.put("scorer", snapshot -> scorer(causal, snapshot));
      if (args[0].equals("save")) {
        save(folder, kinds);
      } else if (!restore(folder, kinds)) {
        System.exit(1);
      }
    }
  }

  /** Something that can be saved in its middle, and what comes behind that. */
  private abstract static class Middle {
    final AutoCloseable open;

    Middle(AutoCloseable open) {
      this.open = open;
    }

    abstract byte[] save();

    abstract void rest(ByteArrayOutputStream out) throws IOException;

    byte[] goOn() throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      rest(out);
      return out.toByteArray();
    }

    void close() {
      try {
        open.close();
      } catch (Exception error) {
        throw new IllegalStateException(error);
      }
    }
  }

  /** Gives one from a snapshot, or, where that is null, from the beginning. */
  private interface Start {
    Middle from(byte[] snapshot) throws IOException;
  }

  private static byte[] text() throws IOException {
    return Arrays.copyOf(Files.readAllBytes(Support.SOURCE.resolve("examples/text/handbook.txt")), TEXT);
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

  private static Middle memory(Attention layer, byte[] snapshot) {
    Memory memory = layer.newMemory();
    if (snapshot != null) {
      memory.load(snapshot);
    } else {
      step(memory, 0, ROWS_CUT);
    }
    return new Middle(memory) {
      @Override
      byte[] save() {
        return memory.save();
      }

      @Override
      void rest(ByteArrayOutputStream out) {
        write(out, step(memory, ROWS_CUT, ROWS));
        write(out, memory.finish());
      }
    };
  }

  private static Middle stream(Model model, byte[] snapshot) throws IOException {
    DocumentStream stream = snapshot != null ? model.restoreStream(snapshot) : model.newStream();
    if (snapshot == null) {
      stream.push(Arrays.copyOf(text(), TEXT_CUT), e -> {});
      stream.drain();
    }
    return new Middle(stream) {
      @Override
      byte[] save() {
        return stream.save();
      }

      @Override
      void rest(ByteArrayOutputStream out) throws IOException {
        stream.push(Arrays.copyOfRange(text(), TEXT_CUT, TEXT), e -> write(out, e));
        stream.finish(e -> write(out, e));
      }
    };
  }

  /** The text of the tokens before the snapshot is taken behind it. */
  private static Middle generator(Model model, byte[] snapshot) {
    Generator generator = snapshot != null ? model.restoreGenerator(snapshot)
        : model.newGenerator(new Generation().maxNewTokens(24).sample(true).temperature(0.8).topK(20).seed(7).stopAtEnd(false));
    if (snapshot == null) {
      generator.push("The licence applies to");
      for (int i = 0; i < 3; i++) generator.next();
    }
    return new Middle(generator) {
      @Override
      byte[] save() {
        return generator.save();
      }

      @Override
      void rest(ByteArrayOutputStream out) throws IOException {
        while (generator.hasNext()) {
          GeneratedToken token = generator.next();
          write(out, token.id(), token.logProbability());
        }
        out.write(generator.takeText().getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  /** What waits to be read before the snapshot is read behind it. */
  private static Middle scorer(Model model, byte[] snapshot) throws IOException {
    Scorer scorer = snapshot != null ? model.restoreScorer(snapshot)
        : model.newScorer(Scoring.sliding().length(32).stride(12).queue(50));
    byte[] text = text();
    for (int at = 0; snapshot == null; scorer.drain()) {
      at += scorer.offer(text, at, TEXT_CUT);
      if (at == TEXT_CUT) break;
    }
    return new Middle(scorer) {
      @Override
      byte[] save() {
        return scorer.save();
      }

      @Override
      void rest(ByteArrayOutputStream out) {
        for (ScoredToken token : scorer.drain()) write(out, token);
        scorer.push(Arrays.copyOfRange(text, TEXT_CUT, TEXT), token -> write(out, token));
        scorer.finish(token -> write(out, token));
        ByteBuffer bits = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(scorer.bitsPerByte());
        out.write(bits.array(), 0, 8);
      }
    };
  }

  private static void write(ByteArrayOutputStream out, ScoredToken token) {
    write(out, token.id(), token.logProbability());
    ByteBuffer range = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    range.putLong(token.byteBegin()).putLong(token.byteEnd());
    out.write(range.array(), 0, 16);
  }

  private static void write(ByteArrayOutputStream out, int id, float logProbability) {
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(id).putFloat(logProbability).array(), 0, 8);
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

  private static void save(Path folder, Map<String, Start> kinds) throws IOException {
    for (Map.Entry<String, Start> kind : kinds.entrySet()) {
      String name = "java." + kind.getKey();
      Middle middle = kind.getValue().from(null);
      Files.write(folder.resolve(name + ".snapshot"), middle.save());
      Files.write(folder.resolve(name + ".expected"), middle.goOn());
      middle.close();
    }
  }

  private static boolean restore(Path folder, Map<String, Start> kinds) throws IOException {
    boolean all = true;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.snapshot")) {
      for (Path file : files) {
        String name = file.getFileName().toString(); // LANGUAGE.KIND.snapshot
        Middle middle = kinds.get(name.split("\\.")[1]).from(Files.readAllBytes(file));
        byte[] actual = middle.goOn();
        middle.close();
        Path expected = folder.resolve(name.replace(".snapshot", ".expected"));
        boolean same = Arrays.equals(Files.readAllBytes(expected), actual);
        System.out.println((same ? "ok" : "not ok") + " java goes on from " + name);
        all &= same;
      }
    }
    return all;
  }
}
