// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Statuses, messages, and the checks that all functions share.

#include "guard.h"

#include <algorithm>

#include "simd/target.h"

namespace lwave::c_api {
namespace {

lwave_status StatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk: return LWAVE_OK;
    case absl::StatusCode::kCancelled: return LWAVE_CANCELLED;
    case absl::StatusCode::kInvalidArgument: return LWAVE_INVALID_ARGUMENT;
    case absl::StatusCode::kFailedPrecondition: return LWAVE_INVALID_STATE;
    case absl::StatusCode::kOutOfRange: return LWAVE_CAPACITY_EXCEEDED;
    case absl::StatusCode::kUnimplemented: return LWAVE_UNSUPPORTED;
    case absl::StatusCode::kResourceExhausted: return LWAVE_OUT_OF_MEMORY;
    case absl::StatusCode::kNotFound: return LWAVE_NOT_FOUND;
    case absl::StatusCode::kUnavailable: return LWAVE_IO_ERROR;
    case absl::StatusCode::kDataLoss: return LWAVE_CORRUPT_DATA;
    case absl::StatusCode::kAborted: return LWAVE_MISMATCH;
    default: return LWAVE_INTERNAL;
  }
}

}  // namespace

lwave_status Report(lwave_status status, absl::string_view message, lwave_error* error) noexcept {
  if (error == nullptr || status == LWAVE_OK) return status;
  std::memset(error, 0, sizeof(*error));
  error->status = status;
  size_t size = std::min(message.size(), sizeof(error->message) - 1);
  // Not in the middle of a character.
  while (size < message.size() && size > 0 && (static_cast<uint8_t>(message[size]) & 0xC0) == 0x80) --size;
  for (size_t i = 0; i < size; ++i) {
    const char c = message[i];
    error->message[i] = static_cast<uint8_t>(c) < 0x20 || c == 0x7F ? ' ' : c;  // one line
  }
  return status;
}

lwave_status Report(const absl::Status& status, lwave_error* error) noexcept {
  return Report(StatusOf(status.code()), status.message(), error);
}

lwave_status Report(stream::Stop stop, lwave_error* error) noexcept {
  switch (stop) {
    case stream::Stop::kDone: return LWAVE_OK;
    case stream::Stop::kOutputFull:
      return Report(LWAVE_OUTPUT_FULL, "results wait to be read; read them and call again", error);
    case stream::Stop::kCancelled:
      return Report(LWAVE_CANCELLED, "cancelled; call again to go on", error);
  }
  return LWAVE_INTERNAL;
}

absl::Status NullArgument(absl::string_view name) {
  return absl::InvalidArgumentError(absl::StrCat(name, " must not be NULL"));
}

absl::Status CheckCount(absl::string_view name, int64_t count, int64_t expected) {
  if (count == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(name, " must be ", expected, ", got ", count));
}

absl::Status CheckBuffer(absl::string_view name, const void* data, int64_t count) {
  if (count < 0) return absl::InvalidArgumentError(absl::StrCat(name, ": a negative length, ", count));
  if (count > 0 && data == nullptr) return NullArgument(name);
  return absl::OkStatus();
}

absl::Status CopyOut(const void* data, int64_t size, void* buffer, int64_t capacity, int64_t* needed) {
  if (needed != nullptr) *needed = size;
  if (capacity == 0) return needed == nullptr ? NullArgument("needed") : absl::OkStatus();
  const absl::Status status = CheckBuffer("buffer", buffer, capacity);
  if (!status.ok()) return status;
  if (capacity < size) {
    return absl::InvalidArgumentError(absl::StrCat("the buffer has ", capacity, " bytes, needs ", size));
  }
  std::memcpy(buffer, data, static_cast<size_t>(size));
  return absl::OkStatus();
}

absl::Status CopyText(const std::string& text, char* buffer, int64_t capacity, int64_t* needed) {
  return CopyOut(text.c_str(), static_cast<int64_t>(text.size()) + 1, buffer, capacity, needed);
}

absl::Status CopyPart(const absl::StatusOr<std::vector<float>>& part, float* values, int64_t capacity, int64_t* needed) {
  if (!part.ok()) return part.status();
  const int64_t count = static_cast<int64_t>(part->size());
  if (needed != nullptr) *needed = count;
  if (capacity == 0) return needed == nullptr ? NullArgument("needed") : absl::OkStatus();
  const absl::Status status = CheckBuffer("values", values, capacity);
  if (!status.ok()) return status;
  if (capacity < count) {
    return absl::InvalidArgumentError(absl::StrCat("the buffer has ", capacity, " numbers, needs ", count));
  }
  std::copy(part->begin(), part->end(), values);
  return absl::OkStatus();
}

}  // namespace lwave::c_api

extern "C" {

const char* lwave_status_name(lwave_status status) {
  switch (status) {
#define LWAVE_NAME(constant) \
  case constant: return #constant
    LWAVE_NAME(LWAVE_OK);
    LWAVE_NAME(LWAVE_OUTPUT_FULL);
    LWAVE_NAME(LWAVE_CANCELLED);
    LWAVE_NAME(LWAVE_INVALID_ARGUMENT);
    LWAVE_NAME(LWAVE_INVALID_STATE);
    LWAVE_NAME(LWAVE_CAPACITY_EXCEEDED);
    LWAVE_NAME(LWAVE_UNSUPPORTED);
    LWAVE_NAME(LWAVE_OUT_OF_MEMORY);
    LWAVE_NAME(LWAVE_NOT_FOUND);
    LWAVE_NAME(LWAVE_IO_ERROR);
    LWAVE_NAME(LWAVE_CORRUPT_DATA);
    LWAVE_NAME(LWAVE_MISMATCH);
    LWAVE_NAME(LWAVE_INTERNAL);
#undef LWAVE_NAME
    default: return "unknown";
  }
}

const char* lwave_version(void) { return LWAVE_VERSION; }

const char* lwave_simd_target(void) { return lwave::SimdTargetName(); }

}  // extern "C"
