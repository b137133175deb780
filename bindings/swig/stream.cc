// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream.h"

#include <utility>

#include "config.h"
#include "inputs.h"
#include "model.h"

namespace lwave::bindings {
namespace {

// Then offsets in UTF-16 count from the text's beginning.
bool TookNothing(const lwave_stream* stream) {
  int64_t bytes = 0;
  return lwave_stream_get_int(stream, "bytes_taken", &bytes, nullptr) == LWAVE_OK && bytes == 0;
}

}  // namespace

Stream* Stream::Create(Model* model, Config* config) {
  lwave_error* error = BeginCall();
  lwave_stream* handle = nullptr;
  if (Present(model, "model", error)) {
    const Model::Handle::Shared from(model->shell(), error);
    const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
    if (error->status == LWAVE_OK) lwave_stream_create(from.get(), options.get(), &handle, error);
  }
  return Wrap<Stream>(handle, lwave_stream_destroy, error);
}

Stream* Stream::Restore(Model* model, BytesIn snapshot) {
  lwave_error* error = BeginCall();
  lwave_stream* handle = nullptr;
  if (Present(model, "model", error)) {
    const Model::Handle::Shared from(model->shell(), error);
    if (from) lwave_stream_restore(from.get(), snapshot.data, snapshot.count, &handle, error);
  }
  Stream* stream = Wrap<Stream>(handle, lwave_stream_destroy, error);
  if (stream != nullptr) stream->utf16_.Reset(TookNothing(handle));
  return stream;
}

int32_t Stream::PushText(TextIn text, LongsOut result) {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  if (!stream || !CheckResult(result, 1, error)) return error->status;
  int32_t stop = LWAVE_OK;
  Guarded(error, [&] { stop = Stop(error, utf16_.PushText(stream.get(), text, result.data, error)); });
  return stop;
}

int32_t Stream::PushUtf16(Utf16In text, LongsOut result) {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  if (!stream || !CheckResult(result, 1, error)) return error->status;
  int32_t stop = LWAVE_OK;
  Guarded(error, [&] { stop = Stop(error, utf16_.PushUtf16(stream.get(), text, result.data, error)); });
  return stop;
}

int32_t Stream::PushIds(IntsIn ids, LongsOut result) {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  if (!stream || !CheckResult(result, 1, error)) return error->status;
  if (utf16_.holds()) {
    // The stream itself may have none of the text yet, and would refuse the half only at the end, behind the ids.
    result.data[0] = 0;
    Fail(error, LWAVE_INVALID_STATE,
         "a stream takes either text or ids, not both, and half of a surrogate pair, which is text, waits for the other half");
    return error->status;
  }
  return Stop(error, lwave_stream_push_ids(stream.get(), ids.data, ids.count, result.data, error));
}

int32_t Stream::PushVectors(FloatsIn vectors, LongsOut result) {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  // A stream of vectors takes no text, so that nothing waits.
  if (!stream || !CheckResult(result, 1, error)) return error->status;
  return Stop(error, lwave_stream_push_vectors(stream.get(), vectors.data, vectors.count, result.data, error));
}

int32_t Stream::Finish() {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  if (!stream) return error->status;
  int32_t stop = LWAVE_OK;
  Guarded(error, [&] {
    stop = Stop(error, utf16_.PushHeld(stream.get(), error));
    if (stop != LWAVE_OK) return;
    utf16_.map().End();
    stop = Stop(error, lwave_stream_finish(stream.get(), error));
  });
  return stop;
}

void Stream::Reset() {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  if (!stream) return;
  Guarded(error, [&] {
    Utf16Input fresh;  // made first: what fails changes nothing
    if (lwave_stream_reset(stream.get(), error) == LWAVE_OK) utf16_ = std::move(fresh);
  });
}

int32_t Stream::Read(FloatsOut vector, LongsOut result) {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  int32_t kind = LWAVE_ITEM_NONE;
  if (!stream || !CheckResult(result, 7, error)) return kind;
  int32_t has_vector = 0;
  lwave_stream_read(stream.get(), &kind, vector.data, vector.count, result.data, &has_vector, error);
  if (kind == LWAVE_ITEM_NONE) return kind;
  result.data[4] = utf16_.map().At(result.data[0]);
  result.data[5] = utf16_.map().At(result.data[1]);
  result.data[6] = has_vector;
  // Passages come in order, and only the document's range begins again at 0.
  utf16_.map().Forget(result.data[1]);
  return kind;
}

int64_t Stream::GetInt(NameIn key) const {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  const NameText name(key, error);
  int64_t value = 0;
  if (stream && name) lwave_stream_get_int(stream.get(), name.get(), &value, error);
  return value;
}

Text Stream::Describe() const {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  if (!stream) return {};
  return CollectText(error, [&](char* buffer, int64_t capacity, int64_t* needed) {
    return lwave_stream_describe(stream.get(), buffer, capacity, needed, error);
  });
}

void Stream::Cancel() {
  const Handle::Shared stream(shell_, BeginCall());
  if (stream) lwave_stream_cancel(stream.get());
}

void Stream::Progress(LongsOut result) const {
  lwave_error* error = BeginCall();
  const Handle::Shared stream(shell_, error);
  if (!stream || !CheckResult(result, 3, error)) return;
  lwave_stream_progress(stream.get(), &result.data[0], &result.data[1], &result.data[2]);
}

Bytes Stream::Save() const {
  lwave_error* error = BeginCall();
  Bytes snapshot;
  const Handle::Alone stream(shell_, error);
  if (!stream) return snapshot;
  if (utf16_.holds()) {
    Fail(error, LWAVE_INVALID_STATE,
         "half of a surrogate pair waits for the other half, which a snapshot has no place for; push that first");
    return snapshot;
  }
  Guarded(error, [&] {
    Collect(snapshot.value, [&](void* buffer, int64_t capacity, int64_t* needed) {
      return lwave_stream_save(stream.get(), buffer, capacity, needed, error);
    });
  });
  return snapshot;
}

void Stream::Load(BytesIn snapshot) {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  if (!stream || lwave_stream_load(stream.get(), snapshot.data, snapshot.count, error) != LWAVE_OK) return;
  utf16_.Reset(TookNothing(stream.get()));
}

Stream* Stream::Fork() const {
  lwave_error* error = BeginCall();
  const Handle::Alone stream(shell_, error);
  if (!stream) return nullptr;
  lwave_stream* handle = nullptr;
  lwave_stream_fork(stream.get(), &handle, error);
  Stream* copy = Wrap<Stream>(handle, lwave_stream_destroy, error);
  if (copy == nullptr) return nullptr;
  Guarded(error, [&] { copy->utf16_ = utf16_; });
  if (error->status == LWAVE_OK) return copy;
  delete copy;
  return nullptr;
}

void Stream::Close() {
  shell_.Close([](lwave_stream* stream) { lwave_stream_cancel(stream); });
}
bool Stream::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
