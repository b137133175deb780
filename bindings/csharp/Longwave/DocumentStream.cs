// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.Threading;

namespace Longwave
{
    /// <summary>
    /// One document going through a model: text goes in piece by piece, passages with their vectors and ranges come out, and
    /// at the end the document's own vector. Memory is fixed when the stream is made, however long the document; any split of
    /// the text into calls gives the same bits.
    /// </summary>
    /// <example><code>
    /// foreach (Embedding e in stream.Read(file)) ...              // pulls from a Stream, a TextReader or a string
    ///
    /// stream.Push(text, e => ...); ... stream.Finish(e => ...);   // pushes, and takes what comes
    ///
    /// while (at &lt; bytes.Length)                                  // step by step
    /// {
    ///     at += stream.Offer(bytes, at, bytes.Length - at);
    ///     while (stream.TryRead(out Embedding e)) ...
    /// }
    /// </code></example>
    /// <remarks>
    /// Text is UTF-8 or UTF-16, may be cut anywhere, also within a character, and may hold NUL. Bad bytes and surrogates
    /// without their other half read as U+FFFD. One thread at a time; another one gets an
    /// <see cref="InvalidOperationException"/>. Only <see cref="Cancel"/>, <see cref="Progress"/> and <see cref="Dispose"/>
    /// may be called meanwhile: disposing cancels a call that is going on. A stream may move between threads.
    /// </remarks>
    public sealed unsafe partial class DocumentStream
    {
        private readonly int width, hidden;
        private int cancelled; // 1: Cancel was called, and nothing has stopped for it yet

        internal DocumentStream(IntPtr pointer, int width, int hidden) : this(pointer)
        {
            this.width = width;
            this.hidden = hidden;
        }

        /// <summary>Takes a part of a string, unless so many results wait that there is no room for more.</summary>
        /// <param name="text">the string</param>
        /// <param name="start">the first char</param>
        /// <param name="count">how many chars</param>
        /// <returns>
        /// how many chars were taken; less than all: <see cref="TryRead"/> until it gives no more, then go on
        /// </returns>
        /// <exception cref="LongwaveCanceledException">after <see cref="Cancel"/></exception>
        /// <exception cref="InvalidOperationException">after the document was finished, or after ids</exception>
        /// <exception cref="LongwaveCapacityException">under <see cref="Reading.Refuse"/></exception>
        public int Offer(string text, int start, int count)
        {
            if (text == null) throw new ArgumentNullException(nameof(text));
            CheckRange(start, count, text.Length);
            fixed (char* data = text) return Offer(data + start, count);
        }

        /// <summary>The same of UTF-8.</summary>
        /// <param name="utf8">the bytes</param>
        /// <param name="start">the first byte</param>
        /// <param name="count">how many bytes</param>
        /// <returns>how many bytes were taken</returns>
        public int Offer(byte[] utf8, int start, int count)
        {
            if (utf8 == null) throw new ArgumentNullException(nameof(utf8));
            CheckRange(start, count, utf8.Length);
            fixed (byte* data = utf8) return Offer(data + start, count);
        }

#if NET8_0_OR_GREATER
        /// <summary>The same of a span of UTF-8.</summary>
        /// <param name="utf8">the bytes</param>
        /// <returns>how many bytes were taken</returns>
        public int Offer(ReadOnlySpan<byte> utf8)
        {
            fixed (byte* data = utf8) return Offer(data, utf8.Length);
        }

        /// <summary>The same of a span of chars.</summary>
        /// <param name="text">the chars</param>
        /// <returns>how many chars were taken</returns>
        public int Offer(ReadOnlySpan<char> text)
        {
            fixed (char* data = text) return Offer(data, text.Length);
        }
#endif

        /// <summary>The same of a pointer to UTF-8.</summary>
        /// <param name="utf8">the bytes</param>
        /// <param name="count">how many bytes</param>
        /// <returns>how many bytes were taken</returns>
        public int Offer(byte* utf8, int count)
        {
            return (int)OfferAll(Kind.Utf8, utf8, count, CancellationToken.None);
        }

        /// <summary>The same of a pointer to UTF-16.</summary>
        /// <param name="text">the chars</param>
        /// <param name="count">how many chars</param>
        /// <returns>how many chars were taken</returns>
        public int Offer(char* text, int count)
        {
            return (int)OfferAll(Kind.Utf16, text, count, CancellationToken.None);
        }

