// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Where a call of a <see cref="DocumentStream"/> is.</summary>
    public readonly struct Progress
    {
        internal Progress(long bytes, long tokens, long passages)
        {
            Bytes = bytes;
            Tokens = tokens;
            Passages = passages;
        }

        /// <summary>Bytes of text taken so far.</summary>
        public long Bytes { get; }

        /// <summary>Tokens so far.</summary>
        public long Tokens { get; }

        /// <summary>Passages that were finished so far.</summary>
        public long Passages { get; }

        /// <inheritdoc/>
        public override string ToString()
        {
            return "Progress[bytes=" + Bytes + ", tokens=" + Tokens + ", passages=" + Passages + "]";
        }
    }
}
