// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text token by token from a model (longwave/generator.h). One thread at a time, but for Cancel and Close; may move
// between threads.

#ifndef LONGWAVE_BINDINGS_GENERATOR_H_
#define LONGWAVE_BINDINGS_GENERATOR_H_

#include <cstdint>

#include "longwave/generator.h"
#include "shell.h"
#include "spans.h"

namespace lwave::bindings {

class Config;
class Model;

class Generator {
 public:
  // config: a "generation" config, or null.
  static Generator* Create(Model* model, Config* config);
  static Generator* Restore(Model* model, BytesIn snapshot);

  // The prompt of a causal model, the source of an encoder: one text each call.
  void PushText(TextIn text, int32_t add_special_tokens);
  void PushIds(IntsIn ids);
  // A text that ends generation, and does not come out itself.
  void AddStop(TextIn text);

  // LWAVE_OK or LWAVE_CANCELLED, after which nothing is lost. result [2] receives the id, and 1 if there is none any
  // more; log_probability [1] receives ln p(id).
  int32_t Next(LongsOut result, FloatsOut log_probability);
  // Takes what became certain of the text since the last call: whole characters.
  Text TakeText();

  int64_t GetInt(NameIn key) const;

  // Asks the call in progress, or else the next one, to stop. Any thread.
  void Cancel();

  Bytes Save() const;
  Generator* Fork() const;

  // Any thread, any number of times; returns at once. A call in flight is cancelled and ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_generator, lwave_generator_destroy>;
  explicit Generator(lwave_generator* handle) : shell_(handle, "generator") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_GENERATOR_H_
