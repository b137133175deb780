// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
#if NET8_0_OR_GREATER
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
#endif

namespace Longwave
{
    public sealed partial class Scorer
    {
        private const int Part = 1 << 14;

        /// <summary>Scores a text as far as tokens are asked for, and ends the document.</summary>
        /// <param name="text">what to score</param>
        /// <param name="cancellationToken">stops the call that is going on</param>
        /// <returns>the tokens, once</returns>
        public IEnumerable<ScoredToken> Score(string text, CancellationToken cancellationToken = default(CancellationToken))
        {
            return Score(new MemoryStream(Utf8.Encode(text)), cancellationToken);
        }

        /// <summary>The same of UTF-8, read to its end.</summary>
        /// <param name="source">what to score; not closed</param>
        /// <param name="cancellationToken">stops the call that is going on</param>
        /// <returns>the tokens, once</returns>
        public IEnumerable<ScoredToken> Score(Stream source, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (source == null) throw new ArgumentNullException(nameof(source));
            return ScoreBytes(source, cancellationToken);
        }

        /// <summary>The same of ids, as they are.</summary>
        /// <param name="ids">what to score</param>
        /// <param name="cancellationToken">stops the call that is going on</param>
        /// <returns>the tokens, once</returns>
        public IEnumerable<ScoredToken> ScoreIds(int[] ids, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (ids == null) throw new ArgumentNullException(nameof(ids));
            return ScoreAll(ids, cancellationToken);
        }

        private IEnumerable<ScoredToken> ScoreBytes(Stream source, CancellationToken token)
        {
            var part = new byte[Part];
            for (int n = source.Read(part, 0, Part); n > 0; n = source.Read(part, 0, Part))
            {
                for (int at = 0; at < n;)
                {
                    at += Offer(part, at, n - at, token);
                    foreach (ScoredToken next in Drain()) yield return next;
                }
            }
            foreach (ScoredToken last in ScoreLast(token)) yield return last;
        }

        private IEnumerable<ScoredToken> ScoreAll(int[] ids, CancellationToken token)
        {
            for (int at = 0; at < ids.Length;)
            {
                at += OfferIds(ids, at, Math.Min(Part, ids.Length - at), token);
                foreach (ScoredToken next in Drain()) yield return next;
            }
            foreach (ScoredToken last in ScoreLast(token)) yield return last;
        }

        private IEnumerable<ScoredToken> ScoreLast(CancellationToken token)
        {
            bool done;
            do
            {
                done = TryFinish(token);
                foreach (ScoredToken next in Drain()) yield return next;
            }
            while (!done);
        }

#if NET8_0_OR_GREATER
        /// <summary>
        /// Scores bytes of UTF-8 to their end, as far as tokens are asked for. Waits for input without holding a thread, and
        /// computes on the thread pool rather than on the thread that asks.
        /// </summary>
        /// <param name="source">what to score; not closed</param>
        /// <param name="cancellationToken">stops reading and the call that is going on</param>
        /// <returns>the tokens, once</returns>
        public IAsyncEnumerable<ScoredToken> ScoreAsync(Stream source, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(source);
            return ScoreBytesAsync(source, cancellationToken);
        }

        private async IAsyncEnumerable<ScoredToken> ScoreBytesAsync(
            Stream source, [EnumeratorCancellation] CancellationToken token)
        {
            var part = new byte[Part];
            int n;
            while ((n = await source.ReadAsync(part.AsMemory(), token).ConfigureAwait(false)) > 0)
            {
                for (int at = 0; at < n;)
                {
                    int begin = at, end = n;
                    at += await Task.Run(() => Offer(part, begin, end - begin, token), CancellationToken.None).ConfigureAwait(false);
                    foreach (ScoredToken next in Drain()) yield return next;
                }
            }
            bool done;
            do
            {
                done = await Task.Run(() => TryFinish(token), CancellationToken.None).ConfigureAwait(false);
                foreach (ScoredToken next in Drain()) yield return next;
            }
            while (!done);
        }
#endif

        /// <summary>The sum of the log-probabilities of everything that was scored, in nats; NaN when nothing was.</summary>
        public double LogProbability => NativeGetFloat("log_probability");

        /// <summary>Bits for each byte of <see cref="ScoredBytes"/>; NaN when nothing was scored, or ids were pushed.</summary>
        public double BitsPerByte => NativeGetFloat("bits_per_byte");

        /// <summary>Perplexity of a token; NaN when nothing was scored.</summary>
        public double Perplexity => NativeGetFloat("perplexity");

        /// <summary>Tokens that are done, the first included.</summary>
        public long Tokens => NativeGetInt("tokens");

        /// <summary>Tokens that have a log-probability.</summary>
        public long ScoredTokens => NativeGetInt("scored");

        /// <summary>Bytes of text taken so far, as UTF-8.</summary>
        public long BytesTaken => NativeGetInt("bytes_taken");

        /// <summary>
        /// Bytes from the first token that was scored to the end of the last; once finished, to the end of the text.
        /// </summary>
        public long ScoredBytes => NativeGetInt("scored_bytes");

        /// <summary>Tokens that wait to be read.</summary>
        public int Waiting => (int)NativeGetInt("waiting");

        /// <summary>Whether the document has ended.</summary>
        public bool IsFinished => NativeGetInt("finished") != 0;

        /// <summary>Tokens of a window, as it was settled.</summary>
        public int Length => (int)NativeGetInt("length");

        /// <summary>How far windows advance, as it was settled.</summary>
        public int Stride => (int)NativeGetInt("stride");

        /// <summary>Bytes of native memory that it has.</summary>
        public long Bytes => NativeGetInt("bytes");

        /// <summary>Whether <see cref="Dispose"/> was called.</summary>
        public bool IsDisposed => NativeIsClosed();

        /// <summary>Any whole number by the name that it has in the C API, such as "invalid_utf8".</summary>
        /// <param name="key">the name</param>
        /// <returns>the number</returns>
        public long GetNumber(string key)
        {
            return NativeGetInt(key);
        }

        /// <inheritdoc/>
        public override string ToString() => IsDisposed ? "Scorer[disposed]" : "Scorer[tokens=" + Tokens + "]";
    }
}
