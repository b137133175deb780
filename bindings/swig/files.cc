// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "files.h"

#include "inputs.h"

namespace lwave::bindings {

void DestroyBuffers(NamedBuffers* buffers) { delete buffers; }

Files* Files::Create() {
  lwave_error* error = BeginCall();
  NamedBuffers* buffers = new (std::nothrow) NamedBuffers();
  if (buffers == nullptr) Fail(error, LWAVE_OUT_OF_MEMORY, "out of memory");
  return Wrap<Files>(buffers, DestroyBuffers, error);
}

void Files::Add(NameIn name) {
  lwave_error* error = BeginCall();
  const Handle::Alone files(shell_, error);
  const NameText text(name, error);
  if (!files || !text) return;
  Guarded(error, [&] {
    files.get()->buffers.emplace_back();
    files.get()->names.emplace_back(text.get());
  });
}

void Files::Append(BytesIn data) {
  lwave_error* error = BeginCall();
  const Handle::Alone files(shell_, error);
  if (!files) return;
  if (files.get()->names.empty()) {
    Fail(error, LWAVE_INVALID_STATE, "bytes belong to a file; add one first");
    return;
  }
  std::vector<uint8_t>& buffer = files.get()->buffers.back();
  Guarded(error, [&] { buffer.insert(buffer.end(), data.data, data.data + data.count); });
}

void Files::Close() { shell_.Close(); }
bool Files::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
