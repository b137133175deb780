// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Longwave.Tests
{
    /// <summary>Characters of all widths, cut anywhere.</summary>
    internal static class TextTests
    {
        private static readonly string text = string.Concat(Enumerable.Repeat(
            "The caf\u00e9 \ud83d\ude00 opens at 9 \u20ac a day.\n\0It \ud834\udd1e sings, na\u00efve \ud83d\ude80\ud83d\ude80 and loud. ", 6));

        private static Model Open() => Model.Open(Support.Tiny);

        private static DocumentStream Create(Model model) => model.CreateStream(Support.ShortPassages());

        [Test("Ranges in chars and in bytes are the same text, with emoji and NUL")]
        private static void Ranges()
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            using (Model model = Open())
            using (DocumentStream stream = Create(model))
            {
                List<Embedding> results = Support.ReadAll(stream, text);
                Check.True(results.Count > 5);
                foreach (Embedding e in results)
                {
                    string chars = text.Substring((int)e.CharBegin, (int)(e.CharEnd - e.CharBegin));
                    Check.Equal(Encoding.UTF8.GetString(bytes, (int)e.ByteBegin, (int)(e.ByteEnd - e.ByteBegin)), chars);
                }
                Check.Equal((long)text.Length, results.Last().CharEnd);
                Check.Equal((long)bytes.Length, stream.BytesTaken);
            }
        }

        [Test("A string cut anywhere, also within surrogate pairs, gives the same bits as whole and as UTF-8")]
        private static void Cuts()
        {
            using (Model model = Open())
            {
                List<Embedding> expected;
                using (DocumentStream stream = Create(model)) expected = Support.ReadAll(stream, text);
                using (DocumentStream stream = Create(model))
                {
                    var results = new List<Embedding>();
                    stream.Push(Encoding.UTF8.GetBytes(text), results.Add);
                    stream.Finish(results.Add);
                    Support.Same(expected, results);
                }
                var random = new Random(5);
                for (int round = 0; round < 20; round++)
                {
                    using (DocumentStream stream = Create(model))
                    {
                        var results = new List<Embedding>();
                        for (int at = 0; at < text.Length;)
                        {
                            int count = Math.Min(text.Length - at, 1 + random.Next(round == 0 ? 1 : 9));
                            at += stream.Offer(text, at, count);
                            results.AddRange(stream.Drain());
                        }
                        stream.Finish(results.Add);
                        Support.Same(expected, results);
                    }
                }
            }
        }

        [Test("Surrogates without their other half read as U+FFFD")]
        private static void LoneSurrogates()
        {
            const string broken = "a \ud83d b \ude00 c \ud83d";
            const string replaced = "a \ufffd b \ufffd c \ufffd";
            using (Model model = Open())
            using (DocumentStream one = Create(model), two = Create(model))
            {
                Support.Same(Support.ReadAll(one, replaced), Support.ReadAll(two, broken));
                Check.Equal(one.BytesTaken, two.BytesTaken);
                Check.Same(model.Embed(replaced), model.Embed(broken));
            }
        }

        [Test("A high surrogate waits for the next push; a snapshot has no place for it")]
        private static void HeldSurrogate()
        {
            using (Model model = Open())
            using (DocumentStream stream = Create(model))
            {
                Check.Equal(3, stream.Offer("ab\ud83d", 0, 3));
                Check.Equal(2L, stream.BytesTaken);
                Check.Throws<InvalidOperationException>(() => stream.Save(), "half of a surrogate pair waits");
                Check.Equal(1, stream.Offer("\ude00", 0, 1));
                Check.Equal(6L, stream.BytesTaken);
                Check.Equal(0L, stream.InvalidUtf8);
                Check.True(stream.Save().Length > 0);
            }
        }

        [Test("NUL is text like any other, but not in keys and paths")]
        private static void Nul()
        {
            using (Tokenizer tokenizer = Tokenizer.Open(Support.Tiny))
            using (Model model = Open())
            {
                Check.True(tokenizer.Encode("one\0two").Count > tokenizer.Encode("one").Count);
                Check.Throws<ArgumentException>(
                    () => model.GetNumber("hidden\0 and more"), "a key, a word or a path must not hold NUL");
                Check.Throws<ArgumentException>(() => Model.Open(Support.Tiny + "\0"), "must not hold NUL");
            }
        }

        [Test("Bad bytes read as one U+FFFD for each bad part and are counted")]
        private static void BadBytes()
        {
            byte[] bad = { (byte)'a', (byte)' ', 0xE2, 0x82, (byte)' ', 0xFF, (byte)' ', (byte)'b' };
            using (Model model = Open())
            using (DocumentStream stream = Create(model))
            {
                var results = new List<Embedding>();
                stream.Push(bad, results.Add);
                stream.Finish(results.Add);
                Check.Equal(2L, stream.InvalidUtf8);
                Check.Equal(2L, stream.GetNumber("first_invalid_utf8"));
                Check.Equal(8L, results.Last().ByteEnd);
                Check.Equal(7L, results.Last().CharEnd);
            }
        }

        [Test("Messages, paths and keys keep characters beyond ASCII")]
        private static void Messages()
        {
            const string folder = "/no/such/\u00e9\ud83d\ude00";
            Check.Throws<FileNotFoundException>(() => Model.Open(folder), folder);
            Check.Throws<ArgumentException>(() => new FullAttention(1, 8).Option("caf\u00e9 \ud83d\ude00", 1).Build(), "caf\u00e9 \ud83d\ude00");
        }

        [Test("A tokenizer gives ids, types and bytes, and text again")]
        private static void Tokens()
        {
            using (Tokenizer tokenizer = Tokenizer.Open(Support.MiniLM))
            {
                TokenEncoding encoding = tokenizer.Encode("The caf\u00e9 \ud83d\ude00 is open.");
                int[] ids = encoding.GetIds();
                Check.Equal(101, ids[0]);
                Check.Equal(102, ids[encoding.Count - 1]);
                Check.Equal(4, encoding.ByteBegin(2));
                Check.Equal(9, encoding.ByteEnd(2));
                Check.True(tokenizer.Decode(ids).StartsWith("the cafe"), tokenizer.Decode(ids));
                TokenEncoding pair = tokenizer.Encode("one", "two");
                Check.Equal(0, pair.GetTypes()[0]);
                Check.Equal(1, pair.GetTypes()[pair.Count - 1]);
                Check.Equal("", tokenizer.Decode(new int[0]));
                Check.Equal(30522, tokenizer.Vocabulary);
                Check.True(tokenizer.Encode("x").Count != tokenizer.Encode("x", false).Count);
            }
        }
    }
}
