// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Threading;

namespace Longwave
{
    /// <summary>A stream's call was cancelled; what it had taken stays taken, and the rest may be pushed later.</summary>
    public sealed class LongwaveCanceledException : OperationCanceledException
    {
        internal LongwaveCanceledException(long taken, CancellationToken token)
            : base("the call was cancelled after " + taken + " of its input", token)
        {
            Taken = taken;
        }

        /// <summary>Units of the call's input that were taken: chars, bytes or ids.</summary>
        public long Taken { get; }
    }
}
