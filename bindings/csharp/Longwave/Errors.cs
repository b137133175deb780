// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.IO;
using System.Threading;

namespace Longwave
{
    /// <summary>From the status of the call that this thread has just made to an exception.</summary>
    internal static unsafe class Errors
    {
        internal const int OutputFull = 10;
        internal const int Cancelled = 11;
        private const int InvalidArgument = 20;
        private const int InvalidState = 21;
        private const int CapacityExceeded = 22;
        private const int Unsupported = 23;
        private const int OutOfMemory = 30;
        private const int NotFound = 40;
        private const int IoError = 41;
        private const int CorruptData = 42;
        private const int Mismatch = 43;
        private const int Closed = 1000;
        private const int Busy = 1001;
        private const int MessageAt = 16;
        private const int MessageRoom = 240;

        // The error of each thread lies where it lies as long as the thread lives.
        [ThreadStatic]
        private static int* status;

        /// <summary>Throws if the last call failed.</summary>
        internal static void Check()
        {
            int* error = status;
            if (error == null) status = error = LongwaveNativePINVOKE.ThreadError();
            if (*error != 0) throw Create(error);
        }

        /// <summary>The same for a call that may have made a result.</summary>
        internal static void Check(NativeResult* result)
        {
            int* error = status;
            if (error == null) status = error = LongwaveNativePINVOKE.ThreadError();
            if (*error == 0) return;
            Exception exception = Create(error);
            LongwaveNativePINVOKE.FreeResult(result);
            throw exception;
        }

        private static Exception Create(int* error)
        {
            byte* text = (byte*)error + MessageAt;
            int size = 0;
            while (size < MessageRoom && text[size] != 0) size++;
            string message = Utf8.Decode(text, size);
            switch (*error)
            {
                case Cancelled: return new LongwaveCanceledException(message, CancellationToken.None);
                case InvalidArgument: return new ArgumentException(message);
                case InvalidState: return new InvalidOperationException(message);
                case CapacityExceeded: return new LongwaveCapacityException(message, *error);
                case Unsupported: return new NotSupportedException(message);
                case OutOfMemory: return new LongwaveOutOfMemoryException(message, *error);
                case NotFound: return new FileNotFoundException(message);
                case IoError: return new IOException(message);
                case CorruptData: return new LongwaveFormatException(message, *error);
                case Mismatch: return new LongwaveMismatchException(message, *error);
                case Closed: return new ObjectDisposedException(null, message);
                case Busy: return new InvalidOperationException(message);
                default: return new LongwaveException(message, *error);
            }
        }
    }
}
