// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    public sealed unsafe partial class Model
    {
        /// <summary>Whole sequences at once, exactly as the original model reads them.</summary>
        /// <param name="batch">sequences of ids</param>
        /// <param name="output">what to give</param>
        /// <returns>a new array of the output's shape</returns>
        public float[] Forward(TokenBatch batch, Output output)
        {
            var result = new float[checked((int)ForwardSize(batch, output))];
            Forward(batch, output, null, null, result);
            return result;
        }

        /// <summary>The same into an array of yours, without a copy.</summary>
        /// <param name="batch">sequences of ids</param>
        /// <param name="output">what to give</param>
        /// <param name="reading">a window to read through, or null: every row sees every row</param>
        /// <param name="workspace">scratch, or null: it is taken for this call</param>
        /// <param name="result">receives the output; as long as <see cref="ForwardSize"/> says</param>
        /// <exception cref="InvalidOperationException">if another thread is in the workspace</exception>
        public void Forward(TokenBatch batch, Output output, Reading reading, Workspace workspace, float[] result)
        {
            if (result == null) throw new ArgumentNullException(nameof(result));
            fixed (float* data = result) Forward(batch, output, reading, workspace, data, result.Length);
        }

#if NET8_0_OR_GREATER
        /// <summary>The same into a span.</summary>
        /// <param name="batch">sequences of ids</param>
        /// <param name="output">what to give</param>
        /// <param name="reading">a window to read through, or null: every row sees every row</param>
        /// <param name="workspace">scratch, or null: it is taken for this call</param>
        /// <param name="result">receives the output; as long as <see cref="ForwardSize"/> says</param>
        public void Forward(TokenBatch batch, Output output, Reading reading, Workspace workspace, Span<float> result)
        {
            fixed (float* data = result) Forward(batch, output, reading, workspace, data, result.Length);
        }
#endif

        /// <summary>The same to a pointer.</summary>
        /// <param name="batch">sequences of ids</param>
        /// <param name="output">what to give</param>
        /// <param name="reading">a window to read through, or null: every row sees every row</param>
        /// <param name="workspace">scratch, or null: it is taken for this call</param>
        /// <param name="result">receives the output</param>
        /// <param name="resultLength">floats of result; as <see cref="ForwardSize"/> says</param>
        public void Forward(
            TokenBatch batch, Output output, Reading reading, Workspace workspace, float* result, long resultLength)
        {
            if (batch == null) throw new ArgumentNullException(nameof(batch));
            int[] mask = batch.Mask, types = batch.TokenTypes;
            using (NativeConfig config = Options.Open(reading))
            fixed (int* ids0 = batch.Ids, mask0 = mask, types0 = types)
            {
                NativeForward(
                    workspace, config, new NativeSpan(ids0, batch.Ids.Length),
                    new NativeSpan(mask0, mask == null ? 0 : mask.Length),
                    new NativeSpan(types0, types == null ? 0 : types.Length), batch.Batch, batch.Tokens, (int)output,
                    new NativeSpan(result, resultLength));
            }
        }

        /// <summary>Floats that a forward gives.</summary>
        /// <param name="batch">sequences of ids</param>
        /// <param name="output">what to give</param>
        /// <returns>how many</returns>
        public long ForwardSize(TokenBatch batch, Output output)
        {
            if (batch == null) throw new ArgumentNullException(nameof(batch));
            using (ModelInputs inputs = ModelInputs.Of(batch)) return Count(OutputShape(inputs, output));
        }

        /// <summary>Scratch for forwards.</summary>
        /// <param name="batch">the most sequences</param>
        /// <param name="tokens">the most ids of each</param>
        /// <param name="reading">the window that they read through, which needs less, or null: in full</param>
        /// <returns>a new workspace</returns>
        public Workspace CreateWorkspace(int batch, int tokens, Reading reading = null)
        {
            using (NativeConfig config = Options.Open(reading))
            {
                return new Workspace(Workspace.NativeCreateForModel(this, config, batch, tokens));
            }
        }

        /// <summary>Bytes of a workspace.</summary>
        /// <param name="batch">the most sequences</param>
        /// <param name="tokens">the most ids of each</param>
        /// <param name="reading">the window, or null</param>
        /// <returns>bytes</returns>
        public long PlanWorkspace(int batch, int tokens, Reading reading = null)
        {
            using (NativeConfig config = Options.Open(reading)) return NativePlanWorkspace(config, batch, tokens);
        }
    }
}
