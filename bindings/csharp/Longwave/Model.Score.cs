// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.IO;

namespace Longwave
{
    public sealed unsafe partial class Model
    {
        /// <summary>A scorer of documents, of a causal model.</summary>
        /// <param name="options">how, or null: the defaults</param>
        /// <returns>a new scorer</returns>
        /// <exception cref="NotSupportedException">if the model has no head that says which token comes next</exception>
        public Scorer CreateScorer(ScoringOptions options = null)
        {
            using (NativeConfig config = Options.Open(options)) return new Scorer(Scorer.NativeCreate(this, config));
        }

        /// <summary>A scorer that goes on where <see cref="Scorer.Save()"/> was called, with the options of then.</summary>
        /// <param name="snapshot">what Save gave, here or on another machine, in C# or another language</param>
        /// <returns>a new scorer</returns>
        /// <exception cref="LongwaveFormatException">if the snapshot is damaged</exception>
        /// <exception cref="LongwaveMismatchException">if it is of another model</exception>
        public Scorer RestoreScorer(byte[] snapshot)
        {
            if (snapshot == null) throw new ArgumentNullException(nameof(snapshot));
            fixed (byte* data = snapshot) return new Scorer(Scorer.NativeRestore(this, new NativeSpan(data, snapshot.Length)));
        }

        /// <summary>The same, read from a stream to its end.</summary>
        /// <param name="source">what Save wrote; not closed</param>
        /// <returns>a new scorer</returns>
        public Scorer RestoreScorer(Stream source)
        {
            return RestoreScorer(Snapshots.Read(source));
        }

        /// <summary>Bytes that a scorer takes.</summary>
        /// <param name="options">how it scores, or null</param>
        /// <returns>bytes</returns>
        public long PlanScorer(ScoringOptions options = null)
        {
            using (NativeConfig config = Options.Open(options)) return NativePlanScorer(config);
        }
    }
}
