// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;

namespace Longwave
{
    /// <summary>
    /// What a layer or a model remembers of one sequence that is fed piece by piece. A layer's memory takes rows
    /// (<see cref="Step(float[], float[], float[], int[])"/>), a model's takes ids (<see cref="Push(int[])"/>); both give
    /// rows as they become final, the same to the bit as over the whole sequence at once, in an amount of memory that is
    /// known beforehand.
    /// </summary>
    /// <remarks>
    /// One thread at a time; another one gets an <see cref="InvalidOperationException"/>. It may move between threads. The
    /// saved bytes load on any machine, also from C, Java and Go.
    /// </remarks>
    public sealed unsafe partial class Memory
    {
        private readonly int inWidth;

        // inWidth: floats of a row of q, or 0 for a model's.
        internal Memory(IntPtr pointer, int inWidth, int rowWidth) : this(pointer)
        {
            this.inWidth = inWidth;
            RowWidth = rowWidth;
        }

        /// <summary>Floats of a row that comes out.</summary>
        public int RowWidth { get; }

        /// <summary>Rows or ids that were taken.</summary>
        public long Position => NativeGetInt("position");

        /// <summary>Rows that were given.</summary>
        public long Emitted => NativeGetInt("emitted");

        /// <summary>Bytes of native memory that it has, for ever.</summary>
        public long Bytes => NativeGetInt("bytes");

        /// <summary>Whether the sequence has ended.</summary>
        public bool IsFinished => NativeGetInt("finished") != 0;

        /// <summary>Whether <see cref="Dispose"/> was called.</summary>
        public bool IsDisposed => NativeIsClosed();

        /// <summary>Takes rows of a layer and gives those that became final.</summary>
        /// <param name="q">[rows, QWidth]</param>
        /// <param name="k">[rows, KWidth], or null where the layer takes none</param>
        /// <param name="v">[rows, VWidth], or null where the layer takes none</param>
        /// <param name="mask">[rows] of 0 and 1, or null: 0 closes a token</param>
        /// <returns>a new array [some rows, RowWidth], often of another number of rows than went in</returns>
        /// <exception cref="InvalidOperationException">after finish, or for a memory of a model</exception>
        /// <exception cref="LongwaveCapacityException">beyond MaxTokens; nothing is changed</exception>
        public float[] Step(float[] q, float[] k, float[] v, int[] mask = null)
        {
            if (q == null) throw new ArgumentNullException(nameof(q));
            long rows = RowsOf(q.Length), done = 0;
            int kLength = k == null ? 0 : k.Length, vLength = v == null ? 0 : v.Length, maskLength = mask == null ? 0 : mask.Length;
            var all = new RowList(this, rows);
            fixed (float* q0 = q, k0 = k, v0 = v, room = all.Room)
            fixed (int* mask0 = mask)
            {
                for (;;)
                {
                    // Where lengths do not fit, the first call says so, before anything is divided.
                    long q1 = Part(q.Length, done, rows), k1 = Part(kLength, done, rows), v1 = Part(vLength, done, rows);
                    long mask1 = mask == null ? 0 : done;
                    StepResult step = Step(
                        q0 + q1, q.Length - q1, k == null ? null : k0 + k1, kLength - k1, v == null ? null : v0 + v1,
                        vLength - v1, mask == null ? null : mask0 + mask1, maskLength - mask1, room, all.Room.Length);
                    done += step.Taken;
                    all.Add(step.Rows);
                    if (!step.OutputFull) return all.ToArray();
                }
            }
        }

        /// <summary>The same into an array of yours, without a copy.</summary>
        /// <param name="q">[rows, QWidth]</param>
        /// <param name="k">[rows, KWidth], or null where the layer takes none</param>
        /// <param name="v">[rows, VWidth], or null where the layer takes none</param>
        /// <param name="mask">[rows] of 0 and 1, or null</param>
        /// <param name="output">receives rows; what does not fit, waits</param>
        /// <returns>how far it came</returns>
        public StepResult Step(float[] q, float[] k, float[] v, int[] mask, float[] output)
        {
            if (q == null) throw new ArgumentNullException(nameof(q));
            if (output == null) throw new ArgumentNullException(nameof(output));
            fixed (float* q0 = q, k0 = k, v0 = v, out0 = output)
            fixed (int* mask0 = mask)
            {
                return Step(
                    q0, q.Length, k0, k == null ? 0 : k.Length, v0, v == null ? 0 : v.Length, mask0,
                    mask == null ? 0 : mask.Length, out0, output.Length);
            }
        }

#if NET8_0_OR_GREATER
        /// <summary>The same of spans; an empty one stands for none.</summary>
        /// <param name="q">[rows, QWidth]</param>
        /// <param name="k">[rows, KWidth], or empty</param>
        /// <param name="v">[rows, VWidth], or empty</param>
        /// <param name="mask">[rows] of 0 and 1, or empty</param>
        /// <param name="output">receives rows; what does not fit, waits</param>
        /// <returns>how far it came</returns>
        public StepResult Step(
            ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<int> mask, Span<float> output)
        {
            fixed (float* q0 = q, k0 = k, v0 = v, out0 = output)
            fixed (int* mask0 = mask)
            {
                return Step(q0, q.Length, k0, k.Length, v0, v.Length, mask0, mask.Length, out0, output.Length);
            }
        }
#endif

