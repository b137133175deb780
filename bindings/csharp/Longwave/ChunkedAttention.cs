// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Chunks that see themselves and their neighbours: the local attention of Reformer.</summary>
    public sealed class ChunkedAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public ChunkedAttention(int heads, int headDim) : base("chunked", heads, "head_dim", headDim)
        {
        }

        /// <summary>Rows of a chunk.</summary>
        public int? ChunkLength
        {
            get => GetInt("chunk_length");
            set => SetInt("chunk_length", value);
        }

        /// <summary>How many chunks before its own a row sees; 1 by default.</summary>
        public int? ChunksBefore
        {
            get => GetInt("chunks_before");
            set => SetInt("chunks_before", value);
        }

        /// <summary>How many chunks behind its own a row sees; 0 by default.</summary>
        public int? ChunksAfter
        {
            get => GetInt("chunks_after");
            set => SetInt("chunks_after", value);
        }

        /// <summary>Whether rows see only what came before them, and themselves.</summary>
        public bool? Causal
        {
            get => GetBool("causal");
            set => SetBool("causal", value);
        }

        /// <summary>What keys and values are rounded to when they are kept.</summary>
        public KeyValueStore? Store
        {
            get => GetEnum<KeyValueStore>("store", Words.KeyValueStore);
            set => SetEnum("store", (int?)value, Words.KeyValueStore);
        }
    }
}
