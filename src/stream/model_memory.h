// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A model's memory of one sequence of ids, as a handle of its own: ids in, rows out. (TextStream has the same
// RowMemory inside.)

#ifndef LONGWAVE_STREAM_MODEL_MEMORY_H_
#define LONGWAVE_STREAM_MODEL_MEMORY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "model/row_memory.h"
#include "stream/memory_plan.h"
#include "stream/model.h"
#include "stream/text_stream.h"

namespace lwave::stream {

// One thread at a time.
class ModelMemory {
 public:
  static absl::StatusOr<Plan> MakePlan(const Model& model, const model::ReadingOptions& options);
  static absl::StatusOr<std::unique_ptr<ModelMemory>> Create(ModelPtr model,
                                                             const model::ReadingOptions& options);

  // rows // [capacity, hidden]. kOutputFull: no room for a row that is ready.
  absl::StatusOr<Stop> Push(absl::Span<const int32_t> ids, int64_t* taken, float* rows, int64_t capacity,
                            int64_t* written);
  absl::StatusOr<Stop> Finish(float* rows, int64_t capacity, int64_t* written);

  absl::StatusOr<std::vector<uint8_t>> Save() const;
  static absl::StatusOr<std::unique_ptr<ModelMemory>> LoadLike(const ModelMemory& like, absl::Span<const uint8_t> data);
  std::string DescribeJson() const;
  void Reset() { memory_->Reset(); }
  std::optional<int64_t> Number(absl::string_view key) const;

  const Model& model() const { return *model_; }

 private:
  ModelMemory(ModelPtr model, MemoryPlan plan);
  // Steps and copies rows out until there is nothing to do or no room.
  Stop Drain(float* rows, int64_t capacity, int64_t* written);

  const ModelPtr model_;
  const MemoryPlan plan_;
  const model::Reading& reading_;  // of the plan
  Buffer<std::byte> storage_;
  UsedBytes uses_;  // of the storage
  std::unique_ptr<model::RowMemory> memory_;
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_MODEL_MEMORY_H_
