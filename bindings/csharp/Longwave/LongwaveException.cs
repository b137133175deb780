// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>
    /// Something that the library refused or could not do, and for which .NET has no exception of its own.
    /// </summary>
    /// <remarks>
    /// Others are what one expects: <see cref="ArgumentException"/>, <see cref="NotSupportedException"/>,
    /// <see cref="System.IO.IOException"/>, <see cref="ObjectDisposedException"/>,
    /// <see cref="OperationCanceledException"/>, and <see cref="InvalidOperationException"/> for an object in the wrong
    /// state or in use by another thread. Messages say what was expected and what came.
    /// </remarks>
    public class LongwaveException : Exception
    {
        internal LongwaveException(string message, int status) : base(message)
        {
            Status = status;
        }

        /// <summary>The library's own number, one of the LWAVE_ constants of its C header, such as 42 for corrupt data.</summary>
        public int Status { get; }
    }

    /// <summary>A file or a snapshot is damaged.</summary>
    public sealed class LongwaveFormatException : LongwaveException
    {
        internal LongwaveFormatException(string message, int status) : base(message, status) { }
    }

    /// <summary>A sound snapshot, but of another model or with other options.</summary>
    public sealed class LongwaveMismatchException : LongwaveException
    {
        internal LongwaveMismatchException(string message, int status) : base(message, status) { }
    }

    /// <summary>More than the model, the memory or the workspace was made for.</summary>
    public sealed class LongwaveCapacityException : LongwaveException
    {
        internal LongwaveCapacityException(string message, int status) : base(message, status) { }
    }

    /// <summary>There is not enough native memory. The managed heap is another matter.</summary>
    public sealed class LongwaveOutOfMemoryException : LongwaveException
    {
        internal LongwaveOutOfMemoryException(string message, int status) : base(message, status) { }
    }
}
