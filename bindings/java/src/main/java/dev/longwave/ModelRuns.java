/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.nio.FloatBuffer;
import java.util.Objects;

/** What a {@link Model} computes of whole sequences. */
abstract class ModelRuns extends ModelNumbers {
  ModelRuns(long pointer) {
    super(pointer);
  }

  /**
   * The vector of one text; the simplest way in.
   *
   * @param text what to embed
   * @return a new array [embeddingWidth]
   * @throws LongwaveException.InvalidArgument for a text without a token
   * @throws LongwaveException.CapacityExceeded for a text that is longer than the model reads
   */
  public float[] embed(String text) {
    float[] vector = new float[embeddingWidth()];
    nativeEmbed(Utf8.encode(text), vector);
    return vector;
  }

  /**
   * The same of UTF-8.
   *
   * @param utf8 what to embed
   * @return a new array [embeddingWidth]
   */
  public float[] embed(byte[] utf8) {
    float[] vector = new float[embeddingWidth()];
    nativeEmbed(Objects.requireNonNull(utf8, "utf8"), vector);
    return vector;
  }

  /**
   * Whole sequences at once, exactly as the original model reads them.
   *
   * @param batch sequences of ids
   * @param output what to give
   * @return a new array of the output's shape
   */
  public float[] forward(Batch batch, Output output) {
    float[] result = new float[Math.toIntExact(size(batch, output))];
    forward(batch, output, null, null, result);
    return result;
  }

  /**
   * The same into an array of yours.
   *
   * @param batch sequences of ids
   * @param output what to give
   * @param reading a window to read through, or null: every row sees every row
   * @param workspace scratch, or null: it is taken for this call
   * @param result receives the output; as long as {@link #size} says
   * @throws IllegalStateException if another thread is in the workspace
   */
  public void forward(Batch batch, Output output, Reading reading, Workspace workspace, float[] result) {
    try (NativeConfig config = Options.open(reading)) {
      nativeForward(workspace, config, batch.ids, batch.mask, batch.tokenTypes, batch.batch, batch.tokens, output.number,
          Objects.requireNonNull(result, "result"));
    }
  }

  /**
   * The same without a copy: a direct buffer in native byte order, from position to limit.
   *
   * @param batch sequences of ids
   * @param output what to give
   * @param reading a window to read through, or null: every row sees every row
   * @param workspace scratch, or null: it is taken for this call
   * @param result receives the output; as long as {@link #size} says
   */
  public void forward(Batch batch, Output output, Reading reading, Workspace workspace, FloatBuffer result) {
    long at = Buffers.checkOut(result, "result").position();
    try (NativeConfig config = Options.open(reading)) {
      nativeForwardDirect(workspace, config, batch.ids, batch.mask, batch.tokenTypes, batch.batch, batch.tokens,
          output.number, result, at, Buffers.count(result, at));
    }
  }

  /**
   * Floats that a forward gives.
   *
   * @param batch sequences of ids
   * @param output what to give
   * @return how many
   */
  public long size(Batch batch, Output output) {
    long rows = (long) batch.batch * batch.tokens;
    switch (output) {
      case LAST_HIDDEN_STATE:
        return rows * hidden();
      case HIDDEN_STATES:
        return rows * hidden() * (layers() + 1);
      case POOLER_OUTPUT:
        return (long) batch.batch * hidden();
      case SENTENCE_EMBEDDING:
        return (long) batch.batch * embeddingWidth();
      case QUERIES:
      case KEYS:
      case VALUES:
        return rows * layers() * heads() * nativeGetInt("head_dim");
      default:
        try (ModelInputs inputs = ModelInputs.of(batch)) {
          return count(shape(inputs, output));
        }
    }
  }

  private static long count(long[] shape) {
    long count = 1;
    for (long extent : shape) count *= extent;
    return count;
  }

  /**
   * Whole sequences at once, as {@link #forward} reads them, with whatever inputs were set.
   *
   * @param inputs what is read
   * @param output what to give
   * @return a new array of the output's shape
   */
  public float[] run(ModelInputs inputs, Output output) {
    float[] result = new float[Math.toIntExact(count(shape(inputs, output)))];
    run(inputs, output, null, result);
    return result;
  }

  /**
   * The same into an array of yours.
   *
   * @param inputs what is read
   * @param output what to give
   * @param workspace scratch of at least as many rows, or null
   * @param result receives the output; as long as {@link #shape} says
   */
  public void run(ModelInputs inputs, Output output, Workspace workspace, float[] result) {
    Objects.requireNonNull(inputs, "inputs");
    nativeRun(workspace, inputs, output.number, Objects.requireNonNull(result, "result"));
  }

  /**
   * The same without a copy: a direct buffer in native byte order, from position to limit.
   *
   * @param inputs what is read
   * @param output what to give
   * @param workspace scratch of at least as many rows, or null
   * @param result receives the output; as long as {@link #shape} says
   */
  public void run(ModelInputs inputs, Output output, Workspace workspace, FloatBuffer result) {
    long at = Buffers.checkOut(result, "result").position();
    Objects.requireNonNull(inputs, "inputs");
    nativeRunDirect(workspace, inputs, output.number, result, at, Buffers.count(result, at));
  }

  /**
   * The shape that an output has.
   *
   * @param inputs what is read
   * @param output what to give
   * @return such as [batch, tokens, hidden]
   * @throws LongwaveException.Unsupported if the model has no such output
   */
  public long[] shape(ModelInputs inputs, Output output) {
    return nativeOutputShape(Objects.requireNonNull(inputs, "inputs"), output.number);
  }

  /**
   * What the attention of a layer holds once it has seen each sequence, of models beyond plain encoders.
   *
   * @param inputs what is read
   * @param name "layers.N.PART", with PART as in the C API: "layers.1.buckets" of a layer that hashes
   * @return the numbers
   */
  public float[] runPart(ModelInputs inputs, String name) {
    return nativeRunPart(Objects.requireNonNull(inputs, "inputs"), name);
  }

  /**
   * Scratch for forwards that read in full.
   *
   * @param batch the most sequences
   * @param tokens the most ids of each
   * @return a new workspace
   */
  public Workspace newWorkspace(int batch, int tokens) {
    return newWorkspace(null, batch, tokens);
  }

  /**
   * Scratch for forwards through a window, which need less.
   *
   * @param reading the window, or null
   * @param batch the most sequences
   * @param tokens the most ids of each
   * @return a new workspace
   */
  public Workspace newWorkspace(Reading reading, int batch, int tokens) {
    try (NativeConfig config = Options.open(reading)) {
      return new Workspace(NativeWorkspace.nativeCreateForModel(this, config, batch, tokens));
    }
  }
}
