// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>What belongs to no object. Any thread.</summary>
    public static unsafe class LongwaveLibrary
    {
        /// <summary>The version of the native library, such as "0.1.0".</summary>
        public static string Version => LongwaveNative.NativeVersion();

        /// <summary>
        /// The instruction set that kernels run on here, such as "AVX3_ZEN4". Results are equal to the bit only on the same
        /// one.
        /// </summary>
        public static string SimdTarget => LongwaveNative.NativeSimdTarget();

        /// <summary>
        /// Native objects of this process that were not disposed and not yet finalized: contexts, models, layers, memories,
        /// streams. For tests that look for leaks.
        /// </summary>
        public static long LiveHandles => LongwaveNative.NativeLiveHandles();

        /// <summary>What a snapshot of a memory or a stream holds, as JSON. No model is needed.</summary>
        /// <param name="snapshot">what Save gave</param>
        /// <returns>one JSON object</returns>
        /// <exception cref="LongwaveFormatException">if it is damaged</exception>
        public static string DescribeSnapshot(byte[] snapshot)
        {
            if (snapshot == null) throw new ArgumentNullException(nameof(snapshot));
            fixed (byte* data = snapshot) return LongwaveNative.NativeDescribeSnapshot(new NativeSpan(data, snapshot.Length));
        }
    }
}
