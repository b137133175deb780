// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>A tokenizer without a model. Immutable; any number of threads.</summary>
    public sealed unsafe partial class Tokenizer
    {
        /// <summary>Opens the tokenizer of a folder.</summary>
        /// <param name="folder">
        /// with tokenizer.json, vocab.txt, spiece.model, tokenizer.model or words.txt, the first that is there
        /// </param>
        /// <returns>a new tokenizer</returns>
        /// <exception cref="System.IO.FileNotFoundException">if there is none</exception>
        public static Tokenizer Open(string folder)
        {
            if (folder == null) throw new ArgumentNullException(nameof(folder));
            using (var context = new Context(1)) return new Tokenizer(NativeOpen(context, folder));
        }

        /// <summary>The same by a route of your choice.</summary>
        /// <param name="folder">with the tokenizer's files</param>
        /// <param name="route">which of them are read</param>
        /// <returns>a new tokenizer</returns>
        public static Tokenizer Open(string folder, TokenizerRoute route)
        {
            if (folder == null) throw new ArgumentNullException(nameof(folder));
            if (route < 0 || (int)route >= Words.TokenizerRoute.Length)
            {
                throw new ArgumentOutOfRangeException(nameof(route), route, "route must be one of the names");
            }
            using (var context = new Context(1))
            {
                return new Tokenizer(NativeOpenRoute(context, folder, Words.TokenizerRoute[(int)route]));
            }
        }

        /// <summary>A model's own, which works on when the model is disposed.</summary>
        /// <param name="model">the model</param>
        /// <returns>a new tokenizer</returns>
        /// <exception cref="NotSupportedException">if the model has none; the message says why</exception>
        public static Tokenizer OfModel(Model model)
        {
            if (model == null) throw new ArgumentNullException(nameof(model));
            return new Tokenizer(NativeOfModel(model));
        }

        /// <summary>How many ids there are.</summary>
        public int Vocabulary => (int)NativeVocabulary();

        /// <summary>Whether <see cref="Dispose"/> was called.</summary>
        public bool IsDisposed => NativeIsClosed();

        /// <summary>Tokens of a text.</summary>
        /// <param name="text">what to encode</param>
        /// <param name="addSpecialTokens">whether to add the model's special tokens</param>
        /// <returns>its tokens</returns>
        public TokenEncoding Encode(string text, bool addSpecialTokens = true)
        {
            byte[] bytes = Utf8.Encode(text);
            fixed (byte* data = bytes)
            {
                return new TokenEncoding(
                    NativeEncode(new NativeSpan(data, bytes.Length), new NativeSpan(null, 0), 0, addSpecialTokens ? 1 : 0));
            }
        }

        /// <summary>Tokens of a pair of texts, such as a question and a passage.</summary>
        /// <param name="text">the first</param>
        /// <param name="pair">the second</param>
        /// <param name="addSpecialTokens">whether to add the model's special tokens</param>
        /// <returns>the tokens of both</returns>
        public TokenEncoding Encode(string text, string pair, bool addSpecialTokens = true)
        {
            byte[] first = Utf8.Encode(text), second = Utf8.Encode(pair);
            fixed (byte* a = first, b = second)
            {
                return new TokenEncoding(
                    NativeEncode(new NativeSpan(a, first.Length), new NativeSpan(b, second.Length), 1, addSpecialTokens ? 1 : 0));
            }
        }

        /// <summary>Text of ids.</summary>
        /// <param name="ids">the ids</param>
        /// <param name="skipSpecialTokens">whether to leave special tokens out</param>
        /// <returns>a text</returns>
        public string Decode(int[] ids, bool skipSpecialTokens = true)
        {
            if (ids == null) throw new ArgumentNullException(nameof(ids));
            fixed (int* data = ids) return NativeDecode(new NativeSpan(data, ids.Length), skipSpecialTokens ? 1 : 0);
        }

        /// <summary>Gives its memory back; calls that are going on end first. Any thread, any number of times.</summary>
        public void Dispose()
        {
            NativeClose();
        }

        /// <inheritdoc/>
        public override string ToString()
        {
            return IsDisposed ? "Tokenizer[disposed]" : "Tokenizer[vocabulary=" + Vocabulary + "]";
        }
    }

    /// <summary>Tokens of a text, or of two.</summary>
    public sealed class TokenEncoding
    {
        // Four numbers a token: id, type, first byte, end.
        private readonly long[] numbers;

        internal TokenEncoding(long[] numbers)
        {
            this.numbers = numbers;
        }

        /// <summary>How many tokens there are.</summary>
        public int Count => numbers.Length / 4;

        /// <summary>The ids.</summary>
        /// <returns>a new array [Count]</returns>
        public int[] GetIds() => Column(0);

        /// <summary>Which of the two texts each token belongs to.</summary>
        /// <returns>a new array [Count] of 0 and 1</returns>
        public int[] GetTypes() => Column(1);

        /// <summary>Where a token begins in its text, in bytes of UTF-8; 0 for tokens that were added.</summary>
        /// <param name="token">an index</param>
        /// <returns>an offset</returns>
        public int ByteBegin(int token) => (int)numbers[4 * token + 2];

        /// <summary>Where a token ends; 0 for tokens that were added.</summary>
        /// <param name="token">an index</param>
        /// <returns>an offset</returns>
        public int ByteEnd(int token) => (int)numbers[4 * token + 3];

        private int[] Column(int which)
        {
            var column = new int[Count];
            for (int i = 0; i < column.Length; i++) column[i] = (int)numbers[4 * i + which];
            return column;
        }

        /// <inheritdoc/>
        public override string ToString() => "TokenEncoding[" + Count + " tokens]";
    }

    /// <summary>Which of a folder's files a tokenizer is made of.</summary>
    public enum TokenizerRoute
    {
        /// <summary>As <see cref="Tokenizer.Open(string)"/> does.</summary>
        Automatic,

        /// <summary>
        /// Spiece.model or tokenizer.model, whatever else there is, with the ids of the SentencePiece library: control tokens
        /// such as &lt;s&gt; in a text are ordinary characters.
        /// </summary>
        SentencePiece,
    }
}
