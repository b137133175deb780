// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>
    /// An attention layer without a model: whole sequences by <see cref="Forward(float[], float[], float[])"/>, pieces by a
    /// <see cref="Memory"/>. Made by the options of its kind, such as <see cref="WindowAttention"/>.
    /// </summary>
    /// <remarks>
    /// Rows lie one behind the other in one array; those of q have <see cref="QWidth"/> floats, and so on. Immutable; any
    /// number of threads. Dispose what you make: the collector does not see how large native memory is.
    /// </remarks>
    public sealed unsafe partial class Attention
    {
        // Asked once: a forward needs them.
        private int qWidth, kWidth, vWidth, outWidth;

        internal Attention(NativeConfig config, Context context) : this(NativeCreate(context, config))
        {
            qWidth = (int)NativeGetInt("q_width");
            kWidth = (int)NativeGetInt("k_width");
            vWidth = (int)NativeGetInt("v_width");
            outWidth = (int)NativeGetInt("out_width");
        }

        /// <summary>Floats of a row of q, or of hidden rows.</summary>
        public int QWidth => qWidth;

        /// <summary>Floats of a row of k; 0 where the layer takes no k.</summary>
        public int KWidth => kWidth;

        /// <summary>Floats of a row of v; 0 where the layer takes no v.</summary>
        public int VWidth => vWidth;

        /// <summary>Floats of a row of the output.</summary>
        public int OutWidth => outWidth;

        /// <summary>Whether the layer can have a memory.</summary>
        public bool Streams => NativeGetInt("streams") != 0;

        /// <summary>Whether <see cref="Dispose"/> was called.</summary>
        public bool IsDisposed => NativeIsClosed();

        /// <summary>One sequence of a layer that takes q, k and v.</summary>
        /// <param name="q">[queries, QWidth]</param>
        /// <param name="k">[keys, KWidth], or null where the layer takes none</param>
        /// <param name="v">[keys, VWidth], or null where the layer takes none</param>
        /// <returns>a new array [queries, OutWidth]</returns>
        /// <exception cref="ArgumentException">if lengths do not fit</exception>
        public float[] Forward(float[] q, float[] k, float[] v)
        {
            if (q == null) throw new ArgumentNullException(nameof(q));
            var output = new float[checked(q.Length / qWidth * outWidth)];
            Forward(q, k, v, null, 1, output);
            return output;
        }

        /// <summary>One sequence of a layer that takes hidden rows.</summary>
        /// <param name="rows">[tokens, QWidth]</param>
        /// <returns>a new array [tokens, OutWidth]</returns>
        /// <exception cref="ArgumentException">if lengths do not fit</exception>
        public float[] Forward(float[] rows)
        {
            return Forward(rows, null, null);
        }

        /// <summary>A batch of sequences of equal length, without a copy.</summary>
        /// <param name="q">[batch, queries, QWidth]</param>
        /// <param name="k">[batch, keys, KWidth], or null where the layer takes none</param>
        /// <param name="v">[batch, keys, VWidth], or null where the layer takes none</param>
        /// <param name="mask">[batch, keys] of 0 and 1, or null: 0 closes a token</param>
        /// <param name="batch">how many sequences, at least 1</param>
        /// <param name="output">receives [batch, queries, OutWidth]; overlaps no input</param>
        /// <param name="workspace">scratch, or null: it is taken for this call</param>
        /// <exception cref="ArgumentException">if lengths do not fit</exception>
        /// <exception cref="LongwaveCapacityException">if the workspace was made for shorter sequences</exception>
        /// <exception cref="InvalidOperationException">if another thread is in the workspace</exception>
        public void Forward(
            float[] q, float[] k, float[] v, int[] mask, int batch, float[] output, Workspace workspace = null)
        {
            if (q == null) throw new ArgumentNullException(nameof(q));
            if (output == null) throw new ArgumentNullException(nameof(output));
            fixed (float* q0 = q, k0 = k, v0 = v, out0 = output)
            fixed (int* mask0 = mask)
            {
                Forward(
                    q0, q.Length, k0, k == null ? 0 : k.Length, v0, v == null ? 0 : v.Length, mask0,
                    mask == null ? 0 : mask.Length, batch, out0, output.Length, workspace);
            }
        }

#if NET8_0_OR_GREATER
        /// <summary>The same of spans; an empty one stands for none.</summary>
        /// <param name="q">[batch, queries, QWidth]</param>
        /// <param name="k">[batch, keys, KWidth], or empty</param>
        /// <param name="v">[batch, keys, VWidth], or empty</param>
        /// <param name="mask">[batch, keys] of 0 and 1, or empty</param>
        /// <param name="batch">how many sequences, at least 1</param>
        /// <param name="output">receives [batch, queries, OutWidth]; overlaps no input</param>
        /// <param name="workspace">scratch, or null: it is taken for this call</param>
        public void Forward(
            ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<int> mask, int batch,
            Span<float> output, Workspace workspace = null)
        {
            fixed (float* q0 = q, k0 = k, v0 = v, out0 = output)
            fixed (int* mask0 = mask)
            {
                Forward(
                    q0, q.Length, k0, k.Length, v0, v.Length, mask0, mask.Length, batch, out0, output.Length, workspace);
            }
        }
#endif

        /// <summary>The same of pointers, to memory that does not move during the call.</summary>
        /// <param name="q">[batch, queries, QWidth]</param>
        /// <param name="qLength">floats of q</param>
        /// <param name="k">[batch, keys, KWidth], or null</param>
        /// <param name="kLength">floats of k</param>
        /// <param name="v">[batch, keys, VWidth], or null</param>
        /// <param name="vLength">floats of v</param>
        /// <param name="mask">[batch, keys] of 0 and 1, or null</param>
        /// <param name="maskLength">numbers of mask</param>
        /// <param name="batch">how many sequences, at least 1</param>
        /// <param name="output">receives [batch, queries, OutWidth]; overlaps no input</param>
        /// <param name="outputLength">floats of output</param>
        /// <param name="workspace">scratch, or null: it is taken for this call</param>
        public void Forward(
            float* q, long qLength, float* k, long kLength, float* v, long vLength, int* mask, long maskLength, int batch,
            float* output, long outputLength, Workspace workspace = null)
        {
            if (batch < 1) throw new ArgumentOutOfRangeException(nameof(batch), batch, "batch must be at least 1");
            long queries = qLength / ((long)batch * qWidth);
            NativeForward(
                workspace, new NativeSpan(q, qLength), new NativeSpan(k, kLength), new NativeSpan(v, vLength),
                new NativeSpan(mask, maskLength), batch, queries, Keys(queries, kLength, vLength, batch),
                new NativeSpan(output, outputLength));
        }

        private long Keys(long queries, long kLength, long vLength, long batch)
        {
            if (kWidth > 0) return kLength / (batch * kWidth);
            return vWidth > 0 ? vLength / (batch * vWidth) : queries;
        }

        /// <summary>Bytes of scratch that a forward takes, however many sequences it has.</summary>
        /// <param name="queries">rows of q</param>
        /// <param name="keys">rows of k</param>
        /// <returns>bytes</returns>
        public long PlanForward(int queries, int keys)
        {
            return NativePlan(queries, keys);
        }

        /// <summary>Scratch for forwards up to these lengths.</summary>
        /// <param name="queries">rows of q</param>
        /// <param name="keys">rows of k</param>
        /// <returns>a new workspace</returns>
        public Workspace CreateWorkspace(int queries, int keys)
        {
            return new Workspace(Workspace.NativeCreateForAttention(this, queries, keys));
        }

        /// <summary>What a memory will take.</summary>
        /// <returns>bytes and latency</returns>
        /// <exception cref="NotSupportedException">if the layer cannot stream; the message says why</exception>
        public Plan PlanMemory()
        {
            var numbers = new long[4];
            fixed (long* data = numbers) NativePlanMemory(new NativeSpan(data, 4));
            return new Plan(numbers);
        }

        /// <summary>A memory of one sequence, which works on when the layer is disposed.</summary>
        /// <returns>a new memory</returns>
        /// <exception cref="NotSupportedException">if the layer cannot stream; the message says why</exception>
        public Memory CreateMemory()
        {
            return new Memory(Memory.NativeCreateForAttention(this), qWidth, outWidth);
        }

        /// <summary>
        /// How far rows are from exact softmax attention over the same q, k, v and mask, on a sample of rows: for layers that
        /// estimate it, such as <see cref="FavorAttention"/> and <see cref="LinformerAttention"/>.
        /// </summary>
        /// <param name="q">[queries, QWidth] of one sequence</param>
        /// <param name="k">[keys, KWidth]</param>
        /// <param name="v">[keys, VWidth]</param>
        /// <param name="mask">[keys] of 0 and 1, or null</param>
        /// <param name="output">[queries, OutWidth] as a forward or steps gave it, or null: a forward is run</param>
        /// <param name="samples">how many rows to look at</param>
        /// <param name="seed">of the drawing of rows</param>
        /// <returns>how far</returns>
        /// <exception cref="NotSupportedException">if the layer is no estimate of softmax attention</exception>
        public ErrorEstimate EstimateError(
            float[] q, float[] k, float[] v, int[] mask, float[] output, int samples, long seed)
        {
            if (q == null) throw new ArgumentNullException(nameof(q));
            int kLength = k == null ? 0 : k.Length, vLength = v == null ? 0 : v.Length;
            long queries = q.Length / qWidth;
            double* result = stackalloc double[3];
            fixed (float* q0 = q, k0 = k, v0 = v, out0 = output)
            fixed (int* mask0 = mask)
            {
                NativeEstimateError(
                    new NativeSpan(q0, q.Length), new NativeSpan(k0, kLength), new NativeSpan(v0, vLength),
                    new NativeSpan(mask0, mask == null ? 0 : mask.Length), queries, Keys(queries, kLength, vLength, 1),
                    new NativeSpan(out0, output == null ? 0 : output.Length), samples, seed, new NativeSpan(result, 3));
            }
            return new ErrorEstimate(result[0], result[1], result[2]);
        }

        /// <summary>Numbers that belong to the layer, by name, such as "span_mask".</summary>
        /// <param name="name">the part</param>
        /// <returns>a new array</returns>
        public float[] ReadPart(string name)
        {
            return NativeReadPart(name);
        }

        /// <summary>Mechanism, options, widths and streaming as JSON.</summary>
        /// <returns>one JSON object</returns>
        public string Describe()
        {
            return NativeDescribe();
        }

        /// <summary>Gives its memory back; calls that are going on end first. Any thread, any number of times.</summary>
        public void Dispose()
        {
            NativeClose();
        }

        /// <inheritdoc/>
        public override string ToString()
        {
            return IsDisposed
                ? "Attention[disposed]"
                : "Attention[q " + qWidth + ", k " + kWidth + ", v " + vWidth + ", out " + outWidth + "]";
        }
    }
}
