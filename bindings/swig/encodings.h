// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A list of encoded texts or windows of texts (longwave/tokenizer.h). One thread at a time.

#ifndef LONGWAVE_BINDINGS_ENCODINGS_H_
#define LONGWAVE_BINDINGS_ENCODINGS_H_

#include <cstdint>

#include "longwave/tokenizer.h"
#include "shell.h"
#include "spans.h"

namespace lwave::bindings {

class Tokenizer;

class Encodings {
 public:
  static Encodings* Create();

  // All windows of a text or a pair, with the numbers of lwave_encodings_add. has_pair 0: pair is not read.
  void Add(Tokenizer* tokenizer, TextIn text, TextIn pair, int32_t has_pair, int32_t add_special_tokens,
           int64_t max_length, int64_t stride, int32_t strategy, int32_t from_left);
  void Pad(int64_t length, int64_t multiple_of, int32_t on_left, int32_t pad_id, int32_t pad_type);
  int64_t Size() const;
  // Eight numbers a token: id, type, attention mask, special mask, word, sequence, first byte, end.
  Longs Read(int64_t index) const;

  // Any thread, any number of times; returns at once. A call in flight ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_encodings, lwave_encodings_destroy>;
  explicit Encodings(lwave_encodings* handle) : shell_(handle, "list of encodings") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_ENCODINGS_H_
