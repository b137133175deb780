// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What became of the call that a thread made last. The classes beside this file clear it when a call begins and fill it
// when one fails; the language's glue looks at it in the same native call (Java, Go) or right after it on the same
// thread (C#), and makes the language's own error of it.

#ifndef LONGWAVE_BINDINGS_CALL_H_
#define LONGWAVE_BINDINGS_CALL_H_

#include <cstdint>

#include "longwave/status.h"

namespace lwave::bindings {

// Statuses that the library itself does not have, in a range of their own.
constexpr int32_t kStatusClosed = 1000;  // the object was closed
constexpr int32_t kStatusBusy = 1001;    // another thread is inside an object that takes one at a time

// The calling thread's error; its address never changes. status is LWAVE_OK unless the last call failed.
lwave_error* ThreadError();

// For the glue of languages. Message: one line of UTF-8.
int32_t LastStatus();
const char* LastMessage();

#ifndef SWIG

// Begins a call: no error.
inline lwave_error* BeginCall() {
  lwave_error* error = ThreadError();
  error->status = LWAVE_OK;
  return error;
}

// Notes a failure of our own. The message is cut to what an error holds.
void Fail(lwave_error* error, int32_t status, const char* message);

// OUTPUT_FULL and CANCELLED are results, not failures: returned, and no longer in the error.
inline int32_t Stop(lwave_error* error, lwave_status status) {
  if (status == LWAVE_OUTPUT_FULL || status == LWAVE_CANCELLED) error->status = LWAVE_OK;
  return status;
}

// Handles of the library and objects of these classes that live now, in the whole process.
void CountHandle(int64_t change);
void CountObject(int64_t change);

#endif  // SWIG

int64_t LiveHandles();
int64_t LiveObjects();

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_CALL_H_
