// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;

namespace Longwave.Tests
{
    /// <summary>
    /// Runs every test and prints a line "ok NAME" or "not ok NAME" for each: Longwave.Tests NAME. Or, with "save DIR" or
    /// "restore DIR", exchanges snapshots with other languages.
    /// </summary>
    internal static class Program
    {
        private static int Main(string[] arguments)
        {
            if (arguments.Length == 2 && (arguments[0] == "save" || arguments[0] == "restore"))
            {
                return Exchange.Run(arguments[0], arguments[1]);
            }
            string prefix = arguments.Length > 0 ? arguments[0] + ": " : "";
            string filter = arguments.Length > 1 ? arguments[1] : "";
            int failed = 0;
            foreach (KeyValuePair<string, Action> test in Tests())
            {
                if (!test.Key.Contains(filter)) continue;
                Exception error = Run(test.Value);
                Console.WriteLine((error == null ? "ok " : "not ok ") + prefix + test.Key);
                if (error == null) continue;
                failed++;
                foreach (string line in error.ToString().Split('\n').Take(14)) Console.WriteLine("    " + line);
            }
            return failed == 0 ? 0 : 1;
        }

        private static IEnumerable<KeyValuePair<string, Action>> Tests()
        {
            var types = Assembly.GetExecutingAssembly().GetTypes().Where(type => type.Name.EndsWith("Tests"));
            foreach (Type type in types.OrderBy(type => type.Name, StringComparer.Ordinal))
            {
                foreach (MethodInfo method in type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
                {
                    foreach (TestAttribute test in method.GetCustomAttributes(typeof(TestAttribute), false))
                    {
                        var action = (Action)Delegate.CreateDelegate(typeof(Action), method);
                        yield return new KeyValuePair<string, Action>(test.Name, action);
                    }
                }
            }
            foreach (KeyValuePair<string, Action> golden in GoldenTests.Cases()) yield return golden;
        }

        private static Exception Run(Action test)
        {
            try
            {
                test();
                // Nobody may leave anything behind: neither what was dropped, nor what was disposed.
                Support.AwaitHandles(0);
                return null;
            }
            catch (Exception error)
            {
                return error;
            }
        }
    }
}
