// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Threading;

namespace Longwave
{
    public sealed unsafe partial class Model
    {
        /// <summary>Packs the weights now, rather than in the first stream, memory, workspace or forward.</summary>
        /// <param name="cancellationToken">stops packing; what is packed stays so, and another call goes on</param>
        /// <exception cref="LongwaveCanceledException">when cancelled, by the token or by <see cref="Cancel"/></exception>
        public void Prepare(CancellationToken cancellationToken = default(CancellationToken))
        {
            if (cancellationToken.IsCancellationRequested) throw Stopped(cancellationToken);
            using (cancellationToken.CanBeCanceled
                ? cancellationToken.Register(model => ((Model)model).NativeCancel(), this)
                : default(CancellationTokenRegistration))
            {
                try
                {
                    NativePrepare();
                }
                catch (LongwaveCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    throw Stopped(cancellationToken);
                }
            }
        }

        /// <summary>
        /// Asks the packing that is going on, or else the next one, to stop with a <see cref="LongwaveCanceledException"/>,
        /// also where it is part of making a stream, a memory or a workspace. Does nothing once the weights are packed. Any
        /// thread.
        /// </summary>
        public void Cancel()
        {
            NativeCancel();
        }

        /// <summary>How far packing is. Any thread.</summary>
        public PrepareProgress PrepareProgress
        {
            get
            {
                long* numbers = stackalloc long[2];
                NativeProgress(new NativeSpan(numbers, 2));
                return new PrepareProgress(numbers[0], numbers[1]);
            }
        }

        private static LongwaveCanceledException Stopped(CancellationToken token)
        {
            return new LongwaveCanceledException("packing was cancelled; another call goes on", token);
        }
    }

    /// <summary>How far the packing of a <see cref="Model"/>'s weights is.</summary>
    public readonly struct PrepareProgress
    {
        internal PrepareProgress(long bytes, long totalBytes)
        {
            Bytes = bytes;
            TotalBytes = totalBytes;
        }

        /// <summary>Bytes that are packed.</summary>
        public long Bytes { get; }

        /// <summary>Bytes that are to be packed.</summary>
        public long TotalBytes { get; }

        /// <inheritdoc/>
        public override string ToString() => "PrepareProgress[" + Bytes + " of " + TotalBytes + " bytes]";
    }
}
