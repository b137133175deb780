// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;

namespace Longwave
{
    /// <summary>A model with its tokenizer, opened for use.</summary>
    /// <example><code>
    /// using (Model model = Model.Open("minilm"))
    /// using (DocumentStream document = model.CreateStream())
    /// {
    ///     foreach (Embedding e in document.Read(file)) index.Add(e.ByteBegin, e.ByteEnd, e.Vector);
    /// }
    /// </code></example>
    /// <remarks>
    /// Immutable; any number of threads may use it at once. Open a model once, share it, and dispose it when it is not needed
    /// any more: its memory is native, and the collector does not see how large it is. Streams and memories of a disposed
    /// model work on.
    /// </remarks>
    public sealed unsafe partial class Model
    {
        private int hidden, embeddingWidth;

        private static Model Wrap(IntPtr pointer)
        {
            var model = new Model(pointer);
            model.hidden = (int)model.NativeGetInt("hidden");
            model.embeddingWidth = (int)model.NativeGetInt("embedding_width");
            return model;
        }

        /// <summary>Opens a folder.</summary>
        /// <param name="folder">
        /// a Hugging Face checkpoint (config.json, *.safetensors, tokenizer.json), or what
        /// <see cref="Convert(string, string, ConversionOptions)"/> wrote
        /// </param>
        /// <param name="context">
        /// the threads, which may be disposed afterwards; null: threads of its own, as many as this process may use
        /// </param>
        /// <returns>a new model</returns>
        /// <exception cref="IOException">if a file is missing or cannot be read</exception>
        /// <exception cref="LongwaveFormatException">if a file is damaged</exception>
        /// <exception cref="NotSupportedException">if this version cannot run it</exception>
        public static Model Open(string folder, Context context = null)
        {
            if (folder == null) throw new ArgumentNullException(nameof(folder));
            using (Context own = context == null ? new Context() : null) return Wrap(NativeOpen(context ?? own, folder));
        }

        /// <summary>Opens a model that is no folder.</summary>
        /// <param name="files">its files; may be disposed afterwards</param>
        /// <param name="context">the threads, or null, as in <see cref="Open(string, Context)"/></param>
        /// <returns>a new model</returns>
        public static Model OpenMemory(ModelFiles files, Context context = null)
        {
            if (files == null) throw new ArgumentNullException(nameof(files));
            using (Context own = context == null ? new Context() : null)
            {
                return Wrap(NativeOpenMemory(context ?? own, files.Files));
            }
        }

        /// <summary>Opens a model of named buffers.</summary>
        /// <param name="files">such as "config.json" with its bytes, which are copied</param>
        /// <param name="context">the threads, or null, as in <see cref="Open(string, Context)"/></param>
        /// <returns>a new model</returns>
        public static Model OpenMemory(IEnumerable<KeyValuePair<string, byte[]>> files, Context context = null)
        {
            if (files == null) throw new ArgumentNullException(nameof(files));
            using (var buffers = new ModelFiles())
            {
                foreach (KeyValuePair<string, byte[]> file in files) buffers.Add(file.Key, file.Value);
                return OpenMemory(buffers, context);
            }
        }

        /// <summary>Writes a copy of a model's folder with other weights.</summary>
        /// <param name="source">a folder</param>
        /// <param name="destination">a folder that does not exist or is empty</param>
        /// <param name="weights">their type</param>
        /// <param name="reading">how the copy reads long texts, or null: as the source does</param>
        public static void Convert(string source, string destination, WeightType weights, Reading reading = null)
        {
            if (source == null) throw new ArgumentNullException(nameof(source));
            if (destination == null) throw new ArgumentNullException(nameof(destination));
            string word = Words.Of(Words.WeightType, (int)weights, nameof(weights));
            using (NativeConfig config = Options.Open(reading)) NativeConvert(source, destination, word, config);
        }

