// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.IO;
using System.Threading;

namespace Longwave
{
    /// <summary>
    /// Text from a causal model, or from an encoder with a decoder, token by token. A prompt that was read once can be saved,
    /// or forked for each question that follows it: what then comes is the same, to the bit, as reading everything again.
    /// </summary>
    /// <example><code>
    /// using (Generator generator = model.CreateGenerator(new GenerationOptions { MaxNewTokens = 100 }))
    /// {
    ///     generator.Push("Once upon a time");
    ///     foreach (string part in generator.GenerateText()) Console.Write(part);
    ///
    ///     foreach (GeneratedToken token in generator.Generate()) ...      // or the tokens,
    ///     await foreach (string part in generator.GenerateTextAsync()) ... // or without holding the thread
    /// }
    /// </code></example>
    /// <remarks>
    /// One thread at a time; another one gets an <see cref="InvalidOperationException"/>. Only <see cref="Cancel"/> and
    /// <see cref="Dispose"/> may be called meanwhile: disposing cancels a call that is going on. A generator may move between
    /// threads.
    /// </remarks>
    public sealed unsafe partial class Generator
    {
        private int cancelled; // 1: Cancel was called, and nothing has stopped for it yet

        /// <summary>
        /// Takes the prompt of a causal model, which reads it at once, or the source of an encoder, which is read with the
        /// first token; in any number of calls. A causal model takes more between turns: generation then goes on behind it,
        /// and counts anew.
        /// </summary>
        /// <param name="text">one text for the tokenizer</param>
        /// <param name="addSpecialTokens">whether with the tokenizer's own tokens around it</param>
        /// <exception cref="LongwaveCapacityException">if it is more than the model reads; nothing is taken</exception>
        /// <exception cref="LongwaveCanceledException">
        /// after <see cref="Cancel"/>, while a long prompt is read; all of it is taken, and the next call reads the rest:
        /// nothing is to be pushed again
        /// </exception>
        public void Push(string text, bool addSpecialTokens = true)
        {
            Push(Utf8.Encode(text), addSpecialTokens);
        }

        /// <summary>The same of UTF-8.</summary>
        /// <param name="utf8">one text</param>
        /// <param name="addSpecialTokens">whether with the tokenizer's own tokens around it</param>
        public void Push(byte[] utf8, bool addSpecialTokens = true)
        {
            if (utf8 == null) throw new ArgumentNullException(nameof(utf8));
            try
            {
                fixed (byte* data = utf8) NativePushText(new NativeSpan(data, utf8.Length), addSpecialTokens ? 1 : 0);
            }
            catch (LongwaveCanceledException) when (!Wanted(CancellationToken.None))
            {
                // It was meant for the call before. Everything is taken, and the next call reads on.
            }
        }

        /// <summary>The same of ids, as they are.</summary>
        /// <param name="ids">the ids</param>
        /// <exception cref="ArgumentException">for an id that the model does not have; nothing is taken</exception>
        public void PushIds(params int[] ids)
        {
            if (ids == null) throw new ArgumentNullException(nameof(ids));
            try
            {
                fixed (int* data = ids) NativePushIds(new NativeSpan(data, ids.Length));
            }
            catch (LongwaveCanceledException) when (!Wanted(CancellationToken.None))
            {
                // As above.
            }
        }

        /// <summary>
        /// A text that ends generation when it appears, even across tokens, and is not part of the text that comes out. Before
        /// the first token.
        /// </summary>
        /// <param name="text">the text</param>
        public void AddStop(string text)
        {
            byte[] bytes = Utf8.Encode(text);
            fixed (byte* data = bytes) NativeAddStop(new NativeSpan(data, bytes.Length));
        }

        /// <summary>The next token. With beams the first call finds all of them.</summary>
        /// <param name="next">the token</param>
        /// <param name="cancellationToken">stops the call; nothing is lost</param>
        /// <returns>whether there was one; if not, <see cref="FinishReason"/> says why</returns>
        /// <exception cref="LongwaveCanceledException">when cancelled; another call goes on</exception>
        /// <exception cref="InvalidOperationException">if nothing was pushed</exception>
        public bool TryNext(out GeneratedToken next, CancellationToken cancellationToken = default(CancellationToken))
        {
            if (cancellationToken.IsCancellationRequested) throw Stopped(cancellationToken);
            long* result = stackalloc long[2];
            float logProbability = 0;
            using (Register(cancellationToken))
            {
                while (NativeNext(new NativeSpan(result, 2), new NativeSpan(&logProbability, 1)) == Errors.Cancelled)
                {
                    if (Wanted(cancellationToken)) throw Stopped(cancellationToken);
                }
            }
            bool found = result[1] == 0;
            next = found ? new GeneratedToken((int)result[0], logProbability) : default(GeneratedToken);
            return found;
        }

        /// <summary>
        /// Takes the text that has become certain since the last call: unfinished characters and what may become a stop text
        /// are held back until it is, or until generation ends. Of text that nobody takes the newest 65,536 bytes are kept;
        /// the number "dropped_text" counts the bytes before.
        /// </summary>
        /// <returns>a text, often empty</returns>
        public string TakeText()
        {
            return NativeTakeText();
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
        /// <returns>a snapshot, for <see cref="Model.RestoreGenerator(byte[])"/></returns>
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
        /// <returns>a new generator</returns>
        public Generator Fork()
        {
            return new Generator(NativeFork());
        }

        /// <summary>Tokens of the prompt; beside an encoder, those that the decoder began with.</summary>
        public long PromptTokens => NativeGetInt("prompt_tokens");

        /// <summary>Tokens that this turn has given so far.</summary>
        public long GeneratedTokens => NativeGetInt("generated_tokens");

        /// <summary>Whether there is no token any more.</summary>
        public bool IsFinished => NativeGetInt("finished") != 0;

        /// <summary>Why there is none.</summary>
        public FinishReason FinishReason => (FinishReason)NativeGetInt("finish_reason");

        /// <summary>Bytes of native memory that it has.</summary>
        public long Bytes => NativeGetInt("bytes");

        /// <summary>Whether <see cref="Dispose"/> was called.</summary>
        public bool IsDisposed => NativeIsClosed();

        /// <summary>Any number by the name that it has in the C API, such as "prompt_tokens".</summary>
        /// <param name="key">the name</param>
        /// <returns>the number</returns>
        public long GetNumber(string key)
        {
            return NativeGetInt(key);
        }

        /// <summary>Stops the call that is going on, if any, and gives its memory back. Any thread, any number of times.</summary>
        public void Dispose()
        {
            NativeClose();
        }

        /// <inheritdoc/>
        public override string ToString()
        {
            return IsDisposed ? "Generator[disposed]" : "Generator[tokens=" + GeneratedTokens + "]";
        }

        private static LongwaveCanceledException Stopped(CancellationToken token)
        {
            return new LongwaveCanceledException("generation was cancelled; another call goes on", token);
        }

        private CancellationTokenRegistration Register(CancellationToken token)
        {
            return token.CanBeCanceled
                ? token.Register(generator => ((Generator)generator).NativeCancel(), this)
                : default(CancellationTokenRegistration);
        }

        // A token may fire when its call has just ended; that stops the next one, for which it was not meant.
        private bool Wanted(CancellationToken token)
        {
            return Interlocked.Exchange(ref cancelled, 0) != 0 || token.IsCancellationRequested || IsDisposed;
        }
    }
}
