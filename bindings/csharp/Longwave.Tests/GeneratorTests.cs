// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
#if LONGWAVE_SPANS
using System.Threading.Tasks;
#endif

namespace Longwave.Tests
{
    /// <summary>Text token by token.</summary>
    internal static class GeneratorTests
    {
        private const string Prompt = "The quick brown fox jumps over";

        private static Model Open() => Model.Open(Support.TinyModel("gpt2-base"));

        private static GenerationOptions Plain(int tokens) => new GenerationOptions { MaxNewTokens = tokens, StopAtEnd = false };

        private static int[] Ids(Generator generator) => generator.Generate().Select(token => token.Id).ToArray();

        private static string WholeText(Model model, int tokens)
        {
            using (Generator generator = model.CreateGenerator(Plain(tokens)))
            {
                generator.Push(Prompt);
                return generator.ReadText();
            }
        }

        private static int[] Row(Safetensors file, string name, int row)
        {
            int width = file.Shape(name)[1];
            return file.Integers(name).Skip(row * width).Take(width).Select(id => (int)id).ToArray();
        }

        [Test("Greedy tokens of causal models and of encoders with a decoder are the reference's")]
        private static void Greedy()
        {
            foreach (string name in new[] { "gpt2-base", "gpt2-hub", "bart-base" })
            {
                var file = new Safetensors(Path.Combine(Support.TinyModel(name), "expected.safetensors"));
                using (Model model = Model.Open(Support.TinyModel(name)))
                {
                    int rows = 0;
                    foreach (string one in new[] { "greedy", "greedy_text", "greedy_batch", "greedy_one" })
                    {
                        if (!file.Has(one + ".generated_ids")) continue;
                        for (int row = 0; row < file.Shape(one + ".input_ids")[0]; row++, rows++)
                        {
                            int[] prompt = Row(file, one + ".input_ids", row);
                            if (file.Has(one + ".attention_mask"))
                            {
                                int[] mask = Row(file, one + ".attention_mask", row);
                                prompt = prompt.Where((id, i) => mask[i] != 0).ToArray();
                            }
                            int[] expected = Row(file, one + ".generated_ids", row);
                            using (Generator generator = model.CreateGenerator(Plain(24)))
                            {
                                generator.PushIds(prompt);
                                Check.Same(expected.Skip(expected.Length - 24).ToArray(), Ids(generator), name + " " + one);
                                Check.Equal(name == "bart-base" ? 1L : prompt.Length, generator.PromptTokens);
                                Check.Equal(24L, generator.GeneratedTokens);
                                Check.True(generator.IsFinished);
                                Check.Equal(FinishReason.Length, generator.FinishReason);
                            }
                        }
                    }
                    Check.True(rows > 1);
                }
            }
        }

        [Test("Parts of text, as they become certain, are together the text of all tokens")]
        private static void Texts()
        {
            using (Model model = Open())
            using (Tokenizer tokenizer = Tokenizer.OfModel(model))
            {
                string whole = "";
                var ids = new List<int>();
                using (Generator generator = model.CreateGenerator(Plain(30)))
                {
                    generator.Push(Prompt);
                    Check.Equal((long)tokenizer.Encode(Prompt).Count, generator.PromptTokens);
                    while (generator.TryNext(out GeneratedToken token))
                    {
                        Check.True(token.LogProbability < 0 && token.LogProbability > -50, token.ToString());
                        ids.Add(token.Id);
                        whole += generator.TakeText();
                    }
                    whole += generator.TakeText();
                    Check.Equal("", generator.TakeText());
                    Check.Equal(30, ids.Count);
                    Check.Equal(30L, generator.GetNumber("generated_tokens"));
                    Check.True(!generator.TryNext(out GeneratedToken none) && none.Id == 0);
                }
                Check.Equal(tokenizer.Decode(ids.ToArray()), whole);
                using (Generator generator = model.CreateGenerator(Plain(30)))
                {
                    generator.Push(System.Text.Encoding.UTF8.GetBytes(Prompt));
                    List<string> parts = generator.GenerateText().ToList();
                    Check.True(parts.Count > 1 && parts.All(part => part.Length > 0));
                    Check.Equal(whole, string.Concat(parts));
                }
                Check.Equal(whole, WholeText(model, 30));
            }
        }

        [Test("Generation goes no further than it is asked, and goes on when it is asked again")]
        private static void Lazy()
        {
            using (Model model = Open())
            using (Generator generator = model.CreateGenerator(Plain(10)), whole = model.CreateGenerator(Plain(10)))
            {
                generator.Push(Prompt);
                whole.Push(Prompt);
                int[] expected = Ids(whole);
                int[] first = generator.Generate().Take(3).Select(token => token.Id).ToArray();
                Check.Equal(3L, generator.GeneratedTokens);
                Check.Equal(FinishReason.None, generator.FinishReason);
                Check.Same(expected, first.Concat(Ids(generator)).ToArray());
            }
        }

