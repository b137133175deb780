// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One document through a stream.

#include "document.h"

#include <string_view>
#include <utility>

#include "diagnostics.h"
#include "utf8.h"

namespace lwave::cli {

StreamHandle MakeStream(const Session& session, const lwave_config* config, const std::string& file) {
  lwave_error error;
  lwave_stream* stream = nullptr;
  if (lwave_stream_create(session.model.get(), config, &stream, &error) != LWAVE_OK) {
    throw Failure(file, error.message);
  }
  return StreamHandle(stream);
}

void CheckReading(const Session& session, const lwave_config* config) {
  RequireText(session);
  lwave_error error;
  int64_t bytes = 0;
  if (lwave_stream_plan(session.model.get(), config, &bytes, nullptr, nullptr, nullptr, &error) != LWAVE_OK) {
    // The library speaks of options that only convert has.
    const bool no_window = std::string_view(error.message).find("no longwave.json") != std::string_view::npos;
    throw Failure(session.directory,
                  error.message + std::string(no_window ? " (longwave convert writes one)" : ""));
  }
}

DocumentStream::DocumentStream(const Session& session, StreamHandle stream, std::string file, int64_t base,
                               int64_t line, ItemSink sink)
    : session_(session),
      stream_(std::move(stream)),
      file_(std::move(file)),
      base_(base),
      line_(line),
      sink_(std::move(sink)),
      vector_(static_cast<size_t>(session.width)) {
  // Also without OnStep: a signal must stop the step that is running.
  lwave_stream_set_progress(stream_.get(), StepFunction, this, nullptr);
}

void DocumentStream::OnStep(std::function<void(int64_t, int64_t)> on_step) { on_step_ = std::move(on_step); }

int32_t DocumentStream::StepFunction(void* opaque, int64_t bytes, int64_t tokens, int64_t) {
  const auto* self = static_cast<const DocumentStream*>(opaque);
  if (self->on_step_) self->on_step_(bytes, tokens);
  return PendingSignal() != 0 ? 1 : 0;
}

std::string DocumentStream::Place() const {
  return line_ == 0 ? file_ : file_ + ": line " + std::to_string(line_);
}

bool DocumentStream::Drain() {
  bool any = false;
  while (true) {
    lwave_error error;
    int32_t kind = LWAVE_ITEM_NONE;
    int64_t ranges[4];
    int32_t has_vector = 0;
    if (lwave_stream_read(stream_.get(), &kind, vector_.data(), session_.width, ranges, &has_vector,
                          &error) != LWAVE_OK) {
      throw Failure(Place(), error.message);
    }
    if (kind == LWAVE_ITEM_NONE) return any;
    any = true;
    sink_({.passage = kind == LWAVE_ITEM_PASSAGE,
           .vector = has_vector != 0 ? vector_.data() : nullptr,
           .byte_begin = base_ + ranges[0],
           .byte_end = base_ + ranges[1],
           .token_begin = ranges[2],
           .token_end = ranges[3],
           .line = line_});
  }
}

// What to do after a call that did not return LWAVE_OK; `moved` says whether it got anywhere.
void DocumentStream::AfterStop(lwave_status status, bool moved, const lwave_error& error) {
  CheckInterrupted();
  if (status != LWAVE_OUTPUT_FULL && status != LWAVE_CANCELLED) throw Failure(Place(), error.message);
  if (!moved) throw Failure(Place(), "the stream makes no progress; please report this");
}

void DocumentStream::Push(const char* text, int64_t bytes) {
  while (bytes > 0) {
    lwave_error error;
    int64_t taken = 0;
    const lwave_status status = lwave_stream_push_text(stream_.get(), text, bytes, &taken, &error);
    const bool drained = Drain();
    text += taken;
    bytes -= taken;
    if (status != LWAVE_OK) AfterStop(status, drained || taken > 0, error);
  }
}

void DocumentStream::Finish() {
  while (true) {
    lwave_error error;
    const lwave_status status = lwave_stream_finish(stream_.get(), &error);
    const bool drained = Drain();
    if (status == LWAVE_OK) return;
    AfterStop(status, drained, error);
  }
}

int64_t DocumentStream::Number(const char* key) const {
  lwave_error error;
  int64_t value = 0;
  if (lwave_stream_get_int(stream_.get(), key, &value, &error) != LWAVE_OK)
    throw Failure(Place(), error.message);
  return value;
}

void Remarks::Add(const DocumentStream& stream, const std::string& file, int64_t base, int64_t line) {
  ++documents;
  if (stream.Number("tokens") == 0) ++without_token;
  const int64_t first = stream.Number("first_invalid_utf8");
  if (first >= 0) {
    if (first_invalid_utf8 < 0) first_invalid_utf8 = base + first;
    invalid_utf8 += stream.Number("invalid_utf8");
  }
  if (const int64_t truncated = stream.Number("truncated"); truncated > 0) {
    ReportNote(file + (line == 0 ? "" : ": line " + std::to_string(line)) + ": truncated, " +
               std::to_string(truncated) + (truncated == 1 ? " token" : " tokens") +
               " beyond the model's limit left out");
  }
}

void Remarks::Report(const std::string& file, bool lines) const {
  NoteInvalidUtf8(file, invalid_utf8, first_invalid_utf8);
  if (!lines && without_token > 0) ReportNote(file + ": holds no token");
  if (lines && documents == 0) ReportNote(file + ": holds no line");
  if (lines && without_token > 0) {
    ReportNote(file + ": " + std::to_string(without_token) + " of " + std::to_string(documents) +
               " lines hold no token");
  }
}

}  // namespace lwave::cli
