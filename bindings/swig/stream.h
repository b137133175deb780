// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A document going through a model (longwave/stream.h), with text in UTF-16 as well. One thread at a time, but for
// Cancel, Progress and Close; may move between threads.
//
// The Push functions and Finish return LWAVE_OK, LWAVE_OUTPUT_FULL (read, then push the rest) or LWAVE_CANCELLED (push
// the rest to go on). result [1] receives how much was taken, also when they fail.

#ifndef LONGWAVE_BINDINGS_STREAM_H_
#define LONGWAVE_BINDINGS_STREAM_H_

#include <cstdint>

#include "longwave/stream.h"
#include "shell.h"
#include "spans.h"
#include "utf16_input.h"

namespace lwave::bindings {

class Config;
class Model;

class Stream {
 public:
  // config: a "stream" config, or null.
  static Stream* Create(Model* model, Config* config);
  static Stream* Restore(Model* model, BytesIn snapshot);

  // result: bytes taken.
  int32_t PushText(TextIn text, LongsOut result);
  // result: UTF-16 units taken. A high surrogate at the end waits for the next push of text, in whatever encoding, and is
  // taken at once; one without its other half reads as U+FFFD.
  int32_t PushUtf16(Utf16In text, LongsOut result);
  // result: ids taken. INVALID_STATE after text, be it only half a surrogate pair that waits.
  int32_t PushIds(IntsIn ids, LongsOut result);
  // Rows in place of ids (option vectors). result: rows taken.
  int32_t PushVectors(FloatsIn vectors, LongsOut result);
  int32_t Finish();
  // Back to the beginning, for another document, also after Finish; half a surrogate pair is forgotten. A pending cancel
  // stays.
  void Reset();

  // Takes the oldest result and returns LWAVE_ITEM_NONE, _PASSAGE or _DOCUMENT. vector [embedding_width]; result [7]
  // receives byte_begin, byte_end, token_begin, token_end, utf16_begin, utf16_end, has_vector. Ranges that are not
  // known are -1: bytes where ids were pushed, UTF-16 units also where the text came before a snapshot that was loaded.
  int32_t Read(FloatsOut vector, LongsOut result);

  int64_t GetInt(NameIn key) const;
  Text Describe() const;

  // Asks the call in progress, or else the next one, to stop. Any thread.
  void Cancel();
  // Where the call in progress is: result [3] receives bytes, tokens, passages. Any thread.
  void Progress(LongsOut result) const;

  // INVALID_STATE while half a surrogate pair waits: a snapshot holds UTF-8 and has no place for it.
  Bytes Save() const;
  void Load(BytesIn snapshot);
  Stream* Fork() const;

  // Any thread, any number of times; returns at once. A call in flight is cancelled and ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_stream, lwave_stream_destroy>;
  explicit Stream(lwave_stream* handle) : shell_(handle, "stream") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
  Utf16Input utf16_;  // of whoever is alone inside
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_STREAM_H_
