// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>How a model reads texts that are longer than it was trained for, and how a stream gives its results.</summary>
    /// <example><code>
    /// model.CreateStream(new Reading { PassageTokens = 128, Queue = 100 })
    /// </code></example>
    /// <remarks>A new one is the model's own setting. Not for several threads while it is changed.</remarks>
    public sealed class Reading
    {
        internal Options Options { get; } = new Options("stream");

        /// <summary>
        /// Long texts through a window: every row sees so many rows before and after itself, in fixed memory however long
        /// the text.
        /// </summary>
        /// <param name="left">rows seen before each row: one number, or one a layer</param>
        /// <param name="right">rows seen after each row: one number, or one a layer</param>
        /// <returns>a new reading</returns>
        public static Reading Window(Numbers left, Numbers right)
        {
            Reading reading = Long("window");
            reading.Options.Set("left", left.ForOption());
            reading.Options.Set("right", right.ForOption());
            return reading;
        }

        /// <summary>A window of the size that the model's longwave.json gives.</summary>
        /// <returns>a new reading</returns>
        public static Reading ModelWindow() => Long("window");

        /// <summary>Each passage of a long text by itself, as other tools do.</summary>
        /// <returns>a new reading</returns>
        public static Reading Alone() => Long("alone");

        /// <summary>
        /// Only the beginning of a long text; <see cref="DocumentStream.TruncatedTokens"/> tells what was left out.
        /// </summary>
        /// <returns>a new reading</returns>
        public static Reading Truncate() => Long("truncate");

        /// <summary>Long texts are an error that names the limit.</summary>
        /// <returns>a new reading</returns>
        public static Reading Refuse() => Long("refuse");

        /// <summary>Rows at the beginning that every row sees, 0 to 4096.</summary>
        public int? Sinks
        {
            get => Options.GetInt("sinks");
            set => Options.SetInt("sinks", value);
        }

        /// <summary>Positions are tiled at this many, above the sinks; at most what the model has.</summary>
        public int? Tile
        {
            get => Options.GetInt("tile");
            set => Options.SetInt("tile", value);
        }

        /// <summary>Texts of at most this many rows, special tokens included, are read in full.</summary>
        public int? FullUpTo
        {
            get => Options.GetInt("full_up_to");
            set => Options.SetInt("full_up_to", value);
        }

        /// <summary>
        /// Under Truncate and Refuse: the most rows of a document, special tokens included, where less than the model's.
        /// </summary>
        public long? MaxRows
        {
            get => Options.GetLong("max_rows");
            set => Options.SetLong("max_rows", value);
        }

        /// <summary>The most tokens of a passage, 1 to 8192; 254 by default.</summary>
        public int? PassageTokens
        {
            get => Options.GetInt("passage_tokens");
            set => Options.SetInt("passage_tokens", value);
        }

        /// <summary>The most results that wait to be read before a push stops, 1 to 65536; 16 by default.</summary>
        public int? Queue
        {
            get => Options.GetInt("queue");
            set => Options.SetInt("queue", value);
        }

        /// <summary>Rows that are computed at a time, 1 to 1024; 192 by default. Results do not depend on it.</summary>
        public int? StepRows
        {
            get => Options.GetInt("step_rows");
            set => Options.SetInt("step_rows", value);
        }

        /// <summary>Whether streams add the model's special tokens to ids that are pushed; they do by default.</summary>
        public bool? AddSpecialTokens
        {
            get => Options.GetBool("add_special_tokens");
            set => Options.SetBool("add_special_tokens", value);
        }

        /// <summary>
        /// Whether rows come as vectors (<see cref="DocumentStream.PushVectors"/>) rather than as text or ids; they do not by
        /// default.
        /// </summary>
        public bool? Vectors
        {
            get => Options.GetBool("vectors");
            set => Options.SetBool("vectors", value);
        }

        /// <summary>How rows go through families other than plain encoders. Results are the same to the bit.</summary>
        public Execution? Execution
        {
            get => Options.GetEnum<Execution>("execution", Words.Execution);
            set => Options.SetEnum("execution", (int?)value, Words.Execution);
        }

        /// <summary>
        /// Bytes of text that a tokenizer other than WordPiece may keep until it is certain which tokens they become, 256 to
        /// 67108864; 65536 by default.
        /// </summary>
        public int? HeldBack
        {
            get => Options.GetInt("held_back");
            set => Options.SetInt("held_back", value);
        }

        /// <summary>
        /// Whether a longer run of text that nothing allows to be cut is cut all the same and counted
        /// (<see cref="DocumentStream.SplitWords"/>), rather than refused; it is refused by default.
        /// </summary>
        public bool? SplitLong
        {
            get => Options.GetBool("split_long");
            set => Options.SetBool("split_long", value);
        }

        /// <summary>An option by the name that it has in the C API, for those that are newer than this class.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the number</param>
        /// <returns>this</returns>
        public Reading Option(string key, long value)
        {
            Options.Set(key, value);
            return this;
        }

        /// <summary>As <see cref="Option(string, long)"/>.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the word</param>
        /// <returns>this</returns>
        public Reading Option(string key, string value)
        {
            Options.Set(key, value);
            return this;
        }

        private static Reading Long(string word)
        {
            var reading = new Reading();
            reading.Options.Set("long", word);
            return reading;
        }

        /// <inheritdoc/>
        public override string ToString() => Options.ToString();
    }

    /// <summary>How rows go through a model.</summary>
    public enum Execution
    {
        /// <summary>As they come where every layer can, else when the document is finished.</summary>
        Auto,

        /// <summary>As they come; refused, naming the layer, where one needs the whole sequence.</summary>
        Stream,

        /// <summary>When the document is finished.</summary>
        Whole,
    }
}
