// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From C++ to C: every function of the C API is one guarded call. No exception leaves it, every failure has a
// status and, where the caller wants one, a message.

#ifndef LONGWAVE_C_API_GUARD_H_
#define LONGWAVE_C_API_GUARD_H_

#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "longwave/status.h"
#include "stream/text_stream.h"

namespace lwave::c_api {

// Fills the error (null: nobody asked) and returns the status.
lwave_status Report(lwave_status status, absl::string_view message, lwave_error* error) noexcept;
lwave_status Report(const absl::Status& status, lwave_error* error) noexcept;
lwave_status Report(stream::Stop stop, lwave_error* error) noexcept;

// Runs `body`, which returns an lwave_status, absl::Status or absl::StatusOr<stream::Stop>.
template <typename Body>
lwave_status Guard(lwave_error* error, const Body& body) noexcept {
  try {
    const auto result = body();
    if constexpr (std::is_same_v<std::decay_t<decltype(result)>, lwave_status>) {
      return result;
    } else if constexpr (std::is_same_v<std::decay_t<decltype(result)>, absl::Status>) {
      return Report(result, error);
    } else {
      return result.ok() ? Report(*result, error) : Report(result.status(), error);
    }
  } catch (const std::bad_alloc&) {
    return Report(LWAVE_OUT_OF_MEMORY, "out of memory", error);
  } catch (const std::exception& exception) {
    return Report(LWAVE_INTERNAL, exception.what(), error);
  } catch (...) {
    return Report(LWAVE_INTERNAL, "an exception of an unknown type", error);
  }
}

// InvalidArgument "NAME must not be NULL".
absl::Status NullArgument(absl::string_view name);
#define LWAVE_REQUIRE(pointer) \
  if ((pointer) == nullptr) return lwave::c_api::NullArgument(#pointer)

// InvalidArgument "NAME must be EXPECTED, got COUNT" unless they are equal.
absl::Status CheckCount(absl::string_view name, int64_t count, int64_t expected);
// A buffer of `count` elements: not negative, not null unless empty.
absl::Status CheckBuffer(absl::string_view name, const void* data, int64_t count);

// Copies `size` bytes into buffer [capacity]; a capacity of 0 only asks for *needed.
absl::Status CopyOut(const void* data, int64_t size, void* buffer, int64_t capacity, int64_t* needed);
// The same for text, with a NUL.
absl::Status CopyText(const std::string& text, char* buffer, int64_t capacity, int64_t* needed);
// The same for numbers, or why there are none.
absl::Status CopyPart(const absl::StatusOr<std::vector<float>>& part, float* values, int64_t capacity, int64_t* needed);

// The numbers of a layer's or a model's plan, or why there is none. A null pointer asks for nothing.
template <typename Plan>
absl::Status GivePlan(const absl::StatusOr<Plan>& plan, int64_t* bytes, int64_t* load_bytes, int64_t* first_rows,
                      int64_t* steady_rows) {
  if (!plan.ok()) return plan.status();
  if (bytes != nullptr) *bytes = plan->bytes;
  if (load_bytes != nullptr) *load_bytes = plan->load_bytes;
  if (first_rows != nullptr) *first_rows = plan->first_rows;
  if (steady_rows != nullptr) *steady_rows = plan->steady_rows;
  return absl::OkStatus();
}

}  // namespace lwave::c_api

#endif  // LONGWAVE_C_API_GUARD_H_
