// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.IO;

namespace Longwave
{
    public sealed unsafe partial class DocumentStream
    {
        /// <summary>The whole state, to go on later or elsewhere. Results that wait are in it.</summary>
        /// <returns>a snapshot, for <see cref="Model.RestoreStream(byte[])"/></returns>
        /// <exception cref="InvalidOperationException">
        /// after the document was finished (save before, and finish a <see cref="Fork"/>), or while half of a surrogate pair
        /// waits for the other half
        /// </exception>
        public byte[] Save()
        {
            return NativeSave();
        }

        /// <summary>The same, written to a stream.</summary>
        /// <param name="destination">receives the snapshot; not closed</param>
        public void Save(Stream destination)
        {
            if (destination == null) throw new ArgumentNullException(nameof(destination));
            byte[] snapshot = Save();
            destination.Write(snapshot, 0, snapshot.Length);
        }

        /// <summary>Replaces the state by a saved one of the same model and options, all or nothing.</summary>
        /// <param name="snapshot">what Save gave</param>
        /// <exception cref="LongwaveFormatException">if it is damaged</exception>
        /// <exception cref="LongwaveMismatchException">if it is of another model or other options</exception>
        public void Load(byte[] snapshot)
        {
            if (snapshot == null) throw new ArgumentNullException(nameof(snapshot));
            fixed (byte* data = snapshot) NativeLoad(new NativeSpan(data, snapshot.Length));
        }

        /// <summary>The same, read from a stream to its end.</summary>
        /// <param name="source">what Save wrote; not closed</param>
        public void Load(Stream source)
        {
            Load(Snapshots.Read(source));
        }

        /// <summary>An independent copy.</summary>
        /// <returns>a new stream</returns>
        /// <exception cref="InvalidOperationException">after the document was finished</exception>
        public DocumentStream Fork()
        {
            return new DocumentStream(NativeFork(), width, hidden);
        }

        /// <summary>Where the call that is going on is. Any thread.</summary>
        public Progress Progress
        {
            get
            {
                long* numbers = stackalloc long[3];
                NativeProgress(new NativeSpan(numbers, 3));
                return new Progress(numbers[0], numbers[1], numbers[2]);
            }
        }

        /// <summary>Numbers in a vector.</summary>
        public int EmbeddingWidth => width;

        /// <summary>Bytes of text taken so far, as UTF-8.</summary>
        public long BytesTaken => NativeGetInt("bytes_taken");

        /// <summary>Tokens so far, without special ones that the stream added.</summary>
        public long Tokens => NativeGetInt("tokens");

        /// <summary>Results that wait to be read.</summary>
        public int Waiting => (int)NativeGetInt("waiting");

        /// <summary>Whether the document has ended.</summary>
        public bool IsFinished => NativeGetInt("finished") != 0;

        /// <summary>Bad parts of UTF-8 so far, which read as one U+FFFD each.</summary>
        public long InvalidUtf8 => NativeGetInt("invalid_utf8");

        /// <summary>Tokens that <see cref="Reading.Truncate"/> left out.</summary>
        public long TruncatedTokens => NativeGetInt("truncated");

        /// <summary>Places where <see cref="Reading.SplitLong"/> cut a run of text.</summary>
        public long SplitWords => NativeGetInt("split_words");

        /// <summary>
        /// The end of the last passage that was finished, in bytes: behind it, passages may still change when the document
        /// grows.
        /// </summary>
        public long EmittedBytes => NativeGetInt("emitted_bytes");

        /// <summary>Bytes of native memory that it has, for ever.</summary>
        public long Bytes => NativeGetInt("bytes");

        /// <summary>Whether <see cref="Dispose"/> was called.</summary>
        public bool IsDisposed => NativeIsClosed();

        /// <summary>
        /// Any number by the name that it has in the C API, such as "rows", "emitted_rows", "passages" or
        /// "first_invalid_utf8".
        /// </summary>
        /// <param name="key">the name</param>
        /// <returns>the number</returns>
        public long GetNumber(string key)
        {
            return NativeGetInt(key);
        }

        /// <summary>Position, parts and their bytes as JSON.</summary>
        /// <returns>one JSON object</returns>
        public string Describe()
        {
            return NativeDescribe();
        }

        /// <inheritdoc/>
        public override string ToString()
        {
            return IsDisposed ? "DocumentStream[disposed]" : "DocumentStream[" + Progress + "]";
        }
    }
}
