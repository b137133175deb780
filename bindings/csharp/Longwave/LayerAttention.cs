// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Globalization;

namespace Longwave
{
    /// <summary>What becomes of a layer's attention in a conversion (<see cref="ConversionOptions.Attention"/>).</summary>
    public sealed class LayerAttention
    {
        // In the C API's words, or several with semicolons between them.
        private readonly string words;

        private LayerAttention(string words)
        {
            this.words = words;
        }

        /// <summary>As it is.</summary>
        /// <returns>a new object</returns>
        public static LayerAttention Full() => new LayerAttention("full");

        /// <summary>A window, as wide on both sides.</summary>
        /// <param name="rows">seen on each side; 256 is what Longformer's configuration calls 512</param>
        /// <returns>a new object</returns>
        public static LayerAttention Window(int rows) => new LayerAttention("window:" + Text(rows));

        /// <summary>A window.</summary>
        /// <param name="left">rows seen before each row</param>
        /// <param name="right">rows seen after each row</param>
        /// <returns>a new object</returns>
        public static LayerAttention Window(int left, int right)
        {
            return new LayerAttention("window:" + Text(left) + "," + Text(right));
        }

        /// <summary>FAVOR+, with orthogonal features (Choromanski et al. 2021).</summary>
        /// <param name="features">1 to 1024</param>
        /// <returns>a new object</returns>
        public static LayerAttention Favor(int features) => new LayerAttention("favor:" + Text(features));

        /// <summary>Another for each layer.</summary>
        /// <param name="layers">as many as there are layers</param>
        /// <returns>a new object</returns>
        public static LayerAttention PerLayer(params LayerAttention[] layers)
        {
            if (layers == null) throw new ArgumentNullException(nameof(layers));
            if (Array.IndexOf(layers, null) >= 0) throw new ArgumentException("a layer is null", nameof(layers));
            return new LayerAttention(string.Join(";", (object[])layers));
        }

        internal static LayerAttention FromOption(string words) => words == null ? null : new LayerAttention(words);

        private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

        /// <inheritdoc/>
        public override string ToString() => words;
    }
}
