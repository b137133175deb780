// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What every object made by the library shares: allocator, runner, log. Held by shared_ptr, so that handles
// may be destroyed in any order.

#ifndef LONGWAVE_BASE_CONTEXT_H_
#define LONGWAVE_BASE_CONTEXT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "base/allocator.h"
#include "base/thread_pool.h"

namespace lwave {

struct Context {
  using LogFunction = void (*)(void* opaque, int32_t level, const char* message);

  Allocator allocator;
  std::unique_ptr<Runner> runner;
  LogFunction log = nullptr;
  void* log_opaque = nullptr;

  void Log(int32_t level, const std::string& message) const {
    if (log != nullptr) log(log_opaque, level, message.c_str());
  }
};

using ContextPtr = std::shared_ptr<const Context>;

}  // namespace lwave

#endif  // LONGWAVE_BASE_CONTEXT_H_
