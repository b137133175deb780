// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    internal sealed partial class NativeEncodings
    {
        // One for each list: not left to the collector.
        public void Dispose()
        {
            if (swigCPtr.IsClosed) return;
            NativeClose();
            swigCPtr.Dispose();
        }
    }
}
