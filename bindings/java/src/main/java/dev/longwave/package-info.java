/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
/**
 * Longwave reads long documents through transformer models on CPUs, piece by piece, in an amount of memory that is fixed
 * beforehand. {@link dev.longwave.Model} is the way in; {@link dev.longwave.AttentionOptions} leads to the layers
 * alone.
 *
 * <p>Objects with native memory are {@link java.lang.AutoCloseable}: close them. Whatever a program does with them is an
 * exception at worst: a closed object, also one that another thread closes in the middle of a call, throws an {@link
 * java.lang.IllegalStateException}.
 */
package dev.longwave;
