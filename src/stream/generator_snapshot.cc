// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Saving and restoring a generator: the options it was made with, what was pushed and generated, the random numbers'
// state, and the memory of a prompt that was read.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json_text.h"
#include "memory/snapshot.h"
#include "model/json.h"
#include "stream/generator.h"
#include "stream/snapshot_header.h"

namespace lwave::stream {
namespace {

constexpr int64_t kMost = int64_t{1} << 40;

absl::Status Damaged(absl::string_view what) { return absl::DataLossError(absl::StrCat("snapshot: ", what)); }

absl::Status CheckIds(absl::Span<const int32_t> ids, int64_t vocabulary) {
  for (const int32_t id : ids) {
    if (id < 0 || id >= vocabulary) return Damaged("an id is out of the vocabulary");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> Generator::Save() const {
  JsonText header;
  header.Add("kind", "generator").Add("model", model().name());
  header.Add("fingerprint", FingerprintText(model()));
  header.AddJson("options", own_.ToJson()).Add("model_settings", own_.model_settings ? 1 : 0);
  header.Add("tokens", static_cast<int64_t>(ids_.size()));
  memory::SnapshotWriter writer(header.Text());
  writer.AddInt64("generator", {read_, prompt_, given_, static_cast<int64_t>(reason_), int64_t{started_},
                                int64_t{line_ != nullptr}, pieces_.taken(), plan_.context_rows});
  writer.AddInt32("ids", ids_);
  writer.AddInt32("source", source_);
  std::vector<int32_t> waiting;
  std::vector<float> logs;
  for (const GeneratedToken& token : queue_) {
    waiting.push_back(token.id);
    logs.push_back(token.log_probability);
  }
  writer.AddInt32("waiting", waiting);
  writer.AddF32("waiting_logs", logs);
  std::vector<int64_t> words;
  for (const uint64_t word : random_.State()) words.push_back(static_cast<int64_t>(word));
  writer.AddInt64("random", words);
  std::vector<int64_t> lengths;
  std::vector<uint8_t> stops;
  for (const std::string& stop : pieces_.stops()) {
    lengths.push_back(static_cast<int64_t>(stop.size()));
    stops.insert(stops.end(), stop.begin(), stop.end());
  }
  writer.AddInt64("stop_lengths", lengths);
  writer.AddBytes("stops", stops);
  writer.AddInt32("text_ids", pieces_.ids());
  writer.AddF32("context", plan_.context);
  if (line_ != nullptr) {
    if (absl::Status status = line_->Save(writer); !status.ok()) return status;
  }
  return writer.Finish();
}

absl::StatusOr<std::unique_ptr<Generator>> Generator::Restore(ModelPtr model, absl::Span<const uint8_t> data) {
  absl::StatusOr<memory::SnapshotReader> reader = memory::SnapshotReader::Parse(data);
  if (!reader.ok()) return reader.status();
  absl::StatusOr<model::JsonValue> header = model::ParseJson(reader->header(), "snapshot");
  if (!header.ok()) return header.status();
  if (absl::Status status = CheckKindAndModel(*header, *model, "generator"); !status.ok()) return status;
  const model::JsonValue* stored = header->Find("options");
  if (stored == nullptr) return Damaged("the options are missing");
  absl::StatusOr<GenerationOptions> options = GenerationOptions::FromJson(*stored);
  if (!options.ok()) return options.status();
  if (const model::JsonValue* settings = header->Find("model_settings"); settings != nullptr) {
    options->model_settings = settings->integer != 0;
  }
  absl::StatusOr<std::unique_ptr<Generator>> created = Create(std::move(model), *options);
  if (!created.ok()) return created.status();
  Generator& made = **created;
  const int64_t vocabulary = made.model().spec().vocabulary;

  absl::StatusOr<std::vector<int64_t>> counters = reader->Int64("generator", 8);
  if (!counters.ok()) return counters.status();
  const std::vector<int64_t>& c = *counters;
  for (const int64_t value : c) {
    if (value < 0 || value > kMost) return Damaged("a counter is out of range");
  }
  absl::StatusOr<std::vector<int32_t>> ids = reader->Int32("ids", -1), source = reader->Int32("source", -1),
                                       waiting = reader->Int32("waiting", -1), texts = reader->Int32("text_ids", -1);
  for (const auto* list : {&ids, &source, &waiting, &texts}) {
    if (!list->ok()) return list->status();
    const int64_t most = list == &source ? vocabulary : made.plan_.spec->vocabulary;
    if (absl::Status status = CheckIds(**list, most); !status.ok()) return status;
  }
  absl::StatusOr<std::vector<float>> logs = reader->F32("waiting_logs", static_cast<int64_t>(waiting->size()));
  if (!logs.ok()) return logs.status();
  absl::StatusOr<std::vector<int64_t>> words = reader->Int64("random", 4);
  if (!words.ok()) return words.status();
  absl::StatusOr<std::vector<int64_t>> lengths = reader->Int64("stop_lengths", -1);
  if (!lengths.ok()) return lengths.status();
  absl::StatusOr<absl::Span<const uint8_t>> stops = reader->Bytes("stops");
  if (!stops.ok()) return stops.status();
  if (c[0] > static_cast<int64_t>(ids->size()) || c[1] > static_cast<int64_t>(ids->size()) || c[3] > 4 || c[4] > 1 ||
      c[5] > 1 || (c[5] == 1 && c[4] == 0) || c[7] > static_cast<int64_t>(source->size())) {
    return Damaged("the generator's counters contradict each other");
  }
  const bool decoder = made.model().spec().decoder != nullptr;
  const bool started = c[4] == 1, needs_line = started && (!decoder || made.options_.beams.value_or(1) == 1);
  if ((needs_line && c[5] == 0) || (decoder && started != (c[7] > 0)) || (!decoder && c[7] > 0) ||
      (c[7] > 0 && c[7] != static_cast<int64_t>(source->size())) ||
      static_cast<int64_t>(waiting->size()) > static_cast<int64_t>(ids->size()) - c[1]) {
    return Damaged("the generator's counters contradict each other");
  }
  size_t at = 0;
  for (const int64_t length : *lengths) {
    if (length < 1 || length > static_cast<int64_t>(stops->size() - at)) return Damaged("the stop strings do not add up");
    made.pieces_.AddStop(absl::string_view(reinterpret_cast<const char*>(stops->data()) + at, static_cast<size_t>(length)));
    at += static_cast<size_t>(length);
  }
  made.ids_ = *std::move(ids);
  made.source_ = *std::move(source);
  made.read_ = c[0];
  made.prompt_ = c[1];
  made.given_ = c[2];
  made.reason_ = static_cast<FinishReason>(c[3]);
  made.started_ = c[4] == 1;
  for (size_t i = 0; i < waiting->size(); ++i) made.queue_.push_back({(*waiting)[i], (*logs)[i]});
  std::array<uint64_t, 4> state;
  for (size_t i = 0; i < 4; ++i) state[i] = static_cast<uint64_t>((*words)[i]);
  made.random_.SetState(state);
  if (!made.pieces_.Restore(*texts, c[6], made.finished())) return Damaged("the text does not follow from its ids");
  if (c[7] > 0) {
    absl::StatusOr<std::vector<float>> context =
        reader->F32("context", c[7] * made.model().spec().stack->output_width());
    if (!context.ok()) return context.status();
    made.plan_.context = *std::move(context);
    made.plan_.context_rows = made.plan_.reading.context_rows = c[7];
  }
  if (c[5] == 1) {
    absl::StatusOr<std::unique_ptr<DecoderLine>> line = DecoderLine::Create(made.plan_);
    if (!line.ok()) return line.status();
    if (absl::Status status = (*line)->Load(*reader); !status.ok()) return status;
    if ((*line)->rows() != made.read_) return Damaged("the rows that were read do not add up");
    made.line_ = *std::move(line);
  }
  return created;
}

absl::StatusOr<std::unique_ptr<Generator>> Generator::Fork() const {
  absl::StatusOr<std::vector<uint8_t>> data = Save();
  if (!data.ok()) return data.status();
  return Restore(plan_.model, *data);
}

}  // namespace lwave::stream
