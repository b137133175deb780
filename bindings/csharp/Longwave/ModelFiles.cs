// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.IO;
using System.Reflection;

namespace Longwave
{
    /// <summary>
    /// The files of a model where they are no folder: embedded resources, assets of an app, downloads.
    /// </summary>
    /// <remarks>
    /// Holds the bytes in native memory until it is disposed, which may be as soon as the model is open. One thread at a time.
    /// </remarks>
    public sealed unsafe class ModelFiles : IDisposable
    {
        private readonly NativeFiles files = new NativeFiles(NativeFiles.NativeCreate());

        internal NativeFiles Files => files;

        /// <summary>Reads the embedded resources whose names begin with a prefix, which is taken off.</summary>
        /// <param name="assembly">where the resources are</param>
        /// <param name="prefix">such as "minilm/"</param>
        /// <returns>the files</returns>
        /// <exception cref="FileNotFoundException">if there is none</exception>
        public static ModelFiles FromResources(Assembly assembly, string prefix)
        {
            if (assembly == null) throw new ArgumentNullException(nameof(assembly));
            if (prefix == null) throw new ArgumentNullException(nameof(prefix));
            var result = new ModelFiles();
            try
            {
                bool any = false;
                foreach (string name in assembly.GetManifestResourceNames())
                {
                    if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
                    using (Stream stream = assembly.GetManifestResourceStream(name))
                    {
                        result.Add(name.Substring(prefix.Length), stream);
                    }
                    any = true;
                }
                if (!any) throw new FileNotFoundException("no resource of " + assembly.GetName().Name + " begins with " + prefix);
                return result;
            }
            catch
            {
                result.Dispose();
                throw;
            }
        }

        /// <summary>Adds a file.</summary>
        /// <param name="name">as in the model's folder: "config.json", "1_Pooling/config.json"</param>
        /// <param name="bytes">what is in it; copied</param>
        /// <returns>this</returns>
        public ModelFiles Add(string name, byte[] bytes)
        {
            if (name == null) throw new ArgumentNullException(nameof(name));
            if (bytes == null) throw new ArgumentNullException(nameof(bytes));
            files.NativeAdd(name);
            Append(bytes, bytes.Length);
            return this;
        }

        /// <summary>Adds a file, a part at a time.</summary>
        /// <param name="name">as in the model's folder</param>
        /// <param name="stream">read to its end, not closed</param>
        /// <returns>this</returns>
        public ModelFiles Add(string name, Stream stream)
        {
            if (name == null) throw new ArgumentNullException(nameof(name));
            if (stream == null) throw new ArgumentNullException(nameof(stream));
            files.NativeAdd(name);
            var part = new byte[1 << 16];
            for (int n = stream.Read(part, 0, part.Length); n > 0; n = stream.Read(part, 0, part.Length)) Append(part, n);
            return this;
        }

        /// <summary>Gives the bytes back. Models that were opened from them have their own.</summary>
        public void Dispose()
        {
            files.Dispose();
        }

        private void Append(byte[] bytes, int count)
        {
            fixed (byte* data = bytes) files.NativeAppend(new NativeSpan(data, count));
        }
    }
}
