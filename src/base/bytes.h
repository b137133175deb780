// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Little-endian writing and checked reading of flat records; what snapshots are made of. The writer can run
// without a buffer to count.

#ifndef LONGWAVE_BASE_BYTES_H_
#define LONGWAVE_BASE_BYTES_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace lwave {

static_assert(std::endian::native == std::endian::little, "records are written as the machine holds them");

class ByteWriter {
 public:
  ByteWriter() = default;  // counts only
  explicit ByteWriter(absl::Span<uint8_t> out) : out_(out) {}

  template <typename T>
  void Put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    PutBytes(&value, sizeof(T));
  }
  template <typename T>
  void PutSpan(absl::Span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    PutBytes(values.data(), values.size() * sizeof(T));
  }
  void PutString(absl::string_view text) {
    Put<int64_t>(static_cast<int64_t>(text.size()));
    PutBytes(text.data(), text.size());
  }
  void PutBytes(const void* data, size_t bytes) {
    if (bytes > 0 && used_ + bytes <= out_.size()) std::memcpy(out_.data() + used_, data, bytes);
    used_ += bytes;
  }
  size_t used() const { return used_; }

 private:
  absl::Span<uint8_t> out_;
  size_t used_ = 0;
};

// After the first read beyond the end every read fails and gives zeros: check ok() once, before using values
// as sizes.
class ByteReader {
 public:
  explicit ByteReader(absl::Span<const uint8_t> data) : data_(data) {}

  template <typename T>
  T Get() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    GetBytes(&value, sizeof(T));
    return value;
  }
  template <typename T>
  bool GetSpan(absl::Span<T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    return GetBytes(values.data(), values.size() * sizeof(T));
  }
  absl::string_view GetString(int64_t limit) {
    const int64_t size = Get<int64_t>();
    if (!ok_ || size < 0 || size > limit || static_cast<size_t>(size) > left()) {
      ok_ = false;
      return {};
    }
    absl::string_view text(reinterpret_cast<const char*>(data_.data() + at_), static_cast<size_t>(size));
    at_ += static_cast<size_t>(size);
    return text;
  }
  absl::Span<const uint8_t> GetBlock(size_t bytes) {
    if (!ok_ || bytes > left()) {
      ok_ = false;
      return {};
    }
    absl::Span<const uint8_t> block = data_.subspan(at_, bytes);
    at_ += bytes;
    return block;
  }
  bool ok() const { return ok_; }
  size_t left() const { return data_.size() - at_; }
  bool done() const { return ok_ && left() == 0; }

 private:
  bool GetBytes(void* out, size_t bytes) {
    if (!ok_ || bytes > left()) {
      ok_ = false;
      return false;
    }
    if (bytes > 0) std::memcpy(out, data_.data() + at_, bytes);
    at_ += bytes;
    return true;
  }

  absl::Span<const uint8_t> data_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace lwave

#endif  // LONGWAVE_BASE_BYTES_H_
