/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.Objects;

/**
 * Whole sequences with everything that a model may read, by name, for {@link Model#run}. What is set is copied, and
 * replaces what was set before.
 *
 * <pre>{@code
 * try (ModelInputs inputs = ModelInputs.of(ids).globals(globals)) {
 *   float[] scores = model.run(inputs, Output.LOGITS);
 * }
 * }</pre>
 *
 * <p>One thread at a time, {@link Model#run} included: another one gets an {@link IllegalStateException}.
 */
public final class ModelInputs extends NativeInputs {
  private ModelInputs(long pointer) {
    super(pointer);
  }

  /**
   * Nothing yet.
   *
   * @param batch how many sequences
   * @param tokens how many rows each
   * @return new inputs
   */
  public static ModelInputs create(int batch, int tokens) {
    return new ModelInputs(nativeCreate(batch, tokens));
  }

  /**
   * One sequence of ids.
   *
   * @param ids [tokens], special tokens included
   * @return new inputs
   */
  public static ModelInputs of(int... ids) {
    return of(Batch.of(ids));
  }

  /**
   * What a batch has.
   *
   * @param batch ids, and a mask and token types where they were given
   * @return new inputs
   */
  public static ModelInputs of(Batch batch) {
    ModelInputs inputs = create(batch.batch, batch.tokens);
    try {
      inputs.ids(batch.ids);
      if (batch.mask != null) inputs.mask(batch.mask);
      if (batch.tokenTypes != null) inputs.tokenTypes(batch.tokenTypes);
      return inputs;
    } catch (RuntimeException error) {
      inputs.close();
      throw error;
    }
  }

  /**
   * Ids, special tokens included.
   *
   * @param values [batch, tokens]
   * @return this
   */
  public ModelInputs ids(int... values) {
    return set("ids", values);
  }

  /**
   * Closes rows as keys.
   *
   * @param values [batch, tokens] of 1, and 0 for closed rows
   * @return this
   */
  public ModelInputs mask(int... values) {
    return set("mask", values);
  }

  /**
   * Which of two texts a row belongs to.
   *
   * @param values [batch, tokens]
   * @return this
   */
  public ModelInputs tokenTypes(int... values) {
    return set("token_types", values);
  }

  /**
   * Positions, which begin at 0, before the model's own offset.
   *
   * @param values [batch, tokens]
   * @return this
   */
  public ModelInputs positions(int... values) {
    return set("positions", values);
  }

  /**
   * Tokens that see, and are seen by, all (Longformer, LED).
   *
   * @param values [batch, tokens] of 0, and 1 for such tokens
   * @return this
   */
  public ModelInputs globals(int... values) {
    return set("globals", values);
  }

  /**
   * Ids of the decoder, of models that have one.
   *
   * @param values [batch, decoder tokens]
   * @return this
   */
  public ModelInputs decoderIds(int... values) {
    return set("decoder_ids", values);
  }

  /**
   * Closes rows of the decoder.
   *
   * @param values [batch, decoder tokens]
   * @return this
   */
  public ModelInputs decoderMask(int... values) {
    return set("decoder_mask", values);
  }

  /**
   * {@link Output#LOGITS} of these rows of each sequence alone, of heads over rows.
   *
   * @param values indices of rows
   * @return this
   */
  public ModelInputs rows(int... values) {
    return set("rows", values);
  }

  /**
   * Rows in place of what ids give; ids may then be missing.
   *
   * @param values [batch, tokens, hidden]
   * @return this
   */
  public ModelInputs vectors(float... values) {
    return set("vectors", values);
  }

  /**
   * What {@link Output#MEMORIES} gave for the segment before.
   *
   * @param values [layers, batch, rows, hidden]
   * @return this
   */
  public ModelInputs memories(float... values) {
    return set("memories", values);
  }

  /**
   * An option of the attention of a layer, for runs over these inputs.
   *
   * @param layer its number, from 0
   * @param option the name that it has in the C API
   * @param values the numbers
   * @return this
   */
  public ModelInputs layer(int layer, String option, int... values) {
    return set("layers." + layer + "." + option, values);
  }

  /**
   * The same with floats.
   *
   * @param layer its number, from 0
   * @param option the name that it has in the C API
   * @param values the numbers
   * @return this
   */
  public ModelInputs layer(int layer, String option, float... values) {
    return set("layers." + layer + "." + option, values);
  }

  /**
   * The same with a word.
   *
   * @param layer its number, from 0
   * @param option the name that it has in the C API
   * @param word one of its words
   * @return this
   */
  public ModelInputs layer(int layer, String option, String word) {
    nativeSetText("layers." + layer + "." + option, Objects.requireNonNull(word, "word"));
    return this;
  }

  /**
   * Any numbers by the name that they have in the C API.
   *
   * @param name the name
   * @param values the numbers
   * @return this
   */
  public ModelInputs set(String name, int... values) {
    nativeSetInts(name, Objects.requireNonNull(values, "values"));
    return this;
  }

  /**
   * The same with floats.
   *
   * @param name the name
   * @param values the numbers
   * @return this
   */
  public ModelInputs set(String name, float... values) {
    nativeSetFloats(name, Objects.requireNonNull(values, "values"));
    return this;
  }
}
