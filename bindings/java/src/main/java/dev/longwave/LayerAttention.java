/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.Objects;

/** What becomes of a layer's attention in a {@link Conversion}. Immutable. */
public final class LayerAttention {
  private final String word;

  private LayerAttention(String word) {
    this.word = word;
  }

  /**
   * As it is.
   *
   * @return a new object
   */
  public static LayerAttention full() {
    return new LayerAttention("full");
  }

  /**
   * A window, as wide on both sides.
   *
   * @param rows seen on each side; 256 is what Longformer's configuration calls 512
   * @return a new object
   */
  public static LayerAttention window(int rows) {
    return new LayerAttention("window:" + rows);
  }

  /**
   * A window.
   *
   * @param left rows seen before each row
   * @param right rows seen after each row
   * @return a new object
   */
  public static LayerAttention window(int left, int right) {
    return new LayerAttention("window:" + left + "," + right);
  }

  /**
   * FAVOR+, with orthogonal features (Choromanski et al. 2021).
   *
   * @param features 1 to 1024
   * @return a new object
   */
  public static LayerAttention favor(int features) {
    return new LayerAttention("favor:" + features);
  }

  /** In the C API's words, one after the other. */
  static String join(LayerAttention... layers) {
    StringBuilder words = new StringBuilder();
    for (LayerAttention layer : layers) {
      if (words.length() > 0) words.append(';');
      words.append(Objects.requireNonNull(layer, "layer").word);
    }
    return words.toString();
  }

  @Override
  public String toString() {
    return word;
  }
}