        /// <summary>The same of pointers, to memory that does not move during the call.</summary>
        /// <param name="q">[rows, QWidth]</param>
        /// <param name="qLength">floats of q</param>
        /// <param name="k">[rows, KWidth], or null</param>
        /// <param name="kLength">floats of k</param>
        /// <param name="v">[rows, VWidth], or null</param>
        /// <param name="vLength">floats of v</param>
        /// <param name="mask">[rows] of 0 and 1, or null</param>
        /// <param name="maskLength">numbers of mask</param>
        /// <param name="output">receives rows; what does not fit, waits</param>
        /// <param name="outputLength">floats of output</param>
        /// <returns>how far it came</returns>
        public StepResult Step(
            float* q, long qLength, float* k, long kLength, float* v, long vLength, int* mask, long maskLength, float* output,
            long outputLength)
        {
            long* result = stackalloc long[2];
            int stop = NativeStep(
                new NativeSpan(q, qLength), new NativeSpan(k, kLength), new NativeSpan(v, vLength),
                new NativeSpan(mask, maskLength), RowsOf(qLength), new NativeSpan(output, outputLength),
                new NativeSpan(result, 2));
            return new StepResult(result[0], result[1], stop);
        }

        /// <summary>Takes ids of a model, special tokens included, and gives the rows of its last layer that became final.</summary>
        /// <param name="ids">numbers of tokens</param>
        /// <returns>a new array [some rows, RowWidth]</returns>
        /// <exception cref="InvalidOperationException">after finish, or for a memory of a layer</exception>
        /// <exception cref="ArgumentException">for an id that the model does not have; those before it were taken</exception>
        public float[] Push(params int[] ids)
        {
            if (ids == null) throw new ArgumentNullException(nameof(ids));
            var all = new RowList(this, ids.Length);
            fixed (int* ids0 = ids)
            fixed (float* room = all.Room)
            {
                for (int done = 0;;)
                {
                    StepResult step = Push(ids0 + done, ids.Length - done, room, all.Room.Length);
                    done += step.Taken;
                    all.Add(step.Rows);
                    if (!step.OutputFull) return all.ToArray();
                }
            }
        }

        /// <summary>The same into an array of yours.</summary>
        /// <param name="ids">numbers of tokens</param>
        /// <param name="rows">receives rows; what does not fit, waits</param>
        /// <returns>how far it came</returns>
        public StepResult Push(int[] ids, float[] rows)
        {
            if (ids == null) throw new ArgumentNullException(nameof(ids));
            if (rows == null) throw new ArgumentNullException(nameof(rows));
            fixed (int* ids0 = ids)
            fixed (float* rows0 = rows) return Push(ids0, ids.Length, rows0, rows.Length);
        }

#if NET8_0_OR_GREATER
        /// <summary>The same of spans.</summary>
        /// <param name="ids">numbers of tokens</param>
        /// <param name="rows">receives rows; what does not fit, waits</param>
        /// <returns>how far it came</returns>
        public StepResult Push(ReadOnlySpan<int> ids, Span<float> rows)
        {
            fixed (int* ids0 = ids)
            fixed (float* rows0 = rows) return Push(ids0, ids.Length, rows0, rows.Length);
        }
#endif

        /// <summary>The same of pointers.</summary>
        /// <param name="ids">numbers of tokens</param>
        /// <param name="count">how many</param>
        /// <param name="rows">receives rows; what does not fit, waits</param>
        /// <param name="rowsLength">floats of rows</param>
        /// <returns>how far it came</returns>
        public StepResult Push(int* ids, long count, float* rows, long rowsLength)
        {
            long* result = stackalloc long[2];
            int stop = NativePush(new NativeSpan(ids, count), new NativeSpan(rows, rowsLength), new NativeSpan(result, 2));
            return new StepResult(result[0], result[1], stop);
        }

        /// <summary>Ends a segment of a layer with explicit segments, or with a length, where the segment is shorter.</summary>
        /// <exception cref="InvalidOperationException">
        /// if the layer has no segments, is finished, or rows wait to be read
        /// </exception>
        public void EndSegment()
        {
            NativeEndSegment();
        }

        /// <summary>
        /// Back to the beginning, for another sequence, also after finish: as freshly made. Nothing is allocated.
        /// </summary>
        public void Reset()
        {
            NativeReset();
        }

