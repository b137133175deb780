// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Longwave
{
    /// <summary>How far the rows of a layer are from exact softmax attention, each head's part of a row by itself.</summary>
    public readonly struct ErrorEstimate
    {
        internal ErrorEstimate(double relative, double meanRelative, double maxRelative)
        {
            Relative = relative;
            MeanRelative = meanRelative;
            MaxRelative = maxRelative;
        }

        /// <summary>The length of all differences by the length of all exact rows.</summary>
        public double Relative { get; }

        /// <summary>The mean over rows of the length of the difference by the length of the exact row.</summary>
        public double MeanRelative { get; }

        /// <summary>The greatest of these.</summary>
        public double MaxRelative { get; }

        /// <inheritdoc/>
        public override string ToString()
        {
            return string.Format(
                CultureInfo.InvariantCulture, "ErrorEstimate[relative={0}, meanRelative={1}, maxRelative={2}]", Relative,
                MeanRelative, MaxRelative);
        }
    }
}
