/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What belongs to no object. Any thread. */
public final class Longwave {
  private Longwave() {}

  /**
   * The version of the native library.
   *
   * @return such as "0.1.0"
   */
  public static String version() {
    return LongwaveNative.nativeVersion();
  }

  /**
   * The instruction set that kernels run on here. Results are equal to the bit only on the same one.
   *
   * @return such as "AVX3_ZEN4"
   */
  public static String simdTarget() {
    return LongwaveNative.nativeSimdTarget();
  }

  /**
   * The vectors with the greatest dot products with a query.
   *
   * @param query [width]
   * @param vectors [count, width], one behind the other
   * @param k how many to find
   * @return at most k, best first; of equal scores the lower index comes first
   */
  public static List<Hit> search(float[] query, float[] vectors, int k) {
    long[] indices = new long[checkK(k, query.length, vectors.length)];
    float[] scores = new float[indices.length];
    return hits(LongwaveNative.nativeSearch(query(query), Objects.requireNonNull(vectors, "vectors"), indices, scores),
        indices, scores);
  }

  /**
   * The same without a copy of the vectors: a direct buffer in native byte order ({@link Buffers#allocateFloats}).
   *
   * @param query [width]
   * @param vectors [count, width], from position to limit
   * @param k how many to find
   * @return at most k, best first
   */
  public static List<Hit> search(float[] query, FloatBuffer vectors, int k) {
    long at = Buffers.check(Objects.requireNonNull(vectors, "vectors"), "vectors").position();
    long[] indices = new long[checkK(k, query.length, vectors.remaining())];
    float[] scores = new float[indices.length];
    return hits(LongwaveNative.nativeSearchDirect(query(query), vectors, at, Buffers.count(vectors, at), indices,
        scores), indices, scores);
  }

  /**
   * What a snapshot of a memory or a stream holds, as JSON. No model is needed.
   *
   * @param snapshot what save gave
   * @return one JSON object
   * @throws LongwaveException.CorruptData if it is damaged
   */
  public static String describeSnapshot(byte[] snapshot) {
    return LongwaveNative.nativeDescribeSnapshot(Objects.requireNonNull(snapshot, "snapshot"));
  }

  private static float[] query(float[] query) {
    return Objects.requireNonNull(query, "query");
  }

  private static int checkK(int k, int width, int numbers) {
    if (k < 0) throw new IllegalArgumentException("k must not be negative, got " + k);
    return width == 0 ? 0 : Math.min(k, numbers / width); // there are no more
  }

  private static List<Hit> hits(long found, long[] indices, float[] scores) {
    List<Hit> hits = new ArrayList<>((int) found);
    for (int i = 0; i < found; i++) hits.add(new Hit((int) indices[i], scores[i]));
    return hits;
  }
}
