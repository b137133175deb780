// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a layer or a model remembers of one sequence (longwave/memory.h, longwave/attention.h). One thread at a time;
// may move between threads.
//
// Push, Step and Finish return LWAVE_OK or LWAVE_OUTPUT_FULL, and fill result [2] with what was taken and the rows that
// were written, also when they fail.

#ifndef LONGWAVE_BINDINGS_MEMORY_H_
#define LONGWAVE_BINDINGS_MEMORY_H_

#include <cstdint>

#include "longwave/attention.h"
#include "longwave/memory.h"
#include "shell.h"
#include "spans.h"

namespace lwave::bindings {

class Attention;
class Config;
class Model;

class Memory {
 public:
  static Memory* CreateForModel(Model* model, Config* config);
  static Memory* CreateForAttention(Attention* attention);

  int32_t Push(IntsIn ids, FloatsOut rows, LongsOut result);
  int32_t Step(FloatsIn q, FloatsIn k, FloatsIn v, IntsIn mask, int64_t rows, FloatsOut out, LongsOut result);
  int32_t Finish(FloatsOut rows, LongsOut result);
  void EndSegment();
  // Back to the beginning, for another sequence, also after Finish.
  void Reset();

  int64_t GetInt(NameIn key) const;
  Text Describe() const;
  Floats ReadPart(NameIn name) const;

  Bytes Save() const;
  void Load(BytesIn data);
  Memory* Fork() const;

  // Any thread, any number of times; returns at once. A call in flight ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_memory, lwave_memory_destroy>;
  explicit Memory(lwave_memory* handle) : shell_(handle, "memory") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_MEMORY_H_
