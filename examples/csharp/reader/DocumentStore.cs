// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.IO.Pipelines;
using Longwave;

namespace Reader;

/// <summary>A passage as an answer shows it.</summary>
/// <param name="Document">the document's id</param>
/// <param name="Text">its text, cut after 64 KiB; null where a document goes on from a snapshot and the text is elsewhere</param>
public sealed record Answer(string Document, string Name, float Score, long ByteBegin, long ByteEnd, string? Text);

/// <summary>
/// The model, which all documents share, and the documents, which are gone when the server ends. Any thread.
/// </summary>
public sealed class DocumentStore : IDisposable
{
    private readonly ConcurrentDictionary<string, Document> documents = new();
    private readonly string folder;
    private readonly SemaphoreSlim slots;
    private readonly int maxReading;
    private readonly Model model;

    public DocumentStore(ReaderOptions options)
    {
        // Shared threads: a reading that finds them at work for another one computes on its own thread meanwhile.
        using var context = new Context(options.Threads);
        model = options.Model == null ? MiniLM.Open(context) : Model.Open(options.Model, context);
        model.Prepare();
        maxReading = options.MaxReading;
        slots = new SemaphoreSlim(maxReading);
        folder = Path.GetFullPath(Path.Combine(options.Data, $"longwave-reader-{Guid.NewGuid():N}"));
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string ModelName => model.Name;

    /// <summary>Bytes of native memory that each reading takes, however long its text.</summary>
    public long BytesPerReading => model.PlanStream().Bytes;

    public IEnumerable<DocumentInfo> List() => documents.Values.Select(document => document.Info).OrderBy(info => info.Name);

    public bool Contains(string id) => documents.ContainsKey(id);

    public Document Find(string id) =>
        documents.TryGetValue(id, out Document? document) ? document : throw new Refusal(404, $"There is no document {id}.");

    /// <summary>Reads a new document to its end. If that fails or is cancelled, the document is gone.</summary>
    public async Task<DocumentInfo> AddAsync(
        string id, string name, long? length, PipeReader body, CancellationToken cancellationToken)
    {
        using Slot slot = TakeSlot();
        using DocumentStream stream = model.CreateStream();
        Document document = Create(id, name, length);
        try
        {
            await ReadAsync(document, stream, body, cancellationToken);
        }
        catch (Exception error)
        {
            documents.TryRemove(id, out _);
            document.End(error is OperationCanceledException ? "cancelled" : "failed", error.Message);
            document.Dispose();
            throw;
        }
        return document.Info;
    }

    /// <summary>
    /// Reads more text behind what a document has, without reading that again. If that fails, it is what it was.
    /// </summary>
    public async Task<DocumentInfo> AppendAsync(
        string id, long? length, PipeReader body, CancellationToken cancellationToken)
    {
        Document document = Find(id);
        if (!document.TryBegin()) throw new Refusal(409, "The document is being read.");
        DocumentInfo before = document.Info;
        try
        {
            using Slot slot = TakeSlot();
            byte[] snapshot = await File.ReadAllBytesAsync(document.SnapshotPath, cancellationToken);
            using DocumentStream stream = model.RestoreStream(snapshot);
            document.Update(now => now with { State = "reading", Length = now.Received + length });
            try
            {
                document.Passages.KeepUntil(stream.EmittedBytes); // the others may look different with what follows
                await ReadAsync(document, stream, body, cancellationToken);
            }
            catch
            {
                RandomAccess.SetLength(document.Text, before.Received);
                FinishAgain(document, snapshot);
                throw;
            }
        }
        catch
        {
            document.Update(_ => before);
            document.End("done");
            throw;
        }
        return document.Info;
    }

    /// <summary>A document that goes on where another server, or this one, was. Its text up to there is not here.</summary>
    public async Task<DocumentInfo> RestoreAsync(string id, string name, byte[] snapshot)
    {
        using DocumentStream stream = model.RestoreStream(snapshot);
        Document document = Create(id, name, stream.BytesTaken);
        await File.WriteAllBytesAsync(document.SnapshotPath, snapshot);
        long taken = stream.BytesTaken, tokens = stream.Tokens;
        document.Update(now => now with { Received = taken, Taken = taken, TextBegin = taken, Tokens = tokens });
        document.End("done");
        return document.Info;
    }

    /// <summary>The passages that are nearest to a question, best first, of one document or of all.</summary>
    public List<Answer> Search(string question, string? id, int top)
    {
        if (top is < 1 or > 100) throw new Refusal(400, "top must be 1 to 100.");
        float[] query = model.Embed(question);
        var best = new List<(Document Document, Hit Hit)>();
        foreach (Document document in id == null ? documents.Values : [Find(id)])
        {
            best.AddRange(document.Passages.Search(query, top).Select(hit => (document, hit)));
        }
        return best.OrderByDescending(found => found.Hit.Score).Take(top).Select(Show).ToList();
    }

    /// <summary>Takes a document away; one that is being read stops, and goes by itself.</summary>
    public void Remove(string id)
    {
        Document document = Find(id);
        if (!document.TryBegin())
        {
            document.Cancel();
            return;
        }
        documents.TryRemove(id, out _);
        document.Dispose();
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static Answer Show((Document Document, Hit Hit) found)
    {
        DocumentInfo info = found.Document.Info;
        (float score, long begin, long end) = found.Hit;
        return new Answer(info.Id, info.Name, score, begin, end, found.Document.ReadText(begin, end));
    }

    private Document Create(string id, string name, long? length)
    {
        if (id.Length is 0 or > 64 || !id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
        {
            throw new Refusal(400, "An id has 1 to 64 letters, digits and hyphens.");
        }
        if (name.Length > 200) throw new Refusal(400, "A name has at most 200 letters.");
        if (documents.ContainsKey(id)) throw new Refusal(409, $"There is a document {id} already.");
        var document = new Document(folder, id, name, length, model.EmbeddingWidth);
        documents[id] = document;
        return document;
    }

    private static async Task ReadAsync(
        Document document, DocumentStream stream, PipeReader body, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, document.Cancelled);
        byte[] snapshot = await BodyReader.ReadAsync(body, document, stream, either.Token);
        await File.WriteAllBytesAsync(document.SnapshotPath, snapshot, CancellationToken.None);
        document.End("done");
    }

    private void FinishAgain(Document document, byte[] snapshot)
    {
        using DocumentStream stream = model.RestoreStream(snapshot);
        document.Passages.KeepUntil(stream.EmittedBytes);
        stream.Finish(document.Passages.Add);
    }

    private Slot TakeSlot()
    {
        if (slots.Wait(0)) return new Slot(slots);
        throw new Refusal(503, $"{maxReading} documents are being read, which is all that this server reads at a time. Try again later.");
    }

    private readonly struct Slot(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }
}
