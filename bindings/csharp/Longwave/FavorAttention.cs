// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Linear attention by random features: Performer (FAVOR+).</summary>
    /// <remarks>A memory has the parts state_s and state_z.</remarks>
    public sealed class FavorAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public FavorAttention(int heads, int headDim) : base("favor", heads, "head_dim", headDim)
        {
        }

        /// <summary>The feature map.</summary>
        public FavorKernel? Kernel
        {
            get => GetEnum<FavorKernel>("kernel", Words.FavorKernel);
            set => SetEnum("kernel", (int?)value, Words.FavorKernel);
        }

        /// <summary>The random features, [features, head_dim].</summary>
        public float[] Projection
        {
            get => GetFloats("projection");
            set => SetFloats("projection", value);
        }

        /// <summary>Whether rows see only what came before them, and themselves.</summary>
        public bool? Causal
        {
            get => GetBool("causal");
            set => SetBool("causal", value);
        }

        /// <summary>What is added to features of the softmax kernel.</summary>
        public double? Eps
        {
            get => GetDouble("eps");
            set => SetDouble("eps", value);
        }

        /// <summary>What is added to the other features.</summary>
        public double? KernelEps
        {
            get => GetDouble("kernel_eps");
            set => SetDouble("kernel_eps", value);
        }

        /// <summary>What is added to the denominator, times the sum of a query's features.</summary>
        public double? DenominatorEps
        {
            get => GetDouble("denominator_eps");
            set => SetDouble("denominator_eps", value);
        }

        /// <summary>What is added to the denominator, whatever the features.</summary>
        public double? DenominatorConstant
        {
            get => GetDouble("denominator_constant");
            set => SetDouble("denominator_constant", value);
        }

        /// <summary>Where the random features come from.</summary>
        public FavorProjectionKind? ProjectionKind
        {
            get => GetEnum<FavorProjectionKind>("projection_kind", Words.FavorProjectionKind);
            set => SetEnum("projection_kind", (int?)value, Words.FavorProjectionKind);
        }

        /// <summary>How many random features are drawn, or are given a head.</summary>
        public int? Features
        {
            get => GetInt("features");
            set => SetInt("features", value);
        }

        /// <summary>How long drawn features are.</summary>
        public FavorProjectionLengths? ProjectionLengths
        {
            get => GetEnum<FavorProjectionLengths>("projection_lengths", Words.FavorProjectionLengths);
            set => SetEnum("projection_lengths", (int?)value, Words.FavorProjectionLengths);
        }

        /// <summary>The seed of the drawing.</summary>
        public long? Seed
        {
            get => GetLong("seed");
            set => SetLong("seed", value);
        }

        /// <summary>Which drawing: 0, 1, 2 ... of the same seed.</summary>
        public long? Draw
        {
            get => GetLong("draw");
            set => SetLong("draw", value);
        }

        /// <summary>What is taken off the exponents of queries.</summary>
        public FavorQueryShift? QueryShift
        {
            get => GetEnum<FavorQueryShift>("query_shift", Words.FavorQueryShift);
            set => SetEnum("query_shift", (int?)value, Words.FavorQueryShift);
        }

        /// <summary>
        /// What is taken off the exponents of keys. A fixed number, so that a memory can go on for ever.
        /// </summary>
        public double? KeyShift
        {
            get => GetDouble("key_shift");
            set => SetDouble("key_shift", value);
        }

        /// <summary>
        /// Takes the greatest exponent of all keys off instead of <see cref="KeyShift"/>, which needs the whole sequence.
        /// </summary>
        public bool? KeyShiftGlobalMax
        {
            get => GetWord("key_shift") == "global_max" ? true : (bool?)null;
            set
            {
                if (value == true) SetWord("key_shift", "global_max");
                else if (GetWord("key_shift") != null) SetWord("key_shift", null);
            }
        }
    }
}
