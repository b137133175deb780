/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * A model with its tokenizer, opened for use.
 *
 * <pre>{@code
 * try (Model model = Model.open(Path.of("minilm")); DocumentStream stream = model.newStream()) {
 *   for (Embedding e : stream.read(in)) index.add(e.byteBegin(), e.byteEnd(), e.vector());
 * }
 * }</pre>
 *
 * <p>Immutable; any number of threads may use it at once. Open a model once and share it: close it when it is not needed
 * any more, since its memory is not Java's and the collector does not see how large it is. Streams and memories of a
 * closed model work on.
 */
public final class Model extends NativeModel {
  /** The type of weights that {@link #convert} writes. */
  public enum Weights {
    /** As accurate as the original. */
    F32,
    /** Half the size. */
    BF16,
    /** Half the size, with more digits and less range. */
    F16,
    /** F32 in the layout that is used straight from the file: nothing is packed when it is opened. */
    F32_PACKED,
    /** BF16 in this layout. */
    BF16_PACKED,
    /** A quarter of the size, and the fastest; always in this layout. */
    INT8
  }

  private final int hidden;
  private final int embeddingWidth;

  private Model(long pointer) {
    super(pointer);
    hidden = (int) nativeGetInt("hidden");
    embeddingWidth = (int) nativeGetInt("embedding_width");
  }

  /**
   * Opens a folder, with threads of its own: as many as this process may use.
   *
   * @param folder a Hugging Face checkpoint (config.json, *.safetensors, tokenizer.json), or what {@link #convert} wrote
   * @return a new model
   * @throws LongwaveException.Io if a file is missing or cannot be read
   * @throws LongwaveException.CorruptData if a file is damaged
   * @throws LongwaveException.Unsupported if this version cannot run it
   */
  public static Model open(Path folder) {
    try (Context context = Context.create()) {
      return open(context, folder);
    }
  }

  /**
   * Opens a folder on a context's threads.
   *
   * @param context the threads; may be closed afterwards
   * @param folder as in {@link #open(Path)}
   * @return a new model
   */
  public static Model open(Context context, Path folder) {
    Objects.requireNonNull(context, "context");
    return new Model(nativeOpen(context, folder.toString()));
  }

  /**
   * Opens a model that is no folder, with threads of its own.
   *
   * @param files its files; may be closed afterwards
   * @return a new model
   */
  public static Model open(ModelFiles files) {
    try (Context context = Context.create()) {
      return open(context, files);
    }
  }

  /**
   * Opens a model that is no folder, on a context's threads.
   *
   * @param context the threads; may be closed afterwards
   * @param files its files; may be closed afterwards
   * @return a new model
   */
  public static Model open(Context context, ModelFiles files) {
    Objects.requireNonNull(context, "context");
    return new Model(nativeOpenMemory(context, files.files()));
  }

  /**
   * Writes a copy of a model's folder with other weights.
   *
   * @param source a folder
   * @param destination a folder that does not exist or is empty
   * @param weights their type
   * @param reading how the copy reads long texts, or null: as the source does
   */
  public static void convert(Path source, Path destination, Weights weights, Reading reading) {
    try (NativeConfig config = Options.open(reading)) {
      nativeConvert(source.toString(), destination.toString(), weights.name().toLowerCase(Locale.ROOT).replace('_', '-'), config);
    }
  }

  /**
   * The same with all that can become of a model, its long form among it.
   *
   * @param source a folder
   * @param destination a folder that does not exist or is empty
   * @param conversion what becomes of it, or null: a copy with weights in F32
   * @throws LongwaveException.InvalidArgument for numbers that do not fit the model
   * @throws LongwaveException.Unsupported if a model of its family cannot become that
   */
  public static void convert(Path source, Path destination, Conversion conversion) {
    try (NativeConfig config = Conversion.open(conversion)) {
      nativeConvertWith(source.toString(), destination.toString(), config);
    }
  }

  /**
   * Packs the weights now, rather than in the first stream, memory, workspace or forward.
   *
   * @throws CancelledException after {@link #cancel}; what is packed is kept, and the next call goes on
   */
  public void prepare() {
    nativePrepare();
  }

  /**
   * Asks the packing that is going on, or else the next one, to stop with a {@link CancelledException}, also where it is part
   * of making a stream, a memory or a workspace. Does nothing once the weights are packed. Any thread.
   */
  public void cancel() {
    nativeCancel();
  }

