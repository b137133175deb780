// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "config.h"

#include "inputs.h"

namespace lwave::bindings {

Config* Config::Create(NameIn kind) {
  lwave_error* error = BeginCall();
  lwave_config* handle = nullptr;
  const NameText name(kind, error);
  if (name) lwave_config_create(name.get(), &handle, error);
  return Wrap<Config>(handle, lwave_config_destroy, error);
}

void Config::SetInt(NameIn key, int64_t value) {
  lwave_error* error = BeginCall();
  const Handle::Alone config(shell_, error);
  const NameText name(key, error);
  if (config && name) lwave_config_set_int(config.get(), name.get(), value, error);
}

void Config::SetInts(NameIn key, LongsIn values) {
  lwave_error* error = BeginCall();
  const Handle::Alone config(shell_, error);
  const NameText name(key, error);
  if (config && name) lwave_config_set_ints(config.get(), name.get(), values.data, values.count, error);
}

void Config::SetFloat(NameIn key, double value) {
  lwave_error* error = BeginCall();
  const Handle::Alone config(shell_, error);
  const NameText name(key, error);
  if (config && name) lwave_config_set_float(config.get(), name.get(), value, error);
}

void Config::SetFloats(NameIn key, FloatsIn values) {
  lwave_error* error = BeginCall();
  const Handle::Alone config(shell_, error);
  const NameText name(key, error);
  if (config && name) lwave_config_set_floats(config.get(), name.get(), values.data, values.count, error);
}

void Config::SetText(NameIn key, NameIn value) {
  lwave_error* error = BeginCall();
  const Handle::Alone config(shell_, error);
  const NameText name(key, error), text(value, error);
  if (config && name && text) lwave_config_set_text(config.get(), name.get(), text.get(), error);
}

int64_t Config::OptionCount() const {
  const Handle::Alone config(shell_, BeginCall());
  return lwave_config_option_count(config.get());
}

Text Config::OptionName(int64_t index) const {
  lwave_error* error = BeginCall();
  const Handle::Alone config(shell_, error);
  Text text;
  if (!config) return text;
  const char* name = lwave_config_option_name(config.get(), index);
  if (name == nullptr) {
    Fail(error, LWAVE_INVALID_ARGUMENT, "there is no option of this index");
  } else {
    Guarded(error, [&] { text.value = name; });
  }
  return text;
}

int32_t Config::OptionBounds(NameIn key, LongsOut result) const {
  lwave_error* error = BeginCall();
  const Handle::Alone config(shell_, error);
  const NameText name(key, error);
  int32_t type = 0;
  if (config && name && CheckResult(result, 2, error)) {
    lwave_config_option_bounds(config.get(), name.get(), &type, &result.data[0], &result.data[1], error);
  }
  return type;
}

void Config::Close() { shell_.Close(); }
bool Config::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