        /// <summary>The same with all that can become of a model, its long form among it.</summary>
        /// <param name="source">a folder</param>
        /// <param name="destination">a folder that does not exist or is empty</param>
        /// <param name="options">what becomes of it, or null: a copy with weights in F32</param>
        /// <exception cref="ArgumentException">for numbers that do not fit the model</exception>
        /// <exception cref="NotSupportedException">if a model of its family cannot become that</exception>
        public static void Convert(string source, string destination, ConversionOptions options = null)
        {
            if (source == null) throw new ArgumentNullException(nameof(source));
            if (destination == null) throw new ArgumentNullException(nameof(destination));
            using (NativeConfig config = Options.Open(options)) NativeConvertWith(source, destination, config);
        }

        /// <summary>The model's name with its short fingerprint, such as "minilm-0123abcd".</summary>
        public string Name => NativeName();

        /// <summary>Numbers in a vector, such as 384.</summary>
        public int EmbeddingWidth => embeddingWidth;

        /// <summary>Floats of a hidden row, such as 384.</summary>
        public int Hidden => hidden;

        /// <summary>Layers, such as 6.</summary>
        public int Layers => (int)NativeGetInt("layers");

        /// <summary>Attention heads of a layer, such as 12.</summary>
        public int Heads => (int)NativeGetInt("heads");

        /// <summary>Ids that the model knows, such as 30522.</summary>
        public int Vocabulary => (int)NativeGetInt("vocabulary");

        /// <summary>Positions that the model was trained with and can use, such as 512.</summary>
        public int Positions => (int)NativeGetInt("positions");

        /// <summary>
        /// Rows, special tokens included, that a text may have under <see cref="Reading.Truncate"/> and
        /// <see cref="Reading.Refuse"/>.
        /// </summary>
        public int MaxRows => (int)NativeGetInt("max_rows");

        /// <summary>Whether it reads text, and not only ids.</summary>
        public bool HasTokenizer => NativeGetInt("has_tokenizer") != 0;

        /// <summary>Whether it gives <see cref="Output.PoolerOutput"/>.</summary>
        public bool HasPooler => NativeGetInt("has_pooler") != 0;

        /// <summary>Whether its folder says how long texts are read: a longwave.json with a window.</summary>
        public bool HasLongReading => NativeGetInt("has_long_reading") != 0;

        /// <summary>Whether <see cref="Dispose"/> was called.</summary>
        public bool IsDisposed => NativeIsClosed();

        /// <summary>
        /// Any number about the model by the name that it has in the C API, such as "mapped_bytes", "held_bytes",
        /// "packed_bytes" or "fingerprint".
        /// </summary>
        /// <param name="key">the name</param>
        /// <returns>the number</returns>
        public long GetNumber(string key)
        {
            return NativeGetInt(key);
        }

        /// <summary>Everything about the model as JSON: layers with their attention, reading, bytes, latency.</summary>
        /// <param name="reading">what to describe it with, or null: the model's own setting</param>
        /// <returns>one JSON object</returns>
        public string Describe(Reading reading = null)
        {
            using (NativeConfig config = Options.Open(reading)) return NativeDescribe(config);
        }

        /// <summary>The vector of one text; the simplest way in.</summary>
        /// <param name="text">what to embed</param>
        /// <returns>a new array [EmbeddingWidth]</returns>
        /// <exception cref="ArgumentException">for a text without a token</exception>
        /// <exception cref="LongwaveCapacityException">for a text that is longer than the model reads</exception>
        public float[] Embed(string text)
        {
            return Embed(Utf8.Encode(text));
        }

        /// <summary>The same of UTF-8.</summary>
        /// <param name="utf8">what to embed</param>
        /// <returns>a new array [EmbeddingWidth]</returns>
        public float[] Embed(byte[] utf8)
        {
            if (utf8 == null) throw new ArgumentNullException(nameof(utf8));
            var vector = new float[embeddingWidth];
            fixed (byte* data = utf8)
            fixed (float* result = vector) Embed(data, utf8.Length, result, vector.Length);
            return vector;
        }

#if NET8_0_OR_GREATER
        /// <summary>The same of spans.</summary>
        /// <param name="utf8">what to embed</param>
        /// <param name="vector">receives [EmbeddingWidth]</param>
        public void Embed(ReadOnlySpan<byte> utf8, Span<float> vector)
        {
            fixed (byte* data = utf8)
            fixed (float* result = vector) Embed(data, utf8.Length, result, vector.Length);
        }
#endif

