// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>How a model scores documents.</summary>
    /// <example><code>
    /// model.CreateScorer(new ScoringOptions { Length = 1024, Stride = 256 })
    /// </code></example>
    /// <remarks>What is null was not set, and the default holds. Not for several threads while it is changed.</remarks>
    public sealed class ScoringOptions
    {
        internal Options Options { get; } = new Options("scoring");

        /// <summary>How much context a token has; Sliding by default.</summary>
        public ScoringMode? Mode
        {
            get => Options.GetEnum<ScoringMode>("mode", Words.ScoringMode);
            set => Options.SetEnum("mode", (int?)value, Words.ScoringMode);
        }

        /// <summary>
        /// Tokens of a window or a block, 2 to 16777216; by default the model's positions, but at most 4096, or 1024 where they
        /// have no bound. Of mode Stream how many are computed at a time, and one more than a segment of models that have such.
        /// </summary>
        public int? Length
        {
            get => Options.GetInt("length");
            set => Options.SetInt("length", value);
        }

        /// <summary>Sliding: how far windows advance, 1 to Length - 1; half of Length by default.</summary>
        public int? Stride
        {
            get => Options.GetInt("stride");
            set => Options.SetInt("stride", value);
        }

        /// <summary>
        /// An id that is read before the document, so that its first token is scored; -1, the default: none.
        /// </summary>
        public int? Begin
        {
            get => Options.GetInt("begin");
            set => Options.SetInt("begin", value);
        }

        /// <summary>
        /// Mode Stream through a window, in fixed memory without end: rows that every row sees before itself.
        /// </summary>
        public int? Left
        {
            get => Options.GetInt("left");
            set => Options.SetInt("left", value);
        }

        /// <summary>With Left: rows at the beginning that every row sees, 0 to 4096.</summary>
        public int? Sinks
        {
            get => Options.GetInt("sinks");
            set => Options.SetInt("sinks", value);
        }

        /// <summary>With Left: learned positions are tiled at this many; by default all there are.</summary>
        public int? Tile
        {
            get => Options.GetInt("tile");
            set => Options.SetInt("tile", value);
        }

        /// <summary>Mode Stream without a window: rows that the memory takes; by default the model's positions.</summary>
        public long? MaxTokens
        {
            get => Options.GetLong("max_tokens");
            set => Options.SetLong("max_tokens", value);
        }

        /// <summary>Tokens that may wait to be read, 1 to 16777216; 4096 by default. A window's tokens always may.</summary>
        public int? Queue
        {
            get => Options.GetInt("queue");
            set => Options.SetInt("queue", value);
        }

        /// <summary>
        /// Bytes of text that a tokenizer other than WordPiece may keep until it is certain which tokens they become, 256
        /// to 67108864; 65536 by default.
        /// </summary>
        public int? HeldBack
        {
            get => Options.GetInt("held_back");
            set => Options.SetInt("held_back", value);
        }

        /// <summary>
        /// Whether a longer run of text that nothing allows to be cut is cut all the same, rather than refused; it is
        /// refused by default.
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
        public ScoringOptions Option(string key, long value)
        {
            Options.Set(key, value);
            return this;
        }

        /// <inheritdoc/>
        public override string ToString() => Options.ToString();
    }

    /// <summary>How much context a token has that is scored.</summary>
    public enum ScoringMode
    {
        /// <summary>
        /// Windows of Length tokens that advance by Stride: of each but the first the last Stride tokens are scored, with at
        /// least Length - Stride before them.
        /// </summary>
        Sliding,

        /// <summary>Blocks that begin with the last token of the block before, as their only context.</summary>
        Segment,

        /// <summary>
        /// The document goes through one memory: a window with sinks (<see cref="ScoringOptions.Left"/>), or a model that
        /// remembers, such as Transformer-XL.
        /// </summary>
        Stream,
    }
}
