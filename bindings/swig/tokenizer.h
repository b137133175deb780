// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A tokenizer without a model (longwave/tokenizer.h). Immutable; any number of threads.

#ifndef LONGWAVE_BINDINGS_TOKENIZER_H_
#define LONGWAVE_BINDINGS_TOKENIZER_H_

#include <cstdint>

#include "longwave/tokenizer.h"
#include "shell.h"
#include "spans.h"

namespace lwave::bindings {

class Context;
class Model;

class Tokenizer {
 public:
  static Tokenizer* Open(Context* context, NameIn directory);
  // route: "sentencepiece" or "automatic".
  static Tokenizer* OpenRoute(Context* context, NameIn directory, NameIn route);
  // A model's own, which may be closed meanwhile.
  static Tokenizer* OfModel(Model* model);
  int64_t Vocabulary() const;

  // Four numbers a token: id, type, first byte, end. has_pair 0: pair is not read.
  Longs Encode(TextIn text, TextIn pair, int32_t has_pair, int32_t add_special_tokens) const;
  Text Decode(IntsIn ids, int32_t skip_special_tokens) const;

  // Any thread, any number of times; returns at once. A call in flight ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_tokenizer, lwave_tokenizer_destroy>;
  explicit Tokenizer(lwave_tokenizer* handle) : shell_(handle, "tokenizer") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_TOKENIZER_H_
