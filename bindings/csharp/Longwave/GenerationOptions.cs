// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>How a model generates text.</summary>
    /// <example><code>
    /// model.CreateGenerator(new GenerationOptions { MaxNewTokens = 100, Sample = true, TopP = 0.9, Seed = 7 })
    /// </code></example>
    /// <remarks>
    /// What is null was not set: then the model's generation_config.json says it, else the default holds. Not for several
    /// threads while it is changed.
    /// </remarks>
    public sealed class GenerationOptions
    {
        internal Options Options { get; } = new Options("generation");

        /// <summary>The most tokens of a turn; 20 by default.</summary>
        public int? MaxNewTokens
        {
            get => Options.GetInt("max_new_tokens");
            set => Options.SetInt("max_new_tokens", value);
        }

        /// <summary>The most tokens with the prompt, or with what a decoder beside an encoder begins with.</summary>
        public int? MaxLength
        {
            get => Options.GetInt("max_length");
            set => Options.SetInt("max_length", value);
        }

        /// <summary>No token that ends generation before so many.</summary>
        public int? MinNewTokens
        {
            get => Options.GetInt("min_new_tokens");
            set => Options.SetInt("min_new_tokens", value);
        }

        /// <summary>The same with the prompt.</summary>
        public int? MinLength
        {
            get => Options.GetInt("min_length");
            set => Options.SetInt("min_length", value);
        }

        /// <summary>
        /// Whether tokens are drawn, after Temperature, TopK and TopP, rather than the best taken; they are not by default.
        /// </summary>
        public bool? Sample
        {
            get => Options.GetBool("sample");
            set => Options.SetBool("sample", value);
        }

        /// <summary>What scores are divided by before a token is drawn; 1 by default.</summary>
        public double? Temperature
        {
            get => Options.GetDouble("temperature");
            set => Options.SetDouble("temperature", value);
        }

        /// <summary>A token is drawn from so many best ones, 0: from all; 50 by default.</summary>
        public int? TopK
        {
            get => Options.GetInt("top_k");
            set => Options.SetInt("top_k", value);
        }

        /// <summary>A token is drawn from the best ones that together are so probable; 1 by default.</summary>
        public double? TopP
        {
            get => Options.GetDouble("top_p");
            set => Options.SetDouble("top_p", value);
        }

        /// <summary>What tokens are drawn from, 0 to 2^53; 0 by default. The same numbers on every machine.</summary>
        public long? Seed
        {
            get => Options.GetLong("seed");
            set => Options.SetLong("seed", value);
        }

        /// <summary>Beams, 1 to 64; 1 by default.</summary>
        public int? Beams
        {
            get => Options.GetInt("beams");
            set => Options.SetInt("beams", value);
        }

        /// <summary>The power of its length that a beam's score is divided by; 1 by default.</summary>
        public double? LengthPenalty
        {
            get => Options.GetDouble("length_penalty");
            set => Options.SetDouble("length_penalty", value);
        }

        /// <summary>When the search with beams ends.</summary>
        public EarlyStopping? EarlyStopping
        {
            get => Options.GetEnum<EarlyStopping>("early_stopping", Words.EarlyStopping);
            set => Options.SetEnum("early_stopping", (int?)value, Words.EarlyStopping);
        }

        /// <summary>What tokens that were there already are made less likely by; 1 by default: nothing.</summary>
        public double? RepetitionPenalty
        {
            get => Options.GetDouble("repetition_penalty");
            set => Options.SetDouble("repetition_penalty", value);
        }

        /// <summary>No so many tokens in a row come twice; 0 by default: they may.</summary>
        public int? NoRepeatNgram
        {
            get => Options.GetInt("no_repeat_ngram");
            set => Options.SetInt("no_repeat_ngram", value);
        }

        /// <summary>The id that comes first, -1: none.</summary>
        public int? ForcedFirst
        {
            get => Options.GetInt("forced_first");
            set => Options.SetInt("forced_first", value);
        }

        /// <summary>The id that comes where the length ends, -1: none.</summary>
        public int? ForcedLast
        {
            get => Options.GetInt("forced_last");
            set => Options.SetInt("forced_last", value);
        }

        /// <summary>Ids that never come.</summary>
        public int[] Suppressed
        {
            get => Options.GetInts("suppressed");
            set => Options.SetInts("suppressed", value);
        }

        /// <summary>Ids that end generation.</summary>
        public int[] EndIds
        {
            get => Options.GetInts("end_ids");
            set => Options.SetInts("end_ids", value);
        }

        /// <summary>Whether these ids end it; they do by default.</summary>
        public bool? StopAtEnd
        {
            get => Options.GetBool("stop_at_end");
            set => Options.SetBool("stop_at_end", value);
        }

        /// <summary>The id that a decoder beside an encoder begins with.</summary>
        public int? DecoderStart
        {
            get => Options.GetInt("decoder_start");
            set => Options.SetInt("decoder_start", value);
        }

        /// <summary>Tokens of an encoder's source, by number, that see all and are seen by all: LED.</summary>
        public int[] Globals
        {
            get => Options.GetInts("globals");
            set => Options.SetInts("globals", value);
        }

        /// <summary>
        /// Rows that the memory takes; by default the model's positions, but at most 4096, since the memory of all of them is
        /// taken at once. Of models with segments, such as Transformer-XL, the longest prompt.
        /// </summary>
        public int? MaxTokens
        {
            get => Options.GetInt("max_tokens");
            set => Options.SetInt("max_tokens", value);
        }

        /// <summary>
        /// A causal model read through a window, in fixed memory without end: rows that every row sees before itself.
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

        /// <summary>Whether the model's generation_config.json is looked at; it is by default.</summary>
        public bool? ModelSettings
        {
            get => Options.GetBool("model_settings");
            set => Options.SetBool("model_settings", value);
        }

        /// <summary>An option by the name that it has in the C API, for those that are newer than this class.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the number</param>
        /// <returns>this</returns>
        public GenerationOptions Option(string key, long value)
        {
            Options.Set(key, value);
            return this;
        }

        /// <summary>As <see cref="Option(string, long)"/>.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the number</param>
        /// <returns>this</returns>
        public GenerationOptions Option(string key, double value)
        {
            Options.Set(key, value);
            return this;
        }

        /// <summary>As <see cref="Option(string, long)"/>.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the word</param>
        /// <returns>this</returns>
        public GenerationOptions Option(string key, string value)
        {
            Options.Set(key, value);
            return this;
        }

        /// <inheritdoc/>
        public override string ToString() => Options.ToString();
    }

    /// <summary>When a search with beams ends.</summary>
    public enum EarlyStopping
    {
        /// <summary>When no beam is likely to become better than those that ended.</summary>
        No,

        /// <summary>When as many have ended as there are beams.</summary>
        Yes,

        /// <summary>When none can become better.</summary>
        Never,
    }
}
