// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>What a memory or a stream will take, before it is made.</summary>
    public sealed class Plan
    {
        internal Plan(long[] numbers)
        {
            Bytes = numbers[0];
            LoadBytes = numbers[1];
            FirstRows = numbers[2];
            SteadyRows = numbers[3];
        }

        /// <summary>Bytes of native memory, for ever, however long the text or the sequence.</summary>
        public long Bytes { get; }

        /// <summary>Bytes that loading a snapshot takes in addition, for the time of the call.</summary>
        public long LoadBytes { get; }

        /// <summary>
        /// Latency at the beginning: row 0 can leave once this row is in, or the sequence is finished; -1 where rows leave
        /// only at the end.
        /// </summary>
        public long FirstRows { get; }

        /// <summary>Latency further on: row i needs row i + SteadyRows; -1 where rows leave only at the end.</summary>
        public long SteadyRows { get; }

        /// <inheritdoc/>
        public override string ToString()
        {
            return "Plan[bytes=" + Bytes + ", loadBytes=" + LoadBytes + ", firstRows=" + FirstRows + ", steadyRows="
                + SteadyRows + "]";
        }
    }
}