  /**
   * How far packing is. Any thread.
   *
   * @return numbers of this moment
   */
  public Packing packing() {
    long[] numbers = new long[2];
    nativeProgress(numbers);
    return new Packing(numbers);
  }

  /**
   * The model's own tokenizer.
   *
   * @return a new object, which outlives this one
   * @throws LongwaveException.Unsupported if the model has none
   */
  public Tokenizer tokenizer() {
    return new Tokenizer(NativeTokenizer.nativeOfModel(this));
  }

  /**
   * The model's name with its short fingerprint.
   *
   * @return such as "minilm-0123abcd"
   */
  public String name() {
    return nativeName();
  }

  /**
   * Numbers in a vector.
   *
   * @return such as 384
   */
  public int embeddingWidth() {
    return embeddingWidth;
  }

  /**
   * Floats of a hidden row.
   *
   * @return such as 384
   */
  public int hidden() {
    return hidden;
  }

  /**
   * Layers.
   *
   * @return such as 6
   */
  public int layers() {
    return (int) nativeGetInt("layers");
  }

  /**
   * Attention heads of a layer.
   *
   * @return such as 12
   */
  public int heads() {
    return (int) nativeGetInt("heads");
  }

  /**
   * Ids that the model knows.
   *
   * @return such as 30522
   */
  public int vocabulary() {
    return (int) nativeGetInt("vocabulary");
  }

  /**
   * Positions that the model was trained with and can use.
   *
   * @return such as 512
   */
  public int positions() {
    return (int) nativeGetInt("positions");
  }

  /**
   * Rows, special tokens included, that a text may have under {@link Reading#truncate} and {@link Reading#refuse}.
   *
   * @return such as 256
   */
  public int maxRows() {
    return (int) nativeGetInt("max_rows");
  }

  /**
   * Whether it reads text, and not only ids.
   *
   * @return true if there is a tokenizer
   */
  public boolean hasTokenizer() {
    return nativeGetInt("has_tokenizer") != 0;
  }

  /**
   * Whether it gives {@link Output#POOLER_OUTPUT}.
   *
   * @return true if there is a pooler
   */
  public boolean hasPooler() {
    return nativeGetInt("has_pooler") != 0;
  }

  /**
   * Whether its folder says how long texts are read.
   *
   * @return true if there is a longwave.json with a window
   */
  public boolean hasLongReading() {
    return nativeGetInt("has_long_reading") != 0;
  }

  /**
   * Any number about the model by the name that it has in the C API, such as "mapped_bytes", "held_bytes", "packed_bytes"
   * or "fingerprint".
   *
   * @param key the name
   * @return the number
   */
  public long number(String key) {
    return nativeGetInt(key);
  }

  /**
   * Everything about the model as JSON: layers with their attention, reading, bytes, latency.
   *
   * @return one JSON object
   */
  public String describe() {
    return describe(null);
  }

