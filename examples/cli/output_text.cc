// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Hits of a search for people: score, place, and the passage's text, indented.

#include <cstdio>

#include "output_file.h"
#include "records.h"
#include "utf8.h"

namespace lwave::cli {
namespace {

constexpr size_t kIndent = 4;

// The text with its own lines, white space around it trimmed, and nothing that a terminal would obey.
std::string Indented(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const size_t end = text.find_last_not_of(kSpace);
  text = text.substr(0, end == text.npos ? 0 : end + 1);
  std::string result;
  bool line_begins = true;
  while (!text.empty()) {
    const Utf8Part part = FirstUtf8Part(text);
    const auto c = static_cast<unsigned char>(text[0]);
    const bool c1 = part.bytes == 2 && c == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
    if (c == '\n') {
      if (!line_begins) result += '\n';  // blank lines go
      line_begins = true;
    } else if (c != '\r') {
      if (line_begins) result.append(kIndent, ' ');
      line_begins = false;
      const bool plain = part.valid && !c1 && c != 0x7f && (c >= 0x20 || c == '\t');
      result += plain ? text.substr(0, part.bytes) : kReplacementCharacter;
    }
    text.remove_prefix(part.bytes);
  }
  return result;
}

class TextWriter : public RecordWriter {
 public:
  explicit TextWriter(const std::string& path) : file_(path) {}

  void Write(const Record& record) override {
    std::string out;
    if (record.rank == 1) {
      if (written_) out += '\n';
      if (record.several_questions) out += "# " + std::string(record.question) + "\n\n";
    } else {
      out += '\n';
    }
    written_ = true;
    char score[32];
    std::snprintf(score, sizeof(score), "%.4f", static_cast<double>(record.score));
    out += std::to_string(record.rank) + ".  " + score + "  " + std::string(record.file) + "  ";
    if (record.line > 0) out += "line " + std::to_string(record.line) + ", ";
    out += "bytes " + std::to_string(record.byte_begin) + "-" + std::to_string(record.byte_end) + "\n";
    out += record.has_text ? Indented(record.text) : std::string(kIndent, ' ') + "(text not available)";
    if (record.text_cut) out += " ...";
    file_.Write(out + "\n");
  }
  void Flush() override { file_.Flush(); }
  void Commit() override { file_.Commit(); }

 private:
  OutputFile file_;
  bool written_ = false;
};

}  // namespace

std::unique_ptr<RecordWriter> MakeTextWriter(const std::string& path) { return std::make_unique<TextWriter>(path); }

}  // namespace lwave::cli
