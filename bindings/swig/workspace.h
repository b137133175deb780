// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Scratch of forwards, made for lengths that are not to be exceeded. One thread at a time.

#ifndef LONGWAVE_BINDINGS_WORKSPACE_H_
#define LONGWAVE_BINDINGS_WORKSPACE_H_

#include <cstdint>

#include "longwave/attention.h"
#include "longwave/model.h"
#include "shell.h"

namespace lwave::bindings {

class Attention;
class Config;
class Model;

class Workspace {
 public:
  // config: a "stream" config, or null.
  static Workspace* CreateForModel(Model* model, Config* config, int64_t batch, int64_t tokens);
  static Workspace* CreateForAttention(Attention* attention, int64_t queries, int64_t keys);

  // Any thread, any number of times; returns at once. A call in flight ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_workspace, lwave_workspace_destroy>;
  explicit Workspace(lwave_workspace* handle) : shell_(handle, "workspace") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_WORKSPACE_H_
