// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>What a forward or a run of a <see cref="Model"/> gives.</summary>
    public enum Output
    {
        /// <summary>Rows of the last layer, [batch, tokens, hidden].</summary>
        LastHiddenState = 10,

        /// <summary>Rows after the embedding and after each layer, [layers + 1, batch, tokens, hidden].</summary>
        HiddenStates = 20,

        /// <summary>What the model's pooler makes of the first row, [batch, hidden].</summary>
        PoolerOutput = 30,

        /// <summary>The vector of each sequence by the model's own modules, [batch, embeddingWidth].</summary>
        SentenceEmbedding = 40,

        /// <summary>The queries of every layer's attention, [layers, batch, tokens, heads, head_dim].</summary>
        Queries = 50,

        /// <summary>The keys, of the same shape.</summary>
        Keys = 60,

        /// <summary>The values, of the same shape.</summary>
        Values = 70,

        /// <summary>
        /// Scores of the model's head: [batch, tokens, ids] of language models, [batch, tokens, labels], [batch, tokens, 2]
        /// (start and end, of question answering) or [batch, labels].
        /// </summary>
        Logits = 100,

        /// <summary>Of models with a decoder, whose rows are what LastHiddenState means: the encoder's.</summary>
        EncoderLastHiddenState = 110,

        /// <summary>The same of HiddenStates.</summary>
        EncoderHiddenStates = 120,

        /// <summary>
        /// What each layer remembers behind the last row, for the next segment (<see cref="ModelInputs.SetMemories"/>):
        /// [layers, batch, rows, hidden], the newest last. Of models with memory over segments.
        /// </summary>
        Memories = 130,
    }

    /// <summary>The type of weights that a conversion writes (<see cref="ConversionOptions.Weights"/>).</summary>
    public enum WeightType
    {
        /// <summary>As accurate as the original.</summary>
        F32,

        /// <summary>Half the size.</summary>
        Bf16,

        /// <summary>Half the size, with more digits and less range.</summary>
        F16,

        /// <summary>A quarter of the size, and the fastest.</summary>
        Int8,

        /// <summary>F32 in the layout that is computed with: nothing is packed when it is used.</summary>
        F32Packed,

        /// <summary>The same of Bf16.</summary>
        Bf16Packed,
    }
}
