// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// UTF-16 on its way into a stream, which takes UTF-8: whole chunks are encoded, the half of a surrogate pair at the end
// of a call is held until the next one, and halves without the other become U+FFFD.

#ifndef LONGWAVE_BINDINGS_UTF16_INPUT_H_
#define LONGWAVE_BINDINGS_UTF16_INPUT_H_

#include <cstdint>

#include "longwave/stream.h"
#include "spans.h"
#include "utf16_map.h"

namespace lwave::bindings {

// Encodes characters while `out` has room: *used receives the units they take, the result is the number of bytes. Stops
// before a high surrogate that ends the text, since its other half may come.
int64_t EncodeUtf8(const char16_t* text, int64_t units, char* out, int64_t capacity, int64_t* used);

class Utf16Input {
 public:
  // Pushes to a stream and keeps the map; statuses and `taken` (bytes, units) are those of lwave_stream_push_text. What
  // is held goes first, and counts as taken already.
  lwave_status PushText(lwave_stream* stream, TextIn text, int64_t* taken, lwave_error* error);
  lwave_status PushUtf16(lwave_stream* stream, Utf16In text, int64_t* taken, lwave_error* error);
  // What is held, completed by U+FFFD; LWAVE_OK when nothing is left.
  lwave_status PushHeld(lwave_stream* stream, lwave_error* error);

  // Whether something counts as taken that the stream does not have yet.
  bool holds() const { return high_ != 0 || rest_count_ > 0; }
  // Forgets what is held, and where the text began unless the stream has taken nothing.
  void Reset(bool empty);

  Utf16Map& map() { return map_; }
  const Utf16Map& map() const { return map_; }

 private:
  lwave_status Push(lwave_stream* stream, const char* text, int64_t bytes, int64_t* taken, lwave_error* error);
  lwave_status PushRest(lwave_stream* stream, lwave_error* error);
  void Hold(const char16_t* text, int64_t units);

  Utf16Map map_;
  char16_t high_ = 0;  // a high surrogate that waits for its other half
  char rest_[4] = {};  // of a character, of which the stream has taken the beginning or nothing
  int32_t rest_count_ = 0;
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_UTF16_INPUT_H_
