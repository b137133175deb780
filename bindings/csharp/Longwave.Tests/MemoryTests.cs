// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.IO;
using System.Linq;

namespace Longwave.Tests
{
    /// <summary>Sequences piece by piece.</summary>
    internal static unsafe class MemoryTests
    {
        private const int Rows = 50;

        private static float[] Part(float[] all, int from, int to) => Support.Slice(all, from * 16, (to - from) * 16);

        private static Attention Window(Numbers left) => new WindowAttention(2, 8) { Left = left, Right = 2 }.Build();

        [Test("Pieces give the bits of the whole, in arrays of any size and in a small room")]
        private static void Pieces()
        {
            float[] q = Support.Floats(Rows * 16, 1), k = Support.Floats(Rows * 16, 2), v = Support.Floats(Rows * 16, 3);
            int[] mask = Enumerable.Repeat(1, Rows).ToArray();
            mask[20] = 0;
            using (Attention layer = Window(5))
            {
                var whole = new float[Rows * 16];
                layer.Forward(q, k, v, mask, 1, whole);
                foreach (int size in new[] { 1, 7, Rows })
                {
                    using (Memory memory = layer.CreateMemory())
                    {
                        var output = new float[0];
                        for (int at = 0; at < Rows; at += size)
                        {
                            int to = Math.Min(Rows, at + size);
                            output = Check.Join(output, memory.Step(
                                Part(q, at, to), Part(k, at, to), Part(v, at, to), Support.Slice(mask, at, to - at)));
                        }
                        Check.Equal((long)Rows, memory.Position);
                        Check.Equal(Rows - 2L, memory.Emitted);
                        Check.Same(whole, Check.Join(output, memory.Finish()));
                        Check.True(memory.IsFinished);
                        Check.Throws<InvalidOperationException>(() => memory.Step(new float[16], new float[16], new float[16]));
                        memory.Reset();
                        using (Memory fresh = layer.CreateMemory()) Check.Same(fresh.Save(), memory.Save());
                        Check.Same(whole, Check.Join(memory.Step(q, k, v, mask), memory.Finish()));
                    }
                }
                // Room for three rows only.
                using (Memory memory = layer.CreateMemory())
                {
                    var room = new float[3 * 16];
                    var output = new float[0];
                    int done = 0;
                    StepResult step;
                    do
                    {
                        step = memory.Step(
                            Part(q, done, Rows), Part(k, done, Rows), Part(v, done, Rows), Support.Slice(mask, done, Rows - done), room);
                        done += step.Taken;
                        Check.True(step.Rows <= 3);
                        output = Check.Join(output, Support.Slice(room, 0, step.Rows * 16));
                    }
                    while (step.OutputFull);
                    Check.Equal(Rows, done);
                    do
                    {
                        step = memory.Finish(room);
                        output = Check.Join(output, Support.Slice(room, 0, step.Rows * 16));
                    }
                    while (step.OutputFull);
                    Check.Same(whole, output);
                }
#if LONGWAVE_SPANS
                using (Memory memory = layer.CreateMemory())
                {
                    var room = new float[Rows * 16];
                    StepResult step = memory.Step(q.AsSpan(), k.AsSpan(), v.AsSpan(), mask.AsSpan(), room.AsSpan());
                    Check.Same(Support.Slice(whole, 0, step.Rows * 16), Support.Slice(room, 0, step.Rows * 16));
                }
#endif
            }
        }

        [Test("An output that is not filled stays as it was behind its rows")]
        private static void Untouched()
        {
            using (Attention layer = Window(5))
            using (Memory memory = layer.CreateMemory())
            {
                float[] output = Enumerable.Repeat(7f, 5 * 16).ToArray();
                StepResult step = memory.Step(Support.Floats(48, 1), Support.Floats(48, 2), Support.Floats(48, 3), null, output);
                Check.Equal("StepResult[taken=3, rows=1, outputFull=False]", step.ToString());
                for (int i = 16; i < output.Length; i++) Check.Equal(7f, output[i]);
                Check.Throws<ArgumentException>(() => memory.Step(new float[16], new float[15], new float[16]));
                Check.Equal(3L, memory.Position);
            }
        }

