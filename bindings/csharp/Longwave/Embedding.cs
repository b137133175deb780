// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>
    /// A vector that a <see cref="DocumentStream"/> gives: of a passage, or, as the last one, of the whole document.
    /// </summary>
    /// <remarks>
    /// Ranges are half-open. Bytes are counted in the raw UTF-8 from its first byte, tokens from the text's first one, and
    /// chars as .NET counts them: <c>text.Substring((int)e.CharBegin, (int)(e.CharEnd - e.CharBegin))</c> is the passage.
    /// </remarks>
    public sealed class Embedding
    {
        internal const int None = 0;
        internal const int Document = 20;

        internal unsafe Embedding(int kind, float[] vector, long* numbers)
        {
            IsDocument = kind == Document;
            ByteBegin = numbers[0];
            ByteEnd = numbers[1];
            TokenBegin = numbers[2];
            TokenEnd = numbers[3];
            CharBegin = numbers[4];
            CharEnd = numbers[5];
            Vector = numbers[6] != 0 ? vector : null;
        }

        /// <summary>Whether it is the document's rather than a passage's: the last one.</summary>
        public bool IsDocument { get; }

        /// <summary>The vector [EmbeddingWidth], not a copy; null for a document without a token.</summary>
        public float[] Vector { get; }

        /// <summary>The first byte, or -1 where ids were pushed.</summary>
        public long ByteBegin { get; }

        /// <summary>Behind the last byte, or -1 where ids were pushed.</summary>
        public long ByteEnd { get; }

        /// <summary>The first token.</summary>
        public long TokenBegin { get; }

        /// <summary>Behind the last token.</summary>
        public long TokenEnd { get; }

        /// <summary>
        /// The first UTF-16 unit, or -1 where ids were pushed or the stream goes on from a snapshot, which knows bytes alone.
        /// </summary>
        public long CharBegin { get; }

        /// <summary>Behind the last UTF-16 unit; -1 as in <see cref="CharBegin"/>.</summary>
        public long CharEnd { get; }

        /// <inheritdoc/>
        public override string ToString()
        {
            return (IsDocument ? "Document" : "Passage") + "[bytes " + ByteBegin + " to " + ByteEnd + ", tokens "
                + TokenBegin + " to " + TokenEnd + (Vector == null ? ", no vector" : "") + "]";
        }
    }
}
