// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the tool prints: one record per document, passage or hit, in one of three formats.

#ifndef LONGWAVE_EXAMPLES_CLI_RECORDS_H_
#define LONGWAVE_EXAMPLES_CLI_RECORDS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "options.h"

namespace lwave::cli {

struct Record {
  std::string_view file = {};
  int64_t byte_begin = 0, byte_end = 0, token_begin = 0, token_end = 0;
  std::string_view model = {};
  const float* vector = nullptr;  // [width]; NULL: the text has no token
  int64_t width = 0;
  int64_t line = 0;  // from 1; 0: not read line by line

  // Hits of a search only.
  bool hit = false;
  int64_t rank = 0;  // from 1 for each question
  float score = 0;
  bool has_text = false;
  bool text_cut = false;
  std::string_view text = {};  // raw bytes
  std::string_view question = {};
  bool several_questions = false;
};

// Longer texts are cut here, on a character's boundary.
inline constexpr int64_t kMostTextBytes = 64 << 10;

class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  // All throw OutputFailure.
  virtual void Write(const Record& record) = 0;
  virtual void Flush() = 0;   // before the tool waits for more input
  virtual void Commit() = 0;  // everything is written; without this no file appears
};

// kDefault is jsonl. Throws UsageError (npy without -o to a regular file) and OutputFailure.
std::unique_ptr<RecordWriter> MakeRecordWriter(Format format, const std::string& path, int64_t width);

std::unique_ptr<RecordWriter> MakeJsonlWriter(const std::string& path);
std::unique_ptr<RecordWriter> MakeNpyWriter(const std::string& path, int64_t width);
std::unique_ptr<RecordWriter> MakeTextWriter(const std::string& path);

// One line of JSON with its line end.
std::string JsonLine(const Record& record, bool with_vector);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_RECORDS_H_
