// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Longwave.Tests
{
    /// <summary>
    /// Snapshots between languages: save writes csharp.*.snapshot and what must come afterwards, restore goes on from every
    /// language's and compares, byte by byte. All languages' programs agree on the rows, the text, the options and the order
    /// of numbers.
    /// </summary>
    internal static class Exchange
    {
        private const int TextCut = 9001;
        private const int Rows = 64;
        private const int RowsCut = 37;

        // Something that can be saved in its middle, and what comes behind that.
        private sealed class Middle
        {
            internal IDisposable Open;
            internal Func<byte[]> Save;
            internal Action<BinaryWriter> Rest;

            internal byte[] GoOn()
            {
                using (Open)
                using (var bytes = new MemoryStream())
                using (var writer = new BinaryWriter(bytes))
                {
                    Rest(writer);
                    writer.Flush();
                    return bytes.ToArray();
                }
            }
        }

        internal static int Run(string verb, string folder)
        {
            using (var context = new Context(1))
            using (Attention layer = new WindowAttention(2, 8) { Left = 5, Right = 2 }.Build(context))
            using (Model encoder = Model.Open(Support.MiniLM, context))
            using (Model causal = Model.Open(Support.TinyModel("gpt2-base"), context))
            {
                // Each gives one from a snapshot, or, where that is null, from the beginning.
                var kinds = new Dictionary<string, Func<byte[], Middle>>
                {
                    { "memory", snapshot => StartMemory(layer, snapshot) },
                    { "stream", snapshot => StartStream(encoder, snapshot) },
                    { "generator", snapshot => StartGenerator(causal, snapshot) },
                    { "scorer", snapshot => StartScorer(causal, snapshot) },
                };
                if (verb == "restore") return Restore(folder, kinds) ? 0 : 1;
                Save(folder, kinds);
                return 0;
            }
        }

        private static byte[] Text()
        {
            return File.ReadAllBytes(Path.Combine(Support.Source, "examples/text/handbook.txt")).Take(20000).ToArray();
        }

        private static float[] Values(int which, int from, int to)
        {
            int[][] numbers = { new[] { 31, 7, 17, 8 }, new[] { 13, 5, 19, 9 }, new[] { 7, 3, 23, 11 } };
            int[] n = numbers[which];
            return Enumerable.Range(0, (to - from) * 16).Select(
                i => (((from + i / 16) * n[0] + i % 16 * n[1]) % n[2] - n[3]) / 8f).ToArray();
        }

        private static float[] Step(Memory memory, int from, int to)
        {
            return memory.Step(Values(0, from, to), Values(1, from, to), Values(2, from, to));
        }

        private static Middle StartMemory(Attention layer, byte[] snapshot)
        {
            Memory memory = layer.CreateMemory();
            if (snapshot != null) memory.Load(snapshot);
            else Step(memory, 0, RowsCut);
            return new Middle
            {
                Open = memory, Save = () => memory.Save(),
                Rest = writer =>
                {
                    foreach (float value in Step(memory, RowsCut, Rows)) writer.Write(value);
                    foreach (float value in memory.Finish()) writer.Write(value);
                },
            };
        }

        private static Middle StartStream(Model model, byte[] snapshot)
        {
            DocumentStream stream = snapshot != null ? model.RestoreStream(snapshot) : model.CreateStream();
            if (snapshot == null)
            {
                stream.Push(Text().Take(TextCut).ToArray(), e => { });
                stream.Drain();
            }
            return new Middle
            {
                Open = stream, Save = () => stream.Save(),
                Rest = writer =>
                {
                    Action<Embedding> write = e =>
                    {
                        writer.Write(e.IsDocument ? 20 : 10);
                        foreach (long number in new[] { e.ByteBegin, e.ByteEnd, e.TokenBegin, e.TokenEnd }) writer.Write(number);
                        writer.Write(e.Vector != null ? 1 : 0);
                        foreach (float value in e.Vector ?? new float[384]) writer.Write(value);
                    };
                    stream.Push(Text().Skip(TextCut).ToArray(), write);
                    stream.Finish(write);
                },
            };
        }

        // The text of the tokens before the snapshot is taken behind it.
        private static Middle StartGenerator(Model model, byte[] snapshot)
        {
            var options = new GenerationOptions
            {
                MaxNewTokens = 24, Sample = true, Temperature = 0.8, TopK = 20, Seed = 7, StopAtEnd = false,
            };
            Generator generator = snapshot != null ? model.RestoreGenerator(snapshot) : model.CreateGenerator(options);
            GeneratedToken token;
            if (snapshot == null)
            {
                generator.Push("The licence applies to");
                for (int i = 0; i < 3; i++) generator.TryNext(out token);
            }
            return new Middle
            {
                Open = generator, Save = () => generator.Save(),
                Rest = writer =>
                {
                    foreach (GeneratedToken next in generator.Generate())
                    {
                        writer.Write(next.Id);
                        writer.Write(next.LogProbability);
                    }
                    writer.Write(Encoding.UTF8.GetBytes(generator.TakeText()));
                },
            };
        }

        // What waits to be read before the snapshot is read behind it.
        private static Middle StartScorer(Model model, byte[] snapshot)
        {
            var options = new ScoringOptions { Length = 32, Stride = 12, Queue = 50 };
            Scorer scorer = snapshot != null ? model.RestoreScorer(snapshot) : model.CreateScorer(options);
            byte[] text = Text();
            for (int at = 0; snapshot == null; scorer.Drain())
            {
                at += scorer.Offer(text, at, TextCut - at);
                if (at == TextCut) break;
            }
            return new Middle
            {
                Open = scorer, Save = () => scorer.Save(),
                Rest = writer =>
                {
                    foreach (ScoredToken token in scorer.Score(new MemoryStream(text, TextCut, text.Length - TextCut)))
                    {
                        writer.Write(token.Id);
                        writer.Write(token.LogProbability);
                        writer.Write(token.ByteBegin);
                        writer.Write(token.ByteEnd);
                    }
                    writer.Write(scorer.BitsPerByte);
                },
            };
        }

        private static void Save(string folder, Dictionary<string, Func<byte[], Middle>> kinds)
        {
            foreach (KeyValuePair<string, Func<byte[], Middle>> kind in kinds)
            {
                string name = Path.Combine(folder, "csharp." + kind.Key);
                Middle middle = kind.Value(null);
                File.WriteAllBytes(name + ".snapshot", middle.Save());
                File.WriteAllBytes(name + ".expected", middle.GoOn());
            }
        }

        private static bool Restore(string folder, Dictionary<string, Func<byte[], Middle>> kinds)
        {
            bool all = true;
            foreach (string file in Directory.GetFiles(folder, "*.snapshot").OrderBy(name => name, StringComparer.Ordinal))
            {
                string kind = Path.GetFileName(file).Split('.')[1]; // LANGUAGE.KIND.snapshot
                byte[] actual = kinds[kind](File.ReadAllBytes(file)).GoOn();
                bool same = File.ReadAllBytes(Path.ChangeExtension(file, ".expected")).SequenceEqual(actual);
                Console.WriteLine((same ? "ok" : "not ok") + " csharp goes on from " + Path.GetFileName(file));
                all &= same;
            }
            return all;
        }
    }
}
