// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// An input through the model, in chunks: whole, or line by line.

#include <cstring>
#include <optional>
#include <vector>

#include "diagnostics.h"
#include "document.h"

namespace lwave::cli {
namespace {

void ReadWhole(const Session& session, Input& input, const ReadOptions& options, const ItemSink& sink,
               const std::function<void()>& before_read) {
  Progress progress(options.progress, input.name(), input.size());
  DocumentStream document(session, MakeStream(session, options.config, input.name()), input.name(), 0, 0, sink);
  document.OnStep([&](int64_t bytes, int64_t tokens) { progress.Update(bytes, tokens); });
  std::vector<char> buffer(static_cast<size_t>(kChunkBytes));
  while (true) {
    before_read();
    const int64_t got = input.Read(buffer.data(), kChunkBytes);
    if (got == 0) break;
    document.Push(buffer.data(), got);
  }
  document.Finish();
  progress.Finish(input.position(), document.Number("tokens"));
  Remarks remarks;
  remarks.Add(document, input.name(), 0, 0);
  remarks.Report(input.name(), false);
}

// Cuts the input at LF and CRLF and gives each line a stream of its own. A line may be longer than a chunk, so
// a CR at a chunk's end is held back until it is known whether an LF follows.
class LineReader {
 public:
  LineReader(const Session& session, Input& input, const ReadOptions& options, const ItemSink& sink)
      : session_(session),
        input_(input),
        options_(options),
        sink_(sink),
        progress_(options.progress, input.name(), input.size()) {}

  void Take(const char* text, int64_t bytes) {
    while (bytes > 0) {
      const void* found = std::memchr(text, '\n', static_cast<size_t>(bytes));
      if (found == nullptr) {
        TakePart(text, bytes);
        return;
      }
      const int64_t length = static_cast<const char*>(found) - text;
      TakePart(text, length);
      EndLine(1);
      text += length + 1;
      bytes -= length + 1;
    }
  }

  // Whether every line went through.
  bool End() {
    if (held_cr_) {  // the last byte of the input: not a CRLF, so the line's own
      held_cr_ = false;
      Push("\r", 1);
    }
    if (length_ > 0) EndLine(0);
    progress_.Finish(input_.position(), tokens_);
    remarks_.Report(input_.name(), true);
    return !failed_;
  }

 private:
  void TakePart(const char* text, int64_t bytes) {
    if (bytes == 0) return;
    if (held_cr_) Push("\r", 1);
    held_cr_ = text[bytes - 1] == '\r';
    Push(text, held_cr_ ? bytes - 1 : bytes);
  }

  void Push(const char* text, int64_t bytes) {
    if (bytes == 0) return;
    length_ += bytes;
    if (skipping_) return;
    try {
      PushToModel(text, bytes);
    } catch (const Failure& failure) {
      Skip(failure);
    }
  }

  void PushToModel(const char* text, int64_t bytes) {
    if (!document_) {
      document_.emplace(session_, MakeStream(session_, options_.config, input_.name()), input_.name(), begin_,
                        line_, sink_);
      document_->OnStep([this](int64_t bytes_now, int64_t tokens_now) {
        progress_.Update(begin_ + bytes_now, tokens_ + tokens_now);
      });
    }
    document_->Push(text, bytes);
  }

  // The rest of the line is read over.
  void Skip(const Failure& failure) {
    ReportError(failure.what());
    failed_ = skipping_ = true;
    document_.reset();
  }

  // line_ends: bytes of the LF, 0 at the input's end.
  void EndLine(int64_t line_ends) {
    if (document_) {
      try {
        document_->Finish();
        remarks_.Add(*document_, input_.name(), begin_, line_);
        tokens_ += document_->Number("tokens");
        document_.reset();
      } catch (const Failure& failure) {
        Skip(failure);
      }
    } else if (!skipping_) {
      ++remarks_.documents;
      ++remarks_.without_token;
      sink_({.passage = false, .vector = nullptr, .byte_begin = begin_, .byte_end = begin_, .line = line_});
    }
    begin_ += length_ + (held_cr_ ? 1 : 0) + line_ends;
    progress_.Update(begin_, tokens_);
    held_cr_ = false;
    skipping_ = false;
    length_ = 0;
    ++line_;
  }

  const Session& session_;
  Input& input_;
  const ReadOptions& options_;
  const ItemSink& sink_;
  Progress progress_;
  Remarks remarks_;
  std::optional<DocumentStream> document_;
  int64_t begin_ = 0;     // where the current line begins
  int64_t length_ = 0;    // its bytes so far
  int64_t line_ = 1;
  int64_t tokens_ = 0;    // of the lines before
  bool held_cr_ = false;
  bool skipping_ = false;  // this line failed
  bool failed_ = false;    // any line failed
};

}  // namespace

bool ReadDocuments(const Session& session, Input& input, const ReadOptions& options, const ItemSink& sink,
                   const std::function<void()>& before_read) {
  if (!options.lines) {
    ReadWhole(session, input, options, sink, before_read);
    return true;
  }
  LineReader lines(session, input, options, sink);
  std::vector<char> buffer(static_cast<size_t>(kChunkBytes));
  while (true) {
    before_read();
    const int64_t got = input.Read(buffer.data(), kChunkBytes);
    if (got == 0) break;
    lines.Take(buffer.data(), got);
  }
  return lines.End();
}

}  // namespace lwave::cli
