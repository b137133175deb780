// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Threads and allocator that everything else shares (longwave/context.h). Any thread.

#ifndef LONGWAVE_BINDINGS_CONTEXT_H_
#define LONGWAVE_BINDINGS_CONTEXT_H_

#include <cstdint>

#include "longwave/context.h"
#include "shell.h"

namespace lwave::bindings {

class Context {
 public:
  // threads: 1 to 1024, or 0 for as many as this process may use. Null on failure, as all that make objects.
  static Context* Create(int32_t threads);
  int32_t Threads() const;

  // Any thread, any number of times; returns at once. A call in flight ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_context, lwave_context_destroy>;
  explicit Context(lwave_context* handle) : shell_(handle, "context") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_CONTEXT_H_
