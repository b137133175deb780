// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "longwave/model.h"

#include "absl/strings/strip.h"
#include "guard.h"
#include "handles.h"
#include "stream/model_description.h"

using lwave::c_api::Guard;
using lwave::c_api::OptionsOf;

namespace {

// More files than any checkpoint has.
constexpr int64_t kMostBuffers = 65536;

absl::StatusOr<std::vector<lwave::NamedBytes>> FilesOf(const char* const* names, const void* const* data,
                                                       const int64_t* bytes, int64_t count) {
  LWAVE_REQUIRE(names);
  LWAVE_REQUIRE(data);
  LWAVE_REQUIRE(bytes);
  if (count < 1 || count > kMostBuffers) {
    return absl::InvalidArgumentError(absl::StrCat("count must be 1 to ", kMostBuffers, " buffers, got ", count));
  }
  std::vector<lwave::NamedBytes> files;
  for (int64_t i = 0; i < count; ++i) {
    if (names[i] == nullptr) return lwave::c_api::NullArgument(absl::StrCat("names[", i, "]"));
    const absl::Status status = lwave::c_api::CheckBuffer(absl::StrCat("data[", i, "]"), data[i], bytes[i]);
    if (!status.ok()) return status;
    files.push_back({names[i], absl::MakeConstSpan(static_cast<const uint8_t*>(data[i]), static_cast<size_t>(bytes[i]))});
  }
  return files;
}

}  // namespace

extern "C" {

lwave_status lwave_model_open(lwave_context* context, const char* directory, lwave_model** model,
                              lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    *model = nullptr;
    LWAVE_REQUIRE(context);
    LWAVE_REQUIRE(directory);
    absl::StatusOr<lwave::stream::ModelPtr> opened = lwave::stream::Model::Open(context->context, lwave::Folder::OnDisk(directory));
    if (!opened.ok()) return opened.status();
    *model = new lwave_model{*std::move(opened)};
    return absl::OkStatus();
  });
}

lwave_status lwave_model_open_memory(lwave_context* context, const char* const* names, const void* const* data,
                                     const int64_t* bytes, int64_t count, lwave_model** model, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    *model = nullptr;
    LWAVE_REQUIRE(context);
    absl::StatusOr<std::vector<lwave::NamedBytes>> files = FilesOf(names, data, bytes, count);
    if (!files.ok()) return files.status();
    absl::StatusOr<lwave::Folder> folder = lwave::Folder::InMemory(*files, context->context->allocator);
    if (!folder.ok()) return folder.status();
    absl::StatusOr<lwave::stream::ModelPtr> opened = lwave::stream::Model::Open(context->context, *folder);
    if (!opened.ok()) return opened.status();
    *model = new lwave_model{*std::move(opened)};
    return absl::OkStatus();
  });
}

void lwave_model_destroy(lwave_model* model) { delete model; }

lwave_status lwave_model_prepare(lwave_model* model, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    return model->model->Prepare().status();
  });
}

void lwave_model_cancel(lwave_model* model) {
  if (model != nullptr) model->model->Cancel();
}

void lwave_model_progress(const lwave_model* model, int64_t* bytes, int64_t* total_bytes) {
  if (bytes != nullptr) *bytes = model == nullptr ? 0 : model->model->packed_so_far();
  if (total_bytes != nullptr) *total_bytes = model == nullptr ? 0 : model->model->packed_bytes();
}

lwave_status lwave_model_get_int(const lwave_model* model, const char* key, int64_t* value, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    LWAVE_REQUIRE(key);
    LWAVE_REQUIRE(value);
    const lwave::stream::Model& m = *model->model;
    const lwave::model::ModelSpec& spec = m.spec();
    const struct {
      const char* name;
      int64_t value;
    } numbers[] = {
        {"layers", spec.layer_count()},
        {"hidden", spec.hidden},
        {"heads", spec.heads},
        {"head_dim", spec.head_dim},
        {"vocabulary", spec.vocabulary},
        {"embedding_width", lwave::model::EmbeddingWidth(spec)},
        {"positions", spec.positions.usable()},
        {"max_rows", lwave::model::MaxRows(spec)},
        {"has_pooler", spec.pooler.weight ? 1 : 0},
        {"has_tokenizer", m.tokenizer() != nullptr ? 1 : 0},
        {"has_long_reading", spec.long_reading.has_value() ? 1 : 0},
        {"mapped_bytes", m.checkpoint().mapped_bytes()},
        {"packed_bytes", m.packed_bytes()},
        {"held_bytes", m.checkpoint().held_bytes()},
        {"fingerprint", static_cast<int64_t>(m.fingerprint())},
    };
    for (const auto& number : numbers) {
      if (std::strcmp(number.name, key) == 0) {
        *value = number.value;
        return absl::OkStatus();
      }
    }
    return absl::InvalidArgumentError(absl::StrCat("a model has no number called ", key));
  });
}

const char* lwave_model_name(const lwave_model* model) {
  return model == nullptr ? nullptr : model->model->name().c_str();
}

lwave_status lwave_model_describe(const lwave_model* model, const lwave_config* config, char* buffer,
                                  int64_t capacity, int64_t* needed, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    absl::StatusOr<std::string> text = lwave::stream::DescribeModel(*model->model, OptionsOf(config));
    if (!text.ok()) return text.status();
    return lwave::c_api::CopyText(*text, buffer, capacity, needed);
  });
}

lwave_status lwave_model_embed(lwave_model* model, const char* text, int64_t bytes, float* vector, int64_t count,
                               lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    LWAVE_REQUIRE(vector);
    absl::Status status = lwave::c_api::CheckBuffer("text", text, bytes);
    if (!status.ok()) return status;
    const int64_t width = lwave::model::EmbeddingWidth(model->model->spec());
    status = lwave::c_api::CheckCount("count", count, width);
    if (!status.ok()) return status;
    absl::StatusOr<std::unique_ptr<lwave::stream::TextStream>> stream =
        lwave::stream::TextStream::Create(model->model, {});
    if (!stream.ok()) return stream.status();
    absl::Span<const char> rest(text, static_cast<size_t>(bytes));
    for (bool finished = false;;) {
      absl::StatusOr<lwave::stream::Stop> stop = lwave::stream::Stop::kDone;
      if (!rest.empty()) {
        int64_t taken = 0;
        stop = (*stream)->PushText(rest, &taken);
        rest.remove_prefix(static_cast<size_t>(taken));
      } else {
        stop = (*stream)->Finish();
        finished = stop.ok() && *stop == lwave::stream::Stop::kDone;
      }
      if (!stop.ok()) return stop.status();
      for (; (*stream)->Front() != nullptr; (*stream)->Pop()) {
        if ((*stream)->Front()->kind != lwave::stream::ResultKind::kDocument) continue;
        if ((*stream)->Front()->has_vector == 0) {
          return absl::InvalidArgumentError("text has no token, so it has no vector");
        }
        std::memcpy(vector, (*stream)->FrontVector(), static_cast<size_t>(width) * sizeof(float));
      }
      if (finished) return absl::OkStatus();
    }
  });
}

}  // extern "C"
