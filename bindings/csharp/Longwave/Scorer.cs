// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace Longwave
{
    /// <summary>
    /// How likely a causal model finds a document, token by token: text or ids go in piece by piece, every token with its
    /// log-probability and range comes out. Memory is fixed when the scorer is made, however long the document; any split into
    /// calls gives the same bits.
    /// </summary>
    /// <example><code>
    /// using (Scorer scorer = model.CreateScorer())
    /// {
    ///     foreach (ScoredToken token in scorer.Score(File.OpenRead("report.txt"))) ...
    ///     Console.WriteLine(scorer.BitsPerByte);
    /// }
    /// </code></example>
    /// <remarks>
    /// No special tokens are added. One thread at a time; another one gets an <see cref="InvalidOperationException"/>. Only
    /// <see cref="Cancel"/> and <see cref="Dispose"/> may be called meanwhile. A scorer may move between threads.
    /// </remarks>
    public sealed unsafe partial class Scorer
    {
        private int cancelled; // 1: Cancel was called, and nothing has stopped for it yet

        /// <summary>Takes a part of UTF-8, cut anywhere, unless so many tokens wait that there is no room for more.</summary>
        /// <param name="utf8">the bytes; bad ones read as U+FFFD</param>
        /// <param name="start">the first byte</param>
        /// <param name="count">how many bytes</param>
        /// <param name="cancellationToken">stops the call; what was taken stays taken</param>
        /// <returns>how many bytes were taken; less than all: <see cref="Drain"/>, then go on</returns>
        /// <exception cref="LongwaveCanceledException">when cancelled; says how much was taken</exception>
        /// <exception cref="InvalidOperationException">after the document was finished, or after ids</exception>
        public int Offer(
            byte[] utf8, int start, int count, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (utf8 == null) throw new ArgumentNullException(nameof(utf8));
            CheckRange(start, count, utf8.Length);
            fixed (byte* data = utf8) return (int)OfferAll(data + start, null, count, cancellationToken);
        }

        /// <summary>The same of ids, as they are.</summary>
        /// <param name="ids">the ids</param>
        /// <param name="start">the first</param>
        /// <param name="count">how many</param>
        /// <param name="cancellationToken">stops the call; what was taken stays taken</param>
        /// <returns>how many ids were taken</returns>
        /// <exception cref="ArgumentException">for an id that the model does not have; those before it were taken</exception>
        public int OfferIds(
            int[] ids, int start, int count, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (ids == null) throw new ArgumentNullException(nameof(ids));
            CheckRange(start, count, ids.Length);
            fixed (int* data = ids) return (int)OfferAll(null, data + start, count, cancellationToken);
        }

        /// <summary>Ends the document.</summary>
        /// <param name="cancellationToken">stops the call; it may be called again</param>
        /// <returns>false if so many tokens wait that there is no room for more: drain them, then call it again</returns>
        public bool TryFinish(CancellationToken cancellationToken = default(CancellationToken))
        {
            if (cancellationToken.IsCancellationRequested) throw new LongwaveCanceledException(0, cancellationToken);
            using (Register(cancellationToken))
            {
                for (;;)
                {
                    int stop = NativeFinish();
                    if (stop != Errors.Cancelled) return stop != Errors.OutputFull;
                    if (Wanted(cancellationToken)) throw new LongwaveCanceledException(0, cancellationToken);
                }
            }
        }

        /// <summary>Takes the oldest tokens that are done.</summary>
        /// <param name="tokens">receives them</param>
        /// <returns>how many; 0 when none waits</returns>
        public int Read(ScoredToken[] tokens)
        {
            if (tokens == null) throw new ArgumentNullException(nameof(tokens));
            var numbers = new long[3 * tokens.Length];
            var logProbabilities = new float[tokens.Length];
            int count;
            fixed (long* a = numbers)
            fixed (float* b = logProbabilities)
            {
                count = (int)NativeRead(new NativeSpan(a, numbers.Length), new NativeSpan(b, logProbabilities.Length));
            }
            for (int i = 0; i < count; i++)
            {
                tokens[i] = new ScoredToken((int)numbers[3 * i], logProbabilities[i], numbers[3 * i + 1], numbers[3 * i + 2]);
            }
            return count;
        }

        /// <summary>Takes all tokens that wait.</summary>
        /// <returns>the tokens, oldest first</returns>
        public List<ScoredToken> Drain()
        {
            var all = new List<ScoredToken>();
            var part = new ScoredToken[Math.Max(1, Waiting)];
            for (int count = Read(part); count > 0; count = Read(part))
            {
                for (int i = 0; i < count; i++) all.Add(part[i]);
            }
            return all;
        }

        /// <summary>Back to the beginning, for another document. Tokens that wait are gone.</summary>
        public void Reset()
        {
            NativeReset();
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

        /// <summary>Everything so far, at any time between two calls.</summary>
        /// <returns>a snapshot, for <see cref="Model.RestoreScorer(byte[])"/></returns>
        /// <exception cref="InvalidOperationException">after the document was finished</exception>
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

        /// <summary>A copy that goes its own way.</summary>
        /// <returns>a new scorer</returns>
        public Scorer Fork()
        {
            return new Scorer(NativeFork());
        }

        /// <summary>Stops the call that is going on, if any, and gives its memory back. Any thread, any number of times.</summary>
        public void Dispose()
        {
            NativeClose();
        }

        private long OfferAll(byte* utf8, int* ids, long count, CancellationToken token)
        {
            if (token.IsCancellationRequested) throw new LongwaveCanceledException(0, token);
            long done = 0;
            using (Register(token))
            {
                for (;;)
                {
                    long taken = 0;
                    var result = new NativeSpan(&taken, 1);
                    int stop = ids == null
                        ? NativePushText(new NativeSpan(utf8 + done, count - done), result)
                        : NativePushIds(new NativeSpan(ids + done, count - done), result);
                    done += taken;
                    if (stop != Errors.Cancelled) return done;
                    if (Wanted(token)) throw new LongwaveCanceledException(done, token);
                }
            }
        }

        private CancellationTokenRegistration Register(CancellationToken token)
        {
            return token.CanBeCanceled
                ? token.Register(scorer => ((Scorer)scorer).NativeCancel(), this)
                : default(CancellationTokenRegistration);
        }

        // A token may fire when its call has just ended; that stops the next one, for which it was not meant.
        private bool Wanted(CancellationToken token)
        {
            return Interlocked.Exchange(ref cancelled, 0) != 0 || token.IsCancellationRequested || IsDisposed;
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
