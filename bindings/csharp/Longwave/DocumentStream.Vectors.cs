// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Threading;

namespace Longwave
{
    public sealed unsafe partial class DocumentStream
    {
        /// <summary>
        /// Takes rows in place of what ids give, the words' embedding; for a stream that was made for them
        /// (<see cref="Reading.Vectors"/>), which adds no special tokens. Passages are cut every PassageTokens rows and have no
        /// ranges of bytes and chars.
        /// </summary>
        /// <param name="vectors">[rows, hidden]</param>
        /// <param name="start">the first row</param>
        /// <param name="count">how many rows</param>
        /// <returns>how many rows were taken</returns>
        public int OfferVectors(float[] vectors, int start, int count)
        {
            CheckRange(start, count, Rows(vectors));
            fixed (float* data = vectors)
            {
                return (int)OfferAll(Kind.Vectors, data + (long)start * hidden, count, CancellationToken.None);
            }
        }

        /// <summary>Takes all rows, as <see cref="OfferVectors"/>.</summary>
        /// <param name="vectors">[rows, hidden]</param>
        /// <param name="sink">is given passages when there is no room for more, on this thread</param>
        /// <param name="cancellationToken">stops the call; what was taken stays taken</param>
        public void PushVectors(
            float[] vectors, Action<Embedding> sink, CancellationToken cancellationToken = default(CancellationToken))
        {
            int rows = Rows(vectors);
            fixed (float* data = vectors) PushAll(Kind.Vectors, data, rows, sink, cancellationToken);
        }

        private int Rows(float[] vectors)
        {
            if (vectors == null) throw new ArgumentNullException(nameof(vectors));
            if (vectors.Length % hidden == 0) return vectors.Length / hidden;
            throw new ArgumentException("vectors must be whole rows of " + hidden + " numbers, got " + vectors.Length);
        }
    }
}
