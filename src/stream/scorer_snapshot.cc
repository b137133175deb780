// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Saving and restoring a scorer: its options, the block that fills up, the results that wait, the tokenizer's state and
// the memory that the document went through.

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json_text.h"
#include "stream/scorer.h"
#include "stream/snapshot_header.h"

namespace lwave::stream {
namespace {

constexpr int64_t kMost = int64_t{1} << 48;

absl::Status Damaged(absl::string_view what) { return absl::DataLossError(absl::StrCat("snapshot: ", what)); }

struct Columns {
  std::vector<int32_t> ids;
  std::vector<float> logs;
  std::vector<int64_t> ranges;
  void Add(const ScoredToken& token) {
    ids.push_back(token.id);
    logs.push_back(token.log_probability);
    ranges.insert(ranges.end(), {token.byte_begin, token.byte_end});
  }
};

}  // namespace

absl::StatusOr<std::vector<uint8_t>> Scorer::Save() const {
  if (phase_ != Phase::kOpen) return absl::FailedPreconditionError("a finished document is not saved");
  JsonText header;
  header.Add("kind", "scorer").Add("model", model().name());
  header.Add("fingerprint", FingerprintText(model()));
  header.AddJson("options", options_.ToJson()).Add("tokens", tokens_).Add("bytes_taken", bytes_taken());
  memory::SnapshotWriter writer(header.Text());
  writer.AddInt64("scorer", {static_cast<int64_t>(source_), count_, done_, queue_count_, tokens_, scored_, unscored_end_,
                             scored_end_});
  writer.AddF64("sum", absl::MakeConstSpan(&sum_, 1));
  Columns block, queue;
  for (int64_t i = 0; i < count_; ++i) block.Add(block_[static_cast<size_t>(i)]);
  for (int64_t i = 0; i < queue_count_; ++i) queue.Add(queue_[static_cast<size_t>((queue_begin_ + i) % capacity_)]);
  writer.AddInt32("block_ids", block.ids);
  writer.AddInt64("block_ranges", block.ranges);
  writer.AddInt32("queue_ids", queue.ids);
  writer.AddF32("queue_logs", queue.logs);
  writer.AddInt64("queue_ranges", queue.ranges);
  if (source_ == Source::kText) {
    std::vector<uint8_t> state(tokenizer_->SavedBytes());
    tokenizer_->Save(reinterpret_cast<char*>(state.data()));
    writer.AddBytes("tokenizer", state);
  }
  if (memory_ != nullptr) {
    if (absl::Status status = memory_->Save(writer); !status.ok()) return status;
  }
  return writer.Finish();
}

absl::Status Scorer::Load(const memory::SnapshotReader& reader) {
  absl::StatusOr<std::vector<int64_t>> counters = reader.Int64("scorer", 8);
  if (!counters.ok()) return counters.status();
  const std::vector<int64_t>& c = *counters;
  for (size_t i = 0; i < c.size(); ++i) {
    // Ends of bytes are -1 where ids were pushed.
    if (c[i] < (i < 6 ? 0 : -1) || c[i] > kMost) return Damaged("a counter is out of range");
  }
  if (c[0] > 2 || c[1] > length_ || c[2] > c[1] || c[3] > capacity_ || c[5] > c[4]) {
    return Damaged("the scorer's counters contradict each other");
  }
  absl::StatusOr<std::vector<double>> sum = reader.F64("sum", 1);
  absl::StatusOr<std::vector<int32_t>> ids = reader.Int32("block_ids", c[1]), waiting = reader.Int32("queue_ids", c[3]);
  absl::StatusOr<std::vector<int64_t>> ranges = reader.Int64("block_ranges", 2 * c[1]),
                                       waiting_ranges = reader.Int64("queue_ranges", 2 * c[3]);
  absl::StatusOr<std::vector<float>> logs = reader.F32("queue_logs", c[3]);
  for (const absl::Status& status : {sum.status(), ids.status(), waiting.status(), ranges.status(),
                                     waiting_ranges.status(), logs.status()}) {
    if (!status.ok()) return status;
  }
  for (const auto* list : {&*ids, &*waiting}) {
    for (const int32_t id : *list) {
      if (!CheckId(id, 0).ok()) return Damaged("an id is out of the vocabulary");
    }
  }
  source_ = static_cast<Source>(c[0]);
  if (source_ == Source::kText) {
    if (tokenizer_ == nullptr) return Damaged("text was pushed although the model has no tokenizer");
    absl::StatusOr<absl::Span<const uint8_t>> state = reader.Bytes("tokenizer");
    if (!state.ok()) return state.status();
    absl::Status status =
        tokenizer_->Load(absl::MakeConstSpan(reinterpret_cast<const char*>(state->data()), state->size()));
    if (!status.ok()) return status;
    if (tokenizer_->finished()) return Damaged("the text has ended");
  }
  if (memory_ != nullptr) {
    if (absl::Status status = memory_->Load(reader); !status.ok()) return status;
    // Every token that is done but the first has followed from a row; an id in front is not counted.
    const int64_t rows = std::max<int64_t>(c[4] - (options_.begin.value_or(-1) < 0 ? 1 : 0), 0);
    if (memory_->rows_in() != rows || memory_->rows_out() != rows) return Damaged("the memory's rows do not add up");
  }
  count_ = 0;
  for (int64_t i = 0; i < c[1]; ++i) {
    const size_t at = static_cast<size_t>(i);
    Add({(*ids)[at], 0, (*ranges)[2 * at], (*ranges)[2 * at + 1]});
  }
  for (int64_t i = 0; i < c[3]; ++i) {
    const size_t at = static_cast<size_t>(i);
    queue_[at] = {(*waiting)[at], (*logs)[at], (*waiting_ranges)[2 * at], (*waiting_ranges)[2 * at + 1]};
  }
  done_ = c[2];
  queue_count_ = c[3];
  tokens_ = c[4];
  scored_ = c[5];
  unscored_end_ = c[6];
  scored_end_ = c[7];
  sum_ = (*sum)[0];
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Scorer>> Scorer::Restore(ModelPtr model, absl::Span<const uint8_t> data) {
  absl::StatusOr<memory::SnapshotReader> reader = memory::SnapshotReader::Parse(data);
  if (!reader.ok()) return reader.status();
  absl::StatusOr<model::JsonValue> header = model::ParseJson(reader->header(), "snapshot");
  if (!header.ok()) return header.status();
  if (absl::Status status = CheckKindAndModel(*header, *model, "scorer"); !status.ok()) return status;
  const model::JsonValue* stored = header->Find("options");
  if (stored == nullptr) return Damaged("the options are missing");
  absl::StatusOr<ScoringOptions> options = ScoringOptions::FromJson(*stored);
  if (!options.ok()) return options.status();
  absl::StatusOr<std::unique_ptr<Scorer>> made = Create(std::move(model), *options);
  if (!made.ok()) return made.status();
  if (absl::Status status = (*made)->Load(*reader); !status.ok()) return status;
  return made;
}

absl::StatusOr<std::unique_ptr<Scorer>> Scorer::Fork() const {
  absl::StatusOr<std::vector<uint8_t>> data = Save();
  if (!data.ok()) return data.status();
  return Restore(plan_.model, *data);
}

}  // namespace lwave::stream
