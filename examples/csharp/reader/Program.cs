// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A server that reads documents of any length and answers questions about them. README.md lists the requests.

using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Reader;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
    new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
ReaderOptions options = builder.Configuration.Get<ReaderOptions>() ?? new ReaderOptions();
builder.Services.AddSingleton(_ => new DocumentStore(options));
builder.Services.AddProblemDetails();
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));

// A reading computes on a thread of the pool. Others are answered meanwhile if there are that many more.
ThreadPool.GetMinThreads(out int workers, out int completions);
ThreadPool.SetMinThreads(workers + options.MaxReading, completions);

WebApplication app = builder.Build();
var store = app.Services.GetRequiredService<DocumentStore>(); // before the first request
app.Logger.LogInformation(
    "Model {Model}; each document takes {Bytes} bytes while it is read, at most {Most} at a time",
    store.ModelName, store.BytesPerReading, options.MaxReading);

app.UseExceptionHandler();
app.UseStatusCodePages();
app.Use((context, next) =>
{
    context.Response.Headers.XContentTypeOptions = "nosniff"; // texts of users are texts
    return next(context);
});
app.UseDefaultFiles();
app.UseStaticFiles();

RouteGroupBuilder api = app.MapGroup("").AddEndpointFilter(Problems.Filter);

api.MapGet("/documents", () => store.List());
api.MapGet("/documents/{id}", (string id) => store.Find(id).Info);
api.MapDelete("/documents/{id}", (string id) => store.Remove(id));

// The body is the text, UTF-8, of any length. A client that wants to see the progress chooses the id.
api.MapPost("/documents", async (HttpRequest request, string? name, string? id) =>
{
    id ??= Guid.NewGuid().ToString("N");
    DocumentInfo info = await store.AddAsync(id, name ?? id, request.ContentLength, request.BodyReader, Ending(request.HttpContext));
    return TypedResults.Created($"/documents/{id}", info);
}).WithMetadata(new DisableRequestSizeLimitAttribute());

// The body is what follows.
api.MapPost("/documents/{id}/text", (HttpRequest request, string id) =>
    store.AppendAsync(id, request.ContentLength, request.BodyReader, Ending(request.HttpContext)))
    .WithMetadata(new DisableRequestSizeLimitAttribute());

// Any range of bytes of the text, as the Range header says.
api.MapGet("/documents/{id}/text", (string id) =>
    TypedResults.PhysicalFile(store.Find(id).TextPath, "text/plain; charset=utf-8", enableRangeProcessing: true));

api.MapGet("/documents/{id}/snapshot", (string id) =>
{
    Document document = store.Find(id);
    if (document.Info.State != "done") throw new Refusal(409, "The document is being read.");
    return TypedResults.PhysicalFile(document.SnapshotPath, "application/octet-stream", document.Info.Name + ".snapshot");
});

// The body is a snapshot; text that follows goes to /documents/{id}/text.
api.MapPost("/snapshots", async (HttpRequest request, string? name, string? id) =>
{
    using var snapshot = new MemoryStream();
    await request.Body.CopyToAsync(snapshot); // Kestrel refuses more than 30 MB
    id ??= Guid.NewGuid().ToString("N");
    DocumentInfo info = await store.RestoreAsync(id, name ?? id, snapshot.ToArray());
    return TypedResults.Created($"/documents/{id}", info);
});

// Server-sent events: "progress" while it is read, "end" once.
api.MapGet("/documents/{id}/events", async (HttpContext context, string id) =>
{
    CancellationToken ending = Ending(context);
    // The request with the text may be on its way.
    for (int wait = 0; wait < 100 && !store.Contains(id); wait++) await Task.Delay(100, ending);
    return TypedResults.ServerSentEvents(Watch(store.Find(id), ending));
});

api.MapGet("/search", (string question, string? document, int? top) => store.Search(question, document, top ?? 5));

app.Run();

// A request ends when its client goes away, and when the server is told to stop.
CancellationToken Ending(HttpContext context)
{
    var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, app.Lifetime.ApplicationStopping);
    context.Response.RegisterForDispose(either);
    return either.Token;
}

static async IAsyncEnumerable<SseItem<DocumentInfo>> Watch(
    Document document, [EnumeratorCancellation] CancellationToken cancellationToken)
{
    DocumentInfo? told = null;
    for (;;)
    {
        DocumentInfo now = document.Info;
        bool reading = now.State == "reading";
        if (now != told) yield return new SseItem<DocumentInfo>(now, reading ? "progress" : "end");
        if (!reading) yield break;
        told = now;
        await Task.Delay(100, cancellationToken);
    }
}
