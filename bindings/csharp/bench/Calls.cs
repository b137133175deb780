// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Longwave;

/// <summary>The calls of bindings/bench/calls.c from C#: with arrays and with spans of native memory, neither of which is copied.</summary>
internal static class Calls
{
    private static void Main(string[] arguments)
    {
        if (arguments.Length == 1)
        {
            Paired.Run(arguments[0]);
            return;
        }
        using var context = new Context(1);
        using (Attention layer = new FullAttention(1, 8).Build(context)) Measure("small", layer, 8, 1, 15, 20000);
        using (Attention layer = new WindowAttention(1, 125) { Left = 1, Right = 0 }.Build(context))
        {
            Measure("large", layer, 125, 8000, 15, 3);
        }
    }

    private static unsafe void Measure(string name, Attention layer, int width, int rows, int batches, int calls)
    {
        int count = width * rows;
        var q = new float[count];
        for (int i = 0; i < count; i++) q[i] = (i % 17 - 8) / 8f;
        var output = new float[count];
        // Where C has its arrays: how two arrays lie to each other matters to a kernel more than who calls it.
        var native = (float*)NativeMemory.Alloc((nuint)count, sizeof(float));
        var nativeOutput = (float*)NativeMemory.Alloc((nuint)count, sizeof(float));
        q.CopyTo(new Span<float>(native, count));
        using Workspace workspace = layer.CreateWorkspace(rows, rows);
        Time(name + "-array", batches, calls, () => layer.Forward(q, q, q, null, 1, output, workspace));
        Time(name + "-span", batches, calls, () =>
        {
            var input = new ReadOnlySpan<float>(native, count);
            layer.Forward(input, input, input, default, 1, new Span<float>(nativeOutput, count), workspace);
        });
        NativeMemory.Free(native);
        NativeMemory.Free(nativeOutput);
    }

    // One way after the other, so that each has the caches to itself, as the call has them in C.
    private static void Time(string name, int batches, int calls, Action call)
    {
        double best = double.MaxValue;
        for (int b = 0; b < 3 * batches; b++) // the first two thirds warm the compiler up
        {
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < calls; i++) call();
            double each = (Stopwatch.GetTimestamp() - begin) * 1e9 / Stopwatch.Frequency / calls;
            if (b >= 2 * batches) best = Math.Min(best, each);
        }
        Console.WriteLine(name + " " + best.ToString("F1", CultureInfo.InvariantCulture));
    }
}
