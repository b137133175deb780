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

        [Test("Windows of a text share their stride, cover it, and are filled up to batches that a model reads")]
        private static void WindowsOfText()
        {
            string long1 = string.Concat(Enumerable.Repeat("the caf\u00e9 opens and closes ", 8));
            using (Model model = Model.Open(Support.MiniLM))
            using (Tokenizer tokenizer = Tokenizer.OfModel(model))
            using (var list = new Encodings(tokenizer))
            {
                TokenEncoding whole = tokenizer.Encode(long1);
                list.Add(long1);
                Check.Same(whole.GetIds(), list[0].GetIds());
                list.Add(long1, new Windows { MaxLength = 16, Stride = 4 });
                Check.True(list.Count > 3);
                var ids = new List<int>();
                for (int i = 1; i < list.Count; i++)
                {
                    EncodingWindow window = list[i];
                    Check.True(window.Count <= 16 && window.IsSpecial(0) && !window.IsSpecial(1));
                    Check.Equal(-1, window.Sequence(0));
                    Check.Equal(0, window.Sequence(1));
                    Check.Equal(-1, window.Word(0));
                    Check.True(window.ByteEnd(1) > window.ByteBegin(1));
                    ids.AddRange(window.GetIds().Skip(i == 1 ? 1 : 5).Take(window.Count - (i == 1 ? 2 : 6)));
                }
                Check.Same(whole.GetIds().Skip(1).Take(whole.Count - 2).ToArray(), ids);
                Check.Throws<InvalidOperationException>(() => list.ToBatch(), "Pad");
                list.Pad(0, 8);
                Check.Equal(0, list[0].Count % 8);
                TokenBatch batch = list.ToBatch();
                Check.Equal(list.Count, batch.Batch);
                Check.Equal(list.Sum(window => window.GetMask().Sum()), batch.Mask.Sum());
                float[] vectors = model.Forward(batch, Output.SentenceEmbedding);
                using (ModelInputs inputs = ModelInputs.Of(batch)) Check.Same(vectors, model.Run(inputs, Output.SentenceEmbedding));
                Check.Throws<ArgumentOutOfRangeException>(() => list[list.Count].ToString());
                Check.Throws<ArgumentException>(() => list.Add(long1, new Windows { MaxLength = 6, Stride = 4 }));
            }
        }

        [Test("Of a pair the text that is named is cut, from the side that is named, and padding goes where it is told")]
        private static void WindowsOfPairs()
        {
            using (Tokenizer tokenizer = Tokenizer.Open(Support.MiniLM))
            using (var list = new Encodings(tokenizer))
            {
                var second = new Windows { MaxLength = 12, Cut = CutText.OnlySecond };
                list.Add("who sings", "the dog and the cat and the bird and the fish and the frog", second);
                Check.True(list.Count > 1);
                int[] question = tokenizer.Encode("who sings", false).GetIds();
                foreach (EncodingWindow window in list)
                {
                    Check.Same(question, window.GetIds().Skip(1).Take(question.Length).ToArray());
                    Check.Equal(1, window.GetTypes()[window.Count - 1]);
                    Check.Equal(1, window.Sequence(window.Count - 2));
                }
                Check.True(list[0].ByteBegin(question.Length + 2) == 0);
                using (var fromLeft = new Encodings(tokenizer))
                {
                    const string text = "one two three four five six";
                    fromLeft.Add(text, new Windows { MaxLength = 4, FromLeft = true, AddSpecialTokens = false });
                    Check.Equal(text.Length, fromLeft[0].ByteEnd(fromLeft[0].Count - 1));
                    fromLeft.Pad(6, 1, true, 7, 1);
                    Check.Same(new[] { 7, 7 }, fromLeft[0].GetIds().Take(2).ToArray());
                    Check.Same(new[] { 0, 0, 1, 1, 1, 1 }, fromLeft[0].GetMask());
                    Check.Equal(1, fromLeft[0].GetTypes()[0]);
                    Check.True(fromLeft[0].IsSpecial(0));
                    fromLeft.Dispose();
                    Check.Throws<ObjectDisposedException>(() => fromLeft.Pad());
                }
            }
        }

        [Test("A model's tokenizer outlives it, and SentencePiece's own route takes control tokens as text")]
        private static void Routes()
        {
            Tokenizer tokenizer;
            using (Model model = Open()) tokenizer = Tokenizer.OfModel(model);
            using (tokenizer)
            using (Tokenizer folder = Tokenizer.Open(Support.Tiny))
            {
                Check.Same(folder.Encode(text).GetIds(), tokenizer.Encode(text).GetIds());
            }
            string unigram = Support.TokenizerFolder("unigram-xlnet");
            using (Tokenizer automatic = Tokenizer.Open(unigram, TokenizerRoute.Automatic))
            using (Tokenizer plain = Tokenizer.Open(unigram))
            using (Tokenizer pieces = Tokenizer.Open(unigram, TokenizerRoute.SentencePiece))
            {
                Check.Same(plain.Encode("one <s> two").GetIds(), automatic.Encode("one <s> two").GetIds());
                Check.True(!pieces.Encode("one <s> two", false).GetIds().SequenceEqual(plain.Encode("one <s> two", false).GetIds()));
                Check.Same(plain.Encode("one two", false).GetIds(), pieces.Encode("one two", false).GetIds());
            }
            Check.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Open(unigram, (TokenizerRoute)5));
            Check.Throws<FileNotFoundException>(() => Tokenizer.Open(Support.Tiny, TokenizerRoute.SentencePiece));
        }
    }
}
