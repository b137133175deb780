// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>
    /// Longwave's default model: all-MiniLM-L6-v2 with int8 weights, for English text, vectors of 384 numbers. It comes in a
    /// package of its own and needs no download.
    /// </summary>
    public static class MiniLM
    {
        /// <summary>Opens the model.</summary>
        /// <param name="context">
        /// the threads, which may be disposed afterwards; null: threads of its own, as many as this process may use
        /// </param>
        /// <returns>a new model, to be disposed</returns>
        public static Model Open(Context context = null)
        {
            using (ModelFiles files = ModelFiles.FromResources(typeof(MiniLM).Assembly, "minilm/"))
            {
                return Model.OpenMemory(files, context);
            }
        }
    }
}
