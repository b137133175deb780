// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>How far a call to a <see cref="Memory"/> came.</summary>
    public readonly struct StepResult
    {
        internal StepResult(long taken, long rows, int stop)
        {
            Taken = (int)taken;
            Rows = (int)rows;
            OutputFull = stop == Errors.OutputFull;
        }

        /// <summary>Rows or ids of the input that were taken.</summary>
        public int Taken { get; }

        /// <summary>Rows that were written to the front of the output.</summary>
        public int Rows { get; }

        /// <summary>
        /// Whether the output had no room for more: call again with the input behind <see cref="Taken"/>, even if that is
        /// empty.
        /// </summary>
        public bool OutputFull { get; }

        /// <inheritdoc/>
        public override string ToString()
        {
            return "StepResult[taken=" + Taken + ", rows=" + Rows + ", outputFull=" + OutputFull + "]";
        }
    }
}
