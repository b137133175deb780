// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Longwave.Tests
{
    /// <summary>Models as a whole.</summary>
    internal static class ModelTests
    {
        private static Dictionary<string, byte[]> Files(string folder)
        {
            return Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
                file => file.Substring(folder.Length + 1), file => File.ReadAllBytes(file));
        }

        [Test("A model from named buffers or from streams is the model of the folder")]
        private static void FromMemory()
        {
            Dictionary<string, byte[]> content = Files(Support.Tiny);
            using (Model folder = Model.Open(Support.Tiny))
            using (Model buffers = Model.OpenMemory(content))
            using (var files = new ModelFiles())
            {
                foreach (KeyValuePair<string, byte[]> file in content) files.Add(file.Key, new MemoryStream(file.Value));
                using (Model streams = Model.OpenMemory(files))
                {
                    files.Dispose(); // early
                    foreach (Model model in new[] { buffers, streams })
                    {
                        Check.Same(folder.Embed("the same"), model.Embed("the same"));
                        Check.Equal(folder.GetNumber("fingerprint"), model.GetNumber("fingerprint"));
                        Check.True(model.GetNumber("held_bytes") > 0);
                    }
                    Check.Throws<ObjectDisposedException>(() => Model.OpenMemory(files));
                    using (DocumentStream one = folder.CreateStream())
                    using (DocumentStream two = streams.RestoreStream(one.Save())) Check.Equal(0L, two.BytesTaken);
                }
            }
            Check.Throws<FileNotFoundException>(() => ModelFiles.FromResources(Assembly.GetExecutingAssembly(), "no/such/"));
            using (var none = new ModelFiles()) Check.Throws<Exception>(() => Model.OpenMemory(none));
        }

        [Test("Numbers, name and description of a model")]
        private static void Describe()
        {
            using (var context = new Context(1))
            using (Model model = Model.Open(Support.MiniLM, context))
            {
                Check.Equal(1, context.Threads);
                Check.True(model.Name.StartsWith("minilm-"), model.Name);
                Check.Equal(384, model.EmbeddingWidth);
                Check.Equal(6, model.Layers);
                Check.Equal(12, model.Heads);
                Check.Equal(30522, model.Vocabulary);
                Check.Equal(512, model.Positions);
                Check.Equal(256, model.MaxRows);
                Check.True(model.HasTokenizer && model.HasLongReading);
                Check.True(model.Describe().Contains("minilm"));
                Check.True(model.Describe(Reading.Alone()).Contains("alone"));
                Check.Throws<ArgumentException>(() => model.GetNumber("no such number"));
                Check.Throws<ArgumentException>(() => model.Embed(""));
                float[] vector = model.Embed("a text");
                Check.True(Math.Abs(vector.Sum(x => (double)x * x) - 1) < 1e-5);
            }
        }

        [Test("Forward gives every output, with a workspace and without")]
        private static void Forward()
        {
            using (Model model = Model.Open(Support.Tiny))
            using (Workspace workspace = model.CreateWorkspace(2, 4))
            {
                var batch = new TokenBatch(new[] { 2, 7, 8, 3, 2, 9, 3, 0 }, 2, 4) { Mask = new[] { 1, 1, 1, 1, 1, 1, 1, 0 } };
                Check.True(model.PlanWorkspace(2, 4) > 0);
                foreach (Output output in Enum.GetValues(typeof(Output)))
                {
                    bool missing = output == Output.PoolerOutput ? !model.HasPooler : output >= Output.Logits;
                    if (missing)
                    {
                        Check.Throws<NotSupportedException>(() => model.Forward(batch, output));
                        continue;
                    }
                    float[] expected = model.Forward(batch, output);
                    Check.Equal(model.ForwardSize(batch, output), (long)expected.Length);
                    var array = new float[expected.Length];
                    model.Forward(batch, output, null, workspace, array);
                    Check.Same(expected, array);
                }
                var one = new float[model.EmbeddingWidth];
                Check.Throws<LongwaveCapacityException>(
                    () => model.Forward(new TokenBatch(new int[5]), Output.SentenceEmbedding, null, workspace, one));
                Check.Throws<ArgumentException>(
                    () => model.Forward(new TokenBatch(2, 3) { Mask = new[] { 1 } }, Output.SentenceEmbedding));
                Check.Throws<ArgumentException>(() => model.Forward(new TokenBatch(new int[3], 2, 2), Output.SentenceEmbedding));
                Check.Throws<ArgumentException>(() => model.Forward(new TokenBatch(1 << 30), Output.LastHiddenState));
                Check.Throws<ArgumentOutOfRangeException>(() => new TokenBatch(new int[3], -3, 1));
                Check.Throws<ArgumentOutOfRangeException>(() => new TokenBatch(new int[3], 3, -1));
            }
        }

        [Test("A converted copy reads as it was told")]
        private static void Converted()
        {
            string folder = Path.Combine(Path.GetTempPath(), "longwave-" + Guid.NewGuid());
            try
            {
                Reading reading = Reading.Window(4, 4);
                reading.Sinks = 1;
                reading.Tile = 16;
                reading.FullUpTo = 16;
                Model.Convert(Support.Tiny, folder, WeightType.Int8, reading);
                using (Model model = Model.Open(folder)) Check.True(model.HasLongReading);
                Check.Throws<Exception>(() => Model.Convert(Support.Tiny, folder, WeightType.F32), "empty");
            }
            finally
            {
                if (Directory.Exists(folder)) Directory.Delete(folder, true);
            }
        }

        [Test("Every type of weights can be written and read again")]
        private static void Weights()
        {
            using (Model original = Model.Open(Support.Tiny))
            {
                float[] expected = original.Embed("a text");
                foreach (WeightType type in Enum.GetValues(typeof(WeightType)))
                {
                    string folder = Path.Combine(Path.GetTempPath(), "longwave-" + Guid.NewGuid());
                    try
                    {
                        Model.Convert(Support.Tiny, folder, type);
                        using (Model model = Model.Open(folder))
                        {
                            float[] vector = model.Embed("a text");
                            double cosine = vector.Zip(expected, (a, b) => (double)a * b).Sum();
                            Check.True(cosine > (type == WeightType.Int8 ? 0.99 : 0.9999), type + ": " + cosine);
                            if (type == WeightType.F32Packed) Check.Same(expected, vector);
                        }
                    }
                    finally
                    {
                        if (Directory.Exists(folder)) Directory.Delete(folder, true);
                    }
                }
            }
            Check.Throws<ArgumentOutOfRangeException>(() => Model.Convert(Support.Tiny, "x", (WeightType)77));
        }

        [Test("Packing can be cancelled, goes on when it is called again, and tells how far it is")]
        private static void Prepare()
        {
            using (Model model = Model.Open(Support.Tiny))
            using (var source = new System.Threading.CancellationTokenSource())
            {
                Check.Equal(model.GetNumber("packed_bytes"), model.PrepareProgress.TotalBytes);
                Check.Equal(0L, model.PrepareProgress.Bytes);
                model.Cancel();
                Check.Throws<LongwaveCanceledException>(() => model.Prepare());
                source.Cancel();
                var stopped = Check.Throws<LongwaveCanceledException>(() => model.Prepare(source.Token));
                Check.Equal(source.Token, stopped.CancellationToken);
                Check.True(model.PrepareProgress.Bytes < model.PrepareProgress.TotalBytes);
                model.Cancel();
                Check.Throws<LongwaveCanceledException>(() => model.CreateStream());
                model.Prepare();
                Check.Equal(model.PrepareProgress.TotalBytes, model.PrepareProgress.Bytes);
                model.Cancel(); // of nothing any more
                model.CreateStream().Dispose();
                model.Prepare();
            }
        }

        [Test("The library has a version and an instruction set")]
        private static void Version()
        {
            Check.Equal(3, LongwaveLibrary.Version.Split('.').Length);
            Check.True(LongwaveLibrary.SimdTarget.Length > 0);
        }
    }
}
