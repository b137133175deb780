// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Longwave
{
    /// <summary>A token of a document with its score, as a <see cref="Scorer"/> gives it.</summary>
    public readonly struct ScoredToken
    {
        internal ScoredToken(int id, float logProbability, long byteBegin, long byteEnd)
        {
            Id = id;
            LogProbability = logProbability;
            ByteBegin = byteBegin;
            ByteEnd = byteEnd;
        }

        /// <summary>Its id.</summary>
        public int Id { get; }

        /// <summary>
        /// ln p of the token after those before it, in nats; NaN for a document's first token, which has nothing before it
        /// (unless <see cref="ScoringOptions.Begin"/> puts an id there).
        /// </summary>
        public float LogProbability { get; }

        /// <summary>Where it begins in the document, in bytes of UTF-8; -1 where ids were pushed.</summary>
        public long ByteBegin { get; }

        /// <summary>Where it ends; -1 where ids were pushed.</summary>
        public long ByteEnd { get; }

        /// <inheritdoc/>
        public override string ToString()
        {
            return string.Format(
                CultureInfo.InvariantCulture, "ScoredToken[{0}, ln p {1:0.0000}, bytes {2} to {3}]", Id, LogProbability,
                ByteBegin, ByteEnd);
        }
    }
}