        [Test("A stop text ends the text where it appears first, and is not in it")]
        private static void Stop()
        {
            using (Model model = Open())
            {
                string whole = WholeText(model, 30);
                string stop = whole.Substring(whole.Length / 2, 3);
                using (Generator generator = model.CreateGenerator(Plain(30)))
                {
                    generator.AddStop(stop);
                    generator.Push(Prompt);
                    Check.Equal(whole.Substring(0, whole.IndexOf(stop, StringComparison.Ordinal)), generator.ReadText());
                    Check.Equal(FinishReason.StopString, generator.FinishReason);
                    Check.Throws<InvalidOperationException>(() => generator.AddStop("more"));
                }
                using (Generator generator = model.CreateGenerator()) Check.Throws<ArgumentException>(() => generator.AddStop(""));
            }
        }

        [Test("What was saved, restored or forked goes on with the same tokens, also where they are drawn")]
        private static void Snapshots()
        {
            GenerationOptions options = Plain(20);
            options.Sample = true;
            options.Temperature = 0.8;
            options.TopK = 20;
            options.TopP = 0.95;
            options.Seed = 7;
            using (Model model = Open())
            using (Generator whole = model.CreateGenerator(options), generator = model.CreateGenerator(options))
            {
                whole.Push(Prompt);
                int[] expected = Ids(whole);
                Check.Equal(20, expected.Length);
                options.Seed = 8;
                using (Generator other = model.CreateGenerator(options))
                {
                    other.Push(Prompt);
                    Check.True(!expected.SequenceEqual(Ids(other)));
                }
                generator.Push(Prompt);
                Check.Same(expected.Take(5).ToArray(), generator.Generate().Take(5).Select(token => token.Id).ToArray());
                var stream = new MemoryStream();
                generator.Save(stream);
                byte[] snapshot = generator.Save();
                Check.Same(stream.ToArray(), snapshot);
                stream.Position = 0;
                int[] rest = expected.Skip(5).ToArray();
                Generator[] all = { generator.Fork(), model.RestoreGenerator(snapshot), model.RestoreGenerator(stream), generator };
                foreach (Generator next in all)
                {
                    Check.Same(rest, Ids(next));
                    next.Dispose();
                }
                using (Model bart = Model.Open(Support.TinyModel("bart-base")))
                {
                    Check.Throws<LongwaveMismatchException>(() => bart.RestoreGenerator(snapshot));
                }
                snapshot[snapshot.Length / 2] ^= 1;
                Check.Throws<LongwaveFormatException>(() => model.RestoreGenerator(snapshot));
                Check.Throws<LongwaveFormatException>(() => model.RestoreGenerator(new byte[0]));
            }
        }

        [Test("A turn goes on behind the turn before it")]
        private static void Turns()
        {
            using (Model model = Open())
            using (Generator generator = model.CreateGenerator(Plain(4)), whole = model.CreateGenerator(Plain(4)))
            {
                generator.PushIds(5, 6, 7);
                int[] first = Ids(generator);
                generator.PushIds(8, 9);
                int[] second = Ids(generator);
                Check.Equal(4L, generator.GeneratedTokens);
                whole.PushIds(new[] { 5, 6, 7 }.Concat(first).Concat(new[] { 8, 9 }).ToArray());
                Check.Same(second, Ids(whole));
            }
        }

        [Test("Cancelling stops a call with an exception, and nothing is lost")]
        private static void Cancel()
        {
            using (Model model = Open())
            using (Generator generator = model.CreateGenerator(Plain(10)), whole = model.CreateGenerator(Plain(10)))
            using (var source = new CancellationTokenSource())
            {
                generator.Push(Prompt);
                whole.Push(Prompt);
                int[] expected = Ids(whole);
                var ids = new List<int>();
                var stopped = Check.Throws<LongwaveCanceledException>(() =>
                {
                    foreach (GeneratedToken token in generator.Generate(source.Token))
                    {
                        ids.Add(token.Id);
                        if (ids.Count == 3) source.Cancel();
                    }
                });
                Check.Equal(source.Token, stopped.CancellationToken);
                Check.Equal(3, ids.Count);
                generator.Cancel();
                Check.Throws<LongwaveCanceledException>(() => generator.TryNext(out _));
                ids.AddRange(Ids(generator));
                Check.Same(expected, ids);
            }
        }

        [Test("A push that was cancelled has taken everything, and what was meant for the call before stops none")]
        private static void CancelPush()
        {
            int[] ids = Enumerable.Range(0, 300).Select(i => i % 50).ToArray();
            GenerationOptions options = Plain(8);
            options.Left = 16;
            options.Sinks = 2;
            using (Model model = Open())
            using (Generator asked = model.CreateGenerator(options), meant = model.CreateGenerator(options))
            using (Generator whole = model.CreateGenerator(options))
            {
                whole.PushIds(ids);
                int[] expected = Ids(whole);
                asked.Cancel();
                Check.Throws<LongwaveCanceledException>(() => asked.PushIds(ids));
                Check.Same(expected, Ids(asked));
                meant.NativeCancel(); // as a token does
                meant.PushIds(ids);
                Check.Same(expected, Ids(meant));
            }
        }

