// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Runtime.InteropServices;
using Longwave;
using Microsoft.Win32.SafeHandles;

namespace Reader;

/// <summary>A passage that a search found: bytes [Begin, End) of its document's text.</summary>
public readonly record struct Hit(float Score, long Begin, long End);

/// <summary>
/// Vectors and ranges of a document's passages, in two files, so that a long document takes no more memory than a short one.
/// Searched a block at a time, also while passages are still coming.
/// </summary>
public sealed class PassageFile : IDisposable
{
    private const int Block = 256; // vectors that a search has in memory, 384 KiB of a model of 384 numbers

    private readonly object gate = new();
    private readonly int width;
    private readonly SafeFileHandle vectors; // float [count, width]
    private readonly SafeFileHandle ranges;  // long [count, 2]
    private long count;

    public PassageFile(string folder, int width)
    {
        this.width = width;
        vectors = File.OpenHandle(Path.Combine(folder, "vectors"), FileMode.CreateNew, FileAccess.ReadWrite);
        ranges = File.OpenHandle(Path.Combine(folder, "ranges"), FileMode.CreateNew, FileAccess.ReadWrite);
    }

    public long Count => Interlocked.Read(ref count);

    /// <summary>Adds a passage; the document's own vector, which comes last, is not kept.</summary>
    public void Add(Embedding embedding)
    {
        if (embedding.IsDocument) return;
        lock (gate)
        {
            RandomAccess.Write(vectors, MemoryMarshal.AsBytes<float>(embedding.Vector), count * width * sizeof(float));
            RandomAccess.Write(ranges, MemoryMarshal.AsBytes<long>([embedding.ByteBegin, embedding.ByteEnd]), count * 2 * sizeof(long));
            count++;
        }
    }

    /// <summary>Drops the passages that end behind a byte: those that may change when the document grows.</summary>
    public void KeepUntil(long end)
    {
        lock (gate)
        {
            while (count > 0 && Range(count - 1).End > end) count--;
        }
    }

    /// <summary>The passages with the greatest dot products with a query, best first.</summary>
    public List<Hit> Search(ReadOnlySpan<float> query, int top)
    {
        var best = new List<Hit>();
        float[] block = ArrayPool<float>.Shared.Rent(Block * width);
        try
        {
            lock (gate)
            {
                for (long first = 0; first < count; first += Block)
                {
                    Span<float> some = block.AsSpan(0, (int)Math.Min(Block, count - first) * width);
                    Fill(vectors, MemoryMarshal.AsBytes(some), first * width * sizeof(float));
                    foreach (SearchHit hit in VectorSearch.Find(query, some, top))
                    {
                        if (best.Count == top && hit.Score <= best[^1].Score) break;
                        Insert(best, hit.Score, Range(first + hit.Index), top);
                    }
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(block);
        }
        return best;
    }

    public void Dispose()
    {
        lock (gate)
        {
            count = 0;
            vectors.Dispose();
            ranges.Dispose();
        }
    }

    private static void Insert(List<Hit> best, float score, (long Begin, long End) range, int top)
    {
        int at = best.Count;
        while (at > 0 && best[at - 1].Score < score) at--;
        best.Insert(at, new Hit(score, range.Begin, range.End));
        if (best.Count > top) best.RemoveAt(top);
    }

    private (long Begin, long End) Range(long index)
    {
        Span<long> range = stackalloc long[2];
        Fill(ranges, MemoryMarshal.AsBytes(range), index * 2 * sizeof(long));
        return (range[0], range[1]);
    }

    private static void Fill(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(file, bytes, offset);
            if (read == 0) throw new EndOfStreamException("a file of vectors is shorter than it was");
            bytes = bytes[read..];
            offset += read;
        }
    }
}
