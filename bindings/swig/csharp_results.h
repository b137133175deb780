// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Between C#'s pointers and the spans of the classes, and results on their way to C#, which copies and frees them.
// Included by the generated wrapper alone. The structs are laid out as NativeSpan and NativeResult in C#.

#ifndef LONGWAVE_BINDINGS_CSHARP_RESULTS_H_
#define LONGWAVE_BINDINGS_CSHARP_RESULTS_H_

#include <cstdint>
#include <new>
#include <utility>

#include "swig/call.h"

namespace lwave::bindings {

struct CSharpSpan {
  void* data;
  int64_t count;
};

struct CSharpResult {
  const void* data;
  int64_t count;
  void (*destroy)(CSharpResult*);
};

// Null, with the error set, if there is no memory for it.
template <typename Container>
CSharpResult* NewResult(Container&& value) {
  struct Held : CSharpResult {
    Container kept;
  };
  Held* result = new (std::nothrow) Held;
  if (result == nullptr) {
    Fail(ThreadError(), LWAVE_OUT_OF_MEMORY, "out of memory");
    return nullptr;
  }
  result->kept = std::move(value);
  result->data = result->kept.data();
  result->count = static_cast<int64_t>(result->kept.size());
  result->destroy = [](CSharpResult* self) { delete static_cast<Held*>(self); };
  return result;
}

}  // namespace lwave::bindings

#define LONGWAVE_CSHARP_EXPORT inline __attribute__((used, visibility("default")))

extern "C" {
// The calling thread's error: its status, and 16 bytes on, its message. The address never changes.
LONGWAVE_CSHARP_EXPORT lwave_error* CSharp_Longwave_ThreadError() { return lwave::bindings::ThreadError(); }
LONGWAVE_CSHARP_EXPORT void CSharp_Longwave_FreeResult(lwave::bindings::CSharpResult* result) {
  if (result != nullptr) result->destroy(result);
}
}

#endif  // LONGWAVE_BINDINGS_CSHARP_RESULTS_H_
