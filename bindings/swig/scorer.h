// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How likely a causal model finds a document, token by token (longwave/scorer.h). One thread at a time, but for Cancel
// and Close; may move between threads.
//
// The Push functions and Finish return LWAVE_OK, LWAVE_OUTPUT_FULL (read, then push the rest) or LWAVE_CANCELLED (push
// the rest to go on). result [1] receives how much was taken, also when they fail.

#ifndef LONGWAVE_BINDINGS_SCORER_H_
#define LONGWAVE_BINDINGS_SCORER_H_

#include <cstdint>

#include "longwave/scorer.h"
#include "shell.h"
#include "spans.h"

namespace lwave::bindings {

class Config;
class Model;

class Scorer {
 public:
  // config: a "scoring" config, or null.
  static Scorer* Create(Model* model, Config* config);
  static Scorer* Restore(Model* model, BytesIn snapshot);

  int32_t PushText(TextIn text, LongsOut result);
  int32_t PushIds(IntsIn ids, LongsOut result);
  int32_t Finish();
  void Reset();

  // Takes the oldest tokens that are done, as many as there is room for, and returns how many: tokens [3 * count]
  // receives id, first byte and end of each, log_probabilities [count] what the model thought of it.
  int64_t Read(LongsOut tokens, FloatsOut log_probabilities);

  int64_t GetInt(NameIn key) const;
  double GetFloat(NameIn key) const;

  // Asks the call in progress, or else the next one, to stop. Any thread.
  void Cancel();

  Bytes Save() const;
  Scorer* Fork() const;

  // Any thread, any number of times; returns at once. A call in flight is cancelled and ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_scorer, lwave_scorer_destroy>;
  explicit Scorer(lwave_scorer* handle) : shell_(handle, "scorer") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_SCORER_H_
