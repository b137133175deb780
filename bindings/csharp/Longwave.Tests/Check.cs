// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.Linq;

namespace Longwave.Tests
{
    /// <summary>Marks a test and names it with a sentence.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class TestAttribute : Attribute
    {
        internal TestAttribute(string name)
        {
            Name = name;
        }

        internal string Name { get; }
    }

    internal sealed class CheckException : Exception
    {
        internal CheckException(string message) : base(message) { }
    }

    internal static class Check
    {
        internal static void True(bool condition, string message = "expected true")
        {
            if (!condition) throw new CheckException(message);
        }

        internal static void Equal<T>(T expected, T actual, string what = "")
        {
            if (!EqualityComparer<T>.Default.Equals(expected, actual))
            {
                throw new CheckException(what + " expected " + expected + ", got " + actual);
            }
        }

        /// <summary>Equal to the bit.</summary>
        internal static void Same<T>(IReadOnlyList<T> expected, IReadOnlyList<T> actual, string what = "")
        {
            Equal(expected.Count, actual.Count, what + " count:");
            for (int i = 0; i < expected.Count; i++)
            {
                if (!EqualityComparer<T>.Default.Equals(expected[i], actual[i]))
                {
                    throw new CheckException(what + " number " + i + ": expected " + expected[i] + ", got " + actual[i]);
                }
            }
        }

        internal static T Throws<T>(Action action, string part = "") where T : Exception
        {
            try
            {
                action();
            }
            catch (T error)
            {
                True(error.Message.Contains(part), "message '" + error.Message + "' has no '" + part + "'");
                return error;
            }
            catch (Exception error)
            {
                throw new CheckException("expected " + typeof(T).Name + ", got " + error);
            }
            throw new CheckException("expected " + typeof(T).Name + ", and nothing was thrown");
        }

        internal static float[] Join(params float[][] parts)
        {
            return parts.SelectMany(part => part).ToArray();
        }
    }
}
