// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where every long-lived byte of the library comes from: the allocator of a context. Packed weights,
// memories, workspaces, queues and tokenizer tables take their storage here and nowhere else, so that a
// host can count it, bound it and make it fail.

#ifndef LONGWAVE_BASE_ALLOCATOR_H_
#define LONGWAVE_BASE_ALLOCATOR_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace lwave {

// Every block starts at a multiple of this many bytes (a cache line, and the widest vector).
inline constexpr size_t kAlignment = 64;

// Rounds up to the alignment; what a block of `bytes` really costs in every plan.
constexpr size_t AlignUp(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// The host's functions, or malloc when both are null. Threads: the functions may be called from any thread.
// `allocate` returns storage aligned to `alignment`, or null when there is none (then the call in progress
// fails with out_of_memory and changes nothing).
class Allocator {
 public:
  using AllocateFunction = void* (*)(void* opaque, int64_t bytes, int64_t alignment);
  using FreeFunction = void (*)(void* opaque, void* block, int64_t bytes);

  Allocator() = default;
  Allocator(AllocateFunction allocate, FreeFunction free, void* opaque)
      : allocate_(allocate), free_(free), opaque_(opaque) {}

  // Null when out of memory. `bytes` 0 gives null as well.
  void* Allocate(size_t bytes) const;
  void Free(void* block, size_t bytes) const;

  static const Allocator& Default();

 private:
  AllocateFunction allocate_ = nullptr;
  FreeFunction free_ = nullptr;
  void* opaque_ = nullptr;
};

// A fixed-size array of trivially copyable values from an Allocator, aligned to kAlignment. Move-only.
// The allocator must outlive it (a context is held by every object made from it).
template <typename T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { Swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer moved(std::move(other));
    Swap(moved);
    return *this;
  }
  ~Buffer() {
    if (data_ != nullptr) allocator_->Free(data_, AlignUp(size_ * sizeof(T)));
  }

  // Replaces the contents by `size` zeroed values. On failure the buffer is unchanged.
  absl::Status Resize(const Allocator& allocator, size_t size) {
    if (size > (SIZE_MAX / 2) / sizeof(T)) return absl::ResourceExhaustedError("allocation size overflows");
    Buffer fresh;
    if (size > 0) {
      const size_t bytes = AlignUp(size * sizeof(T));
      fresh.data_ = static_cast<T*>(allocator.Allocate(bytes));
      if (fresh.data_ == nullptr) {
        return absl::ResourceExhaustedError(absl::StrCat("the allocator has no ", bytes, " bytes"));
      }
      std::memset(static_cast<void*>(fresh.data_), 0, bytes);
    }
    fresh.size_ = size;
    fresh.allocator_ = &allocator;
    Swap(fresh);
    return absl::OkStatus();
  }

  // What Resize(size) will take from the allocator.
  static size_t BytesFor(size_t size) { return AlignUp(size * sizeof(T)); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  size_t bytes() const { return BytesFor(size_); }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  absl::Span<T> span() { return absl::MakeSpan(data_, size_); }
  absl::Span<const T> span() const { return absl::MakeConstSpan(data_, size_); }

 private:
  void Swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(allocator_, other.allocator_);
  }

  T* data_ = nullptr;
  size_t size_ = 0;
  const Allocator* allocator_ = nullptr;
};

}  // namespace lwave

#endif  // LONGWAVE_BASE_ALLOCATOR_H_
