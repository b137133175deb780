// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>
    /// Scratch of forwards, made for lengths that are not to be exceeded. One thread at a time; another one gets an
    /// <see cref="System.InvalidOperationException"/>.
    /// </summary>
    public sealed partial class Workspace
    {
        /// <summary>Whether <see cref="Dispose"/> was called.</summary>
        public bool IsDisposed => NativeIsClosed();

        /// <summary>Gives its memory back; a call that is going on ends first. Any thread, any number of times.</summary>
        public void Dispose()
        {
            NativeClose();
        }
    }
}
