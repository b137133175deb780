// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Attention layers without a model (longwave/attention.h): whole sequences here, pieces through a memory. Immutable; any
// number of threads.

#ifndef LONGWAVE_BINDINGS_ATTENTION_H_
#define LONGWAVE_BINDINGS_ATTENTION_H_

#include <cstdint>

#include "longwave/attention.h"
#include "shell.h"
#include "spans.h"

namespace lwave::bindings {

class Config;
class Context;
class Workspace;

class Attention {
 public:
  static Attention* Create(Context* context, Config* config);

  int64_t GetInt(NameIn key) const;
  Text Describe() const;
  Floats ReadPart(NameIn name) const;

  // Bytes of scratch that a forward of these lengths takes.
  int64_t Plan(int64_t queries, int64_t keys) const;
  // What a memory takes: result [4] receives bytes, load_bytes, first_rows, steady_rows.
  void PlanMemory(LongsOut result) const;

  // workspace may be null. Shapes as in attention.h: q [batch, queries, q_width] and so on.
  void Forward(Workspace* workspace, FloatsIn q, FloatsIn k, FloatsIn v, IntsIn mask, int64_t batch, int64_t queries,
               int64_t keys, FloatsOut filled) const;

  // How far rows are from exact softmax attention, on a sample of rows. out: the rows, or empty: a forward is run. result
  // [3] receives the relative error, the mean and the greatest of single rows.
  void EstimateError(FloatsIn q, FloatsIn k, FloatsIn v, IntsIn mask, int64_t queries, int64_t keys, FloatsIn out,
                     int64_t samples, int64_t seed, DoublesOut result) const;

  // Any thread, any number of times; returns at once. A call in flight ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_attention, lwave_attention_destroy>;
  explicit Attention(lwave_attention* handle) : shell_(handle, "attention layer") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_ATTENTION_H_
