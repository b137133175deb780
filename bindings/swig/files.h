// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Named buffers that a model is opened from where it is no folder: a resource in a jar, an asset in an APK. Holds
// copies, since a language's arrays may move. One thread at a time.

#ifndef LONGWAVE_BINDINGS_FILES_H_
#define LONGWAVE_BINDINGS_FILES_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "shell.h"
#include "spans.h"

namespace lwave::bindings {

#ifndef SWIG
struct NamedBuffers {
  // The buffers do not move when more are added.
  std::deque<std::vector<uint8_t>> buffers;
  std::deque<std::string> names;
};
void DestroyBuffers(NamedBuffers* buffers);
#endif

class Files {
 public:
  static Files* Create();
  // A new file, empty. Its bytes follow by any number of Append.
  void Add(NameIn name);
  void Append(BytesIn data);

  // Any thread, any number of times; returns at once. A call in flight ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<NamedBuffers, DestroyBuffers>;
  explicit Files(NamedBuffers* handle) : shell_(handle, "list of files") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_FILES_H_
