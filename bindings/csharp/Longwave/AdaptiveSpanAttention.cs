// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Every head has a learnt span with a soft end: Adaptive Attention Span.</summary>
    /// <remarks>The rows of q are the last of those of k.</remarks>
    public sealed class AdaptiveSpanAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public AdaptiveSpanAttention(int heads, int headDim) : base("adaptive_span", heads, "head_dim", headDim)
        {
        }

        /// <summary>The longest span.</summary>
        public int? MaxSpan
        {
            get => GetInt("max_span");
            set => SetInt("max_span", value);
        }

        /// <summary>Over how many rows a span ends.</summary>
        public int? Ramp
        {
            get => GetInt("ramp");
            set => SetInt("ramp", value);
        }

        /// <summary>What is there before the first token.</summary>
        public InitialCache? InitialCache
        {
            get => GetEnum<InitialCache>("initial_cache", Words.InitialCache);
            set => SetEnum("initial_cache", (int?)value, Words.InitialCache);
        }

        /// <summary>The weight of the part "span_loss".</summary>
        public double? LossCoeff
        {
            get => GetDouble("loss_coeff");
            set => SetDouble("loss_coeff", value);
        }

        /// <summary>The learnt spans as parts of MaxSpan, one a head.</summary>
        public float[] Span
        {
            get => GetFloats("span");
            set => SetFloats("span", value);
        }

        /// <summary>Embeddings of distances, [head_dim, max_span].</summary>
        public float[] KeyPe
        {
            get => GetFloats("key_pe");
            set => SetFloats("key_pe", value);
        }
    }
}
