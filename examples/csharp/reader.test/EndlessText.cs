// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Net;

namespace ReaderTest;

/// <summary>A body without a length that says the same again and again, in parts of odd sizes.</summary>
internal sealed class EndlessText(byte[] text, long length, Func<int, int> part) : HttpContent
{
    /// <summary>Completed when all has been sent.</summary>
    public TaskCompletionSource Sent { get; } = new();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken token)
    {
        long sent = 0;
        for (int turn = 0; sent < length; turn++)
        {
            int at = (int)(sent % text.Length);
            int count = (int)Math.Min(Math.Min(part(turn), text.Length - at), length - sent);
            await stream.WriteAsync(text.AsMemory(at, count), token);
            sent += count;
        }
        await stream.FlushAsync(token);
        Sent.SetResult();
    }

    protected override bool TryComputeLength(out long unknown)
    {
        unknown = 0;
        return false;
    }
}
