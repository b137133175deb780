// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Longwave.Tests
{
    /// <summary>A file of named tensors.</summary>
    internal sealed class Safetensors
    {
        private readonly Dictionary<string, object> header;
        private readonly byte[] bytes;
        private readonly int data;

        internal Safetensors(string file)
        {
            bytes = File.ReadAllBytes(file);
            int size = (int)BitConverter.ToInt64(bytes, 0);
            header = Json.Object(Encoding.UTF8.GetString(bytes, 8, size));
            data = 8 + size;
        }

        internal Dictionary<string, object> Metadata(string key)
        {
            return Json.Object((string)((Dictionary<string, object>)header["__metadata__"])[key]);
        }

        internal bool Has(string name) => header.ContainsKey(name);

        private Dictionary<string, object> Tensor(string name) => (Dictionary<string, object>)header[name];

        internal string Type(string name) => (string)Tensor(name)["dtype"];

        internal int[] Shape(string name) => ((List<object>)Tensor(name)["shape"]).Select(n => (int)(long)n).ToArray();

        private int Begin(string name) => data + (int)(long)((List<object>)Tensor(name)["data_offsets"])[0];

        private int Count(string name) => Shape(name).Aggregate(1, (product, n) => product * n);

        internal float[] Floats(string name)
        {
            var values = new float[Count(name)];
            Buffer.BlockCopy(bytes, Begin(name), values, 0, 4 * values.Length);
            return values;
        }

        /// <summary>Of I64 and U8.</summary>
        internal long[] Integers(string name)
        {
            int begin = Begin(name);
            bool small = Type(name) == "U8";
            return Enumerable.Range(0, Count(name)).Select(
                i => small ? bytes[begin + i] : BitConverter.ToInt64(bytes, begin + 8 * i)).ToArray();
        }
    }
}
