// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using Longwave;

namespace Reader;

/// <summary>Something that the server will not do, with the HTTP status that says so.</summary>
public sealed class Refusal(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>
/// Errors as problem details (RFC 9457). The library's messages say what was expected and what came, and are passed on.
/// </summary>
public static class Problems
{
    private const int ClientClosedRequest = 499; // for the log; nobody is there to see it

    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.StatusCode(ClientClosedRequest);
        }
        catch (Exception error) when (StatusOf(error) is int status)
        {
            if (status == StatusCodes.Status503ServiceUnavailable) context.HttpContext.Response.Headers.RetryAfter = "5";
            return TypedResults.Problem(error.Message, statusCode: status);
        }
    }

    // Null: a fault of the server's own, which the client is told nothing about.
    private static int? StatusOf(Exception error) => error switch
    {
        Refusal refusal => refusal.Status,
        BadHttpRequestException bad => bad.StatusCode,
        OperationCanceledException => StatusCodes.Status409Conflict, // somebody deleted the document, or the server ends
        LongwaveCapacityException => StatusCodes.Status413PayloadTooLarge,
        LongwaveFormatException or LongwaveMismatchException => StatusCodes.Status422UnprocessableEntity,
        LongwaveOutOfMemoryException => StatusCodes.Status503ServiceUnavailable,
        ObjectDisposedException => StatusCodes.Status404NotFound, // a document that was deleted meanwhile
        ArgumentException => StatusCodes.Status400BadRequest,
        IOException { HResult: NoSpace } => StatusCodes.Status507InsufficientStorage,
        _ => null,
    };

    private const int NoSpace = 28; // ENOSPC
}
