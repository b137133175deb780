// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Threading;

namespace Longwave
{
    /// <summary>
    /// A call was cancelled. What a stream had taken stays taken, and the rest may be pushed later; what was generated or
    /// prepared stays, and another call goes on.
    /// </summary>
    public sealed class LongwaveCanceledException : OperationCanceledException
    {
        internal LongwaveCanceledException(long taken, CancellationToken token)
            : base("the call was cancelled after " + taken + " of its input", token)
        {
            Taken = taken;
        }

        internal LongwaveCanceledException(string message, CancellationToken token) : base(message, token)
        {
        }

        /// <summary>Units of the input of a stream's call that were taken: chars, bytes, ids or vectors.</summary>
        public long Taken { get; }
    }
}
