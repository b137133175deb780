// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "workspace.h"

#include "attention.h"
#include "config.h"
#include "inputs.h"
#include "model.h"

namespace lwave::bindings {

Workspace* Workspace::CreateForModel(Model* model, Config* config, int64_t batch, int64_t tokens) {
  lwave_error* error = BeginCall();
  lwave_workspace* handle = nullptr;
  if (Present(model, "model", error)) {
    const Model::Handle::Shared from(model->shell(), error);
    const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
    if (error->status == LWAVE_OK) lwave_workspace_create(from.get(), options.get(), batch, tokens, &handle, error);
  }
  return Wrap<Workspace>(handle, lwave_workspace_destroy, error);
}

Workspace* Workspace::CreateForAttention(Attention* attention, int64_t queries, int64_t keys) {
  lwave_error* error = BeginCall();
  lwave_workspace* handle = nullptr;
  if (Present(attention, "attention", error)) {
    const Attention::Handle::Shared from(attention->shell(), error);
    if (from) lwave_workspace_create_for_attention(from.get(), queries, keys, &handle, error);
  }
  return Wrap<Workspace>(handle, lwave_workspace_destroy, error);
}

void Workspace::Close() { shell_.Close(); }
bool Workspace::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
