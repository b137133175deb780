// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Diagnostics;
using System.Globalization;
using Longwave;

/// <summary>The calls of bindings/bench/calls.c from C#: with arrays and with spans, neither of which is copied.</summary>
internal static class Calls
{
    private static void Main()
    {
        using var context = new Context(1);
        using (Attention layer = new FullAttention(1, 8).Build(context)) Measure("small", layer, 8, 1, 15, 20000);
        using (Attention layer = new WindowAttention(1, 125) { Left = 1, Right = 0 }.Build(context))
        {
            Measure("large", layer, 125, 8000, 15, 3);
        }
    }

    private static void Measure(string name, Attention layer, int width, int rows, int batches, int calls)
    {
        var q = new float[width * rows];
        for (int i = 0; i < q.Length; i++) q[i] = (i % 17 - 8) / 8f;
        var output = new float[q.Length];
        using Workspace workspace = layer.CreateWorkspace(rows, rows);
        Time(name + "-array", batches, calls, () => layer.Forward(q, q, q, null, 1, output, workspace));
        Time(name + "-span", batches, calls, () =>
        {
            ReadOnlySpan<float> rowsIn = q;
            layer.Forward(rowsIn, rowsIn, rowsIn, default, 1, output.AsSpan(), workspace);
        });
    }

    private static void Time(string name, int batches, int calls, Action call)
    {
        long best = long.MaxValue;
        for (int b = 0; b < 2 * batches; b++) // the first half warms the compiler up
        {
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < calls; i++) call();
            if (b >= batches) best = Math.Min(best, Stopwatch.GetTimestamp() - begin);
        }
        double each = best * 1e9 / Stopwatch.Frequency / calls;
        Console.WriteLine(name + " " + each.ToString("F1", CultureInfo.InvariantCulture));
    }
}
