// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;

namespace ReaderTest;

internal static class Check
{
    public static void That(bool right, [CallerArgumentExpression(nameof(right))] string? what = null)
    {
        if (!right) throw new Exception("not so: " + what);
    }

    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string? what = null)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw new Exception($"{what} is {actual} rather than {expected}");
    }
}