        /// <summary>
        /// Takes ids without special tokens, which the stream adds (see <see cref="Reading.AddSpecialTokens"/>). Passages are
        /// then cut every PassageTokens ids and have no ranges of bytes and chars.
        /// </summary>
        /// <param name="ids">the ids</param>
        /// <param name="start">the first</param>
        /// <param name="count">how many</param>
        /// <returns>how many ids were taken</returns>
        /// <exception cref="ArgumentException">for an id that the model does not have; those before it were taken</exception>
        public int OfferIds(int[] ids, int start, int count)
        {
            if (ids == null) throw new ArgumentNullException(nameof(ids));
            CheckRange(start, count, ids.Length);
            fixed (int* data = ids) return (int)OfferAll(Kind.Ids, data + start, count, CancellationToken.None);
        }

        /// <summary>Ends the document.</summary>
        /// <returns>
        /// false if so many results wait that there is no room for more: read them first, then call it again
        /// </returns>
        /// <exception cref="LongwaveCanceledException">after <see cref="Cancel"/></exception>
        public bool TryFinish()
        {
            return TryFinish(CancellationToken.None);
        }

        /// <summary>
        /// Back to the beginning, for another document, also after finish: as freshly made, and with the same memory. Results
        /// that wait are gone; a pending <see cref="Cancel"/> stays.
        /// </summary>
        public void Reset()
        {
            NativeReset();
        }

        /// <summary>Takes the oldest result.</summary>
        /// <param name="embedding">a passage or the document; null if nothing waits</param>
        /// <returns>whether there was one</returns>
        public bool TryRead(out Embedding embedding)
        {
            var vector = new float[width];
            long* numbers = stackalloc long[7];
            int kind;
            fixed (float* data = vector) kind = NativeRead(new NativeSpan(data, width), new NativeSpan(numbers, 7));
            embedding = kind == Embedding.None ? null : new Embedding(kind, vector, numbers);
            return embedding != null;
        }

        /// <summary>Takes all results that wait.</summary>
        /// <returns>the results, oldest first</returns>
        public List<Embedding> Drain()
        {
            var results = new List<Embedding>();
            Drain(results.Add);
            return results;
        }

        /// <summary>Takes a string whole.</summary>
        /// <param name="text">the string</param>
        /// <param name="sink">is given passages when there is no room for more, on this thread</param>
        /// <param name="cancellationToken">stops the call within milliseconds; what was taken stays taken</param>
        /// <exception cref="LongwaveCanceledException">when cancelled; says how much was taken</exception>
        public void Push(string text, Action<Embedding> sink, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (text == null) throw new ArgumentNullException(nameof(text));
            fixed (char* data = text) PushAll(Kind.Utf16, data, text.Length, sink, cancellationToken);
        }

        /// <summary>The same of UTF-8.</summary>
        /// <param name="utf8">the bytes</param>
        /// <param name="sink">is given passages when there is no room for more, on this thread</param>
        /// <param name="cancellationToken">stops the call; what was taken stays taken</param>
        public void Push(byte[] utf8, Action<Embedding> sink, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (utf8 == null) throw new ArgumentNullException(nameof(utf8));
            fixed (byte* data = utf8) PushAll(Kind.Utf8, data, utf8.Length, sink, cancellationToken);
        }

#if NET8_0_OR_GREATER
        /// <summary>The same of a span of UTF-8.</summary>
        /// <param name="utf8">the bytes</param>
        /// <param name="sink">is given passages when there is no room for more, on this thread</param>
        /// <param name="cancellationToken">stops the call; what was taken stays taken</param>
        public void Push(ReadOnlySpan<byte> utf8, Action<Embedding> sink, CancellationToken cancellationToken = default)
        {
            fixed (byte* data = utf8) PushAll(Kind.Utf8, data, utf8.Length, sink, cancellationToken);
        }
#endif

        /// <summary>Takes all ids, without special tokens.</summary>
        /// <param name="ids">the ids</param>
        /// <param name="sink">is given passages when there is no room for more, on this thread</param>
        /// <param name="cancellationToken">stops the call; what was taken stays taken</param>
        public void PushIds(int[] ids, Action<Embedding> sink, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (ids == null) throw new ArgumentNullException(nameof(ids));
            fixed (int* data = ids) PushAll(Kind.Ids, data, ids.Length, sink, cancellationToken);
        }

