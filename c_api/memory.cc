// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "longwave/memory.h"

#include "guard.h"
#include "handles.h"
#include "stream/snapshot_header.h"

namespace {

using lwave::attention::LayerMemory;
using lwave::c_api::Guard;
using lwave::c_api::OptionsOf;
using lwave::stream::ModelMemory;

// Rows that fit into `capacity` numbers.
absl::StatusOr<int64_t> RowCapacity(const lwave_memory* memory, const float* rows, int64_t capacity) {
  const absl::Status status = lwave::c_api::CheckBuffer("rows", rows, capacity);
  if (!status.ok()) return status;
  return capacity / (memory->layer != nullptr ? memory->layer->layer().widths().out
                                              : memory->memory->model().spec().row_width());
}

absl::StatusOr<std::vector<uint8_t>> SaveOf(const lwave_memory& memory) {
  return memory.layer != nullptr ? memory.layer->Save() : memory.memory->Save();
}

// A memory like `like` with a saved state, put into `to`, which may be the same.
absl::Status LoadLike(const lwave_memory& like, absl::Span<const uint8_t> data, lwave_memory* to) {
  if (like.layer != nullptr) {
    absl::StatusOr<std::unique_ptr<LayerMemory>> loaded = LayerMemory::LoadLike(*like.layer, data);
    if (!loaded.ok()) return loaded.status();
    to->layer = *std::move(loaded);
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<ModelMemory>> loaded = ModelMemory::LoadLike(*like.memory, data);
  if (!loaded.ok()) return loaded.status();
  to->memory = *std::move(loaded);
  return absl::OkStatus();
}

}  // namespace

extern "C" {

lwave_status lwave_memory_plan(const lwave_model* model, const lwave_config* config, int64_t* bytes,
                               int64_t* load_bytes, int64_t* first_rows, int64_t* steady_rows, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    return lwave::c_api::GivePlan(ModelMemory::MakePlan(*model->model, OptionsOf(config)), bytes, load_bytes, first_rows,
                                  steady_rows);
  });
}

lwave_status lwave_memory_create(lwave_model* model, const lwave_config* config, lwave_memory** memory,
                                 lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(memory);
    *memory = nullptr;
    LWAVE_REQUIRE(model);
    absl::StatusOr<std::unique_ptr<ModelMemory>> made = ModelMemory::Create(model->model, OptionsOf(config));
    if (!made.ok()) return made.status();
    *memory = new lwave_memory{*std::move(made), nullptr};
    return absl::OkStatus();
  });
}

void lwave_memory_destroy(lwave_memory* memory) { delete memory; }

lwave_status lwave_memory_push(lwave_memory* memory, const int32_t* ids, int64_t count, int64_t* taken, float* rows,
                               int64_t capacity, int64_t* rows_written, lwave_error* error) {
  return Guard(error, [&]() -> absl::StatusOr<lwave::stream::Stop> {
    LWAVE_REQUIRE(taken);
    LWAVE_REQUIRE(rows_written);
    *taken = *rows_written = 0;
    LWAVE_REQUIRE(memory);
    if (memory->memory == nullptr) return absl::FailedPreconditionError("the memory is a layer's: it takes rows, not ids");
    const absl::Status status = lwave::c_api::CheckBuffer("ids", ids, count);
    if (!status.ok()) return status;
    absl::StatusOr<int64_t> room = RowCapacity(memory, rows, capacity);
    if (!room.ok()) return room.status();
    return memory->memory->Push(absl::MakeConstSpan(ids, static_cast<size_t>(count)), taken, rows, *room,
                                rows_written);
  });
}

lwave_status lwave_memory_finish(lwave_memory* memory, float* rows, int64_t capacity, int64_t* rows_written,
                                 lwave_error* error) {
  return Guard(error, [&]() -> absl::StatusOr<lwave::stream::Stop> {
    LWAVE_REQUIRE(rows_written);
    *rows_written = 0;
    LWAVE_REQUIRE(memory);
    absl::StatusOr<int64_t> room = RowCapacity(memory, rows, capacity);
    if (!room.ok()) return room.status();
    if (memory->layer == nullptr) return memory->memory->Finish(rows, *room, rows_written);
    bool full = false;
    const absl::Status status = memory->layer->state().Finish(rows, *room, rows_written, &full);
    if (!status.ok()) return status;
    return full ? lwave::stream::Stop::kOutputFull : lwave::stream::Stop::kDone;
  });
}

lwave_status lwave_memory_reset(lwave_memory* memory, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(memory);
    if (memory->layer != nullptr) memory->layer->Reset();
    if (memory->memory != nullptr) memory->memory->Reset();
    return absl::OkStatus();
  });
}

lwave_status lwave_memory_get_int(const lwave_memory* memory, const char* key, int64_t* value, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(memory);
    LWAVE_REQUIRE(key);
    LWAVE_REQUIRE(value);
    const std::optional<int64_t> number = memory->layer != nullptr ? memory->layer->Number(key)
                                                                      : memory->memory->Number(key);
    if (!number) return absl::InvalidArgumentError(absl::StrCat("a memory has no number called ", key));
    *value = *number;
    return absl::OkStatus();
  });
}

lwave_status lwave_memory_save(const lwave_memory* memory, void* buffer, int64_t capacity, int64_t* needed,
                               lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(memory);
    absl::StatusOr<std::vector<uint8_t>> data = SaveOf(*memory);
    if (!data.ok()) return data.status();
    return lwave::c_api::CopyOut(data->data(), static_cast<int64_t>(data->size()), buffer, capacity, needed);
  });
}

lwave_status lwave_memory_load(lwave_memory* memory, const void* data, int64_t bytes, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(memory);
    const absl::Status status = lwave::c_api::CheckBuffer("data", data, bytes);
    if (!status.ok()) return status;
    return LoadLike(*memory, absl::MakeConstSpan(static_cast<const uint8_t*>(data), static_cast<size_t>(bytes)), memory);
  });
}

lwave_status lwave_memory_fork(const lwave_memory* memory, lwave_memory** copy, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(copy);
    *copy = nullptr;
    LWAVE_REQUIRE(memory);
    auto made = std::make_unique<lwave_memory>();
    if (memory->layer != nullptr) {
      absl::StatusOr<std::unique_ptr<LayerMemory>> fork = memory->layer->Fork();
      if (!fork.ok()) return fork.status();
      made->layer = *std::move(fork);
      *copy = made.release();
      return absl::OkStatus();
    }
    absl::StatusOr<std::vector<uint8_t>> data = SaveOf(*memory);
    if (!data.ok()) return data.status();
    const absl::Status status = LoadLike(*memory, *data, made.get());
    if (status.ok()) *copy = made.release();
    return status;
  });
}

lwave_status lwave_memory_describe(const lwave_memory* memory, char* buffer, int64_t capacity, int64_t* needed,
                                   lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(memory);
    return lwave::c_api::CopyText(memory->layer != nullptr ? memory->layer->DescribeJson() : memory->memory->DescribeJson(), buffer, capacity, needed);
  });
}

lwave_status lwave_snapshot_describe(const void* data, int64_t bytes, char* buffer, int64_t capacity, int64_t* needed,
                                     lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    const absl::Status status = lwave::c_api::CheckBuffer("data", data, bytes);
    if (!status.ok()) return status;
    absl::StatusOr<std::string> text = lwave::stream::DescribeSnapshot(
        absl::MakeConstSpan(static_cast<const uint8_t*>(data), static_cast<size_t>(bytes)));
    if (!text.ok()) return text.status();
    return lwave::c_api::CopyText(*text, buffer, capacity, needed);
  });
}

}  // extern "C"
