/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Longwave: long-range transformers on CPUs, streamed in fixed memory.
 *
 * In a program of a dozen lines: make a context, open a model, make a stream, push text, read passages and
 * their vectors, search. The parts, each with its own header:
 *
 *   status.h     statuses and errors
 *   context.h    allocator, threads, log
 *   config.h     options
 *   model.h      models, forward over whole sequences
 *   memory.h     ids in, rows out, piece by piece
 *   stream.h     text in, vectors out, piece by piece
 *   generator.h  a prompt or a source in, tokens and text out
 *   scorer.h     text in, log-probabilities of its tokens out
 *   search.h     nearest vectors
 *   tokenizer.h  a tokenizer alone
 *   attention.h  attention layers without a model: q, k, v in, rows out
 *
 * Throughout: handles are opaque; results come through pointers and are written only on success unless the
 * function says otherwise; buffers are a pointer and an int64_t count of elements, which is checked; matrices
 * are row-major without padding. NULL handles give LWAVE_INVALID_ARGUMENT, destroying NULL is fine. A call
 * that fails leaves its handle as after the last completed step. No function reads environment variables. */

#ifndef LONGWAVE_LONGWAVE_H_
#define LONGWAVE_LONGWAVE_H_

#include "longwave/attention.h"
#include "longwave/config.h"
#include "longwave/context.h"
#include "longwave/generator.h"
#include "longwave/memory.h"
#include "longwave/model.h"
#include "longwave/scorer.h"
#include "longwave/search.h"
#include "longwave/status.h"
#include "longwave/stream.h"
#include "longwave/tokenizer.h"

#endif /* LONGWAVE_LONGWAVE_H_ */
