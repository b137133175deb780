// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What goes in and out of the classes beside this file: arrays as a pointer and a count, passed by value, each its own
// type, so that a language's typemap says once what becomes of it; and results of a size that only the call knows.

#ifndef LONGWAVE_BINDINGS_SPANS_H_
#define LONGWAVE_BINDINGS_SPANS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace lwave::bindings {

// The caller's memory, valid during the call. A null pointer with a count of 0 is an empty array.
struct FloatsIn {
  const float* data = nullptr;
  int64_t count = 0;
};
struct FloatsOut {
  float* data = nullptr;
  int64_t count = 0;
};
struct IntsIn {
  const int32_t* data = nullptr;
  int64_t count = 0;
};
struct LongsIn {
  const int64_t* data = nullptr;
  int64_t count = 0;
};
struct LongsOut {
  int64_t* data = nullptr;
  int64_t count = 0;
};
struct DoublesOut {
  double* data = nullptr;
  int64_t count = 0;
};
struct BytesIn {
  const uint8_t* data = nullptr;
  int64_t count = 0;
};
// UTF-8; may hold NUL.
struct TextIn {
  const char* data = nullptr;
  int64_t count = 0;
};
// UTF-8 that may not hold NUL: keys, words and paths.
struct NameIn {
  const char* data = nullptr;
  int64_t count = 0;
};
// UTF-16 in the machine's byte order; may be cut within a pair.
struct Utf16In {
  const char16_t* data = nullptr;
  int64_t count = 0;
};

// Results; the glue copies them into the language's own memory.
struct Text {
  std::string value;  // UTF-8
};
struct Bytes {
  std::vector<uint8_t> value;
};
struct Floats {
  std::vector<float> value;
};
struct Longs {
  std::vector<int64_t> value;
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_SPANS_H_
