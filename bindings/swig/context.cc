// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "context.h"


namespace lwave::bindings {

Context* Context::Create(int32_t threads) {
  lwave_error* error = BeginCall();
  lwave_context* handle = nullptr;
  lwave_context_create(threads, &handle, error);
  return Wrap<Context>(handle, lwave_context_destroy, error);
}

int32_t Context::Threads() const {
  const Handle::Shared context(shell_, BeginCall());
  return lwave_context_threads(context.get());
}

void Context::Close() { shell_.Close(); }
bool Context::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
