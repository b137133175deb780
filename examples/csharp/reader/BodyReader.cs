// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.IO.Pipelines;
using System.Threading.Channels;
using Longwave;

namespace Reader;

/// <summary>
/// Reads a request's body: from the network to a file as fast as it comes, and behind that, from the file through the model.
/// </summary>
/// <remarks>
/// The file is there anyway, for answers to show. As a buffer between the two it makes room for any text without memory, and
/// it lets the server go on listening: a client that goes away is seen at once. Had the client to wait for the model
/// instead, its goodbye would wait too, in the network, behind megabytes of text.
/// </remarks>
public static class BodyReader
{
    private const int Piece = 4096; // about 1,000 tokens: after each, others see the progress

    /// <summary>Reads to the end of a body and ends the document. Passages go to the document as they are found.</summary>
    /// <returns>the state before the end, from which a longer text may go on</returns>
    public static async Task<byte[]> ReadAsync(
        PipeReader body, Document document, DocumentStream stream, CancellationToken cancellationToken)
    {
        // How much of the text is in the file; only the newest number counts.
        var arrived = Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task receive = ReceiveAsync(body, document, arrived.Writer, either.Token);
        Task<byte[]> embed = EmbedAsync(document, stream, arrived.Reader, either.Token);
        Task first = await Task.WhenAny(receive, embed);
        if (!first.IsCompletedSuccessfully) await either.CancelAsync(); // neither goes on without the other
        await Task.WhenAll(receive, embed);
        return await embed;
    }

    private static async Task ReceiveAsync(
        PipeReader body, Document document, ChannelWriter<long> arrived, CancellationToken cancellationToken)
    {
        long received = document.Info.Received;
        try
        {
            ReadResult read;
            do
            {
                read = await body.ReadAsync(cancellationToken);
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    await RandomAccess.WriteAsync(document.Text, part, received, cancellationToken);
                    received += part.Length;
                }
                body.AdvanceTo(read.Buffer.End);
                document.Update(now => now with { Received = received });
                arrived.TryWrite(received);
            }
            while (!read.IsCompleted);
            document.Update(now => now with { Length = received });
            arrived.Complete();
        }
        catch (Exception error)
        {
            arrived.Complete(error);
            throw;
        }
    }

    private static async Task<byte[]> EmbedAsync(
        Document document, DocumentStream stream, ChannelReader<long> arrived, CancellationToken cancellationToken)
    {
        var piece = new byte[Piece];
        long taken = stream.BytesTaken;
        await foreach (long received in arrived.ReadAllAsync(cancellationToken))
        {
            while (taken < received)
            {
                int count = (int)Math.Min(Piece, received - taken);
                count = await RandomAccess.ReadAsync(document.Text, piece.AsMemory(0, count), taken, cancellationToken);
                // Computes here, on a thread of .NET's pool; the token stops it within milliseconds.
                stream.Push(piece.AsSpan(0, count), document.Passages.Add, cancellationToken);
                Drain(document, stream);
                taken += count;
                Report(document, stream);
            }
        }
        cancellationToken.ThrowIfCancellationRequested();
        byte[] snapshot = stream.Save(); // nothing waits to be read, so nothing is in it twice
        stream.Finish(document.Passages.Add, cancellationToken);
        Report(document, stream);
        return snapshot;
    }

    private static void Drain(Document document, DocumentStream stream)
    {
        while (stream.TryRead(out Embedding next)) document.Passages.Add(next);
    }

    private static void Report(Document document, DocumentStream stream)
    {
        (long taken, long tokens, long bad) = (stream.BytesTaken, stream.Tokens, stream.InvalidUtf8);
        document.Update(now => now with { Taken = taken, Tokens = tokens, InvalidUtf8 = bad });
    }
}
