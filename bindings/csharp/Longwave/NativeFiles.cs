// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    internal sealed partial class NativeFiles
    {
        public void Dispose()
        {
            NativeClose();
        }
    }
}
