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
    public sealed partial class DocumentStream
    {
        private const int Part = 1 << 16;

        /// <summary>Reads bytes of UTF-8 to their end, as far as results are asked for, and ends the document.</summary>
        /// <param name="source">what to read; not closed</param>
        /// <param name="cancellationToken">stops the call that is going on</param>
        /// <returns>the passages and then the document, once</returns>
        public IEnumerable<Embedding> Read(Stream source, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (source == null) throw new ArgumentNullException(nameof(source));
            return ReadBytes(source, cancellationToken);
        }

        /// <summary>The same of chars.</summary>
        /// <param name="source">what to read; not closed</param>
        /// <param name="cancellationToken">stops the call that is going on</param>
        /// <returns>the passages and then the document, once</returns>
        public IEnumerable<Embedding> Read(TextReader source, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (source == null) throw new ArgumentNullException(nameof(source));
            return ReadChars(source, cancellationToken);
        }

        /// <summary>The same of a string.</summary>
        /// <param name="text">what to read</param>
        /// <param name="cancellationToken">stops the call that is going on</param>
        /// <returns>the passages and then the document, once</returns>
        public IEnumerable<Embedding> Read(string text, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (text == null) throw new ArgumentNullException(nameof(text));
            return ReadText(text, cancellationToken);
        }

        private IEnumerable<Embedding> ReadBytes(Stream source, CancellationToken token)
        {
            var part = new byte[Part];
            for (int n = source.Read(part, 0, Part); n > 0; n = source.Read(part, 0, Part))
            {
                for (int at = 0; at < n;)
                {
                    at += OfferPart(part, at, n - at, token);
                    while (TryRead(out Embedding next)) yield return next;
                }
            }
            foreach (Embedding last in ReadLast(token)) yield return last;
        }

        private IEnumerable<Embedding> ReadChars(TextReader source, CancellationToken token)
        {
            var part = new char[Part];
            for (int n = source.Read(part, 0, Part); n > 0; n = source.Read(part, 0, Part))
            {
                for (int at = 0; at < n;)
                {
                    at += OfferPart(part, at, n - at, token);
                    while (TryRead(out Embedding next)) yield return next;
                }
            }
            foreach (Embedding last in ReadLast(token)) yield return last;
        }

        private IEnumerable<Embedding> ReadText(string text, CancellationToken token)
        {
            for (int at = 0; at < text.Length;)
            {
                at += OfferPart(text, at, Math.Min(Part, text.Length - at), token);
                while (TryRead(out Embedding next)) yield return next;
            }
            foreach (Embedding last in ReadLast(token)) yield return last;
        }

        private IEnumerable<Embedding> ReadLast(CancellationToken token)
        {
            bool done;
            do
            {
                done = TryFinish(token);
                while (TryRead(out Embedding next)) yield return next;
            }
            while (!done);
        }

        // Iterators may hold no pointers.
        private unsafe int OfferPart(byte[] part, int start, int count, CancellationToken token)
        {
            fixed (byte* data = part) return (int)OfferAll(Kind.Utf8, data + start, count, token);
        }

        private unsafe int OfferPart(char[] part, int start, int count, CancellationToken token)
        {
            fixed (char* data = part) return (int)OfferAll(Kind.Utf16, data + start, count, token);
        }

        private unsafe int OfferPart(string part, int start, int count, CancellationToken token)
        {
            fixed (char* data = part) return (int)OfferAll(Kind.Utf16, data + start, count, token);
        }

#if NET8_0_OR_GREATER
        /// <summary>
        /// Reads bytes of UTF-8 to their end, as far as results are asked for, and ends the document. Waits for input without
        /// holding a thread; computes on the thread that asks.
        /// </summary>
        /// <param name="source">what to read; not closed</param>
        /// <param name="cancellationToken">stops reading and the call that is going on</param>
        /// <returns>the passages and then the document, once</returns>
        public IAsyncEnumerable<Embedding> ReadAsync(Stream source, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(source);
            return ReadBytesAsync(source, cancellationToken);
        }

        private async IAsyncEnumerable<Embedding> ReadBytesAsync(
            Stream source, [EnumeratorCancellation] CancellationToken token)
        {
            var part = new byte[Part];
            int n;
            while ((n = await source.ReadAsync(part.AsMemory(), token).ConfigureAwait(false)) > 0)
            {
                for (int at = 0; at < n;)
                {
                    at += OfferPart(part, at, n - at, token);
                    while (TryRead(out Embedding next)) yield return next;
                }
            }
            foreach (Embedding last in ReadLast(token)) yield return last;
        }
#endif
    }
}