  /**
   * The same with another reading.
   *
   * @param reading what to describe it with, or null
   * @return one JSON object
   */
  public String describe(Reading reading) {
    try (NativeConfig config = Options.open(reading)) {
      return nativeDescribe(config);
    }
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
    float[] vector = new float[embeddingWidth];
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
    float[] vector = new float[embeddingWidth];
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
        return rows * hidden;
      case HIDDEN_STATES:
        return rows * hidden * (layers() + 1);
      case POOLER_OUTPUT:
        return (long) batch.batch * hidden;
      case SENTENCE_EMBEDDING:
        return (long) batch.batch * embeddingWidth;
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
   * A generator as the model's generation_config.json says.
   *
   * @return a new generator
   * @throws LongwaveException.Unsupported if the model has no head that says which token comes next
   */
  public Generator newGenerator() {
    return newGenerator(null);
  }

  /**
   * A generator.
   *
   * @param generation how text is generated, or null
   * @return a new generator
   */
  public Generator newGenerator(Generation generation) {
    try (NativeConfig config = Generation.open(generation)) {
      return new Generator(NativeGenerator.nativeCreate(this, config));
    }
  }

  /**
   * A generator that goes on where {@link Generator#save} was called, with the options of then.
   *
   * @param snapshot what save gave, here or on another machine, in Java or another language
   * @return a new generator
   * @throws LongwaveException.CorruptData if the snapshot is damaged
   * @throws LongwaveException.Mismatch if it is of another model
   */
  public Generator restoreGenerator(byte[] snapshot) {
    return new Generator(NativeGenerator.nativeRestore(this, Objects.requireNonNull(snapshot, "snapshot")));
  }

  /**
   * A scorer of one document.
   *
   * @param scoring how much context tokens have, or null: sliding windows as long as the model reads
   * @return a new scorer
   * @throws LongwaveException.Unsupported if the model has no head that says which token comes next
   */
  public Scorer newScorer(Scoring scoring) {
    try (NativeConfig config = Scoring.open(scoring)) {
      return new Scorer(NativeScorer.nativeCreate(this, config));
    }
  }

  /**
   * A scorer that goes on where {@link Scorer#save} was called, with the options of then.
   *
   * @param snapshot what save gave, here or on another machine, in Java or another language
   * @return a new scorer
   * @throws LongwaveException.CorruptData if the snapshot is damaged
   * @throws LongwaveException.Mismatch if it is of another model
   */
  public Scorer restoreScorer(byte[] snapshot) {
    return new Scorer(NativeScorer.nativeRestore(this, Objects.requireNonNull(snapshot, "snapshot")));
  }

  /**
   * What a scorer will take.
   *
   * @param scoring how much context tokens have, or null
   * @return bytes
   */
  public long planScorer(Scoring scoring) {
    try (NativeConfig config = Scoring.open(scoring)) {
      return nativePlanScorer(config);
    }
  }

  /**
   * What a generator will take.
   *
   * @param generation how text is generated, or null
   * @return bytes
   */
  public long planGenerator(Generation generation) {
    try (NativeConfig config = Generation.open(generation)) {
      return nativePlanGenerator(config);
    }
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

  /**
   * Bytes of a workspace.
   *
   * @param reading the window, or null
   * @param batch the most sequences
   * @param tokens the most ids of each
   * @return bytes
   */
  public long planWorkspace(Reading reading, int batch, int tokens) {
    try (NativeConfig config = Options.open(reading)) {
      return nativePlanWorkspace(config, batch, tokens);
    }
  }

  /**
   * A stream that reads one document as the model's own setting says.
   *
   * @return a new stream
   */
  public DocumentStream newStream() {
    return newStream(null);
  }

  /**
   * A stream that reads one document.
   *
   * @param reading how, or null: the model's own setting
   * @return a new stream
   */
  public DocumentStream newStream(Reading reading) {
    try (NativeConfig config = Options.open(reading)) {
      return new DocumentStream(NativeStream.nativeCreate(this, config), embeddingWidth, hidden);
    }
  }

  /**
   * A stream that goes on where {@link DocumentStream#save} was called, with the options of then.
   *
   * @param snapshot what save gave, here or on another machine, in Java or another language
   * @return a new stream
   * @throws LongwaveException.CorruptData if the snapshot is damaged
   * @throws LongwaveException.Mismatch if it is of another model
   */
  public DocumentStream restoreStream(byte[] snapshot) {
    return new DocumentStream(
        NativeStream.nativeRestore(this, Objects.requireNonNull(snapshot, "snapshot")), embeddingWidth, hidden);
  }

  /**
   * What a stream will take.
   *
   * @param reading how it reads, or null
   * @return bytes and latency
   */
  public Plan planStream(Reading reading) {
    long[] numbers = new long[4];
    try (NativeConfig config = Options.open(reading)) {
      nativePlanStream(config, numbers);
    }
    return new Plan(numbers);
  }

  /**
   * A memory of one sequence of ids, which gives rows of the last layer.
   *
   * @param reading how it reads, or null: the model's own setting
   * @return a new memory
   */
  public Memory newMemory(Reading reading) {
    try (NativeConfig config = Options.open(reading)) {
      return new Memory(NativeMemory.nativeCreateForModel(this, config), 0, hidden);
    }
  }

  /**
   * What a memory will take.
   *
   * @param reading how it reads, or null
   * @return bytes and latency
   */
  public Plan planMemory(Reading reading) {
    long[] numbers = new long[4];
    try (NativeConfig config = Options.open(reading)) {
      nativePlanMemory(config, numbers);
    }
    return new Plan(numbers);
  }

  @Override
  public String toString() {
    return isClosed() ? "Model[closed]" : "Model[" + name() + "]";
  }
}
