// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/layer_memory.h"

#include "absl/strings/str_cat.h"
#include "base/json_text.h"

namespace lwave::attention {

absl::StatusOr<std::unique_ptr<LayerMemory>> LayerMemory::Create(LayerPtr layer) {
  const absl::Status can = layer->CanStream();
  if (!can.ok()) return can;
  std::unique_ptr<LayerMemory> memory(new LayerMemory(std::move(layer)));
  Arena measure;
  memory->layer_->MakeStream(measure);
  const absl::Status status =
      memory->storage_.Resize(memory->layer_->context().allocator, static_cast<size_t>(measure.used()));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(memory->storage_.data(), memory->storage_.size()));
  memory->state_ = memory->layer_->MakeStream(arena);
  memory->uses_ = arena.uses();
  return memory;
}

std::string LayerMemory::Header() const {
  JsonText json;
  json.Add("kind", "attention").Add("mechanism", layer_->mechanism()).AddJson("options", layer_->options().ToJson());
  return json.Text();
}

absl::StatusOr<std::vector<uint8_t>> LayerMemory::Save() const {
  memory::SnapshotWriter writer(Header());
  const absl::Status status = state_->Save(writer);
  if (!status.ok()) return status;
  return writer.Finish();
}

absl::StatusOr<std::unique_ptr<LayerMemory>> LayerMemory::LoadLike(const LayerMemory& like,
                                                                   absl::Span<const uint8_t> data) {
  absl::StatusOr<memory::SnapshotReader> reader = memory::SnapshotReader::Parse(data);
  if (!reader.ok()) return reader.status();
  if (reader->header() != like.Header()) {
    return absl::AbortedError(absl::StrCat("snapshot: of ", reader->header().substr(0, 100), ", this memory is of a ",
                                           like.layer_->mechanism(), " layer with other options"));
  }
  absl::StatusOr<std::unique_ptr<LayerMemory>> memory = Create(like.layer_);
  if (!memory.ok()) return memory.status();
  const absl::Status status = (*memory)->state_->Load(*reader);
  if (!status.ok()) return status;
  return memory;
}

absl::StatusOr<std::unique_ptr<LayerMemory>> LayerMemory::Fork() const {
  absl::StatusOr<std::unique_ptr<LayerMemory>> memory = Create(layer_);
  if (!memory.ok()) return memory.status();
  if (absl::Status status = (*memory)->state_->CopyFrom(*state_); !status.ok()) return status;
  return memory;
}

std::string LayerMemory::DescribeJson() const {
  JsonText json;
  json.Add("kind", "attention").Add("mechanism", layer_->mechanism()).AddJson("options", layer_->options().ToJson());
  json.Add("bytes", storage_.bytes()).Add("position", state_->position()).Add("emitted", state_->emitted());
  json.AddJson("parts", memory::DescribeParts(state_->Parts(), uses_, state_->position()));
  return json.Text();
}

std::optional<int64_t> LayerMemory::Number(absl::string_view key) const {
  if (key == "position") return state_->position();
  if (key == "emitted") return state_->emitted();
  if (key == "bytes") return static_cast<int64_t>(storage_.bytes());
  if (key == "finished") return state_->finished() ? 1 : 0;
  return std::nullopt;
}

}  // namespace lwave::attention
