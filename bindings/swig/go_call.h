// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Shared by the bodies of Go's flat functions: objects from numbers, and failures made of the thread's error.

#ifndef LONGWAVE_BINDINGS_GO_CALL_H_
#define LONGWAVE_BINDINGS_GO_CALL_H_

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "call.h"
#include "go_flat.h"

namespace lwave::bindings::golang {

template <typename Class>
Class* From(Object object) {
  return reinterpret_cast<Class*>(static_cast<intptr_t>(object));
}
inline Object ToObject(const void* pointer) { return static_cast<Object>(reinterpret_cast<intptr_t>(pointer)); }

// 0, or a copy of the thread's error. Where there is no memory for one: kNoMemory.
constexpr Failure kNoMemory = 1;
inline Failure Outcome() {
  const lwave_error* error = ThreadError();
  if (error->status == LWAVE_OK) return 0;
  void* copy = std::malloc(sizeof(lwave_error));
  if (copy == nullptr) return kNoMemory;
  std::memcpy(copy, error, sizeof(lwave_error));
  return ToObject(copy);
}

// Runs body(object) unless the object is none, which a nil or a zero value of Go's is.
template <typename Class, typename Body>
Failure With(Object object, const Body& body) {
  Class* pointer = From<Class>(object);
  if (pointer == nullptr) {
    Fail(BeginCall(), LWAVE_INVALID_ARGUMENT, "the object is nil, or was not made by one of this package's functions");
  } else {
    body(*pointer);
  }
  return Outcome();
}

// A new object.
inline Failure Made(const void* pointer, int64_t* out) {
  *out = ToObject(pointer);
  return Outcome();
}

// The bytes of a string or a vector.
template <typename Container>
void Give(const Container& value, int64_t* out) {
  out[0] = out[1] = 0;
  const size_t bytes = value.size() * sizeof(value[0]);
  if (LastStatus() != LWAVE_OK || bytes == 0) return;
  void* copy = std::malloc(bytes);
  if (copy == nullptr) {
    Fail(ThreadError(), LWAVE_OUT_OF_MEMORY, "out of memory");
    return;
  }
  std::memcpy(copy, value.data(), bytes);
  out[0] = ToObject(copy);
  out[1] = static_cast<int64_t>(bytes);
}

}  // namespace lwave::bindings::golang

#endif  // LONGWAVE_BINDINGS_GO_CALL_H_
