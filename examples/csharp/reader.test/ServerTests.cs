// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ReaderTest;

internal sealed class ServerTests(Server server, byte[] book)
{
    private const string Backups = "Where should the backups be kept in case the building burns down?";
    private const string Source = "Which file lists the package sources of APT?";
    private readonly byte[] part = book[..60_000];

    public IEnumerable<(string Name, Func<Task> Test)> All =>
    [
        ("progress comes as events while a document is read, and the right passage answers a question", Book),
        ("an answer is exactly the bytes of its range", Ranges),
        ("the same text in parts of any size, of unknown length, gives the same answers to the bit", Parts),
        ("text that is appended gives the same answers as reading all of it", Append),
        ("a snapshot goes on in another document as if it had never stopped", Snapshot),
        ("an append that is cancelled leaves the document as it was", CancelledAppend),
        ("two documents are read at once, and a third is refused with a problem that says so", TwoAtOnce),
        ("200 MB come in within 64 MB of memory", LargeBody),
        ("a client that goes away ends the work, and the server rests", Disconnect),
        ("deleting a document that is being read stops it", Delete),
        ("a document without a word has no passages", Empty),
        ("errors are problems with the library's words", Errors),
    ];

    private async Task Book()
    {
        // Asked for before the document is there.
        Task<List<(string Type, JsonElement Data)>> watching = server.Events("book");
        JsonElement info = await server.Add("book", book);
        Check.Equal("done", info.GetProperty("state").GetString());
        Check.Equal(book.Length, info.GetProperty("taken").GetInt64());
        Check.Equal(book.Length, info.GetProperty("length").GetInt64());
        Check.That(info.GetProperty("passages").GetInt64() > 300);

        List<(string Type, JsonElement Data)> events = await watching;
        Check.That(events.Count > 10);
        Check.That(events.SkipLast(1).All(e => e.Type == "progress"));
        Check.Equal("end", events[^1].Type);
        Check.Equal(info.GetRawText(), events[^1].Data.GetRawText());
        long[] taken = events.Select(e => e.Data.GetProperty("taken").GetInt64()).ToArray();
        Check.That(taken.SequenceEqual(taken.Order()));
        Check.That(taken[events.Count / 2] > book.Length / 10 && taken[events.Count / 2] < book.Length);

        JsonElement answers = await server.Search(Backups);
        Check.Equal(5, answers.GetArrayLength());
        Check.That(answers[0].GetProperty("text").GetString()!.Contains("fireproof safe"));
        Check.That(answers[0].GetProperty("score").GetSingle() > 0.5f);
        Check.Equal("book.txt", answers[0].GetProperty("name").GetString());
    }

    private async Task Ranges()
    {
        foreach (JsonElement answer in (await server.Search(Backups, "book")).EnumerateArray())
        {
            long begin = answer.GetProperty("byte_begin").GetInt64(), end = answer.GetProperty("byte_end").GetInt64();
            byte[] expected = book[(int)begin..(int)end];
            Check.Equal(Encoding.UTF8.GetString(expected), answer.GetProperty("text").GetString());
            using var request = new HttpRequestMessage(HttpMethod.Get, "documents/book/text");
            request.Headers.Range = new RangeHeaderValue(begin, end - 1);
            HttpResponseMessage response = await server.Http.SendAsync(request);
            Check.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            Check.That((await response.Content.ReadAsByteArrayAsync()).SequenceEqual(expected));
        }
    }

    private async Task Parts()
    {
        await server.Add("whole", part);
        var random = new Random(7);
        var content = new EndlessText(part, part.Length, _ => random.Next(1, 5000));
        JsonElement info = await server.Post("documents?id=parts&name=whole.txt", content);
        Check.Equal(part.Length, info.GetProperty("length").GetInt64());
        await SameAnswers("whole", "parts");
    }

    private async Task Append()
    {
        // Within a character and a word.
        int cut = Array.IndexOf(part, (byte)0xe2, 30_000) + 1;
        await server.Add("appended", part.AsMemory(0, cut));
        JsonElement info = await server.Post(
            "documents/appended/text", new ReadOnlyMemoryContent(part.AsMemory(cut)), HttpStatusCode.OK);
        Check.Equal(part.Length, info.GetProperty("taken").GetInt64());
        await SameAnswers("whole", "appended");
    }

