// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "generator.h"

#include "config.h"
#include "inputs.h"
#include "model.h"

namespace lwave::bindings {

Generator* Generator::Create(Model* model, Config* config) {
  lwave_error* error = BeginCall();
  lwave_generator* handle = nullptr;
  if (Present(model, "model", error)) {
    const Model::Handle::Shared from(model->shell(), error);
    const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
    if (error->status == LWAVE_OK) lwave_generator_create(from.get(), options.get(), &handle, error);
  }
  return Wrap<Generator>(handle, lwave_generator_destroy, error);
}

Generator* Generator::Restore(Model* model, BytesIn snapshot) {
  lwave_error* error = BeginCall();
  lwave_generator* handle = nullptr;
  if (Present(model, "model", error)) {
    const Model::Handle::Shared from(model->shell(), error);
    if (from) lwave_generator_restore(from.get(), snapshot.data, snapshot.count, &handle, error);
  }
  return Wrap<Generator>(handle, lwave_generator_destroy, error);
}

void Generator::PushText(TextIn text, int32_t add_special_tokens) {
  lwave_error* error = BeginCall();
  const Handle::Alone generator(shell_, error);
  if (generator) lwave_generator_push_text(generator.get(), text.data, text.count, add_special_tokens, error);
}

void Generator::PushIds(IntsIn ids) {
  lwave_error* error = BeginCall();
  const Handle::Alone generator(shell_, error);
  if (generator) lwave_generator_push_ids(generator.get(), ids.data, ids.count, error);
}

void Generator::AddStop(TextIn text) {
  lwave_error* error = BeginCall();
  const Handle::Alone generator(shell_, error);
  if (generator) lwave_generator_add_stop(generator.get(), text.data, text.count, error);
}

int32_t Generator::Next(LongsOut result, FloatsOut log_probability) {
  lwave_error* error = BeginCall();
  const Handle::Alone generator(shell_, error);
  if (!generator || !CheckResult(result, 2, error)) return error->status;
  int32_t id = -1, finished = 0;
  const lwave_status status = lwave_generator_next(
      generator.get(), &id, log_probability.count > 0 ? log_probability.data : nullptr, &finished, error);
  result.data[0] = id;
  result.data[1] = finished;
  return Stop(error, status);
}

Text Generator::TakeText() {
  lwave_error* error = BeginCall();
  const Handle::Alone generator(shell_, error);
  if (!generator) return {};
  return CollectText(error, [&](char* buffer, int64_t capacity, int64_t* needed) {
    return lwave_generator_text(generator.get(), buffer, capacity, needed, error);
  });
}

int64_t Generator::GetInt(NameIn key) const {
  lwave_error* error = BeginCall();
  const Handle::Alone generator(shell_, error);
  const NameText name(key, error);
  int64_t value = 0;
  if (generator && name) lwave_generator_get_int(generator.get(), name.get(), &value, error);
  return value;
}

void Generator::Cancel() {
  const Handle::Shared generator(shell_, BeginCall());
  if (generator) lwave_generator_cancel(generator.get());
}

Bytes Generator::Save() const {
  lwave_error* error = BeginCall();
  Bytes snapshot;
  const Handle::Alone generator(shell_, error);
  if (!generator) return snapshot;
  Guarded(error, [&] {
    Collect(snapshot.value, [&](void* buffer, int64_t capacity, int64_t* needed) {
      return lwave_generator_save(generator.get(), buffer, capacity, needed, error);
    });
  });
  return snapshot;
}

Generator* Generator::Fork() const {
  lwave_error* error = BeginCall();
  lwave_generator* copy = nullptr;
  const Handle::Alone generator(shell_, error);
  if (generator) lwave_generator_fork(generator.get(), &copy, error);
  return Wrap<Generator>(copy, lwave_generator_destroy, error);
}

void Generator::Close() {
  shell_.Close([](lwave_generator* generator) { lwave_generator_cancel(generator); });
}
bool Generator::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
