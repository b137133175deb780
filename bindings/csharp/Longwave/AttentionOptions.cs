// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>
    /// What all kinds of attention layers have in common. Each kind is a class of its own with its options as properties;
    /// <see cref="Build"/> makes the layer.
    /// </summary>
    /// <example><code>
    /// using (Attention layer = new WindowAttention(8, 64) { Left = 128, Right = 128 }.Build())
    /// {
    ///     float[] rows = layer.Forward(q, k, v);
    /// }
    /// </code></example>
    /// <remarks>
    /// A property that is null was not set, and the library's default holds. Options are checked when the layer is built;
    /// arrays are copied when they are set. Not for several threads while it is changed; Build may be called again.
    /// </remarks>
    public abstract class AttentionOptions
    {
        private readonly Options options;

        private protected AttentionOptions(string kind, int heads, string widthKey, int width)
        {
            options = new Options(kind);
            options.Set("heads", (long)heads);
            options.Set(widthKey, (long)width);
        }

        /// <summary>Makes the layer.</summary>
        /// <param name="context">
        /// the threads, which may be disposed afterwards; null: threads of its own, as many as this process may use
        /// </param>
        /// <returns>a new layer</returns>
        /// <exception cref="ArgumentException">if an option is missing, out of bounds or contradicts another</exception>
        public Attention Build(Context context = null)
        {
            using (Context own = context == null ? new Context() : null)
            using (NativeConfig config = options.Open())
            {
                return new Attention(config, context ?? own);
            }
        }

        /// <summary>
        /// Heads of k and v, a divisor of those of q: query head h reads head h / (heads / KVHeads). As many as query heads by
        /// default.
        /// </summary>
        public int? KVHeads
        {
            get => GetInt("kv_heads");
            set => SetInt("kv_heads", value);
        }

        /// <summary>Floats of a head in v and in the output; as in q and k by default.</summary>
        public int? ValueDim
        {
            get => GetInt("value_dim");
            set => SetInt("value_dim", value);
        }

        /// <summary>What scores are multiplied by; head_dim^-1/2 by default.</summary>
        public double? Scale
        {
            get => GetDouble("scale");
            set => SetDouble("scale", value);
        }

        /// <summary>
        /// How long a sequence a memory is made for, where rows may see everything; with explicit segments, how long a segment.
        /// </summary>
        public long? MaxTokens
        {
            get => GetLong("max_tokens");
            set => SetLong("max_tokens", value);
        }

        /// <summary>Rows that a memory computes at a time, 1 to 1024; 96 by default. Results do not depend on it.</summary>
        public int? StepRows
        {
            get => GetInt("step_rows");
            set => SetInt("step_rows", value);
        }

        /// <summary>An option by the name that it has in the C API, for those that are newer than this class.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the number</param>
        /// <returns>this</returns>
        public AttentionOptions Option(string key, long value)
        {
            options.Set(key, value);
            return this;
        }

        /// <summary>As <see cref="Option(string, long)"/>.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the number</param>
        /// <returns>this</returns>
        public AttentionOptions Option(string key, double value)
        {
            options.Set(key, value);
            return this;
        }

        /// <summary>As <see cref="Option(string, long)"/>.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the word</param>
        /// <returns>this</returns>
        public AttentionOptions Option(string key, string value)
        {
            options.Set(key, value ?? throw new ArgumentNullException(nameof(value)));
            return this;
        }

        /// <summary>As <see cref="Option(string, long)"/>.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the numbers; copied</param>
        /// <returns>this</returns>
        public AttentionOptions Option(string key, long[] value)
        {
            options.Set(key, value ?? throw new ArgumentNullException(nameof(value)));
            return this;
        }

        /// <summary>As <see cref="Option(string, long)"/>.</summary>
        /// <param name="key">the name</param>
        /// <param name="value">the numbers, row by row; copied</param>
        /// <returns>this</returns>
        public AttentionOptions Option(string key, float[] value)
        {
            options.Set(key, value ?? throw new ArgumentNullException(nameof(value)));
            return this;
        }

        internal int? GetInt(string key) => options.GetInt(key);

        internal long? GetLong(string key) => options.GetLong(key);

        internal double? GetDouble(string key) => options.GetDouble(key);

        internal bool? GetBool(string key) => options.GetBool(key);

        internal float[] GetFloats(string key) => options.GetFloats(key);

        internal long[] GetLongs(string key) => options.GetLongs(key);

        internal string GetWord(string key) => options.Get(key) as string;

        internal Numbers? GetNumbers(string key) => Numbers.FromOption(options.Get(key));

        internal void SetInt(string key, int? value) => options.SetInt(key, value);

        internal void SetLong(string key, long? value) => options.SetLong(key, value);

        internal void SetDouble(string key, double? value) => options.SetDouble(key, value);

        internal void SetBool(string key, bool? value) => options.SetBool(key, value);

        internal void SetFloats(string key, float[] value) => options.Set(key, value);

        internal void SetLongs(string key, long[] value) => options.Set(key, value);

        internal void SetWord(string key, string value) => options.Set(key, value);

        internal void SetNumbers(string key, Numbers? value) => options.Set(key, value?.ToArray());

        internal T? GetEnum<T>(string key, string[] words) where T : struct => options.GetEnum<T>(key, words);

        internal void SetEnum(string key, int? value, string[] words) => options.SetEnum(key, value, words);

        /// <inheritdoc/>
        public override string ToString() => options.ToString();
    }
}
