// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Shared by the classes' bodies: names with a NUL at their end, results of unknown size, and no exception but a status.

#ifndef LONGWAVE_BINDINGS_INPUTS_H_
#define LONGWAVE_BINDINGS_INPUTS_H_

#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "call.h"
#include "spans.h"

namespace lwave::bindings {

// A name ended by a NUL. Not ok, with the error set, if it holds one itself; it would be cut there silently.
class NameText {
 public:
  NameText(NameIn name, lwave_error* error) {
    if (name.count > 0 && std::memchr(name.data, '\0', static_cast<size_t>(name.count)) != nullptr) {
      Fail(error, LWAVE_INVALID_ARGUMENT, "a key, a word or a path must not hold NUL");
      return;
    }
    text_.assign(name.data == nullptr ? "" : name.data, static_cast<size_t>(name.count));
    ok_ = true;
  }
  const char* get() const { return text_.c_str(); }
  explicit operator bool() const { return ok_; }

 private:
  std::string text_;
  bool ok_ = false;
};

// Whether an argument that must be there is. What the languages check for null already stays a status here.
inline bool Present(const void* argument, const char* name, lwave_error* error) {
  if (argument != nullptr) return true;
  char message[64] = {};
  std::strncat(message, name, 40);
  std::strcat(message, " must not be null");
  Fail(error, LWAVE_INVALID_ARGUMENT, message);
  return false;
}

// Whether numbers of a fixed count have room.
inline bool CheckResult(LongsOut result, int64_t count, lwave_error* error) {
  if (result.count >= count) return true;
  Fail(error, LWAVE_INVALID_ARGUMENT, "result has too few numbers");
  return false;
}

// Runs a body that may throw; a C++ exception must not reach the language.
template <typename Body>
void Guarded(lwave_error* error, const Body& body) {
  try {
    body();
  } catch (const std::bad_alloc&) {
    Fail(error, LWAVE_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& exception) {
    Fail(error, LWAVE_INTERNAL, exception.what());
  }
}

// Fills `result` by calling fill(pointer, capacity, &needed) -> status: once for the size, once for the content.
template <typename Container, typename Fill>
void Collect(Container& result, const Fill& fill) {
  int64_t needed = 0;
  if (fill(nullptr, 0, &needed) != LWAVE_OK || needed == 0) return;
  result.resize(static_cast<size_t>(needed));
  if (fill(result.data(), needed, &needed) != LWAVE_OK) result.clear();
}

// The same for text that the library ends with a NUL.
template <typename Fill>
Text CollectText(lwave_error* error, const Fill& fill) {
  Text text;
  Guarded(error, [&] {
    Collect(text.value, fill);
    if (!text.value.empty()) text.value.pop_back();
  });
  return text;
}

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_INPUTS_H_
