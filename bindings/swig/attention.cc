// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention.h"

#include "config.h"
#include "context.h"
#include "inputs.h"
#include "workspace.h"

namespace lwave::bindings {

Attention* Attention::Create(Context* context, Config* config) {
  lwave_error* error = BeginCall();
  lwave_attention* handle = nullptr;
  if (Present(context, "context", error) && Present(config, "config", error)) {
    const Context::Handle::Shared from(context->shell(), error);
    const Config::Handle::Alone options(config->shell(), error);
    if (from && options) lwave_attention_create(from.get(), options.get(), &handle, error);
  }
  return Wrap<Attention>(handle, lwave_attention_destroy, error);
}

int64_t Attention::GetInt(NameIn key) const {
  lwave_error* error = BeginCall();
  const Handle::Shared attention(shell_, error);
  const NameText name(key, error);
  int64_t value = 0;
  if (attention && name) lwave_attention_get_int(attention.get(), name.get(), &value, error);
  return value;
}

Text Attention::Describe() const {
  lwave_error* error = BeginCall();
  const Handle::Shared attention(shell_, error);
  if (!attention) return {};
  return CollectText(error, [&](char* buffer, int64_t capacity, int64_t* needed) {
    return lwave_attention_describe(attention.get(), buffer, capacity, needed, error);
  });
}

Floats Attention::ReadPart(NameIn name) const {
  lwave_error* error = BeginCall();
  Floats part;
  const Handle::Shared attention(shell_, error);
  const NameText wanted(name, error);
  if (!attention || !wanted) return part;
  Guarded(error, [&] {
    Collect(part.value, [&](float* values, int64_t capacity, int64_t* needed) {
      return lwave_attention_read_part(attention.get(), wanted.get(), values, capacity, needed, error);
    });
  });
  return part;
}

int64_t Attention::Plan(int64_t queries, int64_t keys) const {
  lwave_error* error = BeginCall();
  const Handle::Shared attention(shell_, error);
  int64_t bytes = 0;
  if (attention) lwave_attention_plan(attention.get(), queries, keys, &bytes, error);
  return bytes;
}

void Attention::PlanMemory(LongsOut result) const {
  lwave_error* error = BeginCall();
  const Handle::Shared attention(shell_, error);
  if (!attention || !CheckResult(result, 4, error)) return;
  lwave_memory_plan_for_attention(attention.get(), &result.data[0], &result.data[1], &result.data[2], &result.data[3],
                                  error);
}

void Attention::Forward(Workspace* workspace, FloatsIn q, FloatsIn k, FloatsIn v, IntsIn mask, int64_t batch,
                        int64_t queries, int64_t keys, FloatsOut filled) const {
  lwave_error* error = BeginCall();
  const Handle::Shared attention(shell_, error);
  const Workspace::Handle::Alone scratch(workspace != nullptr ? &workspace->shell() : nullptr, error);
  if (error->status != LWAVE_OK) return;
  lwave_attention_forward(attention.get(), scratch.get(), q.data, q.count, k.data, k.count, v.data, v.count, mask.data,
                          mask.count, batch, queries, keys, filled.data, filled.count, error);
}

void Attention::EstimateError(FloatsIn q, FloatsIn k, FloatsIn v, IntsIn mask, int64_t queries, int64_t keys,
                              FloatsIn out, int64_t samples, int64_t seed, DoublesOut result) const {
  lwave_error* error = BeginCall();
  const Handle::Shared attention(shell_, error);
  if (!attention) return;
  if (result.count < 3) {
    Fail(error, LWAVE_INVALID_ARGUMENT, "result has too few numbers");
    return;
  }
  lwave_attention_estimate_error(attention.get(), q.data, q.count, k.data, k.count, v.data, v.count, mask.data,
                                 mask.count, queries, keys, out.count != 0 ? out.data : nullptr, out.count, samples,
                                 seed, &result.data[0], &result.data[1], &result.data[2], error);
}

void Attention::Close() { shell_.Close(); }
bool Attention::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
