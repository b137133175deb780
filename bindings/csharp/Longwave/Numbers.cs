// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>
    /// The value of an option that is one number for all heads or layers, or one for each. Made from an int or an int[] by
    /// itself: <c>Left = 128</c>, <c>Left = new[] { 128, 64 }</c>.
    /// </summary>
    public readonly struct Numbers
    {
        private readonly long[] values;

        private Numbers(long[] values)
        {
            this.values = values;
        }

        /// <summary>One number.</summary>
        /// <param name="value">the number</param>
        public static implicit operator Numbers(int value) => new Numbers(new long[] { value });

        /// <summary>Several.</summary>
        /// <param name="values">the numbers; copied</param>
        public static implicit operator Numbers(int[] values)
        {
            return new Numbers(Array.ConvertAll(values ?? throw new ArgumentNullException(nameof(values)), value => (long)value));
        }

        /// <summary>The numbers.</summary>
        /// <returns>a new array</returns>
        public long[] ToArray() => values == null ? new long[0] : (long[])values.Clone();

        // One number as such: options that are one number for each layer take it for all of them.
        internal object ForOption() => values != null && values.Length == 1 ? (object)values[0] : ToArray();

        internal static Numbers? FromOption(object value)
        {
            return value == null ? (Numbers?)null : new Numbers(value as long[] ?? new[] { (long)value });
        }

        /// <inheritdoc/>
        public override string ToString() => string.Join(",", ToArray());
    }
}
