// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>
    /// Whole sequences with everything that a model may read, for <see cref="Model.Run(ModelInputs, Output)"/>: decoders'
    /// ids, global tokens, memories of the segment before, vectors in place of ids, options of single layers.
    /// </summary>
    /// <example><code>
    /// using (ModelInputs inputs = ModelInputs.OfIds(ids).SetGlobals(globals))
    /// {
    ///     float[] rows = model.Run(inputs, Output.LastHiddenState);
    /// }
    /// </code></example>
    /// <remarks>
    /// What is set is copied, and replaces what was set before. One thread at a time, a run included; another one gets an
    /// <see cref="InvalidOperationException"/>.
    /// </remarks>
    public sealed unsafe partial class ModelInputs
    {
        /// <summary>Sequences of equal length, of which nothing is set yet.</summary>
        /// <param name="batch">how many sequences</param>
        /// <param name="tokens">rows of each</param>
        /// <returns>new inputs</returns>
        public static ModelInputs Create(int batch, int tokens)
        {
            return new ModelInputs(NativeCreate(batch, tokens));
        }

        /// <summary>One sequence of ids.</summary>
        /// <param name="ids">[tokens], special tokens included</param>
        /// <returns>new inputs</returns>
        public static ModelInputs OfIds(params int[] ids)
        {
            return Of(new TokenBatch(ids));
        }

        /// <summary>Ids with their mask and token types.</summary>
        /// <param name="batch">sequences of ids</param>
        /// <returns>new inputs</returns>
        public static ModelInputs Of(TokenBatch batch)
        {
            if (batch == null) throw new ArgumentNullException(nameof(batch));
            ModelInputs inputs = Create(batch.Batch, batch.Tokens);
            try
            {
                inputs.SetIds(batch.Ids);
                if (batch.Mask != null) inputs.SetMask(batch.Mask);
                if (batch.TokenTypes != null) inputs.SetTokenTypes(batch.TokenTypes);
                return inputs;
            }
            catch
            {
                inputs.Dispose();
                throw;
            }
        }

        /// <summary>The ids.</summary>
        /// <param name="ids">[batch, tokens], special tokens included</param>
        /// <returns>this</returns>
        public ModelInputs SetIds(params int[] ids) => Set("ids", ids);

        /// <summary>Which rows are closed as keys.</summary>
        /// <param name="mask">[batch, tokens] of 1, and 0 for rows that are closed</param>
        /// <returns>this</returns>
        public ModelInputs SetMask(params int[] mask) => Set("mask", mask);

        /// <summary>Which of two texts a row belongs to.</summary>
        /// <param name="types">[batch, tokens]</param>
        /// <returns>this</returns>
        public ModelInputs SetTokenTypes(params int[] types) => Set("token_types", types);

        /// <summary>Where rows are.</summary>
        /// <param name="positions">[batch, tokens], from 0, before the family's own offset</param>
        /// <returns>this</returns>
        public ModelInputs SetPositions(params int[] positions) => Set("positions", positions);

        /// <summary>Tokens that see all and are seen by all: Longformer, LED.</summary>
        /// <param name="globals">[batch, tokens] of 0 and 1</param>
        /// <returns>this</returns>
        public ModelInputs SetGlobals(params int[] globals) => Set("globals", globals);

        /// <summary>What a decoder reads; without it its start token and then the ids but the last.</summary>
        /// <param name="ids">[batch, decoder tokens]</param>
        /// <returns>this</returns>
        public ModelInputs SetDecoderIds(params int[] ids) => Set("decoder_ids", ids);

        /// <summary>Which of a decoder's rows are closed.</summary>
        /// <param name="mask">[batch, decoder tokens] of 0 and 1</param>
        /// <returns>this</returns>
        public ModelInputs SetDecoderMask(params int[] mask) => Set("decoder_mask", mask);

        /// <summary>The only rows of each sequence that <see cref="Output.Logits"/> of a head over rows is wanted for.</summary>
        /// <param name="rows">their numbers; none: all rows</param>
        /// <returns>this</returns>
        public ModelInputs SetRows(params int[] rows) => Set("rows", rows);

        /// <summary>Vectors in place of what ids give, the words' embedding; ids may then be missing.</summary>
        /// <param name="vectors">[batch, tokens, hidden]</param>
        /// <returns>this</returns>
        public ModelInputs SetVectors(params float[] vectors) => Set("vectors", vectors);

        /// <summary>
        /// What <see cref="Output.Memories"/> gave for the segment before. Without them a text begins as the family has it.
        /// </summary>
        /// <param name="memories">[layers, batch, rows, hidden]</param>
        /// <returns>this</returns>
        public ModelInputs SetMemories(params float[] memories) => Set("memories", memories);

        /// <summary>An option of the attention of a layer, for the runs with these inputs.</summary>
        /// <param name="layer">the layer, from 0</param>
        /// <param name="option">the name that it has in the C API</param>
        /// <param name="values">the number or numbers</param>
        /// <returns>this</returns>
        public ModelInputs SetLayerOption(int layer, string option, params int[] values)
        {
            return Set(LayerName(layer, option), values);
        }

        /// <summary>As <see cref="SetLayerOption(int, string, int[])"/>.</summary>
        /// <param name="layer">the layer, from 0</param>
        /// <param name="option">the name that it has in the C API</param>
        /// <param name="values">the number or numbers</param>
        /// <returns>this</returns>
        public ModelInputs SetLayerOption(int layer, string option, params float[] values)
        {
            return Set(LayerName(layer, option), values);
        }

        /// <summary>As <see cref="SetLayerOption(int, string, int[])"/>.</summary>
        /// <param name="layer">the layer, from 0</param>
        /// <param name="option">the name that it has in the C API</param>
        /// <param name="value">the word</param>
        /// <returns>this</returns>
        public ModelInputs SetLayerOption(int layer, string option, string value)
        {
            return Set(LayerName(layer, option), value);
        }

        /// <summary>Numbers by the name that they have in the C API.</summary>
        /// <param name="name">the name</param>
        /// <param name="values">the numbers; copied</param>
        /// <returns>this</returns>
        /// <exception cref="ArgumentException">for a name that does not exist, or a wrong count</exception>
        public ModelInputs Set(string name, int[] values)
        {
            if (name == null) throw new ArgumentNullException(nameof(name));
            if (values == null) throw new ArgumentNullException(nameof(values));
            fixed (int* data = values) NativeSetInts(name, new NativeSpan(data, values.Length));
            return this;
        }

        /// <summary>As <see cref="Set(string, int[])"/>.</summary>
        /// <param name="name">the name</param>
        /// <param name="values">the numbers; copied</param>
        /// <returns>this</returns>
        public ModelInputs Set(string name, float[] values)
        {
            if (name == null) throw new ArgumentNullException(nameof(name));
            if (values == null) throw new ArgumentNullException(nameof(values));
            fixed (float* data = values) NativeSetFloats(name, new NativeSpan(data, values.Length));
            return this;
        }

        /// <summary>As <see cref="Set(string, int[])"/>.</summary>
        /// <param name="name">the name</param>
        /// <param name="value">the word</param>
        /// <returns>this</returns>
        public ModelInputs Set(string name, string value)
        {
            if (name == null) throw new ArgumentNullException(nameof(name));
            if (value == null) throw new ArgumentNullException(nameof(value));
            NativeSetText(name, value);
            return this;
        }

        private static string LayerName(int layer, string option)
        {
            if (option == null) throw new ArgumentNullException(nameof(option));
            if (layer < 0) throw new ArgumentOutOfRangeException(nameof(layer), layer, "must not be negative");
            return "layers." + layer + "." + option;
        }

        /// <summary>Whether <see cref="Dispose"/> was called.</summary>
        public bool IsDisposed => NativeIsClosed();

        /// <summary>Gives its memory back; a call that is going on ends first. Any thread, any number of times.</summary>
        public void Dispose()
        {
            NativeClose();
        }
    }
}
