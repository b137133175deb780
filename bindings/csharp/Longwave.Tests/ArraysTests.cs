// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Linq;

namespace Longwave.Tests
{
    /// <summary>Arrays, pointers and spans: lengths, null, empty, a million numbers.</summary>
    internal static unsafe class ArraysTests
    {
        [Test("Wrong lengths say what was expected and what came, and leave the output alone")]
        private static void WrongLengths()
        {
            using (Attention layer = Support.SmallLayer().Build())
            {
                float[] row = Support.Floats(8, 1);
                var output = new float[] { 1, 2, 3, 4, 5, 6, 7 };
                Check.Throws<ArgumentException>(
                    () => layer.Forward(row, row, row, null, 1, output), "out_count must be 8, got 7");
                Check.Same(new float[] { 1, 2, 3, 4, 5, 6, 7 }, output);
                Check.Throws<ArgumentException>(() => layer.Forward(row, new float[9], row));
                Check.Throws<ArgumentException>(() => layer.Forward(new float[9], row, row));
                Check.Throws<ArgumentException>(() => layer.Forward(row, row, row, new int[2], 1, new float[8]));
                Check.Throws<ArgumentOutOfRangeException>(() => layer.Forward(row, row, row, null, 0, new float[8]));
            }
        }

        [Test("Null is an ArgumentNullException where something must be there")]
        private static void Nulls()
        {
            using (Attention layer = Support.SmallLayer().Build())
            using (Memory memory = layer.CreateMemory())
            using (Model model = Model.Open(Support.Tiny))
            using (DocumentStream stream = model.CreateStream())
            {
                var row = new float[8];
                Check.Throws<ArgumentNullException>(() => layer.Forward(null, row, row));
                Check.Throws<ArgumentNullException>(() => layer.Forward(row, row, row, null, 1, null));
                Check.Throws<ArgumentException>(() => layer.Forward(row, null, row));
                Check.Throws<ArgumentNullException>(() => layer.ReadPart(null));
                Check.Throws<ArgumentNullException>(() => memory.Load((byte[])null));
                Check.Throws<ArgumentNullException>(() => memory.Step(null, row, row));
                Check.Throws<ArgumentNullException>(() => memory.Push(null));
                Check.Throws<ArgumentNullException>(() => VectorSearch.Find((float[])null, row, 1));
                Check.Throws<ArgumentNullException>(() => Model.Open(null));
                Check.Throws<ArgumentNullException>(() => Model.OpenMemory((ModelFiles)null));
                Check.Throws<ArgumentNullException>(() => model.Embed((string)null));
                Check.Throws<ArgumentNullException>(() => model.RestoreStream((byte[])null));
                Check.Throws<ArgumentNullException>(() => model.Forward(null, Output.LastHiddenState));
                Check.Throws<ArgumentNullException>(() => stream.Offer((string)null, 0, 0));
                Check.Throws<ArgumentNullException>(() => stream.Push("text", null));
                Check.Throws<ArgumentNullException>(() => stream.Read((string)null));
                Check.Throws<ArgumentNullException>(() => stream.Load((System.IO.Stream)null));
                Check.Throws<ArgumentNullException>(() => LongwaveLibrary.DescribeSnapshot(null));
                Check.Throws<ArgumentNullException>(() => model.GetNumber(null));
            }
        }

        [Test("Sequences of no rows are fine")]
        private static void Empty()
        {
            using (Attention layer = Support.SmallLayer().Build())
            using (Memory memory = layer.CreateMemory())
            {
                var none = new float[0];
                Check.Equal(0, layer.Forward(none, none, none).Length);
                Check.Equal(0, memory.Step(none, none, none).Length);
                Check.Equal(0, memory.Finish().Length);
                Check.Equal(0, VectorSearch.Find(new float[] { 1, 2 }, none, 3).Length);
                Check.Equal(0, VectorSearch.Find(new float[] { 1, 2 }, new float[] { 1, 1 }, 0).Length);
            }
        }

        [Test("A million floats: arrays, pointers and spans give the same bits, with a workspace and without")]
        private static void Million()
        {
            const int rows = 1 << 14;
            using (var context = new Context(2))
            using (Attention layer = new WindowAttention(1, 64) { Left = 8, Right = 8 }.Build(context))
            using (Workspace workspace = layer.CreateWorkspace(rows, rows))
            {
                float[] q = Support.Floats(rows * 64, 1), k = Support.Floats(rows * 64, 2), v = Support.Floats(rows * 64, 3);
                Check.True(q.Length > 1000000);
                float[] whole = layer.Forward(q, k, v);
                var output = new float[whole.Length];
                layer.Forward(q, k, v, null, 1, output, workspace);
                Check.Same(whole, output);
                Array.Clear(output, 0, output.Length);
                fixed (float* q0 = q, k0 = k, v0 = v, out0 = output)
                {
                    layer.Forward(q0, q.Length, k0, k.Length, v0, v.Length, null, 0, 1, out0, output.Length, workspace);
                }
                Check.Same(whole, output);
#if LONGWAVE_SPANS
                Array.Clear(output, 0, output.Length);
                layer.Forward(q.AsSpan(), k.AsSpan(), v.AsSpan(), default, 1, output.AsSpan(), workspace);
                Check.Same(whole, output);
#endif
            }
        }

#if LONGWAVE_SPANS
        [Test("Of a span, its part alone is read and written")]
        private static void Spans()
        {
            using (Attention layer = Support.SmallLayer().Build())
            {
                float[] rows = Support.Floats(24, 1), output = new float[12];
                ReadOnlySpan<float> part = rows.AsSpan(8, 8);
                layer.Forward(part, part, part, default, 1, output.AsSpan(2, 8));
                float[] row = part.ToArray(), expected = new float[12];
                layer.Forward(row, row, row).CopyTo(expected, 2);
                Check.Same(expected, output);
                Span<float> native = stackalloc float[8];
                layer.Forward(part, part, part, default, 1, native);
                Check.Same(layer.Forward(row, row, row), native.ToArray());
            }
        }
#endif

        [Test("A mask and a batch reach the layer")]
        private static void MaskAndBatch()
        {
            using (Attention layer = new FullAttention(1, 8).Build())
            {
                float[] rows = Support.Floats(4 * 8, 1), output = new float[4 * 8];
                layer.Forward(rows, rows, rows, new[] { 1, 0, 1, 1 }, 2, output);
                float[] first = Support.Slice(rows, 0, 8);
                Check.Same(first, Support.Slice(output, 0, 8)); // sees itself alone
                float[] second = Support.Slice(rows, 16, 16);
                Check.Same(layer.Forward(second, second, second), Support.Slice(output, 16, 16));
            }
        }

        [Test("Search finds the nearest, best first, and of equal ones the lower index")]
        private static void Search()
        {
            float[] vectors = { 0, 1, 1, 0, 0.5f, 0.5f, 1, 0 };
            SearchHit[] hits = VectorSearch.Find(new float[] { 2, 0 }, vectors, 3);
            Check.Equal(
                "SearchHit[index=1, score=2] SearchHit[index=3, score=2] SearchHit[index=2, score=1]",
                string.Join(" ", hits.Select(hit => hit.ToString())));
            Check.Equal(4, VectorSearch.Find(new float[] { 2, 0 }, vectors, 9).Length);
            Check.Equal(4, VectorSearch.Find(new float[] { 2, 0 }, vectors, int.MaxValue).Length);
            Check.Throws<ArgumentException>(() => VectorSearch.Find(new float[3], vectors, 1));
            Check.Throws<ArgumentException>(() => VectorSearch.Find(new float[2], vectors, -1));
        }
    }
}