        /// <summary>The same of pointers.</summary>
        /// <param name="utf8">what to embed</param>
        /// <param name="count">its bytes</param>
        /// <param name="vector">receives [EmbeddingWidth]</param>
        /// <param name="width">floats of vector</param>
        public void Embed(byte* utf8, long count, float* vector, long width)
        {
            NativeEmbed(new NativeSpan(utf8, count), new NativeSpan(vector, width));
        }

        /// <summary>A stream that reads one document.</summary>
        /// <param name="reading">how, or null: the model's own setting</param>
        /// <returns>a new stream</returns>
        public DocumentStream CreateStream(Reading reading = null)
        {
            using (NativeConfig config = Options.Open(reading))
            {
                return new DocumentStream(DocumentStream.NativeCreate(this, config), embeddingWidth, hidden);
            }
        }

        /// <summary>
        /// A stream that goes on where <see cref="DocumentStream.Save()"/> was called, with the options of then.
        /// </summary>
        /// <param name="snapshot">what Save gave, here or on another machine, in C# or another language</param>
        /// <returns>a new stream</returns>
        /// <exception cref="LongwaveFormatException">if the snapshot is damaged</exception>
        /// <exception cref="LongwaveMismatchException">if it is of another model</exception>
        public DocumentStream RestoreStream(byte[] snapshot)
        {
            if (snapshot == null) throw new ArgumentNullException(nameof(snapshot));
            fixed (byte* data = snapshot)
            {
                return new DocumentStream(
                    DocumentStream.NativeRestore(this, new NativeSpan(data, snapshot.Length)), embeddingWidth, hidden);
            }
        }

        /// <summary>The same, read from a stream to its end.</summary>
        /// <param name="source">what Save wrote; not closed</param>
        /// <returns>a new stream</returns>
        public DocumentStream RestoreStream(Stream source)
        {
            return RestoreStream(Snapshots.Read(source));
        }

        /// <summary>What a stream will take.</summary>
        /// <param name="reading">how it reads, or null: the model's own setting</param>
        /// <returns>bytes and latency</returns>
        public Plan PlanStream(Reading reading = null)
        {
            var numbers = new long[4];
            using (NativeConfig config = Options.Open(reading))
            fixed (long* data = numbers) NativePlanStream(config, new NativeSpan(data, 4));
            return new Plan(numbers);
        }

        /// <summary>A memory of one sequence of ids, which gives rows of the last layer.</summary>
        /// <param name="reading">how it reads, or null: the model's own setting</param>
        /// <returns>a new memory</returns>
        public Memory CreateMemory(Reading reading = null)
        {
            using (NativeConfig config = Options.Open(reading))
            {
                return new Memory(Memory.NativeCreateForModel(this, config), 0, hidden);
            }
        }

        /// <summary>What a memory will take.</summary>
        /// <param name="reading">how it reads, or null: the model's own setting</param>
        /// <returns>bytes and latency</returns>
        public Plan PlanMemory(Reading reading = null)
        {
            var numbers = new long[4];
            using (NativeConfig config = Options.Open(reading))
            fixed (long* data = numbers) NativePlanMemory(config, new NativeSpan(data, 4));
            return new Plan(numbers);
        }

        /// <summary>Gives its memory back; calls that are going on end first. Any thread, any number of times.</summary>
        public void Dispose()
        {
            NativeClose();
        }

        /// <inheritdoc/>
        public override string ToString()
        {
            return IsDisposed ? "Model[disposed]" : "Model[" + Name + "]";
        }
    }
}
