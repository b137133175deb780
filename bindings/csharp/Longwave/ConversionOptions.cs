// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Globalization;

namespace Longwave
{
    /// <summary>
    /// What becomes of a model's folder that is copied: other weights, and a long form (Beltagy et al. 2020, section 5).
    /// </summary>
    /// <example><code>
    /// Model.Convert("bert-base", "long-bert",
    ///     new ConversionOptions { Attention = LayerAttention.Window(256), CopiedPositions = 4096 });
    /// </code></example>
    /// <remarks>
    /// BERT, RoBERTa (XLM-R, CamemBERT) and BART with a window that is as wide on both sides become a Longformer or an LED as
    /// they are published, which transformers opens too. Other models become what this library alone opens, and their
    /// config.json says so. What is null was not set, and stays as it is. Not for several threads while it is changed.
    /// </remarks>
    public sealed class ConversionOptions
    {
        private const string Packed = "-packed", Copied = "copied:", Tiled = "tiled:";

        internal Options Options { get; } = new Options("convert");

        /// <summary>The type and the layout of weights; F32 by default.</summary>
        public WeightType? Weights
        {
            get
            {
                int index = Array.IndexOf(Words.WeightType, Options.Get("weights") + (Options.GetBool("packed") == true ? Packed : ""));
                return index < 0 ? (WeightType?)null : (WeightType)index;
            }
            set
            {
                string word = value.HasValue ? Words.Of(Words.WeightType, (int)value.Value, nameof(value)) : null;
                bool packed = word != null && word.EndsWith(Packed, StringComparison.Ordinal);
                Options.Set("weights", packed ? word.Substring(0, word.Length - Packed.Length) : word);
                Options.SetBool("packed", value.HasValue ? (bool?)packed : null);
            }
        }

        /// <summary>
        /// What the layers' attention becomes. A plain encoder for which nothing but one window is said keeps its own and gets
        /// a long reading, as <see cref="Reading.Window"/> gives it.
        /// </summary>
        public LayerAttention Attention
        {
            get => LayerAttention.FromOption(Options.Get("attention") as string);
            set => Options.Set("attention", value?.ToString());
        }

        /// <summary>The table of positions goes on with copies of itself: rows that a text may have.</summary>
        public int? CopiedPositions
        {
            get => Positions(Copied);
            set => SetPositions(Copied, value);
        }

        /// <summary>
        /// A long reading in place of a long form, whose positions are tiled at this many, as <see cref="Reading.Tile"/>. Takes
        /// the place of <see cref="CopiedPositions"/>, and the other way round.
        /// </summary>
        public int? TiledPositions
        {
            get => Positions(Tiled);
            set => SetPositions(Tiled, value);
        }

        /// <summary>Every how many rows a window has one: one number, or one for each head; 1 by default.</summary>
        public Numbers? Dilation
        {
            get => Numbers.FromOption(Options.Get("dilation"));
            set => Options.Set("dilation", value?.ToArray());
        }

        /// <summary>
        /// Rows at the beginning that every row sees, 0 to 4096; beside a window of a causal model or of the long reading.
        /// </summary>
        public int? Sinks
        {
            get => Options.GetInt("sinks");
            set => Options.SetInt("sinks", value);
        }

        /// <summary>Of the long reading, as <see cref="Reading.FullUpTo"/>.</summary>
        public int? FullUpTo
        {
            get => Options.GetInt("full_up_to");
            set => Options.SetInt("full_up_to", value);
        }

        /// <summary>Of the long reading, as <see cref="Reading.PassageTokens"/>, 1 to 8192.</summary>
        public int? PassageTokens
        {
            get => Options.GetInt("passage_tokens");
            set => Options.SetInt("passage_tokens", value);
        }

        /// <summary>An option by the name that it has in the C API, for those that are newer than this class.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the number</param>
        /// <returns>this</returns>
        public ConversionOptions Option(string key, long value)
        {
            Options.Set(key, value);
            return this;
        }

        private int? Positions(string prefix)
        {
            var words = Options.Get("positions") as string;
            if (words == null || !words.StartsWith(prefix, StringComparison.Ordinal)) return null;
            return int.Parse(words.Substring(prefix.Length), CultureInfo.InvariantCulture);
        }

        private void SetPositions(string prefix, int? value)
        {
            if (value.HasValue) Options.Set("positions", prefix + value.Value.ToString(CultureInfo.InvariantCulture));
            else if (Positions(prefix).HasValue) Options.Set("positions", null);
        }

        /// <inheritdoc/>
        public override string ToString() => Options.ToString();
    }
}
