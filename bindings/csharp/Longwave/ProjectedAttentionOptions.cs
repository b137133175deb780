// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>
    /// What kinds over q, k and v have in common: projection weights can be put around them, which
    /// <see cref="WeightsQuery"/> switches on.
    /// </summary>
    /// <remarks>
    /// Rows of q are then hidden rows, there is no k and v, and the output is hidden rows; weights are [out, in], row by row.
    /// </remarks>
    public abstract class ProjectedAttentionOptions : AttentionOptions
    {
        private protected ProjectedAttentionOptions(string kind, int heads, string widthKey, int width)
            : base(kind, heads, widthKey, width)
        {
        }

        /// <summary>Floats of a hidden row.</summary>
        public int? DModel
        {
            get => GetInt("d_model");
            set => SetInt("d_model", value);
        }

        /// <summary>Floats of a row of the other sequence; as DModel by default.</summary>
        public int? DContext
        {
            get => GetInt("d_context");
            set => SetInt("d_context", value);
        }

        /// <summary>Whether k is rows [d_context] of another sequence.</summary>
        public bool? Cross
        {
            get => GetBool("cross");
            set => SetBool("cross", value);
        }

        /// <summary>The weights of queries, [width of q, d_model]; they switch projections on.</summary>
        public float[] WeightsQuery
        {
            get => GetFloats("w_q");
            set => SetFloats("w_q", value);
        }

        /// <summary>The weights of keys, [width of k, d_model].</summary>
        public float[] WeightsKey
        {
            get => GetFloats("w_k");
            set => SetFloats("w_k", value);
        }

        /// <summary>The weights of values, [width of v, d_model].</summary>
        public float[] WeightsValue
        {
            get => GetFloats("w_v");
            set => SetFloats("w_v", value);
        }

        /// <summary>
        /// The weights of the output, [d_model, width of the output]; without them the heads' results come out.
        /// </summary>
        public float[] WeightsOut
        {
            get => GetFloats("w_o");
            set => SetFloats("w_o", value);
        }

        /// <summary>The bias of queries.</summary>
        public float[] BiasQuery
        {
            get => GetFloats("b_q");
            set => SetFloats("b_q", value);
        }

        /// <summary>The bias of keys.</summary>
        public float[] BiasKey
        {
            get => GetFloats("b_k");
            set => SetFloats("b_k", value);
        }

        /// <summary>The bias of values.</summary>
        public float[] BiasValue
        {
            get => GetFloats("b_v");
            set => SetFloats("b_v", value);
        }

        /// <summary>The bias of the output.</summary>
        public float[] BiasOut
        {
            get => GetFloats("b_o");
            set => SetFloats("b_o", value);
        }

        /// <summary>WindowAttention with GlobalProjections: the weights of global queries.</summary>
        public float[] GlobalWeightsQuery
        {
            get => GetFloats("w_q_global");
            set => SetFloats("w_q_global", value);
        }

        /// <summary>The weights of keys for global queries.</summary>
        public float[] GlobalWeightsKey
        {
            get => GetFloats("w_k_global");
            set => SetFloats("w_k_global", value);
        }

        /// <summary>The weights of values for global queries.</summary>
        public float[] GlobalWeightsValue
        {
            get => GetFloats("w_v_global");
            set => SetFloats("w_v_global", value);
        }

        /// <summary>The bias of global queries.</summary>
        public float[] GlobalBiasQuery
        {
            get => GetFloats("b_q_global");
            set => SetFloats("b_q_global", value);
        }

        /// <summary>The bias of keys for global queries.</summary>
        public float[] GlobalBiasKey
        {
            get => GetFloats("b_k_global");
            set => SetFloats("b_k_global", value);
        }

        /// <summary>The bias of values for global queries.</summary>
        public float[] GlobalBiasValue
        {
            get => GetFloats("b_v_global");
            set => SetFloats("b_v_global", value);
        }
    }
}