    private async Task Snapshot()
    {
        int cut = 35_003;
        await server.Add("first", part.AsMemory(0, cut));
        byte[] snapshot = await server.Http.GetByteArrayAsync("documents/first/snapshot");
        await server.Post("snapshots?id=second", new ByteArrayContent(snapshot));
        await server.Post("documents/second/text", new ReadOnlyMemoryContent(part.AsMemory(cut)), HttpStatusCode.OK);

        // All that ends behind the snapshot is there, with the same scores.
        foreach (string question in new[] { Source, Backups })
        {
            JsonElement all = await server.Get($"search?top=100&document=whole&question={Uri.EscapeDataString(question)}");
            JsonElement later = await server.Get($"search?top=100&document=second&question={Uri.EscapeDataString(question)}");
            var found = later.EnumerateArray().Select(Key).ToList();
            long begin = later.EnumerateArray().Min(answer => answer.GetProperty("byte_begin").GetInt64());
            Check.That(begin < cut && begin > cut - 5000);
            var expected = all.EnumerateArray().Where(a => a.GetProperty("byte_begin").GetInt64() >= begin).Select(Key).ToList();
            Check.That(found.SequenceEqual(expected));
        }
    }

    private async Task CancelledAppend()
    {
        string before = (await server.Get("documents/whole")).GetRawText();
        JsonElement answers = await server.Search(Source, "whole");
        using var cancel = new CancellationTokenSource();
        Task append = server.Http.PostAsync("documents/whole/text", new EndlessText(book, long.MaxValue, _ => 1000), cancel.Token);
        await server.Until("whole", info => info.GetProperty("taken").GetInt64() > part.Length + 10_000);
        await cancel.CancelAsync();
        await Cancelled(append);
        await server.Until("whole", info => info.GetProperty("state").GetString() == "done");
        Check.Equal(before, (await server.Get("documents/whole")).GetRawText());
        Check.Equal(answers.GetRawText(), (await server.Search(Source, "whole")).GetRawText());
        await SameAnswers("appended", "whole");
    }

    private async Task TwoAtOnce()
    {
        Task<JsonElement> one = server.Add("one", part), two = server.Add("two", part);
        await server.Until("one", info => info.GetProperty("taken").GetInt64() > 0);
        await server.Until("two", info => info.GetProperty("taken").GetInt64() > 0);
        string detail = await Server.Refused(
            server.Http.PostAsync("documents?id=three", new ByteArrayContent(part)), HttpStatusCode.ServiceUnavailable);
        Check.That(detail.StartsWith("2 documents are being read"));
        Check.Equal("done", (await one).GetProperty("state").GetString());
        Check.Equal("done", (await two).GetProperty("state").GetString());
        await SameAnswers("one", "two");
        await SameAnswers("one", "whole");
    }

    private async Task LargeBody()
    {
        long before = server.Resident, most = 0;
        const long length = 200_000_000;
        using var cancel = new CancellationTokenSource();
        var content = new EndlessText(book, length, _ => 1 << 16);
        Task<HttpResponseMessage> upload = server.Http.PostAsync("documents?id=large", content, cancel.Token);
        JsonElement info;
        do
        {
            info = await server.Until("large", _ => true);
            most = Math.Max(most, server.Resident);
            await Task.Delay(20);
        }
        while (info.GetProperty("received").GetInt64() < length && !upload.IsCompleted);
        Check.Equal("reading", info.GetProperty("state").GetString());
        Console.WriteLine($"    {before >> 20} MB before, at most {most >> 20} MB; {info.GetProperty("taken").GetInt64()} bytes read meanwhile");
        await cancel.CancelAsync();
        await Cancelled(upload);
        await server.UntilGone("large");
        Check.That(most - before < 64 << 20);
    }

