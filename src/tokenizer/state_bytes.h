// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Writing and reading saved states: little-endian, without padding.

#ifndef LONGWAVE_TOKENIZER_STATE_BYTES_H_
#define LONGWAVE_TOKENIZER_STATE_BYTES_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tokenizer/tokenizer.h"

namespace lwave::tokenizer {

inline constexpr size_t kTokenBytes = 4 + 1 + 8 + 8;

class StateWriter {
 public:
  explicit StateWriter(char* out) : out_(out) {}
  void U8(uint8_t value) { *out_++ = static_cast<char>(value); }
  void U32(uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) U8(static_cast<uint8_t>(value >> shift));
  }
  void U64(uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) U8(static_cast<uint8_t>(value >> shift));
  }
  void I64(int64_t value) { U64(static_cast<uint64_t>(value)); }
  void WriteToken(const Token& token) {
    U32(static_cast<uint32_t>(token.id));
    U8(token.flags);
    I64(token.byte_begin);
    I64(token.byte_end);
  }

 private:
  char* out_;
};

// Reads zeros past the end and remembers that it did.
class StateReader {
 public:
  explicit StateReader(absl::Span<const char> bytes) : bytes_(bytes) {}
  uint8_t U8() {
    if (at_ >= bytes_.size()) {
      short_ = true;
      return 0;
    }
    return static_cast<uint8_t>(bytes_[at_++]);
  }
  uint32_t U32() {
    uint32_t value = 0;
    for (int shift = 0; shift < 32; shift += 8) value |= static_cast<uint32_t>(U8()) << shift;
    return value;
  }
  uint64_t U64() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 8) value |= static_cast<uint64_t>(U8()) << shift;
    return value;
  }
  int64_t I64() { return static_cast<int64_t>(U64()); }
  Token ReadToken() {
    Token token;
    token.id = static_cast<int32_t>(U32());
    token.flags = U8();
    token.byte_begin = I64();
    token.byte_end = I64();
    return token;
  }
  absl::string_view Bytes(size_t count) {
    if (count > bytes_.size() - at_) {
      short_ = true;
      return absl::string_view("", 0);
    }
    at_ += count;
    return absl::string_view(bytes_.data() + at_ - count, count);
  }
  bool ran_short() const { return short_; }
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  absl::Span<const char> bytes_;
  size_t at_ = 0;
  bool short_ = false;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_STATE_BYTES_H_
