// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One input going through the model: as one document, or each of its lines as one.

#ifndef LONGWAVE_EXAMPLES_CLI_DOCUMENT_H_
#define LONGWAVE_EXAMPLES_CLI_DOCUMENT_H_

#include <cstdint>
#include <functional>
#include <string>

#include "handles.h"
#include "input.h"
#include "progress.h"
#include "session.h"

namespace lwave::cli {

// What came out: a passage, or a document's own vector, which is the last item of every document.
struct Item {
  bool passage = false;
  const float* vector = nullptr;  // [width], valid during the call; NULL: the document has no token
  int64_t byte_begin = 0, byte_end = 0, token_begin = 0, token_end = 0;  // bytes in the input, tokens in the document
  int64_t line = 0;                                                      // from 1; 0: the input is one document
};
using ItemSink = std::function<void(const Item& item)>;

struct ReadOptions {
  const lwave_config* config = nullptr;  // NULL: the model's own setting
  bool lines = false;
  ProgressMode progress = ProgressMode::kAuto;
};

// Reads the whole input, a chunk at a time. `before_read` is called before each chunk: time to flush.
// Afterwards tells on standard error what was remarkable: invalid UTF-8, texts without a token, truncation.
// A line that fails is reported and left out: then the result is false. Throws Failure when the input itself fails,
// Interrupted, and what the sink throws.
bool ReadDocuments(const Session& session, Input& input, const ReadOptions& options, const ItemSink& sink,
                   const std::function<void()>& before_read);

// One stream, fed by hand: what `snapshot` needs, and what ReadDocuments is made of.
class DocumentStream {
 public:
  // file: for messages. base: where the document begins in the input. line: as in Item.
  DocumentStream(const Session& session, StreamHandle stream, std::string file, int64_t base, int64_t line,
                 ItemSink sink);
  DocumentStream(const DocumentStream&) = delete;  // the stream knows this object's address
  DocumentStream& operator=(const DocumentStream&) = delete;

  // Called after each step with the document's bytes and tokens so far.
  void OnStep(std::function<void(int64_t bytes, int64_t tokens)> on_step);
  void Push(const char* text, int64_t bytes);
  void Finish();
  int64_t Number(const char* key) const;
  lwave_stream* stream() const { return stream_.get(); }

 private:
  static int32_t StepFunction(void* opaque, int64_t bytes, int64_t tokens, int64_t passages);
  bool Drain();
  void AfterStop(lwave_status status, bool moved, const lwave_error& error);
  std::string Place() const;

  const Session& session_;
  StreamHandle stream_;
  std::string file_;
  int64_t base_;
  int64_t line_;
  ItemSink sink_;
  std::function<void(int64_t, int64_t)> on_step_;
  std::vector<float> vector_;  // [width]
};

// Throws Failure(file, ...).
StreamHandle MakeStream(const Session& session, const lwave_config* config, const std::string& file);

// Throws Failure if the model cannot read text, or not that way.
void CheckReading(const Session& session, const lwave_config* config);

// The notes of an input, gathered over its documents.
struct Remarks {
  int64_t documents = 0;
  int64_t without_token = 0;
  int64_t invalid_utf8 = 0;
  int64_t first_invalid_utf8 = -1;  // byte in the input

  void Add(const DocumentStream& stream, const std::string& file, int64_t base, int64_t line);
  void Report(const std::string& file, bool lines) const;
};

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_DOCUMENT_H_
