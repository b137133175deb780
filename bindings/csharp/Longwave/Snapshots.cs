// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.IO;

namespace Longwave
{
    internal static class Snapshots
    {
        internal static byte[] Read(Stream source)
        {
            if (source == null) throw new ArgumentNullException(nameof(source));
            using (var bytes = new MemoryStream())
            {
                source.CopyTo(bytes);
                return bytes.ToArray();
            }
        }
    }
}
