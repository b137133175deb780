// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Collections.Generic;
using System.Text;
using System.Threading;
#if NET8_0_OR_GREATER
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
#endif

namespace Longwave
{
    public sealed partial class Generator
    {
        /// <summary>The tokens until generation ends, each computed when it is asked for. Breaking off loses nothing.</summary>
        /// <param name="cancellationToken">stops the call that is going on</param>
        /// <returns>the tokens that are still to come</returns>
        public IEnumerable<GeneratedToken> Generate(CancellationToken cancellationToken = default(CancellationToken))
        {
            while (TryNext(out GeneratedToken next, cancellationToken)) yield return next;
        }

        /// <summary>The text until generation ends, part by part as it becomes certain; no part is empty.</summary>
        /// <param name="cancellationToken">stops the call that is going on</param>
        /// <returns>the parts that are still to come</returns>
        public IEnumerable<string> GenerateText(CancellationToken cancellationToken = default(CancellationToken))
        {
            bool more;
            do
            {
                more = TryNext(out _, cancellationToken);
                string part = TakeText();
                if (part.Length > 0) yield return part;
            }
            while (more);
        }

        /// <summary>The whole text until generation ends.</summary>
        /// <param name="cancellationToken">stops the call</param>
        /// <returns>a text</returns>
        public string ReadText(CancellationToken cancellationToken = default(CancellationToken))
        {
            var text = new StringBuilder();
            foreach (string part in GenerateText(cancellationToken)) text.Append(part);
            return text.ToString();
        }

#if NET8_0_OR_GREATER
        /// <summary>The tokens until generation ends, computed on the thread pool rather than on the thread that asks.</summary>
        /// <param name="cancellationToken">stops the call that is going on</param>
        /// <returns>the tokens that are still to come</returns>
        public async IAsyncEnumerable<GeneratedToken> GenerateAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            while (await NextAsync(cancellationToken).ConfigureAwait(false) is GeneratedToken next) yield return next;
        }

        /// <summary>The text until generation ends, as <see cref="GenerateText"/> gives it, computed on the thread pool.</summary>
        /// <param name="cancellationToken">stops the call that is going on</param>
        /// <returns>the parts that are still to come</returns>
        public async IAsyncEnumerable<string> GenerateTextAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            bool more;
            do
            {
                more = await NextAsync(cancellationToken).ConfigureAwait(false) != null;
                string part = TakeText();
                if (part.Length > 0) yield return part;
            }
            while (more);
        }

        private Task<GeneratedToken?> NextAsync(CancellationToken token)
        {
            return Task.Run(
                () => TryNext(out GeneratedToken next, token) ? next : default(GeneratedToken?), CancellationToken.None);
        }
#endif
    }
}
