// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Longwave
{
    /// <summary>A token that a <see cref="Generator"/> gave.</summary>
    public readonly struct GeneratedToken
    {
        internal GeneratedToken(int id, float logProbability)
        {
            Id = id;
            LogProbability = logProbability;
        }

        /// <summary>Its id.</summary>
        public int Id { get; }

        /// <summary>ln p(id) under the model's own scores, before any rule.</summary>
        public float LogProbability { get; }

        /// <inheritdoc/>
        public override string ToString()
        {
            return string.Format(CultureInfo.InvariantCulture, "GeneratedToken[{0}, ln p {1:0.0000}]", Id, LogProbability);
        }
    }

    /// <summary>Why generation ended.</summary>
    public enum FinishReason
    {
        /// <summary>It has not.</summary>
        None = 0,

        /// <summary>An end token came.</summary>
        EndToken = 10,

        /// <summary>A stop text came.</summary>
        StopString = 20,

        /// <summary><see cref="GenerationOptions.MaxNewTokens"/> or MaxLength.</summary>
        Length = 30,

        /// <summary>The model's positions, or <see cref="GenerationOptions.MaxTokens"/>, are used up.</summary>
        Capacity = 40,
    }
}
