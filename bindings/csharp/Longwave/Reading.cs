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
            get => Int("sinks");
            set => Set("sinks", value);
        }

        /// <summary>Positions are tiled at this many, above the sinks; at most what the model has.</summary>
        public int? Tile
        {
            get => Int("tile");
            set => Set("tile", value);
        }

        /// <summary>Texts of at most this many rows, special tokens included, are read in full.</summary>
        public int? FullUpTo
        {
            get => Int("full_up_to");
            set => Set("full_up_to", value);
        }

        /// <summary>The most tokens of a passage, 1 to 8192; 254 by default.</summary>
        public int? PassageTokens
        {
            get => Int("passage_tokens");
            set => Set("passage_tokens", value);
        }

        /// <summary>The most results that wait to be read before a push stops, 1 to 65536; 16 by default.</summary>
        public int? Queue
        {
            get => Int("queue");
            set => Set("queue", value);
        }

        /// <summary>Rows that are computed at a time, 1 to 1024; 192 by default. Results do not depend on it.</summary>
        public int? StepRows
        {
            get => Int("step_rows");
            set => Set("step_rows", value);
        }

        /// <summary>Whether streams add the model's special tokens to ids that are pushed; they do by default.</summary>
        public bool? AddSpecialTokens
        {
            get => Flag("add_special_tokens");
            set => SetFlag("add_special_tokens", value);
        }

        /// <summary>Whether tokenizers whose look-back has no bound cut very long runs; they do not by default.</summary>
        public bool? SplitLong
        {
            get => Flag("split_long");
            set => SetFlag("split_long", value);
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

        private int? Int(string key) => (int?)(long?)Options.Get(key);

        private void Set(string key, int? value) => Options.Set(key, value.HasValue ? (object)(long)value.Value : null);

        private bool? Flag(string key)
        {
            var number = (long?)Options.Get(key);
            return number.HasValue ? number.Value != 0 : (bool?)null;
        }

        private void SetFlag(string key, bool? value)
        {
            Options.Set(key, value.HasValue ? (object)(value.Value ? 1L : 0L) : null);
        }

        /// <inheritdoc/>
        public override string ToString() => Options.ToString();
    }
}
