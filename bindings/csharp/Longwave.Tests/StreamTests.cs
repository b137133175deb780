// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
#if LONGWAVE_SPANS
using System.Threading.Tasks;
#endif

namespace Longwave.Tests
{
    /// <summary>Documents through a stream, in all the ways that there are.</summary>
    internal static class StreamTests
    {
        private static readonly string text =
            File.ReadAllText(Path.Combine(Support.Source, "examples/text/handbook.txt"), Encoding.UTF8).Substring(0, 12000);

        private static List<Embedding> expected;

        private static Model Open()
        {
            Model model = Model.Open(Support.MiniLM);
            if (expected == null)
            {
                using (DocumentStream stream = model.CreateStream()) expected = Support.ReadAll(stream, text);
            }
            return model;
        }

        [Test("Streams, readers, strings and bytes give the same")]
        private static void Sources()
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            using (Model model = Open())
            {
                Check.True(expected.Count > 10);
                using (DocumentStream stream = model.CreateStream())
                {
                    Support.Same(expected, stream.Read(new MemoryStream(bytes)).ToList());
                }
                using (DocumentStream stream = model.CreateStream())
                {
                    Support.Same(expected, stream.Read(new StringReader(text)).ToList());
                }
                using (DocumentStream stream = model.CreateStream())
                {
                    var results = new List<Embedding>();
                    stream.Push(bytes, results.Add);
                    stream.Finish(results.Add);
                    Support.Same(expected, results);
                }
#if LONGWAVE_SPANS
                using (DocumentStream stream = model.CreateStream())
                {
                    var results = new List<Embedding>();
                    for (ReadOnlySpan<byte> rest = bytes; rest.Length > 0; results.AddRange(stream.Drain()))
                    {
                        rest = rest.Slice(stream.Offer(rest));
                    }
                    stream.Finish(results.Add);
                    Support.Same(expected, results);
                }
                using (DocumentStream stream = model.CreateStream())
                {
                    Support.Same(expected, Async(stream, bytes).GetAwaiter().GetResult());
                }
#endif
            }
        }

#if LONGWAVE_SPANS
        private static async Task<List<Embedding>> Async(DocumentStream stream, byte[] bytes)
        {
            var results = new List<Embedding>();
            await foreach (Embedding e in stream.ReadAsync(new MemoryStream(bytes))) results.Add(e);
            return results;
        }

        private static async Task Take(DocumentStream stream, Stream source, CancellationToken token)
        {
            await foreach (Embedding e in stream.ReadAsync(source).WithCancellation(token))
            {
            }
        }

        [Test("Reading asynchronously stops when its token says so, and when the source fails")]
        private static void AsyncStops()
        {
            using (Model model = Model.Open(Support.Tiny))
            using (DocumentStream stream = model.CreateStream(Support.ShortPassages()))
            using (var source = new CancellationTokenSource(100))
            {
                Check.Throws<OperationCanceledException>(
                    () => Take(stream, new Endless(), source.Token).GetAwaiter().GetResult());
                Check.Throws<IOException>(
                    () => Take(stream, new Broken(), CancellationToken.None).GetAwaiter().GetResult(), "no disk");
            }
        }
#endif

        private sealed class Endless : MemoryStream
        {
            private long at;

            internal long Count => at;

            public override int Read(byte[] buffer, int offset, int count)
            {
                for (int i = 0; i < count; i++) buffer[offset + i] = (byte)"one two three. "[(int)(at++ % 15)];
                return count;
            }

#if LONGWAVE_SPANS
            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken token)
            {
                await Task.Yield();
                var part = new byte[buffer.Length];
                int count = Read(part, 0, part.Length);
                part.CopyTo(buffer);
                return count;
            }
#endif
        }

        private sealed class Broken : MemoryStream
        {
            public override int Read(byte[] buffer, int offset, int count) => throw new IOException("no disk");

#if LONGWAVE_SPANS
            public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken token) =>
                throw new IOException("no disk");
