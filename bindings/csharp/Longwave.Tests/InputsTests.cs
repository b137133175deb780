// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Longwave.Tests
{
    /// <summary>Runs over whole sequences with inputs by name.</summary>
    internal static class InputsTests
    {
        private static Safetensors Expected(string model)
        {
            return new Safetensors(Path.Combine(Support.TinyModel(model), "expected.safetensors"));
        }

        private static int[] Ints(Safetensors file, string name) => file.Integers(name).Select(n => (int)n).ToArray();

        private static void Close(float[] expected, float[] actual, double tolerance, string what)
        {
            Check.Equal(expected.Length, actual.Length, what + " count:");
            for (int i = 0; i < expected.Length; i++)
            {
                double error = Math.Abs((double)expected[i] - actual[i]);
                Check.True(error <= tolerance + 1e-5 * Math.Abs(expected[i]), what + " number " + i + " is off by " + error);
            }
        }

        // Names of the files of expected numbers.
        private static readonly Dictionary<string, string> inputNames = new Dictionary<string, string>
        {
            { "input_ids", "ids" }, { "attention_mask", "mask" }, { "token_type_ids", "token_types" },
            { "position_ids", "positions" }, { "global_attention_mask", "globals" },
            { "decoder_input_ids", "decoder_ids" }, { "decoder_attention_mask", "decoder_mask" },
        };

        private static readonly Dictionary<string, Output> outputNames = new Dictionary<string, Output>
        {
            { "last_hidden_state", Output.LastHiddenState }, { "pooler_output", Output.PoolerOutput },
            { "logits", Output.Logits }, { "logits_rows", Output.Logits },
            { "encoder_last_hidden_state", Output.EncoderLastHiddenState },
            { "encoder_hidden_states", Output.EncoderHiddenStates }, { "decoder_hidden_states", Output.HiddenStates },
        };

        private static ModelInputs Read(Safetensors file, string name)
        {
            int[] shape = file.Shape(name + ".input_ids");
            ModelInputs inputs = ModelInputs.Create(shape[0], shape[1]);
            foreach (KeyValuePair<string, string> input in inputNames)
            {
                if (file.Has(name + "." + input.Key)) inputs.Set(input.Value, Ints(file, name + "." + input.Key));
            }
            return inputs;
        }

        // Rows that a mask closes have no expected numbers.
        private static bool HasPadding(Safetensors file, string name)
        {
            return new[] { ".attention_mask", ".decoder_attention_mask" }.Any(
                mask => file.Has(name + mask) && file.Integers(name + mask).Contains(0L));
        }

        [Test("Runs of every kind of input and output give the reference's numbers, in the shape that is told")]
        private static void References()
        {
            foreach (string family in new[] { "gpt2-base", "bart-base", "led-base", "longformer-base", "bert-mlm" })
            {
                Safetensors file = Expected(family);
                var text = Json.Object(File.ReadAllText(Path.Combine(Support.TinyModel(family), "expected.json")));
                var tolerances = (Dictionary<string, object>)text["atol"];
                int count = 0;
                using (Model model = Model.Open(Support.TinyModel(family)))
                {
                    foreach (Dictionary<string, object> one in (List<object>)text["cases"])
                    {
                        var name = (string)one["name"];
                        if (!file.Has(name + ".input_ids") || HasPadding(file, name)) continue;
                        using (ModelInputs inputs = Read(file, name))
                        {
                            foreach (KeyValuePair<string, Output> output in outputNames)
                            {
                                string tensor = name + "." + output.Key, what = family + " " + tensor;
                                if (!file.Has(tensor)) continue;
                                bool some = output.Key == "logits_rows";
                                inputs.SetRows(some ? Ints(file, tensor + "_at") : new int[0]);
                                long[] shape = model.OutputShape(inputs, output.Value);
                                Check.Same(file.Shape(tensor).Select(n => (long)n).ToArray(), shape, what + " shape");
                                double tolerance = Convert.ToDouble(tolerances[output.Key]);
                                Close(file.Floats(tensor), model.Run(inputs, output.Value), tolerance, what);
                                count++;
                            }
                        }
                    }
                }
                Check.True(count > 5, family + " has " + count);
            }
        }

        [Test("Memories of a segment, given to the next one, go on as the reference does")]
        private static void Memories()
        {
            Safetensors file = Expected("transfoxl-base");
            float[] memories = null;
            using (Model model = Model.Open(Support.TinyModel("transfoxl-base")))
            {
                for (int s = 0; s < 3; s++)
                {
                    string ids = "three_segments.input_ids.s" + s;
                    int[] shape = file.Shape(ids);
                    using (ModelInputs inputs = ModelInputs.Of(new TokenBatch(Ints(file, ids), shape[0], shape[1])))
                    {
                        if (memories != null) inputs.SetMemories(memories);
                        float[] rows = model.Run(inputs, Output.LastHiddenState);
                        Close(file.Floats("three_segments.last_hidden_state.s" + s), rows, 8e-5, "segment " + s);
                        memories = model.Run(inputs, Output.Memories);
                        long[] lengths = model.OutputShape(inputs, Output.Memories);
                        Close(
                            file.Floats("three_segments.mems.s" + s), SwapMiddle(memories, lengths), 8e-5, "memories " + s);
                    }
                }
            }
        }

        // The reference has rows before sequences.
        private static float[] SwapMiddle(float[] values, long[] shape)
        {
            var swapped = new float[values.Length];
            long at = 0;
            for (long layer = 0; layer < shape[0]; layer++)
            {
                for (long row = 0; row < shape[2]; row++)
                {
                    for (long b = 0; b < shape[1]; b++, at += shape[3])
                    {
                        Array.Copy(values, ((layer * shape[1] + b) * shape[2] + row) * shape[3], swapped, at, shape[3]);
                    }
                }
            }
            return swapped;
        }

        [Test("A run is a forward to the bit where both can, with a workspace and without")]
        private static void Forward()
        {
            var batch = new TokenBatch(new[] { 2, 7, 8, 3, 2, 9, 3, 0 }, 2, 4) { Mask = new[] { 1, 1, 1, 1, 1, 1, 1, 0 } };
            using (Model model = Model.Open(Support.Tiny))
            using (Workspace workspace = model.CreateWorkspace(2, 4))
            using (ModelInputs inputs = ModelInputs.Of(batch))
            {
                foreach (Output output in new[] { Output.LastHiddenState, Output.HiddenStates, Output.SentenceEmbedding, Output.Keys })
                {
                    float[] expected = model.Forward(batch, output);
                    Check.Same(expected, model.Run(inputs, output));
                    var array = new float[expected.Length];
                    model.Run(inputs, output, workspace, array);
                    Check.Same(expected, array);
#if LONGWAVE_SPANS
                    Array.Clear(array, 0, array.Length);
                    model.Run(inputs, output, workspace, array.AsSpan());
                    Check.Same(expected, array);
#endif
                }
            }
        }

        [Test("Vectors of the embedding's table are ids to the bit, in runs and in streams cut anywhere")]
        private static void Vectors()
        {
            int[] ids = { 2, 7, 8, 9, 11, 4, 6, 3, 5, 12, 40, 41, 17, 3 };
            var weights = new Safetensors(Path.Combine(Support.Tiny, "model.safetensors"));
            const string name = "embeddings.word_embeddings.weight";
            float[] table = weights.Floats(weights.Has(name) ? name : "bert." + name);
            using (Model model = Model.Open(Support.Tiny))
            {
                int hidden = model.Hidden;
                float[] rows = ids.SelectMany(id => table.Skip(id * hidden).Take(hidden)).ToArray();
                using (ModelInputs one = ModelInputs.OfIds(ids), two = ModelInputs.Create(1, ids.Length).SetVectors(rows))
                {
                    Check.Same(model.Run(one, Output.SentenceEmbedding), model.Run(two, Output.SentenceEmbedding));
                }
                Reading reading = Reading.Window(3, 3);
                reading.Sinks = 1;
                reading.Tile = 16;
                reading.FullUpTo = 8;
                reading.PassageTokens = 4;
                reading.Queue = 2;
                reading.AddSpecialTokens = false;
                var expected = new List<Embedding>();
                using (DocumentStream stream = model.CreateStream(reading))
                {
                    Check.Throws<InvalidOperationException>(() => stream.OfferVectors(rows, 0, 1));
                    stream.PushIds(ids, expected.Add);
                    stream.Finish(expected.Add);
                }
                Check.True(expected.Count > 3);
                reading.Vectors = true;
                foreach (int step in new[] { 1, 5, ids.Length })
                {
                    var results = new List<Embedding>();
                    using (DocumentStream stream = model.CreateStream(reading))
                    {
                        for (int at = 0; at < ids.Length; results.AddRange(stream.Drain()))
                        {
                            at += stream.OfferVectors(rows, at, Math.Min(step, ids.Length - at));
                        }
                        Check.Throws<ArgumentException>(() => stream.OfferVectors(new float[hidden + 1], 0, 1));
                        Check.Throws<ArgumentOutOfRangeException>(() => stream.OfferVectors(rows, 1, ids.Length));
                        stream.Finish(results.Add);
                        Support.Same(expected, results);
                    }
                }
                var pushed = new List<Embedding>();
                using (DocumentStream stream = model.CreateStream(reading))
                using (DocumentStream fork = stream.Fork())
                {
                    fork.PushVectors(rows, pushed.Add);
                    fork.Finish(pushed.Add);
                    Support.Same(expected, pushed);
                }
            }
        }

        [Test("An option of a layer holds for these inputs alone, and what a layer holds can be read")]
        private static void Layers()
        {
            int[] ids = Ints(Expected("reformer-base"), "n_multiple.input_ids");
            using (Model model = Model.Open(Support.TinyModel("reformer-base")))
            using (ModelInputs plain = ModelInputs.OfIds(ids), other = ModelInputs.OfIds(ids))
            {
                int layer = Enumerable.Range(0, model.Layers).First(n => Hashes(model, plain, n));
                string part = "layers." + layer + ".buckets";
                float[] before = model.Run(plain, Output.LastHiddenState);
                Check.Equal(0, model.RunPart(plain, part).Length % ids.Length);
                other.SetLayerOption(layer, "seed", 5).SetLayerOption(layer, "n_hashes", 1);
                Check.Equal(model.Heads * ids.Length, model.RunPart(other, part).Length);
                Check.True(!before.SequenceEqual(model.Run(other, Output.LastHiddenState)));
                Check.Same(before, model.Run(plain, Output.LastHiddenState));
                Check.Throws<FileNotFoundException>(() => model.RunPart(plain, "layers." + layer + ".no_such_part"));
                Check.Throws<ArgumentOutOfRangeException>(() => plain.SetLayerOption(-1, "seed", 5));
            }
        }

        private static bool Hashes(Model model, ModelInputs inputs, int layer)
        {
            try
            {
                return model.RunPart(inputs, "layers." + layer + ".buckets").Length > 0;
            }
            catch (FileNotFoundException)
            {
                return false;
            }
        }

        [Test("Inputs that do not fit are exceptions that say what was expected")]
        private static void Errors()
        {
            Check.Throws<ArgumentException>(() => ModelInputs.Create(0, 3), "at least 1");
            Check.Throws<ArgumentException>(() => ModelInputs.Of(new TokenBatch(2, 7, 3) { Mask = new[] { 1 } }));
            using (Model model = Model.Open(Support.Tiny))
            using (ModelInputs inputs = ModelInputs.OfIds(2, 7, 3))
            {
                Check.Throws<ArgumentException>(() => inputs.SetIds(1, 2));
                Check.Throws<ArgumentException>(() => inputs.Set("no such input", new[] { 1 }));
                Check.Throws<ArgumentNullException>(() => inputs.Set("ids", (int[])null));
                Check.Throws<NotSupportedException>(() => model.Run(inputs, Output.Logits));
                Check.Throws<NotSupportedException>(() => model.OutputShape(inputs, Output.Memories));
                Check.Throws<ArgumentException>(() => model.Run(inputs, Output.SentenceEmbedding, null, new float[1]));
                Check.Throws<ArgumentNullException>(() => model.Run(null, Output.SentenceEmbedding));
                inputs.Dispose();
                Check.True(inputs.IsDisposed);
                Check.Throws<ObjectDisposedException>(() => model.Run(inputs, Output.LastHiddenState));
            }
        }
    }
}
