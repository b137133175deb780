// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#if NET8_0_OR_GREATER
using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
#endif

namespace Longwave
{
    /// <summary>
    /// Where the native library comes from: a file named by LONGWAVE_NATIVE, else where .NET looks, else runtimes/RID/native
    /// beside the program. On .NET Standard (Mono, Unity) the runtime looks by itself.
    /// </summary>
    internal static class NativeLoader
    {
#if NET8_0_OR_GREATER
        private const string Name = "longwave_native";

        internal static void Prepare()
        {
            NativeLibrary.SetDllImportResolver(typeof(NativeLoader).Assembly, Resolve);
        }

        private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? search)
        {
            if (name != Name) return IntPtr.Zero;
            var tried = new List<string>();
            string named = Environment.GetEnvironmentVariable("LONGWAVE_NATIVE");
            if (!string.IsNullOrEmpty(named)) return Load(named, tried, out IntPtr given) ? given : throw Explain(tried);

            if (NativeLibrary.TryLoad(name, assembly, search, out IntPtr found)) return found;
            tried.Add("lib" + Name + ".so where .NET looks for native libraries");
            string folder = AppContext.BaseDirectory;
            foreach (string place in new[] { folder, Path.Combine(folder, "runtimes", Rid(), "native") })
            {
                if (Load(Path.Combine(place, "lib" + Name + ".so"), tried, out IntPtr library)) return library;
            }
            throw Explain(tried);
        }

        private static bool Load(string file, List<string> tried, out IntPtr library)
        {
            library = IntPtr.Zero;
            if (!File.Exists(file))
            {
                tried.Add(file + ": no such file");
                return false;
            }
            try
            {
                library = NativeLibrary.Load(Path.GetFullPath(file));
                return true;
            }
            catch (Exception error) when (error is DllNotFoundException || error is BadImageFormatException)
            {
                tried.Add(file + ": " + error.Message);
                return false;
            }
        }

        private static string Rid()
        {
            return "linux-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        }

        private static DllNotFoundException Explain(List<string> tried)
        {
            return new DllNotFoundException(
                "Longwave's native library for " + RuntimeInformation.RuntimeIdentifier + " could not be loaded. The package "
                + "Longwave brings it for Linux with glibc 2.34 or newer; the environment variable LONGWAVE_NATIVE may "
                + "name a file of your own. Tried: " + string.Join("; ", tried));
        }
#else
        internal static void Prepare()
        {
        }
#endif
    }
}
