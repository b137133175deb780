// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>Which vectors are nearest to a query. Any thread.</summary>
    public static unsafe class VectorSearch
    {
        /// <summary>The vectors with the greatest dot products with a query.</summary>
        /// <param name="query">[width]</param>
        /// <param name="vectors">[count, width], one behind the other</param>
        /// <param name="k">how many to find</param>
        /// <returns>at most k, best first; of equal scores the lower index comes first</returns>
        public static SearchHit[] Find(float[] query, float[] vectors, int k)
        {
            if (query == null) throw new ArgumentNullException(nameof(query));
            if (vectors == null) throw new ArgumentNullException(nameof(vectors));
            fixed (float* q = query, v = vectors) return Find(q, query.Length, v, vectors.Length, k);
        }

#if NET8_0_OR_GREATER
        /// <summary>The same of spans.</summary>
        /// <param name="query">[width]</param>
        /// <param name="vectors">[count, width], one behind the other</param>
        /// <param name="k">how many to find</param>
        /// <returns>at most k, best first</returns>
        public static SearchHit[] Find(ReadOnlySpan<float> query, ReadOnlySpan<float> vectors, int k)
        {
            fixed (float* q = query, v = vectors) return Find(q, query.Length, v, vectors.Length, k);
        }
#endif

        /// <summary>The same of pointers.</summary>
        /// <param name="query">[width]</param>
        /// <param name="width">floats of a vector</param>
        /// <param name="vectors">[count, width]</param>
        /// <param name="vectorsLength">count * width</param>
        /// <param name="k">how many to find</param>
        /// <returns>at most k, best first</returns>
        public static SearchHit[] Find(float* query, long width, float* vectors, long vectorsLength, int k)
        {
            if (k < 0) throw new ArgumentOutOfRangeException(nameof(k), k, "k must not be negative");
            if (width > 0) k = (int)Math.Min(k, vectorsLength / width);
            var indices = new long[k];
            var scores = new float[k];
            long found;
            fixed (long* i = indices)
            fixed (float* s = scores)
            {
                found = LongwaveNative.NativeSearch(
                    new NativeSpan(query, width), new NativeSpan(vectors, vectorsLength), new NativeSpan(i, k), new NativeSpan(s, k));
            }
            var hits = new SearchHit[found];
            for (int i = 0; i < hits.Length; i++) hits[i] = new SearchHit(indices[i], scores[i]);
            return hits;
        }
    }

    /// <summary>A vector that a search found.</summary>
    public readonly struct SearchHit
    {
        internal SearchHit(long index, float score)
        {
            Index = index;
            Score = score;
        }

        /// <summary>Which of the vectors, from 0.</summary>
        public long Index { get; }

        /// <summary>Its dot product with the query: the cosine, for the vectors that streams give.</summary>
        public float Score { get; }

        /// <inheritdoc/>
        public override string ToString()
        {
            return "SearchHit[index=" + Index + ", score=" + Score.ToString(System.Globalization.CultureInfo.InvariantCulture) + "]";
        }
    }
}