    private async Task Disconnect()
    {
        using var cancel = new CancellationTokenSource();
        Task upload = server.Http.PostAsync("documents?id=left", new EndlessText(book, 20_000_000, _ => 1 << 16), cancel.Token);
        await server.Until("left", info => info.GetProperty("received").GetInt64() >= 20_000_000);
        Task<List<(string Type, JsonElement Data)>> watching = server.Events("left");
        await cancel.CancelAsync();
        TimeSpan gone = await server.UntilGone("left");
        await Cancelled(upload);
        Check.That(gone.TotalSeconds < 10); // reading on would take minutes
        Check.Equal("cancelled", (await watching)[^1].Data.GetProperty("state").GetString());

        // It rests, once what it does beside requests is done.
        bool rests = false;
        for (int i = 0; i < 20 && !rests; i++)
        {
            TimeSpan worked = server.Worked;
            await Task.Delay(500);
            rests = (server.Worked - worked).TotalSeconds < 0.1;
        }
        Check.That(rests);
    }

    private async Task Delete()
    {
        Task<HttpResponseMessage> upload =
            server.Http.PostAsync("documents?id=deleted", new EndlessText(book, 5_000_000, _ => 1 << 16));
        await server.Until("deleted", info => info.GetProperty("taken").GetInt64() > 0);
        Check.Equal(HttpStatusCode.OK, (await server.Http.DeleteAsync("documents/deleted")).StatusCode);
        await Server.Refused(upload, HttpStatusCode.Conflict);
        await server.UntilGone("deleted");
        Check.Equal(HttpStatusCode.OK, (await server.Http.DeleteAsync("documents/two")).StatusCode);
        await Server.Refused(server.Http.GetAsync("documents/two"), HttpStatusCode.NotFound);
    }

    private async Task Empty()
    {
        JsonElement info = await server.Add("empty", Encoding.UTF8.GetBytes(" \n"));
        Check.Equal(0, info.GetProperty("passages").GetInt64());
        Check.Equal(0, (await server.Search(Source, "empty")).GetArrayLength());
    }

    private async Task Errors()
    {
        string detail = await Server.Refused(server.Http.GetAsync("search?question=%20"), HttpStatusCode.BadRequest);
        Check.That(detail.Contains("token"));
        await Server.Refused(server.Http.GetAsync("search?question=x&document=none"), HttpStatusCode.NotFound);
        await Server.Refused(server.Http.GetAsync("search?question=x&top=0"), HttpStatusCode.BadRequest);
        await Server.Refused(server.Http.PostAsync("documents?id=../x", new ByteArrayContent(part)), HttpStatusCode.BadRequest);
        await Server.Refused(server.Http.PostAsync("documents?id=book", new ByteArrayContent(part)), HttpStatusCode.Conflict);
        byte[] snapshot = await server.Http.GetByteArrayAsync("documents/book/snapshot");
        snapshot[snapshot.Length / 2] ^= 1;
        detail = await Server.Refused(server.Http.PostAsync("snapshots", new ByteArrayContent(snapshot)), HttpStatusCode.UnprocessableEntity);
        Check.That(detail.Contains("snapshot"));
        Check.Equal(HttpStatusCode.BadRequest, (await server.Http.GetAsync("search")).StatusCode);
    }

    private async Task SameAnswers(string a, string b)
    {
        foreach (string question in new[] { Source, Backups })
        {
            List<string> expected = (await server.Search(question, a)).EnumerateArray().Select(Key).ToList();
            List<string> found = (await server.Search(question, b)).EnumerateArray().Select(Key).ToList();
            Check.That(expected.Count > 0 && found.SequenceEqual(expected));
        }
        Check.Equal((await server.Get("documents/" + a)).GetProperty("passages").GetInt64(), (await server.Get("documents/" + b)).GetProperty("passages").GetInt64());
    }

    // Score and range, as they were written.
    private static string Key(JsonElement answer) =>
        string.Join(' ', new[] { "score", "byte_begin", "byte_end" }.Select(key => answer.GetProperty(key).GetRawText()));

    private static async Task Cancelled(Task request)
    {
        try
        {
            await request;
            throw new Exception("the request was not cancelled");
        }
        catch (OperationCanceledException)
        {
        }
    }
}
