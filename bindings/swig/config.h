// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Options of one kind by name (longwave/config.h), for the builders of the languages, which make one, use it for a call
// and close it. One thread at a time.

#ifndef LONGWAVE_BINDINGS_CONFIG_H_
#define LONGWAVE_BINDINGS_CONFIG_H_

#include <cstdint>

#include "longwave/config.h"
#include "shell.h"
#include "spans.h"

namespace lwave::bindings {

class Config {
 public:
  static Config* Create(NameIn kind);
  void SetInt(NameIn key, int64_t value);
  void SetInts(NameIn key, LongsIn values);
  void SetFloat(NameIn key, double value);
  void SetFloats(NameIn key, FloatsIn values);
  void SetText(NameIn key, NameIn value);

  // What there is: names by index, and of each its type (LWAVE_OPTION_...) and, for ints, its bounds.
  int64_t OptionCount() const;
  Text OptionName(int64_t index) const;
  // result: [2], minimum and maximum. Returns the type, 0 on failure.
  int32_t OptionBounds(NameIn key, LongsOut result) const;

  // Any thread, any number of times; returns at once. A call in flight ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_config, lwave_config_destroy>;
  explicit Config(lwave_config* handle) : shell_(handle, "config") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_CONFIG_H_
