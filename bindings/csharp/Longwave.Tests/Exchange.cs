// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.IO;
using System.Linq;

namespace Longwave.Tests
{
    /// <summary>
    /// Snapshots between languages: save writes csharp.*.snapshot and what must come afterwards, restore goes on from every
    /// language's and compares, byte by byte. All languages' programs agree on the rows, the text and the order of numbers.
    /// </summary>
    internal static class Exchange
    {
        private const int TextCut = 9001;
        private const int Rows = 64;
        private const int RowsCut = 37;

        internal static int Run(string verb, string folder)
        {
            using (var context = new Context(1))
            using (Attention layer = new WindowAttention(2, 8) { Left = 5, Right = 2 }.Build(context))
            using (Model model = Model.Open(Support.MiniLM, context))
            {
                if (verb == "restore") return Restore(folder, layer, model) ? 0 : 1;
                Save(folder, layer, model);
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

        private static byte[] Rest(Memory memory)
        {
            using (var bytes = new MemoryStream())
            using (var writer = new BinaryWriter(bytes))
            {
                foreach (float value in Step(memory, RowsCut, Rows)) writer.Write(value);
                foreach (float value in memory.Finish()) writer.Write(value);
                return bytes.ToArray();
            }
        }

        private static byte[] Rest(DocumentStream stream)
        {
            using (var bytes = new MemoryStream())
            using (var writer = new BinaryWriter(bytes))
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
                return bytes.ToArray();
            }
        }

        private static void Save(string folder, Attention layer, Model model)
        {
            using (Memory memory = layer.CreateMemory())
            {
                Step(memory, 0, RowsCut);
                File.WriteAllBytes(Path.Combine(folder, "csharp.memory.snapshot"), memory.Save());
                File.WriteAllBytes(Path.Combine(folder, "csharp.memory.expected"), Rest(memory));
            }
            using (DocumentStream stream = model.CreateStream())
            {
                stream.Push(Text().Take(TextCut).ToArray(), e => { });
                stream.Drain();
                File.WriteAllBytes(Path.Combine(folder, "csharp.stream.snapshot"), stream.Save());
                File.WriteAllBytes(Path.Combine(folder, "csharp.stream.expected"), Rest(stream));
            }
        }

        private static bool Restore(string folder, Attention layer, Model model)
        {
            bool all = true;
            foreach (string file in Directory.GetFiles(folder, "*.snapshot").OrderBy(name => name, StringComparer.Ordinal))
            {
                byte[] actual;
                if (file.Contains(".memory."))
                {
                    using (Memory memory = layer.CreateMemory())
                    {
                        memory.Load(File.ReadAllBytes(file));
                        actual = Rest(memory);
                    }
                }
                else
                {
                    using (DocumentStream stream = model.RestoreStream(File.ReadAllBytes(file))) actual = Rest(stream);
                }
                bool same = File.ReadAllBytes(Path.ChangeExtension(file, ".expected")).SequenceEqual(actual);
                Console.WriteLine((same ? "ok" : "not ok") + " csharp goes on from " + Path.GetFileName(file));
                all &= same;
            }
            return all;
        }
    }
}
