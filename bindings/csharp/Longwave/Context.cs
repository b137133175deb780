// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>Threads that models and layers share. Any thread may use it.</summary>
    public sealed partial class Context
    {
        /// <summary>Makes the threads.</summary>
        /// <param name="threads">1 to 1024, or 0 for as many as this process may use</param>
        /// <exception cref="ArgumentException">for any other number</exception>
        public Context(int threads = 0) : this(NativeCreate(threads))
        {
        }

        /// <summary>How many threads compute, the caller's included.</summary>
        public int Threads => NativeThreads();

        /// <summary>Whether <see cref="Dispose"/> was called.</summary>
        public bool IsDisposed => NativeIsClosed();

        /// <summary>Gives the threads back, once models and layers that use them are gone. Any thread, any number of times.</summary>
        public void Dispose()
        {
            NativeClose();
        }

        /// <inheritdoc/>
        public override string ToString()
        {
            return IsDisposed ? "Context[disposed]" : "Context[threads=" + Threads + "]";
        }
    }
}
