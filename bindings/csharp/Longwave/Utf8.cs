// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Text;

namespace Longwave
{
    /// <summary>Strings to UTF-8 and back; surrogates without their other half become U+FFFD.</summary>
    internal static unsafe class Utf8
    {
        private static readonly UTF8Encoding encoding = new UTF8Encoding(false, false);

        internal static byte[] Encode(string text)
        {
            if (text == null) throw new ArgumentNullException(nameof(text));
            return encoding.GetBytes(text);
        }

        internal static string Decode(byte* data, int count)
        {
            return count == 0 ? "" : encoding.GetString(data, count);
        }
    }
}
