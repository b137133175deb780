// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "call.h"

#include <atomic>
#include <cstring>

namespace lwave::bindings {
namespace {

thread_local lwave_error thread_error = {};
std::atomic<int64_t> live_handles{0};
std::atomic<int64_t> live_objects{0};

}  // namespace

lwave_error* ThreadError() { return &thread_error; }
int32_t LastStatus() { return thread_error.status; }
const char* LastMessage() { return thread_error.message; }

void Fail(lwave_error* error, int32_t status, const char* message) {
  error->status = status;
  constexpr size_t kRoom = sizeof(error->message) - 1;
  const size_t size = std::strlen(message);
  size_t kept = size < kRoom ? size : kRoom;
  // Not within a character.
  while (kept < size && kept > 0 && (static_cast<unsigned char>(message[kept]) & 0xC0) == 0x80) --kept;
  std::memcpy(error->message, message, kept);
  error->message[kept] = '\0';
}

void CountHandle(int64_t change) { live_handles.fetch_add(change, std::memory_order_relaxed); }
void CountObject(int64_t change) { live_objects.fetch_add(change, std::memory_order_relaxed); }
int64_t LiveHandles() { return live_handles.load(std::memory_order_relaxed); }
int64_t LiveObjects() { return live_objects.load(std::memory_order_relaxed); }

}  // namespace lwave::bindings
