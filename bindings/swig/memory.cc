// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "memory.h"

#include "attention.h"
#include "config.h"
#include "inputs.h"
#include "model.h"

namespace lwave::bindings {

Memory* Memory::CreateForModel(Model* model, Config* config) {
  lwave_error* error = BeginCall();
  lwave_memory* handle = nullptr;
  if (Present(model, "model", error)) {
    const Model::Handle::Shared from(model->shell(), error);
    const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
    if (error->status == LWAVE_OK) lwave_memory_create(from.get(), options.get(), &handle, error);
  }
  return Wrap<Memory>(handle, lwave_memory_destroy, error);
}

Memory* Memory::CreateForAttention(Attention* attention) {
  lwave_error* error = BeginCall();
  lwave_memory* handle = nullptr;
  if (Present(attention, "attention", error)) {
    const Attention::Handle::Shared from(attention->shell(), error);
    if (from) lwave_memory_create_for_attention(from.get(), &handle, error);
  }
  return Wrap<Memory>(handle, lwave_memory_destroy, error);
}

int32_t Memory::Push(IntsIn ids, FloatsOut rows, LongsOut result) {
  lwave_error* error = BeginCall();
  const Handle::Alone memory(shell_, error);
  if (!memory || !CheckResult(result, 2, error)) return error->status;
  return Stop(error, lwave_memory_push(memory.get(), ids.data, ids.count, &result.data[0], rows.data, rows.count,
                                       &result.data[1], error));
}

int32_t Memory::Step(FloatsIn q, FloatsIn k, FloatsIn v, IntsIn mask, int64_t rows, FloatsOut out, LongsOut result) {
  lwave_error* error = BeginCall();
  const Handle::Alone memory(shell_, error);
  if (!memory || !CheckResult(result, 2, error)) return error->status;
  return Stop(error, lwave_memory_step(memory.get(), q.data, q.count, k.data, k.count, v.data, v.count, mask.data,
                                       mask.count, rows, &result.data[0], out.data, out.count, &result.data[1], error));
}

int32_t Memory::Finish(FloatsOut rows, LongsOut result) {
  lwave_error* error = BeginCall();
  const Handle::Alone memory(shell_, error);
  if (!memory || !CheckResult(result, 2, error)) return error->status;
  result.data[0] = 0;
  return Stop(error, lwave_memory_finish(memory.get(), rows.data, rows.count, &result.data[1], error));
}

void Memory::EndSegment() {
  lwave_error* error = BeginCall();
  const Handle::Alone memory(shell_, error);
  if (memory) lwave_memory_end_segment(memory.get(), error);
}

void Memory::Reset() {
  lwave_error* error = BeginCall();
  const Handle::Alone memory(shell_, error);
  if (memory) lwave_memory_reset(memory.get(), error);
}

int64_t Memory::GetInt(NameIn key) const {
  lwave_error* error = BeginCall();
  const Handle::Alone memory(shell_, error);
  const NameText name(key, error);
  int64_t value = 0;
  if (memory && name) lwave_memory_get_int(memory.get(), name.get(), &value, error);
  return value;
}

Text Memory::Describe() const {
  lwave_error* error = BeginCall();
  const Handle::Alone memory(shell_, error);
  if (!memory) return {};
  return CollectText(error, [&](char* buffer, int64_t capacity, int64_t* needed) {
    return lwave_memory_describe(memory.get(), buffer, capacity, needed, error);
  });
}

Floats Memory::ReadPart(NameIn name) const {
  lwave_error* error = BeginCall();
  Floats part;
  const Handle::Alone memory(shell_, error);
  const NameText wanted(name, error);
  if (!memory || !wanted) return part;
  Guarded(error, [&] {
    Collect(part.value, [&](float* values, int64_t capacity, int64_t* needed) {
      return lwave_memory_read_part(memory.get(), wanted.get(), values, capacity, needed, error);
    });
  });
  return part;
}

Bytes Memory::Save() const {
  lwave_error* error = BeginCall();
  Bytes snapshot;
  const Handle::Alone memory(shell_, error);
  if (!memory) return snapshot;
  Guarded(error, [&] {
    Collect(snapshot.value, [&](void* buffer, int64_t capacity, int64_t* needed) {
      return lwave_memory_save(memory.get(), buffer, capacity, needed, error);
    });
  });
  return snapshot;
}

void Memory::Load(BytesIn data) {
  lwave_error* error = BeginCall();
  const Handle::Alone memory(shell_, error);
  if (memory) lwave_memory_load(memory.get(), data.data, data.count, error);
}

Memory* Memory::Fork() const {
  lwave_error* error = BeginCall();
  lwave_memory* copy = nullptr;
  const Handle::Alone memory(shell_, error);
  if (memory) lwave_memory_fork(memory.get(), &copy, error);
  return Wrap<Memory>(copy, lwave_memory_destroy, error);
}

void Memory::Close() { shell_.Close(); }
bool Memory::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
