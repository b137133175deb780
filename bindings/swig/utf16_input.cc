// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "utf16_input.h"

#include <algorithm>
#include <cstring>

namespace lwave::bindings {
namespace {

bool IsHigh(char16_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsLow(char16_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

// Bytes of one character.
int64_t EncodeOne(uint32_t code, char* out) {
  const auto byte = [](uint32_t bits) { return static_cast<char>(bits); };
  if (code < 0x80) {
    out[0] = byte(code);
    return 1;
  }
  if (code < 0x800) {
    out[0] = byte(0xC0 | code >> 6), out[1] = byte(0x80 | (code & 0x3F));
    return 2;
  }
  if (code < 0x10000) {
    out[0] = byte(0xE0 | code >> 12), out[1] = byte(0x80 | (code >> 6 & 0x3F)), out[2] = byte(0x80 | (code & 0x3F));
    return 3;
  }
  out[0] = byte(0xF0 | code >> 18), out[1] = byte(0x80 | (code >> 12 & 0x3F));
  out[2] = byte(0x80 | (code >> 6 & 0x3F)), out[3] = byte(0x80 | (code & 0x3F));
  return 4;
}

// The character at the beginning of a text that is not empty.
uint32_t DecodeOne(const char16_t* text, int64_t units, int64_t* used) {
  *used = 1;
  if (IsHigh(text[0]) && units > 1 && IsLow(text[1])) {
    *used = 2;
    return 0x10000 + ((static_cast<uint32_t>(text[0]) & 0x3FF) << 10) + (static_cast<uint32_t>(text[1]) & 0x3FF);
  }
  return IsHigh(text[0]) || IsLow(text[0]) ? 0xFFFD : text[0];
}

}  // namespace

int64_t EncodeUtf8(const char16_t* text, int64_t units, char* out, int64_t capacity, int64_t* used) {
  int64_t bytes = 0;
  *used = 0;
  while (*used < units && bytes + 4 <= capacity) {
    if (IsHigh(text[*used]) && *used + 1 == units) break;
    int64_t one = 0;
    const uint32_t code = DecodeOne(text + *used, units - *used, &one);
    bytes += EncodeOne(code, out + bytes);
    *used += one;
  }
  return bytes;
}

lwave_status Utf16Input::Push(lwave_stream* stream, const char* text, int64_t bytes, int64_t* taken,
                              lwave_error* error) {
  const lwave_status status = lwave_stream_push_text(stream, text, bytes, taken, error);
  map_.Add(text, *taken);
  return status;
}

lwave_status Utf16Input::PushRest(lwave_stream* stream, lwave_error* error) {
  if (rest_count_ == 0) return LWAVE_OK;
  int64_t taken = 0;
  const lwave_status status = Push(stream, rest_, rest_count_, &taken, error);
  rest_count_ -= static_cast<int32_t>(taken);
  std::memmove(rest_, rest_ + taken, static_cast<size_t>(rest_count_));
  return rest_count_ == 0 ? LWAVE_OK : status;
}

void Utf16Input::Hold(const char16_t* text, int64_t units) {
  int64_t used = 0;
  rest_count_ = static_cast<int32_t>(EncodeOne(DecodeOne(text, units, &used), rest_));
}

lwave_status Utf16Input::PushHeld(lwave_stream* stream, lwave_error* error) {
  const lwave_status status = PushRest(stream, error);
  if (status != LWAVE_OK || high_ == 0) return status;
  Hold(&high_, 1);
  high_ = 0;
  return PushRest(stream, error);
}

lwave_status Utf16Input::PushText(lwave_stream* stream, TextIn text, int64_t* taken, lwave_error* error) {
  *taken = 0;
  const lwave_status status = PushHeld(stream, error);
  return status == LWAVE_OK ? Push(stream, text.data, text.count, taken, error) : status;
}

lwave_status Utf16Input::PushUtf16(lwave_stream* stream, Utf16In text, int64_t* taken, lwave_error* error) {
  *taken = 0;
  lwave_status status = PushRest(stream, error);
  if (status != LWAVE_OK) return status;
  if (high_ != 0 && text.count > 0) {
    const char16_t pair[2] = {high_, text.data[0]};
    const bool whole = IsLow(pair[1]);
    Hold(pair, whole ? 2 : 1);
    high_ = 0;
    *taken = whole ? 1 : 0;
    status = PushRest(stream, error);
    if (status != LWAVE_OK) return status;
  }
  char chunk[12288];
  do {
    int64_t used = 0;
    const char16_t* begin = text.data + *taken;
    const int64_t left = text.count - *taken;
    const int64_t bytes = EncodeUtf8(begin, left, chunk, sizeof(chunk), &used);
    if (left > 0 && used == 0) {  // all but a high surrogate
      high_ = *begin;
      ++*taken;
      return LWAVE_OK;
    }
    int64_t taken_bytes = 0;
    status = Push(stream, chunk, bytes, &taken_bytes, error);
    if (taken_bytes == bytes) {
      *taken += used;
    } else {
      // Whole characters, and the rest of the one that the stream has begun.
      for (int64_t done = 0; done < taken_bytes;) {
        int64_t one = 0;
        char encoded[4];
        const int64_t size = EncodeOne(DecodeOne(text.data + *taken, text.count - *taken, &one), encoded);
        *taken += one;
        done += size;
        if (done > taken_bytes) {
          rest_count_ = static_cast<int32_t>(done - taken_bytes);
          std::memcpy(rest_, encoded + size - rest_count_, static_cast<size_t>(rest_count_));
        }
      }
    }
  } while (status == LWAVE_OK && *taken < text.count);
  return status;
}

void Utf16Input::Reset(bool empty) {
  *this = Utf16Input();
  if (!empty) map_.Lose();
}

}  // namespace lwave::bindings
