// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Diagnostics;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Longwave;

/// <summary>
/// The large call by the C function itself and by the class, in turns in one process and on the same memory: what differs
/// between two processes is then left out. Prints the medians.
/// </summary>
internal static unsafe class Paired
{
    private const int Width = 125, Rows = 8000, Turns = 30;

    internal static void Run(string library)
    {
        IntPtr handle = NativeLibrary.Load(library);
        var error = stackalloc byte[256];
        void* context, config, layer, workspace;
        ((delegate* unmanaged<int, void**, byte*, int>)NativeLibrary.GetExport(handle, "lwave_context_create"))(1, &context, error);
        fixed (byte* kind = Name("window"))
        {
            ((delegate* unmanaged<byte*, void**, byte*, int>)NativeLibrary.GetExport(handle, "lwave_config_create"))(kind, &config, error);
        }
        foreach (var option in new[] { ("heads", 1), ("head_dim", Width), ("left", 1), ("right", 0) })
        {
            fixed (byte* key = Name(option.Item1))
            {
                ((delegate* unmanaged<void*, byte*, long, byte*, int>)NativeLibrary.GetExport(handle, "lwave_config_set_int"))(
                    config, key, option.Item2, error);
            }
        }
        ((delegate* unmanaged<void*, void*, void**, byte*, int>)NativeLibrary.GetExport(handle, "lwave_attention_create"))(
            context, config, &layer, error);
        ((delegate* unmanaged<void*, long, long, void**, byte*, int>)NativeLibrary.GetExport(
            handle, "lwave_workspace_create_for_attention"))(layer, Rows, Rows, &workspace, error);
        var forward = (delegate* unmanaged<void*, void*, float*, long, float*, long, float*, long, int*, long, long, long, long,
            float*, long, byte*, int>)NativeLibrary.GetExport(handle, "lwave_attention_forward");

        using var ours = new Context(1);
        using Attention same = new WindowAttention(1, Width) { Left = 1, Right = 0 }.Build(ours);
        using Workspace scratch = same.CreateWorkspace(Rows, Rows);
        const int count = Width * Rows;
        var q = new float[count];
        for (int i = 0; i < count; i++) q[i] = (i % 17 - 8) / 8f;
        var output = new float[count];
        var c = new double[Turns];
        var difference = new double[Turns];
        for (int turn = -Turns; turn < Turns; turn++) // the first ones warm up
        {
            double first = double.MaxValue, second = double.MaxValue;
            for (int i = 0; i < 5; i++)
            {
                fixed (float* p = q, o = output)
                {
                    long begin = Stopwatch.GetTimestamp();
                    int status = forward(
                        layer, workspace, p, count, p, count, p, count, null, 0, 1, Rows, Rows, o, count, error);
                    first = Math.Min(first, Stopwatch.GetTimestamp() - begin);
                    if (status != 0) throw new InvalidOperationException("status " + status);
                }
                long start = Stopwatch.GetTimestamp();
                same.Forward(q, q, q, null, 1, output, scratch);
                second = Math.Min(second, Stopwatch.GetTimestamp() - start);
            }
            if (turn < 0) continue;
            c[turn] = first * 1e9 / Stopwatch.Frequency;
            difference[turn] = (second - first) * 1e9 / Stopwatch.Frequency;
        }
        Console.WriteLine(FormattableString.Invariant(
            $"csharp large, in turns in one process: C {Median(c):F0} ns, and {Median(difference):F0} ns more (median of {Turns})"));
    }

    private static byte[] Name(string text) => Encoding.ASCII.GetBytes(text + "\0");

    private static double Median(double[] values)
    {
        double[] sorted = values.OrderBy(value => value).ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