        /// <summary>Ends the sequence.</summary>
        /// <returns>the remaining rows, a new array [rows, RowWidth]</returns>
        public float[] Finish()
        {
            var all = new RowList(this, 64);
            StepResult step;
            do
            {
                step = Finish(all.Room);
                all.Add(step.Rows);
            }
            while (step.OutputFull);
            return all.ToArray();
        }

        /// <summary>The same into an array of yours; to be called until the output is not full.</summary>
        /// <param name="rows">receives rows</param>
        /// <returns>how far it came</returns>
        public StepResult Finish(float[] rows)
        {
            if (rows == null) throw new ArgumentNullException(nameof(rows));
            fixed (float* rows0 = rows) return Finish(rows0, rows.Length);
        }

        /// <summary>The same of a pointer.</summary>
        /// <param name="rows">receives rows</param>
        /// <param name="rowsLength">floats of rows</param>
        /// <returns>how far it came</returns>
        public StepResult Finish(float* rows, long rowsLength)
        {
            long* result = stackalloc long[2];
            int stop = NativeFinish(new NativeSpan(rows, rowsLength), new NativeSpan(result, 2));
            return new StepResult(result[0], result[1], stop);
        }

        /// <summary>The numbers of one part of a layer's memory, rows from oldest to newest.</summary>
        /// <param name="name">such as "memory" or "state_s"; the kinds of layers name theirs</param>
        /// <returns>a new array</returns>
        public float[] ReadPart(string name)
        {
            return NativeReadPart(name);
        }

        /// <summary>The whole state, to go on later or elsewhere.</summary>
        /// <returns>a snapshot</returns>
        /// <exception cref="InvalidOperationException">after finish</exception>
        public byte[] Save()
        {
            return NativeSave();
        }

        /// <summary>The same, written to a stream.</summary>
        /// <param name="destination">receives the snapshot; not closed</param>
        public void Save(Stream destination)
        {
            if (destination == null) throw new ArgumentNullException(nameof(destination));
            byte[] snapshot = Save();
            destination.Write(snapshot, 0, snapshot.Length);
        }

        /// <summary>Replaces the state by a saved one of the same model or layer and options, all or nothing.</summary>
        /// <param name="snapshot">what Save gave</param>
        /// <exception cref="LongwaveFormatException">if it is damaged</exception>
        /// <exception cref="LongwaveMismatchException">if it is of another model or layer</exception>
        public void Load(byte[] snapshot)
        {
            if (snapshot == null) throw new ArgumentNullException(nameof(snapshot));
            fixed (byte* data = snapshot) NativeLoad(new NativeSpan(data, snapshot.Length));
        }

        /// <summary>The same, read from a stream to its end.</summary>
        /// <param name="source">what Save wrote; not closed</param>
        public void Load(Stream source)
        {
            Load(Snapshots.Read(source));
        }

        /// <summary>An independent copy.</summary>
        /// <returns>a new memory</returns>
        /// <exception cref="InvalidOperationException">after finish</exception>
        public Memory Fork()
        {
            return new Memory(NativeFork(), inWidth, RowWidth);
        }

        /// <summary>Position, parts and their bytes as JSON.</summary>
        /// <returns>one JSON object</returns>
        public string Describe()
        {
            return NativeDescribe();
        }

        /// <summary>Gives its memory back; a call that is going on ends first. Any thread, any number of times.</summary>
        public void Dispose()
        {
            NativeClose();
        }

        /// <inheritdoc/>
        public override string ToString()
        {
            return IsDisposed ? "Memory[disposed]" : "Memory[rowWidth=" + RowWidth + "]";
        }

        // A model's memory refuses rows itself; a length that is no whole number of rows is refused as well.
        private long RowsOf(long count)
        {
            return inWidth == 0 ? 0 : count / inWidth;
        }

        // Where row `done` of `rows` begins in an array of so many floats.
        private static long Part(long count, long done, long rows)
        {
            return done == 0 ? 0 : count / rows * done;
        }

        // Rows of several calls behind one another.
        private sealed class RowList
        {
            internal readonly float[] Room;
            private readonly int width;
            private readonly List<float[]> parts = new List<float[]>();

            internal RowList(Memory memory, long rows)
            {
                width = memory.RowWidth;
                Room = new float[checked(Math.Max(rows, 1) * width)];
            }

            internal void Add(int rows)
            {
                if (rows == 0) return;
                var part = new float[rows * width];
                Array.Copy(Room, part, part.Length);
                parts.Add(part);
            }

            internal float[] ToArray()
            {
                if (parts.Count == 1) return parts[0];
                int count = 0;
                foreach (float[] part in parts) count += part.Length;
                var all = new float[count];
                int at = 0;
                foreach (float[] part in parts)
                {
                    part.CopyTo(all, at);
                    at += part.Length;
                }
                return all;
            }
        }
    }
}
