// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>A pointer with a count, on its way into native code; laid out as CSharpSpan in csharp_results.h.</summary>
    internal readonly unsafe struct NativeSpan
    {
        private readonly void* data;
        private readonly long count;

        internal NativeSpan(void* data, long count)
        {
            this.data = data;
            this.count = count;
        }
    }
}
