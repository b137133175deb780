/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

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
public final class Model extends ModelRuns {
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

  private Model(long pointer) {
    super(pointer);
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
      return new DocumentStream(NativeStream.nativeCreate(this, config), embeddingWidth(), hidden());
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
        NativeStream.nativeRestore(this, Objects.requireNonNull(snapshot, "snapshot")), embeddingWidth(), hidden());
  }

  /**
   * A memory of one sequence of ids, which gives rows of the last layer.
   *
   * @param reading how it reads, or null: the model's own setting
   * @return a new memory
   */
  public Memory newMemory(Reading reading) {
    try (NativeConfig config = Options.open(reading)) {
      return new Memory(NativeMemory.nativeCreateForModel(this, config), 0, hidden());
    }
  }

  @Override
  public String toString() {
    return isClosed() ? "Model[closed]" : "Model[" + name() + "]";
  }
}
