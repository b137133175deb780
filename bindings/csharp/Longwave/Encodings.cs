// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections;
using System.Collections.Generic;

namespace Longwave
{
    /// <summary>How a <see cref="Encodings"/> cuts texts into windows.</summary>
    public sealed class Windows
    {
        /// <summary>The most ids of a window, special tokens included; 0: one window, however long.</summary>
        public int MaxLength { get; set; }

        /// <summary>How many tokens neighbouring windows share.</summary>
        public int Stride { get; set; }

        /// <summary>Which text of a pair is cut.</summary>
        public CutText Cut { get; set; }

        /// <summary>Whether the first window is the end of the text rather than its beginning.</summary>
        public bool FromLeft { get; set; }

        /// <summary>Whether every window has the model's special tokens; it has by default.</summary>
        public bool AddSpecialTokens { get; set; } = true;
    }

    /// <summary>Which text of a pair is cut into windows.</summary>
    public enum CutText
    {
        /// <summary>The longer one until both have the same length, then both.</summary>
        LongestFirst = 0,

        /// <summary>The first.</summary>
        OnlyFirst = 1,

        /// <summary>The second.</summary>
        OnlySecond = 2,
    }

    /// <summary>
    /// Encoded texts, or windows of texts, that can be filled up to one length: batches for a <see cref="Model"/>. The windows
    /// are those of the Hugging Face tokenizers library.
    /// </summary>
    /// <example><code>
    /// using (var list = new Encodings(tokenizer))
    /// {
    ///     list.Add(question, text, new Windows { MaxLength = 384, Stride = 128, Cut = CutText.OnlySecond });
    ///     list.Pad();
    ///     float[] logits = model.Run(ModelInputs.Of(list.ToBatch()), Output.Logits);
    /// }
    /// </code></example>
    /// <remarks>One thread at a time.</remarks>
    public sealed unsafe class Encodings : IReadOnlyList<EncodingWindow>, IDisposable
    {
        private readonly Tokenizer tokenizer;
        private readonly NativeEncodings list = new NativeEncodings(NativeEncodings.NativeCreate());

        /// <summary>An empty list.</summary>
        /// <param name="tokenizer">what encodes; must not be disposed before the last text was added</param>
        public Encodings(Tokenizer tokenizer)
        {
            this.tokenizer = tokenizer ?? throw new ArgumentNullException(nameof(tokenizer));
        }

        /// <summary>Adds all windows of a text, the first one first.</summary>
        /// <param name="text">the text</param>
        /// <param name="windows">how it is cut, or null: not at all</param>
        /// <exception cref="ArgumentException">if a window has no room for what it shares with the next</exception>
        public void Add(string text, Windows windows = null)
        {
            Add(Utf8.Encode(text), null, windows);
        }

        /// <summary>The same of a pair of texts, such as a question and a passage.</summary>
        /// <param name="text">the first</param>
        /// <param name="pair">the second</param>
        /// <param name="windows">how they are cut, or null: not at all</param>
        public void Add(string text, string pair, Windows windows = null)
        {
            Add(Utf8.Encode(text), Utf8.Encode(pair), windows);
        }

        private void Add(byte[] text, byte[] pair, Windows windows)
        {
            Windows how = windows ?? new Windows();
            fixed (byte* a = text, b = pair)
            {
                list.NativeAdd(
                    tokenizer, new NativeSpan(a, text.Length), new NativeSpan(b, pair == null ? 0 : pair.Length),
                    pair == null ? 0 : 1, how.AddSpecialTokens ? 1 : 0, how.MaxLength, how.Stride, (int)how.Cut,
                    how.FromLeft ? 1 : 0);
            }
        }

        /// <summary>Fills up all that are shorter.</summary>
        /// <param name="length">to this many ids; 0: to the longest</param>
        /// <param name="multipleOf">and on to a multiple of this</param>
        /// <param name="onLeft">whether in front</param>
        /// <param name="padId">the id that is filled in</param>
        /// <param name="padType">its type</param>
        public void Pad(int length = 0, int multipleOf = 1, bool onLeft = false, int padId = 0, int padType = 0)
        {
            list.NativePad(length, multipleOf, onLeft ? 1 : 0, padId, padType);
        }

