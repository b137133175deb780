// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.IO;
using System.Linq;

namespace Longwave.Tests
{
    /// <summary>Models that become others.</summary>
    internal static class ConversionTests
    {
        private static readonly string bert = Support.TinyModel("bert-base");

        // A folder for copies, which goes when this does.
        private sealed class Copies : IDisposable
        {
            private readonly string folder = Path.Combine(Path.GetTempPath(), "longwave-" + Guid.NewGuid());
            private int count;

            internal Copies()
            {
                Directory.CreateDirectory(folder);
            }

            internal string Next() => Path.Combine(folder, "copy" + count++);

            internal string Convert(string source, ConversionOptions options)
            {
                string copy = Next();
                Model.Convert(source, copy, options);
                return copy;
            }

            public void Dispose() => Directory.Delete(folder, true);
        }

        private static float[] Rows(Model model, params int[] ids)
        {
            using (ModelInputs inputs = ModelInputs.OfIds(ids)) return model.Run(inputs, Output.LastHiddenState);
        }

        private static int[] Ids(int count) => Enumerable.Range(0, count).Select(i => 5 + i * 31 % 600).ToArray();

        [Test("BERT with a window and copied positions is a Longformer: it gives what BERT gave, and reads on behind BERT's end")]
        private static void Longer()
        {
            using (var copies = new Copies())
            {
                var options = new ConversionOptions { Attention = LayerAttention.Window(40), CopiedPositions = 256 };
                string copy = copies.Convert(bert, options);
                using (Model original = Model.Open(bert))
                using (Model model = Model.Open(copy))
                {
                    Check.True(model.Describe().Contains("longformer"), model.Describe());
                    Check.Equal(64, original.Positions);
                    Check.Equal(256, model.Positions);
                    float[] expected = Rows(original, Ids(40)), actual = Rows(model, Ids(40)); // all of them in the window
                    Check.Equal(expected.Length, actual.Length);
                    float apart = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
                    Check.True(apart < 2e-5, apart.ToString());
                    Check.Throws<Exception>(() => Rows(original, Ids(200)));
                    Check.Equal(200 * 48, Rows(model, Ids(200)).Length);
                }
            }
        }

        [Test("A window for each layer is each layer's: a row sees as far as all of them together")]
        private static void Layers()
        {
            using (var copies = new Copies())
            {
                LayerAttention[] windows = { LayerAttention.Window(1), LayerAttention.Window(2), LayerAttention.Window(3) };
                string copy = copies.Convert(bert, new ConversionOptions { Attention = LayerAttention.PerLayer(windows) });
                using (Model model = Model.Open(copy))
                {
                    int[] ids = Ids(12);
                    float[] before = Rows(model, ids);
                    ids[0]++;
                    float[] after = Rows(model, ids);
                    for (int row = 0; row < 12; row++)
                    {
                        bool same = before.Skip(48 * row).Take(48).SequenceEqual(after.Skip(48 * row).Take(48));
                        Check.Equal(row > 1 + 2 + 3, same, "row " + row);
                    }
                }
            }
        }

        [Test("A causal model takes a window of the past, sinks and dilation; an encoder takes features in some layers")]
        private static void Others()
        {
            using (var copies = new Copies())
            {
                ConversionOptions[] causal =
                {
                    new ConversionOptions { Attention = LayerAttention.Window(8, 0), Sinks = 2, CopiedPositions = 200 },
                    new ConversionOptions { Attention = LayerAttention.Window(4, 0), Dilation = 2 },
                };
                foreach (ConversionOptions options in causal)
                {
                    using (Model model = Model.Open(copies.Convert(Support.TinyModel("gpt2-base"), options)))
                    using (Generator generator = model.CreateGenerator(new GenerationOptions { MaxNewTokens = 5, StopAtEnd = false }))
                    {
                        generator.PushIds(new[] { 5, 6, 7 });
                        Check.Equal(5, generator.Generate().Count());
                    }
                }
                LayerAttention mixed = LayerAttention.PerLayer(LayerAttention.Favor(64), LayerAttention.Full(), LayerAttention.Full());
                using (Model model = Model.Open(copies.Convert(bert, new ConversionOptions { Attention = mixed })))
                {
                    Check.True(model.Describe().Contains("favor"), model.Describe());
                    Check.Equal(20 * 48, Rows(model, Ids(20)).Length);
                }
            }
        }

        [Test("Tiled positions give a plain encoder a long reading, and nothing set leaves it as it was")]
        private static void LongReading()
        {
            using (var copies = new Copies())
            {
                var tiled = new ConversionOptions
                {
                    Attention = LayerAttention.Window(4), TiledPositions = 16, Sinks = 1, FullUpTo = 16, PassageTokens = 12,
                };
                using (Model model = Model.Open(copies.Convert(Support.Tiny, tiled)))
                {
                    Check.True(model.HasLongReading);
                    Check.True(model.Describe().Contains("\"passage_tokens\":12"), model.Describe());
                }
                using (Model model = Model.Open(copies.Convert(Support.Tiny, null))) Check.True(!model.HasLongReading);
            }
        }

        [Test("Weights have the types and the layouts that the other way to convert gives them")]
        private static void Weights()
        {
            using (var copies = new Copies())
            {
                foreach (WeightType type in Enum.GetValues(typeof(WeightType)))
                {
                    var options = new ConversionOptions { Weights = type };
                    Check.Equal(type, options.Weights.Value);
                    string copy = copies.Convert(Support.Tiny, options), other = copies.Next();
                    Model.Convert(Support.Tiny, other, type);
                    byte[] expected = File.ReadAllBytes(Path.Combine(other, "model.safetensors"));
                    Check.Same(expected, File.ReadAllBytes(Path.Combine(copy, "model.safetensors")), type.ToString());
                }
                Check.Throws<ArgumentOutOfRangeException>(() => new ConversionOptions { Weights = (WeightType)77 });
            }
        }

        [Test("What a model cannot become is an exception, and nothing is left behind")]
        private static void Refused()
        {
            using (var copies = new Copies())
            {
                string copy = copies.Next();
                LayerAttention window = LayerAttention.Window(4);
                var shorter = new ConversionOptions { Attention = window, CopiedPositions = 8 };
                Check.Throws<ArgumentException>(() => Model.Convert(bert, copy, shorter), "at least 64");
                ConversionOptions[] wrong =
                {
                    new ConversionOptions { Attention = LayerAttention.Window(-1), CopiedPositions = 200 },
                    new ConversionOptions { Attention = LayerAttention.PerLayer(window, window) },
                    new ConversionOptions { CopiedPositions = 200, Sinks = 2 },
                    new ConversionOptions { PassageTokens = 0 },
                    new ConversionOptions().Option("no such", 1),
                };
                foreach (ConversionOptions options in wrong) Check.Throws<ArgumentException>(() => Model.Convert(bert, copy, options));
                var longer = new ConversionOptions { Attention = window, CopiedPositions = 200 };
                var uneven = new ConversionOptions { Attention = LayerAttention.Window(4, 2), CopiedPositions = 200 };
                Check.Throws<NotSupportedException>(() => Model.Convert(Support.TinyModel("bart-base"), copy, uneven));
                Check.Throws<IOException>(() => Model.Convert(copies.Next(), copy, longer));
                Check.True(!Directory.Exists(copy));
                Check.Throws<ArgumentNullException>(() => Model.Convert(null, copy));
                Check.Throws<ArgumentException>(() => LayerAttention.PerLayer(window, null));
            }
        }
    }
}
