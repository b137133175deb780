// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace Longwave.Tests
{
    /// <summary>Whatever a program does with the objects, it is an exception at worst.</summary>
    internal static class LifetimeTests
    {
        [Test("What cannot be made throws the library's own message and leaves nothing")]
        private static void ConstructorFailure()
        {
            Check.Throws<ArgumentException>(() => new Context(-1));
            Check.Throws<FileNotFoundException>(() => Model.Open("/no/such/folder"), "/no/such/folder");
            Check.Throws<IOException>(() => Tokenizer.Open("/no/such/folder"));
            Check.Throws<ArgumentException>(() => new FullAttention(0, 8).Build());
            Check.Throws<ArgumentException>(() => new FullAttention(1, 8).Option("no such", 1).Build(), "no such");
            Check.Equal(0L, LongwaveLibrary.LiveHandles);
        }

        [Test("Use after dispose throws, disposing twice does nothing")]
        private static void UseAfterDispose()
        {
            Attention layer = Support.SmallLayer().Build();
            Check.True(!layer.IsDisposed);
            layer.Dispose();
            layer.Dispose();
            Check.True(layer.IsDisposed);
            var row = new float[8];
            Check.Throws<ObjectDisposedException>(() => layer.Forward(row, row, row), "the attention layer is closed");
            Check.Throws<ObjectDisposedException>(() => layer.CreateMemory());
            Check.Equal("Attention[disposed]", layer.ToString());

            Model model = Model.Open(Support.Tiny);
            DocumentStream stream = model.CreateStream();
            Memory memory = model.CreateMemory();
            Workspace workspace = model.CreateWorkspace(1, 4);
            Tokenizer tokenizer = Tokenizer.Open(Support.Tiny);
            var context = new Context(1);
            var files = new ModelFiles();
            foreach (IDisposable one in new IDisposable[] { model, stream, memory, workspace, tokenizer, context, files })
            {
                one.Dispose();
                one.Dispose();
                one.ToString();
            }
            Check.Throws<ObjectDisposedException>(() => model.Embed("text"));
            Check.Throws<ObjectDisposedException>(() => model.CreateStream());
            Check.Throws<ObjectDisposedException>(() => stream.Offer("text", 0, 4));
            Check.Throws<ObjectDisposedException>(() => stream.Save());
            Check.Throws<ObjectDisposedException>(() => stream.TryRead(out _));
            Check.Throws<ObjectDisposedException>(() => memory.Push(1));
            Check.Throws<ObjectDisposedException>(() => tokenizer.Encode("text"));
            Check.Throws<ObjectDisposedException>(() => Support.SmallLayer().Build(context));
            Check.Throws<ObjectDisposedException>(() => files.Add("name", new byte[1]));
            using (Model other = Model.Open(Support.Tiny))
            {
                Check.Throws<ObjectDisposedException>(
                    () => other.Forward(
                        new TokenBatch(2, 3), Output.SentenceEmbedding, null, workspace, new float[other.EmbeddingWidth]));
            }
            stream.Cancel();
        }

        [Test("Streams and memories work when model, layer and context are disposed")]
        private static void ChildrenOutliveParents()
        {
            Memory memory;
            using (Attention layer = Support.SmallLayer().Build()) memory = layer.CreateMemory();
            DocumentStream stream;
            using (var context = new Context(1))
            using (Model model = Model.Open(Support.Tiny, context)) stream = model.CreateStream(Support.ShortPassages());
            using (memory)
            using (stream)
            {
                float[] row = Support.Floats(8, 1);
                Check.Same(row, memory.Step(row, row, row));
                List<Embedding> results = Support.ReadAll(stream, "The parents are gone, and one reads on.");
                Check.True(results[results.Count - 1].IsDocument);
            }
        }

        [Test("300 rounds of disposing a layer while two threads compute with it")]
        private static void DisposeRacesWithForward()
        {
            Exception wrong = null;
            int calls = 0;
            for (int round = 0; round < 300; round++)
            {
                Attention layer = Support.SmallLayer().Build();
                using (var running = new CountdownEvent(2))
                {
                    ThreadStart compute = () =>
                    {
                        float[] row = Support.Floats(8, 3), output = new float[8];
                        bool first = true;
                        try
                        {
                            for (;;)
                            {
                                layer.Forward(row, row, row, null, 1, output);
                                Check.Same(row, output);
                                Interlocked.Increment(ref calls);
                                if (first) running.Signal();
                                first = false;
                            }
                        }
                        catch (ObjectDisposedException)
                        {
                        }
                        catch (Exception error)
                        {
                            wrong = error;
                        }
                        if (first) running.Signal();
                    };
                    var threads = new[] { new Thread(compute), new Thread(compute) };
                    foreach (Thread thread in threads) thread.Start();
                    running.Wait();
                    layer.Dispose();
                    foreach (Thread thread in threads) thread.Join();
                }
            }
            if (wrong != null) throw new CheckException(wrong.ToString());
            Check.True(calls >= 600);
        }

        [Test("A memory that two threads use at once says busy to one of them")]
        private static void Busy()
        {
            using (Attention layer = new WindowAttention(4, 16) { Left = 16, Right = 0 }.Build())
            using (Memory memory = layer.CreateMemory())
            {
                int busy = 0, rows = 0;
                Exception wrong = null;
                ThreadStart work = () =>
                {
                    float[] piece = Support.Floats(64 * 256, 5), output = new float[4 * 64 * 256];
                    // They meet soon, though not on a machine that gives them turns of a second.
                    for (var watch = Stopwatch.StartNew(); Volatile.Read(ref busy) == 0 && watch.Elapsed < Support.Long;)
                    {
                        try
                        {
                            Interlocked.Add(ref rows, memory.Step(piece, piece, piece, null, output).Taken);
                        }
                        catch (InvalidOperationException error)
                        {
                            if (!error.Message.Contains("the memory is in use by another thread")) wrong = error;
                            Interlocked.Increment(ref busy);
                        }
                        catch (Exception error)
                        {
                            wrong = error;
                            return;
                        }
                    }
                };
                var threads = new[] { new Thread(work), new Thread(work) };
                foreach (Thread thread in threads) thread.Start();
                foreach (Thread thread in threads) thread.Join();
                if (wrong != null) throw new CheckException(wrong.ToString());
                Check.True(busy > 0);
                Check.Equal((long)rows, memory.Position);
            }
        }

        [Test("Disposing a stream stops the push that is going on")]
        private static void DisposeDuringPush()
        {
            using (Model model = Model.Open(Support.Tiny))
            {
                Reading reading = Reading.Alone();
                reading.PassageTokens = 8;
                DocumentStream stream = model.CreateStream(reading);
                string text = string.Concat(System.Linq.Enumerable.Repeat("one two three four five six. ", 2000));
                Exception end = null;
                using (var running = new ManualResetEventSlim())
                {
                    var pusher = new Thread(() =>
                    {
                        try
                        {
                            for (;;) stream.Push(text, e => running.Set());
                        }
                        catch (Exception error)
                        {
                            end = error;
                            running.Set(); // nobody waits for what does not come
                        }
                    });
                    pusher.Start();
                    running.Wait();
                    Check.True(stream.Progress.Bytes > 0);
                    stream.Dispose();
                    pusher.Join();
                }
                // The call that was going on was cancelled, or the next one found it closed.
                Check.True(end is ObjectDisposedException || end is OperationCanceledException, end.ToString());
            }
        }

        [Test("20,000 objects that were dropped are reclaimed")]
        private static void Dropped()
        {
            using (Attention layer = Support.SmallLayer().Build())
            {
                Drop(layer);
                Support.AwaitHandles(1);
            }
        }

        private static void Drop(Attention layer)
        {
            for (int i = 0; i < 10000; i++) layer.CreateMemory().Fork();
        }

        private sealed class UsesItInFinalizer
        {
            internal static int Finalized, Wrong;
            private readonly Memory memory;

            internal UsesItInFinalizer(Attention layer)
            {
                memory = layer.CreateMemory();
            }

            ~UsesItInFinalizer()
            {
                try
                {
                    if (memory.Save().Length == 0) Interlocked.Increment(ref Wrong);
                    memory.Dispose();
                }
                catch (ObjectDisposedException)
                {
                }
                catch (Exception)
                {
                    Interlocked.Increment(ref Wrong);
                }
                Interlocked.Increment(ref Finalized);
            }
        }

        [Test("A finalizer may use an object that is dropped with it")]
        private static void Finalizers()
        {
            using (Attention layer = Support.SmallLayer().Build())
            {
                Make(layer);
                Support.AwaitHandles(1);
                Check.True(UsesItInFinalizer.Finalized > 0);
                Check.Equal(0, UsesItInFinalizer.Wrong);
            }
        }

        private static void Make(Attention layer)
        {
            for (int i = 0; i < 100; i++) new UsesItInFinalizer(layer);
        }
    }
}
