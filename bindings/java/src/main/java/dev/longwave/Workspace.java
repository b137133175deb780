/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

/**
 * Scratch of forwards, made for lengths that are not to be exceeded. With one, a forward allocates nothing. One thread at
 * a time: another one gets an {@link IllegalStateException}.
 *
 * @see Attention#newWorkspace
 * @see Model#newWorkspace(int, int)
 */
public final class Workspace extends NativeWorkspace {
  Workspace(long pointer) {
    super(pointer);
  }
}
