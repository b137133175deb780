/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The files of a model where they are no folder: resources of a jar, assets of an app, downloads.
 *
 * <pre>{@code
 * try (ModelFiles files = ModelFiles.fromResources(loader, "models/minilm"); Model model = Model.open(files)) { ... }
 * }</pre>
 *
 * <p>Holds the bytes in native memory until it is closed, which may be as soon as the model is open. One thread at a time.
 */
public final class ModelFiles implements AutoCloseable {
  private final NativeFiles files = new NativeFiles(NativeFiles.nativeCreate());

  /** No file yet. */
  public ModelFiles() {}

  /**
   * Reads the resources below a folder. They are listed in its {@code index.txt}, one name a line, since a class loader
   * cannot list a folder.
   *
   * @param loader where the resources are
   * @param folder such as "models/minilm"
   * @return the files
   * @throws IOException if one is missing or cannot be read
   */
  public static ModelFiles fromResources(ClassLoader loader, String folder) throws IOException {
    String prefix = folder.endsWith("/") ? folder : folder + "/";
    ModelFiles result = new ModelFiles();
    try {
      ByteArrayOutputStream index = new ByteArrayOutputStream();
      try (InputStream in = open(loader, prefix + "index.txt")) {
        byte[] part = new byte[4096];
        for (int n = in.read(part); n >= 0; n = in.read(part)) index.write(part, 0, n);
      }
      for (String name : new String(index.toByteArray(), StandardCharsets.UTF_8).split("\n")) {
        if (name.isEmpty()) continue;
        try (InputStream in = open(loader, prefix + name)) {
          result.add(name, in);
        }
      }
      return result;
    } catch (IOException | RuntimeException error) {
      result.close();
      throw error;
    }
  }

  private static InputStream open(ClassLoader loader, String name) throws IOException {
    InputStream in = loader.getResourceAsStream(name);
    if (in == null) throw new FileNotFoundException("no resource " + name);
    return in;
  }

  /**
   * Adds a file.
   *
   * @param name as in the model's folder: "config.json", "1_Pooling/config.json"
   * @param bytes what is in it; copied
   * @return this
   */
  public ModelFiles add(String name, byte[] bytes) {
    files.nativeAdd(Objects.requireNonNull(name, "name"));
    files.nativeAppend(Objects.requireNonNull(bytes, "bytes"));
    return this;
  }

  /**
   * Adds a file, a part at a time.
   *
   * @param name as in the model's folder
   * @param in read to its end, not closed
   * @return this
   * @throws IOException if it cannot be read
   */
  public ModelFiles add(String name, InputStream in) throws IOException {
    files.nativeAdd(Objects.requireNonNull(name, "name"));
    byte[] part = new byte[1 << 16];
    for (int n = in.read(part); n >= 0; n = in.read(part)) {
      files.nativeAppend(n == part.length ? part : java.util.Arrays.copyOf(part, n));
    }
    return this;
  }

  NativeFiles files() {
    return files;
  }

  /** Gives the bytes back. Models that were opened from them have their own. */
  @Override
  public void close() {
    files.close();
  }
}
