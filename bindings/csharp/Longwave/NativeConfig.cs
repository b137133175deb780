// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    internal sealed partial class NativeConfig
    {
        // One for each call: not left to the collector.
        public void Dispose()
        {
            if (swigCPtr.IsClosed) return;
            NativeClose();
            swigCPtr.Dispose();
        }
    }
}
