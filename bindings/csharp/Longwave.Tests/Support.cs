// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;

namespace Longwave.Tests
{
    internal static class Support
    {
        /// <summary>The repository.</summary>
        internal static readonly string Source = Environment.GetEnvironmentVariable("LONGWAVE_SOURCE") ?? ".";

        internal static readonly string Tiny = Path.Combine(Source, "tests/data/models/tiny/bert-minilm");
        internal static readonly string MiniLM = Path.Combine(Source, "examples/models/minilm");

        /// <summary>After this what waits for another thread or for the collector has failed, on the slowest machine.</summary>
        internal static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

        internal static string TinyModel(string name) => Path.Combine(Source, "tests/data/models/tiny", name);

        internal static string TokenizerFolder(string name) => Path.Combine(Source, "tests/data/models/tokenizers", name);

        internal static FullAttention SmallLayer()
        {
            return new FullAttention(1, 8) { Causal = true, MaxTokens = 64 };
        }

        internal static Reading ShortPassages()
        {
            Reading reading = Reading.Alone();
            reading.PassageTokens = 6;
            reading.Queue = 2;
            return reading;
        }

        /// <summary>Rows of a sequence that differ from one another.</summary>
        internal static float[] Floats(int count, int seed)
        {
            var floats = new float[count];
            for (int i = 0; i < count; i++) floats[i] = ((i * 31 + seed * 7) % 17 - 8) / 8f;
            return floats;
        }

        internal static T[] Slice<T>(T[] all, int start, int count)
        {
            var part = new T[count];
            Array.Copy(all, start, part, 0, count);
            return part;
        }

        internal static List<Embedding> ReadAll(DocumentStream stream, string text)
        {
            return new List<Embedding>(stream.Read(text));
        }

        internal static void Same(List<Embedding> expected, List<Embedding> actual)
        {
            Check.Equal(Describe(expected), Describe(actual));
        }

        internal static string Describe(List<Embedding> results)
        {
            var text = new StringBuilder();
            foreach (Embedding e in results)
            {
                text.Append(e).Append(" chars ").Append(e.CharBegin).Append(" to ").Append(e.CharEnd).Append(' ');
                if (e.Vector != null)
                {
                    var bytes = new byte[4 * e.Vector.Length];
                    Buffer.BlockCopy(e.Vector, 0, bytes, 0, bytes.Length);
                    text.Append(Convert.ToBase64String(bytes));
                }
                text.Append('\n');
            }
            return text.ToString();
        }

        /// <summary>Waits until the collector has taken everything that nobody refers to.</summary>
        internal static void AwaitHandles(long wanted)
        {
            for (var watch = Stopwatch.StartNew(); LongwaveLibrary.LiveHandles > wanted && watch.Elapsed < Long;)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Thread.Sleep(5);
            }
            Check.Equal(wanted, LongwaveLibrary.LiveHandles, "native handles that live:");
        }
    }
}