        [Test("Save, load and fork go on with the same bits, in bytes and in streams; a bad snapshot changes nothing")]
        private static void Snapshots()
        {
            float[] q = Support.Floats(Rows * 16, 1);
            using (Attention layer = Window(5))
            using (Memory memory = layer.CreateMemory(), other = layer.CreateMemory())
            {
                Plan plan = layer.PlanMemory();
                Check.Equal(plan.Bytes, memory.Bytes);
                Check.Equal(2L, plan.SteadyRows);
                float[] begin = Part(q, 0, 33), rest = Part(q, 33, Rows);
                memory.Step(begin, begin, begin);
                byte[] snapshot = memory.Save();
                var stream = new MemoryStream();
                memory.Save(stream);
                Check.Same(snapshot, stream.ToArray());
                stream.Position = 0;
                other.Load(stream);
                Check.Same(snapshot, other.Save());
                using (Memory fork = memory.Fork())
                {
                    float[] expected = Check.Join(memory.Step(rest, rest, rest), memory.Finish());
                    Check.Same(expected, Check.Join(other.Step(rest, rest, rest), other.Finish()));
                    Check.Same(expected, Check.Join(fork.Step(rest, rest, rest), fork.Finish()));
                }
                Check.Throws<InvalidOperationException>(() => memory.Save());
                var damaged = (byte[])snapshot.Clone();
                damaged[damaged.Length - 1] ^= 1;
                Check.Throws<LongwaveFormatException>(() => memory.Load(damaged));
                Check.Throws<LongwaveFormatException>(() => memory.Load(Support.Slice(snapshot, 0, 30)));
                Check.Throws<LongwaveFormatException>(() => memory.Load(new byte[0]));
                using (Attention wider = Window(6))
                using (Memory foreign = wider.CreateMemory())
                {
                    Check.Equal(43, Check.Throws<LongwaveMismatchException>(() => foreign.Load(snapshot)).Status);
                }
                Check.True(memory.Describe().StartsWith("{"));
            }
        }

        [Test("Explicit segments end where they are told to, and parts can be read")]
        private static void Segments()
        {
            float[] weights = Support.Floats(8 * 8, 4), bias = Support.Floats(8, 6);
            var options = new TransformerXlAttention(2, 8)
            {
                ExplicitSegments = true, MemLen = 4, WeightsQkv = Support.Floats(24 * 8, 5), WeightsOut = weights,
                RelativeWeights = weights, BiasU = bias, BiasV = bias, MaxTokens = 16,
            };
            using (Attention layer = options.Build())
            using (Memory memory = layer.CreateMemory())
            {
                Check.Equal(0, layer.KWidth);
                memory.Step(Support.Floats(5 * 8, 1), null, null);
                memory.EndSegment();
                Check.Equal(4 * 8, memory.ReadPart("memory").Length);
                Check.Throws<Exception>(() => memory.ReadPart("no such part"), "no such part");
            }
            using (Attention layer = Window(5))
            using (Memory memory = layer.CreateMemory()) Check.Throws<InvalidOperationException>(() => memory.EndSegment());
        }

        [Test("A model's memory gives the rows of forward")]
        private static void OfModel()
        {
            using (Model model = Model.Open(Support.Tiny))
            using (Memory memory = model.CreateMemory(Reading.Refuse()))
            {
                int[] ids = { 2, 7, 8, 9, 3 };
                float[] whole = model.Forward(new TokenBatch(ids), Output.LastHiddenState);
                Check.Same(whole, Check.Join(memory.Push(ids), memory.Finish()));
                Check.Equal(model.Hidden, memory.RowWidth);
                Check.True(model.PlanMemory(Reading.Refuse()).Bytes > 0);
                Check.Throws<InvalidOperationException>(() => memory.Push(2));
                Check.Throws<InvalidOperationException>(() => memory.Step(whole, whole, whole));
            }
        }

        [Test("An estimate of softmax attention tells how far it is off; other layers do not")]
        private static void Estimates()
        {
            float[] q = Support.Floats(20 * 8, 1), k = Support.Floats(20 * 8, 2), v = Support.Floats(20 * 8, 3);
            using (Attention favor = new FavorAttention(1, 8) { Features = 64, Seed = 3 }.Build())
            using (Attention full = new FullAttention(1, 8).Build())
            using (Attention window = new WindowAttention(1, 8) { Left = 3, Right = 3 }.Build())
            {
                ErrorEstimate error = favor.EstimateError(q, k, v, null, null, 20, 1);
                Check.True(error.Relative > 0 && error.MaxRelative >= error.MeanRelative, error.ToString());
                Check.Equal(error, favor.EstimateError(q, k, v, null, favor.Forward(q, k, v), 20, 1));
                Check.True(full.EstimateError(q, k, v, null, null, 5, 1).Relative < 1e-5);
                Check.Throws<NotSupportedException>(() => window.EstimateError(q, k, v, null, null, 5, 1));
            }
        }

        [Test("With projections around it, a layer takes hidden rows")]
        private static void Projected()
        {
            float[] weights = Support.Floats(6 * 8, 4);
            var options = new WindowAttention(2, 4)
            {
                Left = 2, Right = 0, DModel = 6, WeightsQuery = weights, WeightsKey = weights, WeightsValue = weights,
            };
            using (Attention layer = options.Build())
            {
                Check.Equal(6, layer.QWidth);
                Check.Equal(0, layer.KWidth);
                Check.Equal(5 * layer.OutWidth, layer.Forward(Support.Floats(30, 1)).Length);
            }
        }

        [Test("Beyond what a memory was made for is a LongwaveCapacityException")]
        private static void Capacity()
        {
            using (Attention layer = Support.SmallLayer().Build())
            using (Memory memory = layer.CreateMemory())
            {
                float[] rows = Support.Floats(65 * 8, 1);
                Check.Throws<LongwaveCapacityException>(() => memory.Step(rows, rows, rows));
                Check.Equal(0L, memory.Position);
            }
        }
    }
}
