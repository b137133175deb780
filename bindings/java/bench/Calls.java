/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */

import dev.longwave.Attention;
import dev.longwave.Buffers;
import dev.longwave.Context;
import dev.longwave.FullAttention;
import dev.longwave.WindowAttention;
import dev.longwave.Workspace;
import java.nio.FloatBuffer;

/** The calls of bindings/bench/calls.c from Java: with arrays, which are copied, and with direct buffers. */
final class Calls {
  private interface Call {
    void run();
  }

  public static void main(String[] args) {
    try (Context context = Context.create(1)) {
      try (Attention layer = new FullAttention(1, 8).build(context)) {
        measure("small", layer, 8, 1, 15, 20000);
      }
      try (Attention layer = new WindowAttention(1, 125).left(1).right(0).build(context)) {
        measure("large", layer, 125, 8000, 15, 3);
      }
    }
  }

  private static void measure(String name, Attention layer, int width, int rows, int batches, int calls) {
    float[] array = new float[width * rows];
    for (int i = 0; i < array.length; i++) array[i] = (i % 17 - 8) / 8f;
    float[] arrayOut = new float[array.length];
    FloatBuffer buffer = Buffers.allocateFloats(array.length);
    buffer.duplicate().put(array);
    FloatBuffer bufferOut = Buffers.allocateFloats(array.length);
    try (Workspace workspace = layer.newWorkspace(rows, rows)) {
      time(name + "-array", batches, calls, () -> layer.forward(array, array, array, null, 1, arrayOut, workspace));
      time(name + "-direct", batches, calls, () -> layer.forward(buffer, buffer, buffer, null, 1, bufferOut, workspace));
    }
  }

  private static void time(String name, int batches, int calls, Call call) {
    long best = Long.MAX_VALUE;
    for (int b = 0; b < 2 * batches; b++) { // the first half warms the compiler up
      long begin = System.nanoTime();
      for (int i = 0; i < calls; i++) call.run();
      if (b >= batches) best = Math.min(best, System.nanoTime() - begin);
    }
    System.out.println(name + " " + (double) best / calls);
  }
}
