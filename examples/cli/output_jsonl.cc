// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Records as JSON, one a line.

#include "diagnostics.h"
#include "json.h"
#include "output_file.h"
#include "records.h"

namespace lwave::cli {
namespace {

class JsonlWriter : public RecordWriter {
 public:
  explicit JsonlWriter(const std::string& path) : file_(path) {}
  void Write(const Record& record) override { file_.Write(JsonLine(record, true)); }
  void Flush() override { file_.Flush(); }
  void Commit() override { file_.Commit(); }

 private:
  OutputFile file_;
};

}  // namespace

std::string JsonLine(const Record& record, bool with_vector) {
  std::string json = "{";
  const auto key = [&json](std::string_view name) {
    if (json.size() > 1) json += ", ";
    json += '"';
    json += name;
    json += "\": ";
  };
  const auto text = [&](std::string_view name, std::string_view value) {
    key(name);
    AppendJsonString(json, value);
  };
  const auto number = [&](std::string_view name, int64_t value) {
    key(name);
    json += std::to_string(value);
  };
  text("file", record.file);
  number("byte_begin", record.byte_begin);
  number("byte_end", record.byte_end);
  number("token_begin", record.token_begin);
  number("token_end", record.token_end);
  text("model", record.model);
  if (with_vector) {
    key("vector");
    if (record.vector == nullptr) json += "null";
    for (int64_t i = 0; record.vector != nullptr && i < record.width; ++i) {
      json += i == 0 ? '[' : ',';
      AppendJsonFloat(json, record.vector[i]);
    }
    if (record.vector != nullptr) json += ']';
  }
  if (record.hit) {
    key("score");
    AppendJsonFloat(json, record.score);
    if (record.has_text) {
      text("text", record.text);
    } else {
      key("text");
      json += "null";
    }
    if (record.text_cut) {
      key("text_cut");
      json += "true";
    }
    if (record.several_questions) text("question", record.question);
  }
  if (record.line > 0) number("line", record.line);
  json += "}\n";
  return json;
}

std::unique_ptr<RecordWriter> MakeJsonlWriter(const std::string& path) {
  return std::make_unique<JsonlWriter>(path);
}

std::unique_ptr<RecordWriter> MakeRecordWriter(Format format, const std::string& path, int64_t width) {
  if (format == Format::kNpy) {
    if (!IsRegularTarget(path)) throw UsageError("--format npy: needs -o FILE, a regular file");
    return MakeNpyWriter(path, width);
  }
  return format == Format::kText ? MakeTextWriter(path) : MakeJsonlWriter(path);
}

}  // namespace lwave::cli
