// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model_inputs.h"

#include "inputs.h"

namespace lwave::bindings {

Inputs* Inputs::Create(int64_t batch, int64_t tokens) {
  lwave_error* error = BeginCall();
  lwave_inputs* handle = nullptr;
  lwave_inputs_create(batch, tokens, &handle, error);
  return Wrap<Inputs>(handle, lwave_inputs_destroy, error);
}

void Inputs::SetInts(NameIn name, IntsIn values) {
  lwave_error* error = BeginCall();
  const Handle::Alone inputs(shell_, error);
  const NameText key(name, error);
  if (inputs && key) lwave_inputs_set_ints(inputs.get(), key.get(), values.data, values.count, error);
}

void Inputs::SetFloats(NameIn name, FloatsIn values) {
  lwave_error* error = BeginCall();
  const Handle::Alone inputs(shell_, error);
  const NameText key(name, error);
  if (inputs && key) lwave_inputs_set_floats(inputs.get(), key.get(), values.data, values.count, error);
}

void Inputs::SetText(NameIn name, NameIn value) {
  lwave_error* error = BeginCall();
  const Handle::Alone inputs(shell_, error);
  const NameText key(name, error), text(value, error);
  if (inputs && key && text) lwave_inputs_set_text(inputs.get(), key.get(), text.get(), error);
}

void Inputs::Close() { shell_.Close(); }
bool Inputs::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
