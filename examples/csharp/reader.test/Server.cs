// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace ReaderTest;

/// <summary>The server under test, as a client sees it, and as the system does.</summary>
internal sealed class Server(string address, int process)
{
    public HttpClient Http { get; } = new() { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>Resident bytes of the process.</summary>
    public long Resident => long.Parse(
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:")).Split(' ')[^2]) << 10;

    /// <summary>Processor time of the process so far.</summary>
    public TimeSpan Worked => Process.GetProcessById(process).TotalProcessorTime;

    public async Task<JsonElement> Get(string path) => await Read(await Http.GetAsync(path), HttpStatusCode.OK);

    public async Task<JsonElement> Post(string path, HttpContent content, HttpStatusCode expected = HttpStatusCode.Created) =>
        await Read(await Http.PostAsync(path, content), expected);

    public Task<JsonElement> Add(string id, ReadOnlyMemory<byte> text) =>
        Post($"documents?id={id}&name={id}.txt", new ReadOnlyMemoryContent(text));

    public Task<JsonElement> Search(string question, string? id = null) =>
        Get($"search?question={Uri.EscapeDataString(question)}" + (id == null ? "" : "&document=" + id));

    /// <summary>What the server says about a request that it refuses.</summary>
    public static async Task<string> Refused(Task<HttpResponseMessage> request, HttpStatusCode expected)
    {
        HttpResponseMessage response = await request;
        Check.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await Read(response, expected);
        Check.Equal((int)expected, problem.GetProperty("status").GetInt32());
        return problem.GetProperty("detail").GetString()!;
    }

    /// <summary>Server-sent events to the end of the answer: their types and data.</summary>
    public async Task<List<(string Type, JsonElement Data)>> Events(string id)
    {
        using HttpResponseMessage response =
            await Http.GetAsync($"documents/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        Check.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var events = new List<(string, JsonElement)>();
        string type = "";
        while (await reader.ReadLineAsync() is string line)
        {
            if (line.StartsWith("event: ")) type = line[7..];
            if (line.StartsWith("data: ")) events.Add((type, JsonElement.Parse(line[6..])));
        }
        return events;
    }

    /// <summary>Waits until a document is as one wants it.</summary>
    public async Task<JsonElement> Until(string id, Func<JsonElement, bool> right)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < 120;)
        {
            HttpResponseMessage response = await Http.GetAsync("documents/" + id);
            if (response.IsSuccessStatusCode)
            {
                JsonElement info = JsonElement.Parse(await response.Content.ReadAsStringAsync());
                if (right(info)) return info;
            }
            await Task.Delay(20);
        }
        throw new TimeoutException("the document did not become what it should");
    }

    /// <summary>Waits until a document is gone, and the server rests.</summary>
    public async Task<TimeSpan> UntilGone(string id)
    {
        var watch = Stopwatch.StartNew();
        while ((await Http.GetAsync("documents/" + id)).StatusCode != HttpStatusCode.NotFound)
        {
            if (watch.Elapsed.TotalSeconds > 120) throw new TimeoutException("the document is still there");
            await Task.Delay(10);
        }
        return watch.Elapsed;
    }

    private static async Task<JsonElement> Read(HttpResponseMessage response, HttpStatusCode expected)
    {
        string body = await response.Content.ReadAsStringAsync();
        if (response.StatusCode != expected) throw new Exception($"{(int)response.StatusCode} rather than {(int)expected}: {body}");
        return JsonElement.Parse(body);
    }
}
