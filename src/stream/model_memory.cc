// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The handle around an EncoderMemory.

#include "stream/model_memory.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json_text.h"
#include "stream/snapshot_header.h"

namespace lwave::stream {

namespace {

absl::StatusOr<MemoryPlan> Resolve(const Model& model, const model::ReadingOptions& options) {
  absl::StatusOr<model::Reading> reading = model::ResolveReading(model.spec(), options);
  if (!reading.ok()) return reading.status();
  return MemoryPlan::Make(model, *reading);
}

}  // namespace

ModelMemory::ModelMemory(ModelPtr model, MemoryPlan plan)
    : model_(std::move(model)), plan_(std::move(plan)), reading_(plan_.reading) {}

absl::StatusOr<Plan> ModelMemory::MakePlan(const Model& model, const model::ReadingOptions& options) {
  absl::StatusOr<MemoryPlan> resolved = Resolve(model, options);
  if (!resolved.ok()) return resolved.status();
  Arena arena;
  resolved->Place(arena, model, model.Layout(), 0);
  Plan plan;
  plan.bytes = plan.load_bytes = arena.used();
  plan.first_rows = resolved->first_rows;
  plan.steady_rows = resolved->steady_rows;
  return plan;
}

absl::StatusOr<std::unique_ptr<ModelMemory>> ModelMemory::Create(ModelPtr model,
                                                                 const model::ReadingOptions& options) {
  absl::StatusOr<MemoryPlan> plan = Resolve(*model, options);
  if (!plan.ok()) return plan.status();
  absl::StatusOr<const model::Weights*> weights = model->Prepare();
  if (!weights.ok()) return weights.status();
  std::unique_ptr<ModelMemory> memory(new ModelMemory(std::move(model), *std::move(plan)));
  Arena measure;
  memory->plan_.Place(measure, *memory->model_, **weights, 0);
  const absl::Status status =
      memory->storage_.Resize(memory->model_->context().allocator, static_cast<size_t>(measure.used()));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(memory->storage_.data(), memory->storage_.size()));
  memory->memory_ = memory->plan_.Place(arena, *memory->model_, **weights, 0);
  memory->uses_ = arena.uses();
  return memory;
}

Stop ModelMemory::Drain(float* rows, int64_t capacity, int64_t* written) {
  const int64_t hidden = model_->spec().row_width();
  for (;;) {
    const int64_t count = std::min(memory_->waiting(), capacity - *written);
    if (count > 0) {
      std::memcpy(rows + *written * hidden, memory_->WaitingRows(), static_cast<size_t>(count * hidden) * sizeof(float));
      memory_->Consume(count);
      *written += count;
    }
    if (memory_->waiting() > 0) return Stop::kOutputFull;
    if (!memory_->Step()) return Stop::kDone;
  }
}

absl::StatusOr<Stop> ModelMemory::Push(absl::Span<const int32_t> ids, int64_t* taken, float* rows, int64_t capacity,
                                       int64_t* written) {
  *taken = *written = 0;
  if (memory_->finished()) return absl::FailedPreconditionError("the sequence is finished; nothing can be pushed");
  for (;;) {
    const Stop stop = Drain(rows, capacity, written);
    if (*taken == static_cast<int64_t>(ids.size())) return stop;
    if (stop == Stop::kOutputFull) return stop;
    const int64_t room = memory_->Room();
    if (room == 0) {
      return absl::OutOfRangeError(absl::StrCat("more than ", reading_.full_rows,
                                                " rows: a memory without a window reads no longer sequences"));
    }
    int64_t count = 0;
    for (; count < room && *taken + count < static_cast<int64_t>(ids.size()); ++count) {
      const int32_t id = ids[static_cast<size_t>(*taken + count)];
      if (id >= 0 && id < model_->spec().vocabulary) continue;
      if (count > 0) break;  // those before it first
      return absl::InvalidArgumentError(absl::StrCat("id ", id, " at index ", *taken,
                                                     " is outside the vocabulary of ", model_->spec().vocabulary));
    }
    *taken += memory_->Push(ids.subspan(static_cast<size_t>(*taken), static_cast<size_t>(count)));
  }
}

absl::StatusOr<Stop> ModelMemory::Finish(float* rows, int64_t capacity, int64_t* written) {
  *written = 0;
  memory_->Finish();
  return Drain(rows, capacity, written);
}

absl::StatusOr<std::vector<uint8_t>> ModelMemory::Save() const {
  if (memory_->finished()) return absl::FailedPreconditionError("the sequence is finished; save before finish");
  SnapshotFacts facts;
  facts.kind = "memory";
  facts.tokens = memory_->rows_in();
  memory::SnapshotWriter writer(SnapshotHeader(*model_, reading_, facts));
  if (absl::Status status = memory_->Save(writer); !status.ok()) return status;
  return writer.Finish();
}

absl::StatusOr<std::unique_ptr<ModelMemory>> ModelMemory::LoadLike(const ModelMemory& like,
                                                                   absl::Span<const uint8_t> data) {
  absl::StatusOr<memory::SnapshotReader> reader = memory::SnapshotReader::Parse(data);
  if (!reader.ok()) return reader.status();
  absl::StatusOr<model::ReadingOptions> options = CheckSnapshotHeader(reader->header(), *like.model_, "memory");
  if (!options.ok()) return options.status();
  absl::StatusOr<std::unique_ptr<ModelMemory>> memory = Create(like.model_, *options);
  if (!memory.ok()) return memory.status();
  if ((*memory)->reading_.ToJson() != like.reading_.ToJson()) {
    return absl::AbortedError(absl::StrCat("snapshot: made with the options ", (*memory)->reading_.ToJson(),
                                           ", this memory has ", like.reading_.ToJson()));
  }
  const absl::Status status = (*memory)->memory_->Load(*reader);
  if (!status.ok()) return status;
  return memory;
}

std::string ModelMemory::DescribeJson() const {
  JsonText json;
  json.Add("kind", "memory").Add("model", model_->name()).AddJson("options", reading_.ToJson());
  json.Add("bytes", storage_.bytes()).Add("position", memory_->rows_in()).Add("emitted", memory_->rows_out());
  json.AddJson("memory", memory_->DescribeJson());
  json.AddJson("parts", memory::DescribeParts(memory_->MemoryParts(), uses_, memory_->rows_in()));
  return json.Text();
}

std::optional<int64_t> ModelMemory::Number(absl::string_view key) const {
  if (key == "position") return memory_->rows_in();
  if (key == "emitted") return memory_->rows_out();
  if (key == "bytes") return static_cast<int64_t>(storage_.bytes());
  if (key == "finished") return memory_->drained();
  return std::nullopt;
}

}  // namespace lwave::stream
