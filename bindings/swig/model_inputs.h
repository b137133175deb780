// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole sequences with everything that a family may read, by name (longwave/model.h). One thread at a time, a run
// included.

#ifndef LONGWAVE_BINDINGS_MODEL_INPUTS_H_
#define LONGWAVE_BINDINGS_MODEL_INPUTS_H_

#include <cstdint>

#include "longwave/model.h"
#include "shell.h"
#include "spans.h"

namespace lwave::bindings {

class Inputs {
 public:
  // batch sequences of tokens rows each.
  static Inputs* Create(int64_t batch, int64_t tokens);
  // By name; copied, and in place of what was set before.
  void SetInts(NameIn name, IntsIn values);
  void SetFloats(NameIn name, FloatsIn values);
  void SetText(NameIn name, NameIn value);

  // Any thread, any number of times; returns at once. A call in flight ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_inputs, lwave_inputs_destroy>;
  explicit Inputs(lwave_inputs* handle) : shell_(handle, "list of inputs") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_MODEL_INPUTS_H_
