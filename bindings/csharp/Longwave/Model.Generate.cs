// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.IO;

namespace Longwave
{
    public sealed unsafe partial class Model
    {
        /// <summary>A generator of text, of a causal model or of an encoder with a decoder.</summary>
        /// <param name="options">how, or null: as the model's generation_config.json says</param>
        /// <returns>a new generator</returns>
        /// <exception cref="NotSupportedException">
        /// if the model has no head that says which token comes next, or asks for something that this version does not have
        /// </exception>
        public Generator CreateGenerator(GenerationOptions options = null)
        {
            using (NativeConfig config = Options.Open(options)) return new Generator(Generator.NativeCreate(this, config));
        }

        /// <summary>A generator that goes on where <see cref="Generator.Save()"/> was called, with the options of then.</summary>
        /// <param name="snapshot">what Save gave, here or on another machine, in C# or another language</param>
        /// <returns>a new generator</returns>
        /// <exception cref="LongwaveFormatException">if the snapshot is damaged</exception>
        /// <exception cref="LongwaveMismatchException">if it is of another model</exception>
        public Generator RestoreGenerator(byte[] snapshot)
        {
            if (snapshot == null) throw new ArgumentNullException(nameof(snapshot));
            fixed (byte* data = snapshot)
            {
                return new Generator(Generator.NativeRestore(this, new NativeSpan(data, snapshot.Length)));
            }
        }

        /// <summary>The same, read from a stream to its end.</summary>
        /// <param name="source">what Save wrote; not closed</param>
        /// <returns>a new generator</returns>
        public Generator RestoreGenerator(Stream source)
        {
            return RestoreGenerator(Snapshots.Read(source));
        }

        /// <summary>Bytes that a generator takes, its beams included; what an encoder takes to read its source is not.</summary>
        /// <param name="options">how it generates, or null</param>
        /// <returns>bytes</returns>
        public long PlanGenerator(GenerationOptions options = null)
        {
            using (NativeConfig config = Options.Open(options)) return NativePlanGenerator(config);
        }
    }
}
