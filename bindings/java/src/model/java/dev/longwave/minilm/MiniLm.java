/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave.minilm;

import dev.longwave.Context;
import dev.longwave.Model;
import dev.longwave.ModelFiles;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Longwave's default model: all-MiniLM-L6-v2 with int8 weights, for English text, vectors of 384 numbers. It comes in a
 * jar of its own and needs no download.
 */
public final class MiniLm {
  private static final String FOLDER = "META-INF/longwave/models/minilm";

  private MiniLm() {}

  /**
   * Opens the model, with threads of its own: as many as this process may use.
   *
   * @return a new model, to be closed
   */
  public static Model open() {
    try (ModelFiles files = files()) {
      return Model.open(files);
    }
  }

  /**
   * Opens the model on a context's threads.
   *
   * @param context the threads; may be closed afterwards
   * @return a new model, to be closed
   */
  public static Model open(Context context) {
    try (ModelFiles files = files()) {
      return Model.open(context, files);
    }
  }

  private static ModelFiles files() {
    try {
      return ModelFiles.fromResources(MiniLm.class.getClassLoader(), FOLDER);
    } catch (IOException error) {
      throw new UncheckedIOException("the model's jar is damaged", error);
    }
  }
}
