// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Longwave.Tests
{
    /// <summary>
    /// The numbers that every mechanism must give (tests/golden/cases), over whole sequences and piece by piece. What a tensor
    /// is follows from its name: rows, or an option.
    /// </summary>
    internal static class GoldenTests
    {
        private static readonly string[] rowNames =
            { "q", "k", "v", "x", "qk", "q_global", "k_global", "v_global", "mask", "key_mask" };

        internal static IEnumerable<KeyValuePair<string, Action>> Cases()
        {
            string folder = Path.Combine(Support.Source, "tests/golden/cases");
            string[] files = Directory.GetFiles(folder, "*.safetensors", SearchOption.AllDirectories);
            Check.True(files.Length > 100);
            foreach (string file in files.OrderBy(name => name, StringComparer.Ordinal))
            {
                yield return new KeyValuePair<string, Action>(file.Substring(folder.Length + 1), () => new Case(file).Run());
            }
        }

        private sealed class Case
        {
            private readonly Safetensors file;
            private readonly Dictionary<string, object> description, config;
            private readonly Options options;
            private readonly Dictionary<string, int> types = new Dictionary<string, int>();
            private readonly string query;
            private bool wholeIsOneSegment = true;

            internal Case(string path)
            {
                file = new Safetensors(path);
                description = file.Metadata("case");
                config = (Dictionary<string, object>)description["config"];
                var mechanism = (string)description["mechanism"];
                options = new Options(mechanism);
                query = file.Has("x") ? "x" : file.Has("qk") ? "qk" : "q";
                using (var known = new NativeConfig(NativeConfig.NativeCreate(mechanism))) ReadTypes(known);
            }

            private unsafe void ReadTypes(NativeConfig known)
            {
                long* bounds = stackalloc long[2];
                for (long i = 0; i < known.NativeOptionCount(); i++)
                {
                    string name = known.NativeOptionName(i);
                    types[name] = known.NativeOptionBounds(name, new NativeSpan(bounds, 2));
                }
            }

            private void SetIfKnown(string key, long value)
            {
                if (types.ContainsKey(key)) options.Set(key, value);
            }

            // One setting; objects become keys with dots, lists of objects lists of their members.
            private void Set(string key, object value)
            {
                const int floatOption = 4;
                if (value is Dictionary<string, object> members)
                {
                    foreach (KeyValuePair<string, object> member in members) Set(key + "." + member.Key, member.Value);
                }
                else if (value is List<object> list)
                {
                    SetList(key, list);
                }
                else if (value is string word)
                {
                    options.Set(key, word);
                }
                else if (value is bool flag)
                {
                    SetIfKnown(key, flag ? 1 : 0);
                }
                else if (types.TryGetValue(key, out int type) && type == floatOption)
                {
                    options.Set(key, Convert.ToDouble(value));
                }
                else
                {
                    SetIfKnown(key, Convert.ToInt64(value));
                }
            }

            private void SetList(string key, List<object> list)
            {
                object first = list.FirstOrDefault();
                if (first is Dictionary<string, object> members)
                {
                    foreach (string name in members.Keys)
                    {
                        options.Set(key + "." + name, list.Select(m => (long)((Dictionary<string, object>)m)[name]).ToArray());
                    }
                }
                else if (first is string)
                {
                    options.Set(key, string.Join(",", list));
                }
                else
                {
                    options.Set(key, list.Select(n => (long)n).ToArray());
                }
            }

            private void SetShape()
            {
                int[] shape = file.Shape(query);
                if (query == "x")
                {
                    SetIfKnown("d_model", shape[2]);
                    if (file.Has("w_qkv")) SetIfKnown("head_dim", file.Shape("w_qkv")[0] / 3 / (long)config["heads"]);
                    SetIfKnown("max_tokens", shape[1]);
                    return;
                }
                string key = query == "qk" ? "qk" : "k";
                SetIfKnown("heads", shape[1]);
                SetIfKnown("head_dim", shape[3]);
                if (query != "qk") SetIfKnown("kv_heads", file.Shape(key)[1]);
                SetIfKnown("value_dim", file.Shape("v")[3]);
                SetIfKnown("max_tokens", file.Shape(key)[2]);
            }

            private void SetChunks()
            {
                if (!config.TryGetValue("chunks", out object value) || !types.ContainsKey("segment")) return;
                long[] chunks = ((List<object>)value).Select(n => (long)n).ToArray();
                bool equal = chunks.Take(chunks.Length - 1).All(n => n == chunks[0]) && chunks.Last() <= chunks[0];
                if (equal)
                {
                    options.Set("segment", chunks[0]);
                    return;
                }
                options.Set("segment", "explicit");
                wholeIsOneSegment = chunks.Length <= 1;
            }

            private Attention Build()
            {
                SetShape();
                if (file.Has("e")) SetIfKnown("slots", file.Shape("e").Reverse().ElementAt(1));
                SetChunks();
                foreach (KeyValuePair<string, object> setting in config)
                {
                    if (setting.Key != "chunks") Set(setting.Key, setting.Value);
                }
                if (file.Has("q_global")) options.Set("global_projections", 1L);
                foreach (string name in ((List<object>)description["inputs"]).Cast<string>())
                {
                    if (rowNames.Contains(name)) continue;
                    options.Set(name, file.Type(name) == "I64" ? (object)file.Integers(name) : file.Floats(name));
                }
                using (NativeConfig built = options.Open())
                using (var context = new Context(2)) return new Attention(built, context);
            }

            // [batch, heads, n, width] as [batch, n, heads, width].
            private float[] Rows(string name)
            {
                if (!file.Has(name)) return null;
                float[] from = file.Floats(name);
                int[] shape = file.Shape(name);
                if (shape.Length != 4) return from;
                var to = new float[from.Length];
                int at = 0;
                for (int b = 0; b < shape[0]; b++)
                for (int i = 0; i < shape[2]; i++)
                for (int h = 0; h < shape[1]; h++, at += shape[3])
                {
                    Array.Copy(from, ((b * shape[1] + h) * shape[2] + i) * shape[3], to, at, shape[3]);
                }
                return to;
            }

            // Rows of two sets of heads, one behind the other in every token.
            private float[] Rows(string name, string second)
            {
                float[] first = Rows(name);
                if (!file.Has(second)) return first;
                float[] other = Rows(second);
                int width = file.Shape(name)[1] * file.Shape(name)[3];
                var both = new float[2 * first.Length];
                for (int at = 0; at < first.Length; at += width)
                {
                    Array.Copy(first, at, both, 2 * at, width);
                    Array.Copy(other, at, both, 2 * at + width, width);
                }
                return both;
            }

            private int[] Mask()
            {
                string name = new[] { "mask", "key_mask" }.FirstOrDefault(file.Has);
                return name == null ? null : file.Integers(name).Select(n => (int)n).ToArray();
            }

            internal void Run()
            {
                using (Attention layer = Build())
                {
                    float[] q = Rows(query, "q_global");
                    float[] k = layer.KWidth == 0 ? null : Rows("k", "k_global");
                    float[] v = layer.VWidth == 0 ? null : Rows("v", "v_global");
                    int[] mask = Mask(), shape = file.Shape(query);
                    float[] expected = Rows("out");
                    if (wholeIsOneSegment)
                    {
                        var output = new float[expected.Length];
                        layer.Forward(q, k, v, mask, shape[0], output);
                        Compare(expected, output);
                    }
                    int tokens = shape.Length == 4 ? shape[2] : shape[1];
                    bool sameLength = v == null || v.Length / layer.VWidth == shape[0] * tokens;
                    if (!layer.Streams || !sameLength || shape[0] != 1 || !wholeIsOneSegment || config.ContainsKey("query_offset")) return;
                    using (Memory memory = layer.CreateMemory())
                    {
                        Compare(expected, Check.Join(memory.Step(q, k, v, mask), memory.Finish()));
                    }
                }
            }

            private void Compare(float[] expected, float[] actual)
            {
                var tolerance = (Dictionary<string, object>)description["tolerance"];
                double atol = Convert.ToDouble(tolerance["atol"]), rtol = Convert.ToDouble(tolerance["rtol"]);
                Check.Equal(expected.Length, actual.Length);
                for (int i = 0; i < expected.Length; i++)
                {
                    bool close = Math.Abs((double)actual[i] - expected[i]) <= atol + rtol * Math.Abs(expected[i]);
                    Check.True(close, "number " + i + ": " + actual[i] + " for " + expected[i]);
                }
            }
        }
    }
}