#endif
        }

        [Test("An iterator reads no further than it is asked, and passes on what its source throws")]
        private static void Iterator()
        {
            using (Model model = Model.Open(Support.Tiny))
            {
                using (DocumentStream stream = model.CreateStream(Support.ShortPassages()))
                {
                    var endless = new Endless();
                    Check.Equal(5, stream.Read(endless).Take(5).Count());
                    Check.True(endless.Count < 1 << 18);
                    Check.Throws<IOException>(() => stream.Read(new Broken()).Count(), "no disk");
                }
                using (DocumentStream stream = model.CreateStream())
                {
                    Embedding document = stream.Read("").Single();
                    Check.True(document.IsDocument && document.Vector == null);
                }
            }
        }

        [Test("When the queue is full, offers take less and finish says that there is more")]
        private static void FullQueue()
        {
            Reading reading = Reading.ModelWindow();
            reading.Queue = 1;
            using (Model model = Open())
            using (DocumentStream stream = model.CreateStream(reading))
            {
                int first = stream.Offer(text, 0, text.Length);
                Check.True(first < text.Length);
                Check.Equal(1, stream.Waiting);
                Check.Equal(0, stream.Offer(text, first, text.Length - first));
                List<Embedding> results = stream.Drain();
                for (int at = first; at < text.Length; results.AddRange(stream.Drain())) at += stream.Offer(text, at, text.Length - at);
                int unfinished = 0;
                for (; !stream.TryFinish(); unfinished++) results.AddRange(stream.Drain());
                results.AddRange(stream.Drain());
                Check.True(unfinished > 0 && stream.IsFinished);
                Support.Same(expected, results);
                Check.Throws<InvalidOperationException>(() => stream.Offer("more", 0, 4));
                Check.Throws<InvalidOperationException>(() => stream.Save());
                Check.Throws<InvalidOperationException>(() => stream.Fork());
                Check.Throws<ArgumentOutOfRangeException>(() => stream.Offer("more", 2, 3));
                Check.Throws<ArgumentOutOfRangeException>(() => stream.Offer(new byte[3], -1, 2));
                Check.Throws<ArgumentOutOfRangeException>(() => stream.OfferIds(new int[3], 1, int.MaxValue));
            }
        }

        [Test("A cancelled push says how much was taken and can go on")]
        private static void Cancel()
        {
            // So that there is a sink to call before the end.
            Reading reading = Reading.ModelWindow();
            reading.Queue = 1;
            using (Model model = Open())
            using (DocumentStream stream = model.CreateStream(reading))
            {
                var results = new List<Embedding>();
                stream.Cancel();
                var stopped = Check.Throws<LongwaveCanceledException>(() => stream.Push(text, results.Add));
                Check.True(stopped.Taken < text.Length);
                using (var source = new CancellationTokenSource())
                {
                    string rest = text.Substring((int)stopped.Taken);
                    long taken = 0;
                    // In the midst of a push, from the sink.
                    var again = Check.Throws<OperationCanceledException>(() => stream.Push(rest, e =>
                    {
                        results.Add(e);
                        source.Cancel();
                    }, source.Token));
                    Check.Equal(source.Token, again.CancellationToken);
                    taken = ((LongwaveCanceledException)again).Taken;
                    Check.True(taken > 0 && taken < rest.Length);
                    // A token that is cancelled already takes nothing, and stops no later call.
                    Check.Equal(0L, Check.Throws<LongwaveCanceledException>(
                        () => stream.Push(rest, results.Add, source.Token)).Taken);
                    stream.Push(rest.Substring((int)taken), results.Add);
                }
                stream.Finish(results.Add);
                Support.Same(expected, results);
            }
        }

        [Test("A token that is cancelled by another thread stops a push in its midst")]
        private static void CancelFromOutside()
        {
            using (Model model = Model.Open(Support.Tiny))
            using (DocumentStream stream = model.CreateStream(Support.ShortPassages()))
            using (var source = new CancellationTokenSource())
            {
                string much = string.Concat(Enumerable.Repeat("one two three four five six. ", 400000));
                bool asked = false; // once: each CancelAfter winds the clock up afresh
                var stopped = Check.Throws<LongwaveCanceledException>(() => stream.Push(much, e =>
                {
                    if (!asked) source.CancelAfter(1);
                    asked = true;
                }, source.Token));
                Check.True(stopped.Taken > 0 && stopped.Taken < much.Length, stopped.Taken + " were taken");
                stream.Push("and goes on.", e => { });
            }
        }

        [Test("A snapshot goes on with the same bits, in a new stream, in an old one and in a fork")]
        private static void Snapshots()
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            const int cut = 7001;
            using (Model model = Open())
            using (DocumentStream stream = model.CreateStream(), other = model.CreateStream())
            {
                var before = new List<Embedding>();
                stream.Push(Support.Slice(bytes, 0, cut), before.Add);
                byte[] snapshot = stream.Save();
                Check.True(LongwaveLibrary.DescribeSnapshot(snapshot).StartsWith("{"));
                other.Load(snapshot);
                byte[] rest = Support.Slice(bytes, cut, bytes.Length - cut);
                DocumentStream[] streams = { stream.Fork(), model.RestoreStream(new MemoryStream(snapshot)), other };
                foreach (DocumentStream next in streams)
                {
                    Check.Equal((long)cut, next.BytesTaken);
                    var results = new List<Embedding>(before);
                    next.Push(rest, results.Add);
                    next.Finish(results.Add);
                    Check.Equal(expected.Count, results.Count);
                    for (int i = 0; i < results.Count; i++)
                    {
                        Check.Equal(expected[i].ToString(), results[i].ToString());
                        if (expected[i].Vector != null) Check.Same(expected[i].Vector, results[i].Vector);
                    }
                    // Chars are known where the stream has seen the text, which a snapshot has not.
                    int last = results.Count - 2;
                    Check.Equal(next == streams[0] ? expected[last].CharEnd : -1, results[last].CharEnd);
                    next.Dispose();
                }
                Check.Equal((long)cut, stream.BytesTaken);
                Check.Same(snapshot, stream.Save());
            }
        }

        [Test("After a reset, also after finish, the same text gives the same bits")]
        private static void Reset()
        {
            using (Model model = Open())
            using (DocumentStream stream = model.CreateStream())
            {
                Support.Same(expected, Support.ReadAll(stream, text));
                stream.Reset();
                Check.True(!stream.IsFinished);
                stream.Offer("another text and half a pair \ud83d", 0, 30);
                stream.Reset();
                Check.Equal(0L, stream.BytesTaken);
                Support.Same(expected, Support.ReadAll(stream, text));
            }
        }

        [Test("Damaged, truncated and foreign snapshots are refused and change nothing")]
        private static void BadSnapshots()
        {
            Reading reading = Reading.ModelWindow();
            reading.Queue = 3;
            using (Model model = Model.Open(Support.MiniLM), tiny = Model.Open(Support.Tiny))
            using (DocumentStream stream = model.CreateStream(), other = model.CreateStream(reading))
            {
                stream.Push("some text", e => { });
                byte[] snapshot = stream.Save();
                var damaged = (byte[])snapshot.Clone();
                damaged[damaged.Length / 2] ^= 1;
                Check.Throws<LongwaveFormatException>(() => stream.Load(damaged));
                foreach (int size in new[] { 0, 1, 20, snapshot.Length - 1 })
                {
                    byte[] part = Support.Slice(snapshot, 0, size);
                    Check.Throws<LongwaveFormatException>(() => stream.Load(part));
                    Check.Throws<LongwaveFormatException>(() => model.RestoreStream(part));
                    Check.Throws<LongwaveFormatException>(() => LongwaveLibrary.DescribeSnapshot(part));
                }
                Check.Throws<LongwaveMismatchException>(() => tiny.RestoreStream(snapshot));
                Check.Throws<LongwaveMismatchException>(() => other.Load(snapshot));
                Check.Same(snapshot, stream.Save());
            }
        }

        [Test("Ids go in without special tokens and come out without bytes")]
        private static void Ids()
        {
            int[] ids;
            using (Tokenizer tokenizer = Tokenizer.Open(Support.MiniLM)) ids = tokenizer.Encode("a short text", false).GetIds();
            using (Model model = Model.Open(Support.MiniLM))
            using (DocumentStream stream = model.CreateStream())
            {
                var results = new List<Embedding>();
                stream.PushIds(ids, results.Add);
                stream.Finish(results.Add);
                Embedding document = results.Last();
                Check.Equal(-1L, document.ByteEnd);
                Check.Equal((long)ids.Length, document.TokenEnd);
                Check.Same(model.Embed("a short text"), document.Vector);
            }
            using (Model model = Model.Open(Support.Tiny))
            using (DocumentStream stream = model.CreateStream())
            {
                Check.Throws<ArgumentException>(() => stream.PushIds(new[] { 5, 1 << 30 }, e => { }));
                Check.Equal(1L, stream.Tokens);
            }
        }

        [Test("Plans tell the bytes, and readings what happens to long texts")]
        private static void Plans()
        {
            using (Model model = Model.Open(Support.MiniLM))
            {
                using (DocumentStream stream = model.CreateStream()) Check.Equal(model.PlanStream().Bytes, stream.Bytes);
                using (DocumentStream stream = model.CreateStream(Reading.Truncate()))
                {
                    stream.Push(text, e => { });
                    stream.Finish(e => { });
                    Check.True(stream.TruncatedTokens > 0);
                }
                Reading few = Reading.Truncate();
                few.MaxRows = 8;
                Check.True(model.PlanStream(few).Bytes < model.PlanStream(Reading.Truncate()).Bytes);
                using (DocumentStream stream = model.CreateStream(few))
                {
                    Embedding document = stream.Read("one two three four five six seven eight nine").Last();
                    Check.Equal(3L, stream.TruncatedTokens); // of nine, beside two special ones
                    Check.Same(model.Embed("one two three four five six"), document.Vector);
                }
                using (DocumentStream stream = model.CreateStream(Reading.Refuse()))
                {
                    Check.Throws<LongwaveCapacityException>(() =>
                    {
                        stream.Push(text, e => { });
                        stream.Finish(e => { });
                    });
                }
            }
        }
    }
}
