// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// usage: ReaderTest ADDRESS PROCESS-ID TEXT      a server that reads at most two documents at a time, and handbook.txt
// Prints a line `ok NAME` or `not ok NAME` for each test.

using ReaderTest;

var tests = new ServerTests(new Server(args[0], int.Parse(args[1])), File.ReadAllBytes(args[2]));
int failures = 0;
foreach ((string name, Func<Task> test) in tests.All)
{
    try
    {
        await test();
        Console.WriteLine("ok csharp example: " + name);
    }
    catch (Exception error)
    {
        failures++;
        Console.WriteLine("not ok csharp example: " + name);
        Console.WriteLine("    " + error.ToString().ReplaceLineEndings("\n    "));
    }
}
return failures > 0 ? 1 : 0;
