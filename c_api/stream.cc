// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "longwave/stream.h"

#include "guard.h"
#include "handles.h"

namespace {

using lwave::c_api::CheckBuffer;
using lwave::c_api::Guard;
using lwave::c_api::OptionsOf;
using lwave::stream::ResultKind;
using lwave::stream::Stop;
using lwave::stream::TextStream;

absl::Span<const uint8_t> Bytes(const void* data, int64_t bytes) {
  return absl::MakeConstSpan(static_cast<const uint8_t*>(data), static_cast<size_t>(bytes));
}

absl::Status Give(absl::StatusOr<std::unique_ptr<TextStream>> made, lwave_stream** stream) {
  if (!made.ok()) return made.status();
  *stream = new lwave_stream(*std::move(made));
  return absl::OkStatus();
}

}  // namespace

extern "C" {

lwave_status lwave_stream_plan(const lwave_model* model, const lwave_config* config, int64_t* bytes,
                               int64_t* load_bytes, int64_t* first_rows, int64_t* steady_rows, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    return lwave::c_api::GivePlan(TextStream::MakePlan(*model->model, OptionsOf(config)), bytes, load_bytes, first_rows,
                                  steady_rows);
  });
}

lwave_status lwave_stream_create(lwave_model* model, const lwave_config* config, lwave_stream** stream,
                                 lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(stream);
    *stream = nullptr;
    LWAVE_REQUIRE(model);
    return Give(TextStream::Create(model->model, OptionsOf(config)), stream);
  });
}

lwave_status lwave_stream_restore(lwave_model* model, const void* data, int64_t bytes, lwave_stream** stream,
                                  lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(stream);
    *stream = nullptr;
    LWAVE_REQUIRE(model);
    const absl::Status status = CheckBuffer("data", data, bytes);
    if (!status.ok()) return status;
    return Give(TextStream::Restore(model->model, Bytes(data, bytes)), stream);
  });
}

void lwave_stream_destroy(lwave_stream* stream) { delete stream; }

lwave_status lwave_stream_push_text(lwave_stream* stream, const char* text, int64_t bytes, int64_t* taken,
                                    lwave_error* error) {
  return Guard(error, [&]() -> absl::StatusOr<Stop> {
    LWAVE_REQUIRE(taken);
    *taken = 0;
    LWAVE_REQUIRE(stream);
    const absl::Status status = CheckBuffer("text", text, bytes);
    if (!status.ok()) return status;
    return stream->stream->PushText(absl::MakeConstSpan(text, static_cast<size_t>(bytes)), taken);
  });
}

lwave_status lwave_stream_push_ids(lwave_stream* stream, const int32_t* ids, int64_t count, int64_t* taken,
                                   lwave_error* error) {
  return Guard(error, [&]() -> absl::StatusOr<Stop> {
    LWAVE_REQUIRE(taken);
    *taken = 0;
    LWAVE_REQUIRE(stream);
    const absl::Status status = CheckBuffer("ids", ids, count);
    if (!status.ok()) return status;
    return stream->stream->PushIds(absl::MakeConstSpan(ids, static_cast<size_t>(count)), taken);
  });
}

lwave_status lwave_stream_push_vectors(lwave_stream* stream, const float* vectors, int64_t count, int64_t* taken,
                                       lwave_error* error) {
  return Guard(error, [&]() -> absl::StatusOr<Stop> {
    LWAVE_REQUIRE(taken);
    *taken = 0;
    LWAVE_REQUIRE(stream);
    const absl::Status status = CheckBuffer("vectors", vectors, count);
    if (!status.ok()) return status;
    const int64_t hidden = stream->stream->model().spec().hidden;
    if (count % hidden != 0) {
      return absl::InvalidArgumentError(absl::StrCat("count must be a multiple of hidden (", hidden, "), got ", count));
    }
    return stream->stream->PushVectors(vectors, count / hidden, taken);
  });
}

lwave_status lwave_stream_finish(lwave_stream* stream, lwave_error* error) {
  return Guard(error, [&]() -> absl::StatusOr<Stop> {
    LWAVE_REQUIRE(stream);
    return stream->stream->Finish();
  });
}

