// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    public sealed unsafe partial class Model
    {
        /// <summary>Whole sequences at once, with whatever was set.</summary>
        /// <param name="inputs">what to read</param>
        /// <param name="output">what to give</param>
        /// <returns>a new array of the shape that <see cref="OutputShape"/> tells</returns>
        /// <exception cref="NotSupportedException">if the model has no such output, or cannot read something</exception>
        public float[] Run(ModelInputs inputs, Output output)
        {
            var result = new float[checked((int)Count(OutputShape(inputs, output)))];
            Run(inputs, output, null, result);
            return result;
        }

        /// <summary>The same into an array of yours, without a copy.</summary>
        /// <param name="inputs">what to read</param>
        /// <param name="output">what to give</param>
        /// <param name="workspace">scratch, or null: it is taken for this call</param>
        /// <param name="result">receives the output</param>
        /// <exception cref="InvalidOperationException">if another thread is in the inputs or in the workspace</exception>
        public void Run(ModelInputs inputs, Output output, Workspace workspace, float[] result)
        {
            if (result == null) throw new ArgumentNullException(nameof(result));
            fixed (float* data = result) Run(inputs, output, workspace, data, result.Length);
        }

#if NET8_0_OR_GREATER
        /// <summary>The same into a span.</summary>
        /// <param name="inputs">what to read</param>
        /// <param name="output">what to give</param>
        /// <param name="workspace">scratch, or null: it is taken for this call</param>
        /// <param name="result">receives the output</param>
        public void Run(ModelInputs inputs, Output output, Workspace workspace, Span<float> result)
        {
            fixed (float* data = result) Run(inputs, output, workspace, data, result.Length);
        }
#endif

        /// <summary>The same to a pointer.</summary>
        /// <param name="inputs">what to read</param>
        /// <param name="output">what to give</param>
        /// <param name="workspace">scratch, or null: it is taken for this call</param>
        /// <param name="result">receives the output</param>
        /// <param name="resultLength">floats of result</param>
        public void Run(ModelInputs inputs, Output output, Workspace workspace, float* result, long resultLength)
        {
            if (inputs == null) throw new ArgumentNullException(nameof(inputs));
            NativeRun(workspace, inputs, (int)output, new NativeSpan(result, resultLength));
        }

        /// <summary>The shape that an output of a run has.</summary>
        /// <param name="inputs">what to read</param>
        /// <param name="output">what to give</param>
        /// <returns>a new array, such as [batch, tokens, hidden]</returns>
        public long[] OutputShape(ModelInputs inputs, Output output)
        {
            if (inputs == null) throw new ArgumentNullException(nameof(inputs));
            return NativeOutputShape(inputs, (int)output);
        }

        /// <summary>What the attention of one layer holds once it has seen each sequence, as numbers.</summary>
        /// <param name="inputs">what to read</param>
        /// <param name="name">"layers.N.PART", such as "layers.1.buckets" of a layer that hashes</param>
        /// <returns>the numbers</returns>
        /// <exception cref="System.IO.FileNotFoundException">if there is no such part</exception>
        public float[] RunPart(ModelInputs inputs, string name)
        {
            if (inputs == null) throw new ArgumentNullException(nameof(inputs));
            if (name == null) throw new ArgumentNullException(nameof(name));
            return NativeRunPart(inputs, name);
        }

        private static long Count(long[] shape)
        {
            long count = 1;
            foreach (long n in shape) count = checked(count * n);
            return count;
        }
    }
}
