// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    internal sealed unsafe partial class Options
    {
        // A property's value is what its option has now, whoever set it; null if that is of another type.
        internal int? GetInt(string key) => Get(key) is long value ? (int?)value : null;

        internal long? GetLong(string key) => Get(key) is long value ? (long?)value : null;

        internal double? GetDouble(string key) => Get(key) is double value ? (double?)value : null;

        internal bool? GetBool(string key) => Get(key) is long value ? (bool?)(value != 0) : null;

        internal float[] GetFloats(string key) => (Get(key) as float[])?.Clone() as float[];

        internal long[] GetLongs(string key) => (Get(key) as long[])?.Clone() as long[];

        internal int[] GetInts(string key) => Get(key) is long[] values ? Array.ConvertAll(values, value => (int)value) : null;

        internal void SetInt(string key, int? value) => Set(key, value.HasValue ? (object)(long)value.Value : null);

        internal void SetLong(string key, long? value) => Set(key, value.HasValue ? (object)value.Value : null);

        internal void SetDouble(string key, double? value) => Set(key, value.HasValue ? (object)value.Value : null);

        internal void SetBool(string key, bool? value) => Set(key, value.HasValue ? (object)(value.Value ? 1L : 0L) : null);

        internal void SetInts(string key, int[] values)
        {
            Set(key, values == null ? null : Array.ConvertAll(values, value => (long)value));
        }

        // A word of an enum whose members stand in the order of `words`.
        internal T? GetEnum<T>(string key, string[] words) where T : struct
        {
            int index = Array.IndexOf(words, Get(key) as string);
            return index < 0 ? (T?)null : (T)Enum.ToObject(typeof(T), index);
        }

        internal void SetEnum(string key, int? value, string[] words)
        {
            Set(key, value.HasValue ? Words.Of(words, value.Value, key) : null);
        }
    }
}
