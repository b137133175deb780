// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Reader;

/// <summary>What appsettings.json, the environment or the command line (<c>--MaxReading 4</c>) may set.</summary>
public sealed class ReaderOptions
{
    /// <summary>A model's folder; null: the default model.</summary>
    public string? Model { get; set; }

    /// <summary>
    /// Where texts and vectors lie while the server runs. Not /tmp by default, which is memory on many systems.
    /// </summary>
    public string Data { get; set; } = Directory.Exists("/var/tmp") ? "/var/tmp" : Path.GetTempPath();

    /// <summary>Threads that all documents share; 0: as many as this process may use.</summary>
    public int Threads { get; set; }

    /// <summary>Documents that are read at a time; more are refused until one has ended. Each has a fixed amount of memory.</summary>
    public int MaxReading { get; set; } = Math.Max(2, Environment.ProcessorCount);
}
