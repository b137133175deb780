// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>Sequences of ids for a forward of a <see cref="Model"/>. Arrays are not copied.</summary>
    public sealed class TokenBatch
    {
        /// <summary>One sequence.</summary>
        /// <param name="ids">[tokens], special tokens included</param>
        public TokenBatch(params int[] ids) : this(ids, 1, ids == null ? 0 : ids.Length)
        {
        }

        /// <summary>Sequences of equal length, one behind the other.</summary>
        /// <param name="ids">[batch, tokens], special tokens included</param>
        /// <param name="batch">how many sequences</param>
        /// <param name="tokens">how many ids each</param>
        public TokenBatch(int[] ids, int batch, int tokens)
        {
            Ids = ids ?? throw new ArgumentNullException(nameof(ids));
            if (batch < 0) throw new ArgumentOutOfRangeException(nameof(batch), batch, "must not be negative");
            if (tokens < 0) throw new ArgumentOutOfRangeException(nameof(tokens), tokens, "must not be negative");
            Batch = batch;
            Tokens = tokens;
        }

        /// <summary>[Batch, Tokens]</summary>
        public int[] Ids { get; }

        /// <summary>How many sequences.</summary>
        public int Batch { get; }

        /// <summary>How many ids each.</summary>
        public int Tokens { get; }

        /// <summary>
        /// [Batch, Tokens] of 1, and 0 for rows that are closed as keys, such as those that fill up shorter sequences; null:
        /// all 1.
        /// </summary>
        public int[] Mask { get; set; }

        /// <summary>
        /// [Batch, Tokens]: which of two texts a row belongs to, for models that tell them apart; null: all 0.
        /// </summary>
        public int[] TokenTypes { get; set; }
    }
}
