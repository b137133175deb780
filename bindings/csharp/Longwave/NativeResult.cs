// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Runtime.InteropServices;

namespace Longwave
{
    /// <summary>What native code hands out; laid out as CSharpResult in csharp_results.h. Copied and freed here.</summary>
    internal unsafe struct NativeResult
    {
#pragma warning disable CS0169, CS0649 // written by native code
        private void* data;
        private long count;
        private IntPtr destroy;
#pragma warning restore CS0169, CS0649

        internal static string TakeText(NativeResult* result)
        {
            try
            {
                return Utf8.Decode((byte*)result->data, checked((int)result->count));
            }
            finally
            {
                LongwaveNativePINVOKE.FreeResult(result);
            }
        }

        internal static byte[] TakeBytes(NativeResult* result)
        {
            try
            {
                var array = new byte[result->count];
                if (array.Length > 0) Marshal.Copy((IntPtr)result->data, array, 0, array.Length);
                return array;
            }
            finally
            {
                LongwaveNativePINVOKE.FreeResult(result);
            }
        }

        internal static float[] TakeFloats(NativeResult* result)
        {
            try
            {
                var array = new float[result->count];
                if (array.Length > 0) Marshal.Copy((IntPtr)result->data, array, 0, array.Length);
                return array;
            }
            finally
            {
                LongwaveNativePINVOKE.FreeResult(result);
            }
        }

        internal static long[] TakeLongs(NativeResult* result)
        {
            try
            {
                var array = new long[result->count];
                if (array.Length > 0) Marshal.Copy((IntPtr)result->data, array, 0, array.Length);
                return array;
            }
            finally
            {
                LongwaveNativePINVOKE.FreeResult(result);
            }
        }
    }
}