        [Test("A window goes on without end, until a token stops it or another thread disposes it")]
        private static void Endless()
        {
            GenerationOptions options = Plain(1 << 30);
            options.Left = 16;
            options.Sinks = 2;
            using (Model model = Open())
            {
                using (Generator generator = model.CreateGenerator(options))
                using (var source = new CancellationTokenSource())
                {
                    generator.Push(Prompt);
                    int count = 0;
                    Check.Throws<OperationCanceledException>(() =>
                    {
                        foreach (GeneratedToken token in generator.Generate(source.Token))
                        {
                            if (++count == 200) source.CancelAfter(20); // more than the model has positions
                        }
                    });
                    Check.True(count >= 200);
                }
                Generator disposed = model.CreateGenerator(options);
                disposed.Push(Prompt);
                var running = new CountdownEvent(100);
                Exception end = null;
                var thread = new Thread(() =>
                {
                    try
                    {
                        foreach (GeneratedToken token in disposed.Generate())
                        {
                            if (!running.IsSet) running.Signal();
                        }
                    }
                    catch (Exception error)
                    {
                        end = error;
                        if (!running.IsSet) running.Signal(running.CurrentCount); // nobody waits for what does not come
                    }
                });
                thread.Start();
                running.Wait();
                disposed.Dispose();
                thread.Join();
                Check.True(end is ObjectDisposedException || end is OperationCanceledException, "got " + end);
            }
        }

#if LONGWAVE_SPANS
        private static async Task<int[]> AllAsync(Generator generator)
        {
            var ids = new List<int>();
            await foreach (GeneratedToken token in generator.GenerateAsync()) ids.Add(token.Id);
            return ids.ToArray();
        }

        private static async Task<string> TextAsync(Generator generator, CancellationTokenSource cancel = null)
        {
            string text = "";
            bool asked = false; // once: each CancelAfter winds the clock up afresh
            CancellationToken token = cancel == null ? CancellationToken.None : cancel.Token;
            await foreach (string part in generator.GenerateTextAsync().WithCancellation(token))
            {
                text += part;
                if (!asked) cancel?.CancelAfter(20);
                asked = true;
            }
            return text;
        }

        [Test("Asynchronously come the same tokens and the same text, and a token stops both")]
        private static void Async()
        {
            GenerationOptions endless = Plain(1 << 30);
            endless.Left = 16;
            using (Model model = Open())
            using (Generator one = model.CreateGenerator(Plain(20)), two = model.CreateGenerator(Plain(20)))
            using (Generator three = model.CreateGenerator(Plain(20)), four = model.CreateGenerator(endless))
            using (var source = new CancellationTokenSource())
            {
                foreach (Generator generator in new[] { one, two, three, four }) generator.Push(Prompt);
                Check.Same(Ids(one), AllAsync(two).GetAwaiter().GetResult());
                Check.Equal(WholeText(model, 20), TextAsync(three).GetAwaiter().GetResult());
                Check.Throws<OperationCanceledException>(() => TextAsync(four, source).GetAwaiter().GetResult());
                Check.True(four.GeneratedTokens > 0 && four.TryNext(out _));
            }
        }
#endif

        [Test("Beams are found by the first call, are as likely as the greedy text, and are in the plan")]
        private static void Beams()
        {
            GenerationOptions options = Plain(6);
            options.Beams = 4;
            using (Model model = Open())
            using (Generator one = model.CreateGenerator(Plain(6)), four = model.CreateGenerator(options))
            {
                one.Push(Prompt);
                four.Push(Prompt);
                double greedy = one.Generate().Sum(token => (double)token.LogProbability);
                double best = four.Generate().Sum(token => (double)token.LogProbability);
                Check.Equal(6L, four.GeneratedTokens);
                Check.True(best >= greedy - 1e-4, best + " against " + greedy);
                Check.Equal(one.Bytes, model.PlanGenerator(Plain(6)));
                Check.True(model.PlanGenerator(options) > one.Bytes);
            }
        }

        [Test("What a generator cannot do is an exception that says so")]
        private static void Errors()
        {
            using (Model model = Open())
            using (Generator generator = model.CreateGenerator())
            {
                Check.Throws<InvalidOperationException>(() => generator.TryNext(out _));
                Check.Throws<ArgumentException>(() => generator.PushIds(1 << 30));
                Check.Throws<LongwaveCapacityException>(() => generator.PushIds(new int[1 << 16]));
                Check.Throws<ArgumentNullException>(() => generator.Push((string)null));
                Check.Throws<ArgumentException>(() => generator.GetNumber("no such number"));
                Check.Throws<ArgumentException>(() => model.CreateGenerator(new GenerationOptions { Temperature = -1 }));
                generator.Push(Prompt);
                Check.True(generator.TryNext(out _));
                generator.Dispose();
                generator.Dispose();
                generator.Cancel();
                Check.Equal("Generator[disposed]", generator.ToString());
                Check.Throws<ObjectDisposedException>(() => generator.Push("more"));
                Check.Throws<ObjectDisposedException>(() => generator.TryNext(out _));
                using (Model encoder = Model.Open(Support.Tiny))
                {
                    Check.Throws<NotSupportedException>(() => encoder.CreateGenerator());
                }
            }
        }
    }
}
