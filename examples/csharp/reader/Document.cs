// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Reader;

/// <summary>What a client is told of a document; bytes and passages grow while it is read.</summary>
/// <param name="State">reading, done, cancelled or failed</param>
/// <param name="Length">bytes of the text, or null while nobody knows</param>
/// <param name="Received">bytes that have come</param>
/// <param name="Taken">bytes that the model has read</param>
/// <param name="TextBegin">the first byte that is here: not 0 in a document that goes on from a snapshot</param>
/// <param name="InvalidUtf8">bad parts, which read as one U+FFFD each: many of them mean that this is no text</param>
public sealed record DocumentInfo(
    string Id, string Name, string State, long? Length, long Received, long Taken, long TextBegin, long Passages, long Tokens,
    long InvalidUtf8, string? Error);

/// <summary>
/// A document: its text, its passages and its snapshot lie in files of a folder, its numbers in memory. One task writes, any
/// thread reads.
/// </summary>
public sealed class Document : IDisposable
{
    private const int MostText = 64 << 10; // of a passage, in an answer

    private readonly object gate = new();
    private readonly string folder;
    private readonly CancellationTokenSource cancellation = new();
    private volatile DocumentInfo info;
    private int reading = 1;

    public Document(string parent, string id, string name, long? length, int width)
    {
        folder = Directory.CreateDirectory(Path.Combine(parent, id)).FullName;
        Text = File.OpenHandle(TextPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        Passages = new PassageFile(folder, width);
        info = new DocumentInfo(id, name, "reading", length, 0, 0, 0, 0, 0, 0, null);
    }

    public DocumentInfo Info => info with { Passages = Passages.Count };

    public SafeFileHandle Text { get; }

    public PassageFile Passages { get; }

    public string TextPath => Path.Combine(folder, "text");

    /// <summary>The state at the end of the text, from which a longer text may go on.</summary>
    public string SnapshotPath => Path.Combine(folder, "snapshot");

    /// <summary>Cancelled when somebody deletes the document while it is read.</summary>
    public CancellationToken Cancelled => cancellation.Token;

    /// <summary>Takes the right to write, which one reading has at a time.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref reading, 1, 0) == 0;

    /// <summary>Tells everybody who watches.</summary>
    public void Update(Func<DocumentInfo, DocumentInfo> change)
    {
        lock (gate) info = change(info);
    }

    /// <summary>The reading has ended, well or not.</summary>
    public void End(string state, string? error = null)
    {
        Update(now => now with { State = state, Error = error });
        Volatile.Write(ref reading, 0);
    }

    public void Cancel() => cancellation.Cancel();

    /// <summary>The text of a range, cut where it is very long; null where it is not here.</summary>
    public string? ReadText(long begin, long end)
    {
        begin = Math.Max(begin, info.TextBegin);
        if (begin >= end) return null;
        var bytes = new byte[Math.Min(end - begin, MostText)];
        int read = RandomAccess.Read(Text, bytes, begin);
        return Encoding.UTF8.GetString(bytes, 0, read); // bad bytes as U+FFFD, as the model read them
    }

    public void Dispose()
    {
        Passages.Dispose();
        Text.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