        /// <summary>How many windows there are.</summary>
        public int Count => (int)list.NativeSize();

        /// <summary>One of them, as it is now.</summary>
        /// <param name="index">which</param>
        public EncodingWindow this[int index]
        {
            get
            {
                if (index < 0 || index >= Count) throw new ArgumentOutOfRangeException(nameof(index), index, "there are " + Count);
                return new EncodingWindow(list.NativeRead(index));
            }
        }

        /// <summary>All of them as sequences for a model; they must have one length (<see cref="Pad"/>).</summary>
        /// <returns>a new batch with mask and types</returns>
        /// <exception cref="InvalidOperationException">if there is none, or lengths differ</exception>
        public TokenBatch ToBatch()
        {
            int count = Count;
            if (count == 0) throw new InvalidOperationException("there is nothing in the list");
            int tokens = this[0].Count;
            int[] ids = new int[count * tokens], types = new int[ids.Length], mask = new int[ids.Length];
            for (int i = 0; i < count; i++)
            {
                EncodingWindow one = this[i];
                if (one.Count != tokens)
                {
                    throw new InvalidOperationException("windows of " + tokens + " and " + one.Count + " ids: call Pad first");
                }
                one.GetIds().CopyTo(ids, i * tokens);
                one.GetTypes().CopyTo(types, i * tokens);
                one.GetMask().CopyTo(mask, i * tokens);
            }
            return new TokenBatch(ids, count, tokens) { Mask = mask, TokenTypes = types };
        }

        /// <inheritdoc/>
        public IEnumerator<EncodingWindow> GetEnumerator()
        {
            for (int i = 0; i < Count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>Gives its memory back.</summary>
        public void Dispose()
        {
            list.Dispose();
        }
    }

    /// <summary>One window of a text or of two.</summary>
    public sealed class EncodingWindow
    {
        // Eight numbers a token: id, type, mask, special, word, sequence, first byte, end.
        private const int Width = 8;
        private readonly long[] numbers;

        internal EncodingWindow(long[] numbers)
        {
            this.numbers = numbers;
        }

        /// <summary>How many tokens there are, padding included.</summary>
        public int Count => numbers.Length / Width;

        /// <summary>The ids.</summary>
        /// <returns>a new array [Count]</returns>
        public int[] GetIds() => Column(0);

        /// <summary>Which of two texts each token belongs to, as the model wants it.</summary>
        /// <returns>a new array [Count] of 0 and 1</returns>
        public int[] GetTypes() => Column(1);

        /// <summary>What is no padding.</summary>
        /// <returns>a new array [Count] of 1, and 0 for padding</returns>
        public int[] GetMask() => Column(2);

        /// <summary>What is a special token or padding.</summary>
        /// <param name="token">an index</param>
        /// <returns>whether it is</returns>
        public bool IsSpecial(int token) => numbers[Width * token + 3] != 0;

        /// <summary>The word of its text that a token belongs to.</summary>
        /// <param name="token">an index</param>
        /// <returns>its number; -1 for special tokens and padding</returns>
        public int Word(int token) => (int)numbers[Width * token + 4];

        /// <summary>The text that a token belongs to.</summary>
        /// <param name="token">an index</param>
        /// <returns>0 or 1; -1 for special tokens and padding</returns>
        public int Sequence(int token) => (int)numbers[Width * token + 5];

        /// <summary>Where a token begins in its text, in bytes of UTF-8; 0 for special tokens and padding.</summary>
        /// <param name="token">an index</param>
        /// <returns>an offset</returns>
        public int ByteBegin(int token) => (int)numbers[Width * token + 6];

        /// <summary>Where a token ends; 0 for special tokens and padding.</summary>
        /// <param name="token">an index</param>
        /// <returns>an offset</returns>
        public int ByteEnd(int token) => (int)numbers[Width * token + 7];

        private int[] Column(int which)
        {
            var column = new int[Count];
            for (int i = 0; i < column.Length; i++) column[i] = (int)numbers[Width * i + which];
            return column;
        }

        /// <inheritdoc/>
        public override string ToString() => "EncodingWindow[" + Count + " tokens]";
    }
}