        /// <summary>Ends the document.</summary>
        /// <param name="sink">is given everything that waits and that still comes, on this thread</param>
        /// <param name="cancellationToken">stops the call; it may be called again</param>
        public void Finish(Action<Embedding> sink, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (sink == null) throw new ArgumentNullException(nameof(sink));
            bool done;
            do
            {
                done = TryFinish(cancellationToken);
                Drain(sink);
            }
            while (!done);
        }

        /// <summary>
        /// Asks the call that is going on, or else the next one, to stop with a <see cref="LongwaveCanceledException"/>. Any
        /// thread.
        /// </summary>
        public void Cancel()
        {
            Interlocked.Exchange(ref cancelled, 1);
            NativeCancel();
        }

        /// <summary>Stops the call that is going on, if any, and gives its memory back. Any thread, any number of times.</summary>
        public void Dispose()
        {
            NativeClose();
        }

        private enum Kind
        {
            Utf8,
            Utf16,
            Ids,
            Vectors,
        }

        // Bytes of one of what a call counts.
        private long Size(Kind kind)
        {
            switch (kind)
            {
                case Kind.Utf8: return 1;
                case Kind.Utf16: return 2;
                case Kind.Ids: return 4;
                default: return 4L * hidden;
            }
        }

        private void PushAll(Kind kind, void* data, long count, Action<Embedding> sink, CancellationToken token)
        {
            if (sink == null) throw new ArgumentNullException(nameof(sink));
            long size = Size(kind);
            long done = 0;
            for (;;)
            {
                try
                {
                    done += OfferAll(kind, (byte*)data + done * size, count - done, token);
                }
                catch (LongwaveCanceledException stopped) when (done > 0)
                {
                    throw new LongwaveCanceledException(done + stopped.Taken, stopped.CancellationToken);
                }
                if (done == count) return;
                Drain(sink);
            }
        }

        private long OfferAll(Kind kind, void* data, long count, CancellationToken token)
        {
            if (token.IsCancellationRequested) throw new LongwaveCanceledException(0, token);
            long done = 0;
            using (Register(token))
            {
                for (;;)
                {
                    long taken = 0;
                    int stop;
                    var result = new NativeSpan(&taken, 1);
                    switch (kind)
                    {
                        case Kind.Utf8:
                            stop = NativePushText(new NativeSpan((byte*)data + done, count - done), result);
                            break;
                        case Kind.Utf16:
                            stop = NativePushUtf16(new NativeSpan((char*)data + done, count - done), result);
                            break;
                        case Kind.Ids:
                            stop = NativePushIds(new NativeSpan((int*)data + done, count - done), result);
                            break;
                        default:
                            stop = NativePushVectors(
                                new NativeSpan((float*)data + done * hidden, (count - done) * hidden), result);
                            break;
                    }
                    done += taken;
                    if (stop != Errors.Cancelled) return done;
                    if (Wanted(token)) throw new LongwaveCanceledException(done, token);
                }
            }
        }

        private bool TryFinish(CancellationToken token)
        {
            if (token.IsCancellationRequested) throw new LongwaveCanceledException(0, token);
            using (Register(token))
            {
                for (;;)
                {
                    int stop = NativeFinish();
                    if (stop != Errors.Cancelled) return stop != Errors.OutputFull;
                    if (Wanted(token)) throw new LongwaveCanceledException(0, token);
                }
            }
        }

        private CancellationTokenRegistration Register(CancellationToken token)
        {
            return token.CanBeCanceled
                ? token.Register(stream => ((DocumentStream)stream).NativeCancel(), this)
                : default(CancellationTokenRegistration);
        }

        // A token may fire when its call has just ended; that stops the next one, for which it was not meant.
        private bool Wanted(CancellationToken token)
        {
            return Interlocked.Exchange(ref cancelled, 0) != 0 || token.IsCancellationRequested || IsDisposed;
        }

        private void Drain(Action<Embedding> sink)
        {
            while (TryRead(out Embedding next)) sink(next);
        }

        private static void CheckRange(int start, int count, int length)
        {
            if (start < 0 || count < 0 || start > length - count)
            {
                throw new ArgumentOutOfRangeException(null, "a range of " + count + " from " + start + " is not within " + length);
            }
        }
    }
}
