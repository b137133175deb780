// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "longwave/context.h"

#include "guard.h"
#include "handles.h"

using lwave::c_api::Guard;

extern "C" {

lwave_status lwave_context_create(int32_t threads, lwave_context** context, lwave_error* error) {
  return lwave_context_create_with(threads, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, context,
                                   error);
}

lwave_status lwave_context_create_with(int32_t threads, lwave_allocate_function allocate, lwave_free_function free,
                                       void* allocator_opaque, lwave_run_function run, void* run_opaque,
                                       lwave_log_function log, void* log_opaque, lwave_context** context,
                                       lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(context);
    *context = nullptr;
    if (threads < 0 || threads > 1024) {
      return absl::InvalidArgumentError(absl::StrCat("threads must be 0 to 1024, got ", threads));
    }
    if ((allocate == nullptr) != (free == nullptr)) {
      return absl::InvalidArgumentError("allocate and free must both be given, or both be NULL");
    }
    auto made = std::make_shared<lwave::Context>();
    if (allocate != nullptr) made->allocator = lwave::Allocator(allocate, free, allocator_opaque);
    const int32_t count = threads > 0 ? threads : lwave::UsableProcessors();
    made->runner = run != nullptr ? lwave::MakeHostRunner(run, run_opaque, count) : lwave::MakeThreadPool(count);
    made->log = log;
    made->log_opaque = log_opaque;
    *context = new lwave_context{std::move(made)};
    return absl::OkStatus();
  });
}

void lwave_context_destroy(lwave_context* context) { delete context; }

int32_t lwave_context_threads(const lwave_context* context) {
  return context == nullptr ? 0 : context->context->runner->threads();
}

}  // extern "C"
