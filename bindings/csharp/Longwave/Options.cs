// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Longwave
{
    /// <summary>Options of one kind, by the names of the C API, until they are needed.</summary>
    internal sealed unsafe partial class Options
    {
        private readonly string kind;
        private readonly List<string> keys = new List<string>();
        private readonly Dictionary<string, object> values = new Dictionary<string, object>();

        internal Options(string kind)
        {
            this.kind = kind;
        }

        /// <summary>The value, or null if it was not set.</summary>
        internal object Get(string key)
        {
            return values.TryGetValue(key, out object value) ? value : null;
        }

        /// <summary>A long, double, string, long[] or float[]; null: as if it had never been set. Arrays are copied.</summary>
        internal void Set(string key, object value)
        {
            if (key == null) throw new ArgumentNullException(nameof(key));
            if (value is Array array) value = array.Clone();
            if (value == null)
            {
                keys.Remove(key);
                values.Remove(key);
                return;
            }
            if (!values.ContainsKey(key)) keys.Add(key);
            values[key] = value;
        }

        /// <summary>The native config, to be released after the call that it is for.</summary>
        internal NativeConfig Open()
        {
            var config = new NativeConfig(NativeConfig.NativeCreate(kind));
            try
            {
                foreach (string key in keys) Apply(config, key, values[key]);
                return config;
            }
            catch
            {
                config.Dispose();
                throw;
            }
        }

        /// <summary>The same where no options were given: null, which the library takes for its defaults.</summary>
        internal static NativeConfig Open(Reading reading)
        {
            return reading?.Options.Open();
        }

        /// <summary>The same of a generator.</summary>
        internal static NativeConfig Open(GenerationOptions generation)
        {
            return generation?.Options.Open();
        }

        /// <summary>The same of a scorer.</summary>
        internal static NativeConfig Open(ScoringOptions scoring)
        {
            return scoring?.Options.Open();
        }

        /// <summary>The same of a conversion.</summary>
        internal static NativeConfig Open(ConversionOptions conversion)
        {
            return conversion?.Options.Open();
        }

        private static void Apply(NativeConfig config, string key, object value)
        {
            // Mono's compiler knows no patterns in switch.
            if (value is long number) config.NativeSetInt(key, number);
            else if (value is double real) config.NativeSetFloat(key, real);
            else if (value is string word) config.NativeSetText(key, word);
            else if (value is long[] numbers)
            {
                fixed (long* data = numbers) config.NativeSetInts(key, new NativeSpan(data, numbers.Length));
            }
            else
            {
                var floats = (float[])value;
                fixed (float* data = floats) config.NativeSetFloats(key, new NativeSpan(data, floats.Length));
            }
        }

        public override string ToString()
        {
            var text = new StringBuilder(kind);
            foreach (string key in keys)
            {
                object value = values[key];
                text.Append(' ').Append(key).Append('=');
                if (value is long[] numbers) text.Append('[').Append(string.Join(",", numbers)).Append(']');
                else if (value is float[] floats) text.Append(floats.Length).Append(" numbers");
                else text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
            }
            return text.ToString();
        }
    }
}