lwave_status lwave_stream_read(lwave_stream* stream, int32_t* kind, float* vector, int64_t count, int64_t* ranges,
                               int32_t* has_vector, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(stream);
    LWAVE_REQUIRE(kind);
    LWAVE_REQUIRE(vector);
    LWAVE_REQUIRE(ranges);
    TextStream& s = *stream->stream;
    const int64_t width = lwave::model::EmbeddingWidth(s.model().spec());
    const absl::Status status = lwave::c_api::CheckCount("count", count, width);
    if (!status.ok()) return status;
    const lwave::stream::Result* result = s.Front();
    if (result == nullptr) {
      *kind = LWAVE_ITEM_NONE;
      return absl::OkStatus();
    }
    *kind = result->kind == ResultKind::kDocument ? LWAVE_ITEM_DOCUMENT : LWAVE_ITEM_PASSAGE;
    std::memcpy(vector, s.FrontVector(), static_cast<size_t>(width) * sizeof(float));
    ranges[0] = result->range.byte_begin;
    ranges[1] = result->range.byte_end;
    ranges[2] = result->range.token_begin;
    ranges[3] = result->range.token_end;
    if (has_vector != nullptr) *has_vector = static_cast<int32_t>(result->has_vector);
    s.Pop();
    return absl::OkStatus();
  });
}

lwave_status lwave_stream_get_int(const lwave_stream* stream, const char* key, int64_t* value, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(stream);
    LWAVE_REQUIRE(key);
    LWAVE_REQUIRE(value);
    const std::optional<int64_t> number = stream->stream->Number(key);
    if (!number) return absl::InvalidArgumentError(absl::StrCat("a stream has no number called ", key));
    *value = *number;
    return absl::OkStatus();
  });
}

void lwave_stream_cancel(lwave_stream* stream) {
  if (stream != nullptr) stream->control->cancel.store(true, std::memory_order_relaxed);
}

void lwave_stream_progress(const lwave_stream* stream, int64_t* bytes, int64_t* tokens, int64_t* passages) {
  const lwave::stream::StreamControl idle;
  const lwave::stream::StreamControl& control = stream == nullptr ? idle : *stream->control;
  if (bytes != nullptr) *bytes = control.bytes.load(std::memory_order_relaxed);
  if (tokens != nullptr) *tokens = control.tokens.load(std::memory_order_relaxed);
  if (passages != nullptr) *passages = control.passages.load(std::memory_order_relaxed);
}

lwave_status lwave_stream_set_progress(lwave_stream* stream, lwave_progress_function progress, void* opaque,
                                       lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(stream);
    stream->control->progress = progress;
    stream->control->opaque = opaque;
    return absl::OkStatus();
  });
}

lwave_status lwave_stream_save(const lwave_stream* stream, void* buffer, int64_t capacity, int64_t* needed,
                               lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(stream);
    absl::StatusOr<std::vector<uint8_t>> data = stream->stream->Save();
    if (!data.ok()) return data.status();
    return lwave::c_api::CopyOut(data->data(), static_cast<int64_t>(data->size()), buffer, capacity, needed);
  });
}

lwave_status lwave_stream_load(lwave_stream* stream, const void* data, int64_t bytes, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(stream);
    const absl::Status status = CheckBuffer("data", data, bytes);
    if (!status.ok()) return status;
    absl::StatusOr<std::unique_ptr<TextStream>> loaded = TextStream::LoadLike(*stream->stream, Bytes(data, bytes));
    if (!loaded.ok()) return loaded.status();
    (*loaded)->Adopt(stream->control);
    stream->stream = *std::move(loaded);
    return absl::OkStatus();
  });
}

lwave_status lwave_stream_reset(lwave_stream* stream, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(stream);
    return stream->stream->Reset();
  });
}

lwave_status lwave_stream_fork(const lwave_stream* stream, lwave_stream** copy, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(copy);
    *copy = nullptr;
    LWAVE_REQUIRE(stream);
    return Give(stream->stream->Fork(), copy);
  });
}

lwave_status lwave_stream_describe(const lwave_stream* stream, char* buffer, int64_t capacity, int64_t* needed,
                                   lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(stream);
    return lwave::c_api::CopyText(stream->stream->DescribeJson(), buffer, capacity, needed);
  });
}

}  // extern "C"
