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

absl::Span<const uint8_t> Bytes(absl::string_view text) {
  return absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}
absl::string_view Text(absl::Span<const uint8_t> bytes) {
  return absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// What the history of a sequence with these last ids can be.
bool Fits(LookBack look_back, absl::Span<const int32_t> history, absl::Span<const int32_t> last, int64_t length) {
  const int64_t count = static_cast<int64_t>(history.size());
  switch (look_back) {
    case LookBack::kNone: return count == 0;
    case LookBack::kSeen:
      for (size_t i = 1; i < history.size(); ++i) {
        if (history[i] <= history[i - 1]) return false;
      }
      return count <= length && (count > 0 || length == 0);
    case LookBack::kAll: return count == length && history.last(last.size()) == last;
  }
  return false;
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> Generator::Save() const {
  JsonText header;
  header.Add("kind", "generator").Add("model", model().name());
  header.Add("fingerprint", FingerprintText(model()));
  header.AddJson("options", own_.ToJson()).Add("model_settings", own_.model_settings ? 1 : 0);
  header.Add("tokens", length_);
  memory::SnapshotWriter writer(header.Text());
  const TextPieces::Held& held = pieces_.held();
  writer.AddInt64("generator", {length_, prompt_, given_, static_cast<int64_t>(reason_), int64_t{line_ != nullptr},
                                held.certain, int64_t{held.stopped}, pieces_.dropped()});
  writer.AddInt32("history", history_);
  writer.AddInt32("unread", unread_);
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
  writer.AddInt32("text_ids", held.ids);
  writer.AddBytes("text_pending", Bytes(held.pending));
  writer.AddBytes("text_waiting", Bytes(pieces_.Waiting()));
  if (line_ != nullptr) {
    writer.AddF32("context", plan_.context.span());
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
  if (absl::Status status = (*created)->Load(*reader); !status.ok()) return status;
  return created;
}

absl::Status Generator::Load(const memory::SnapshotReader& reader) {
  absl::StatusOr<std::vector<int64_t>> counters = reader.Int64("generator", 8);
  if (!counters.ok()) return counters.status();
  for (const int64_t value : *counters) {
    if (value < 0 || value > kMost) return Damaged("a counter is out of range");
  }
  const int64_t length = (*counters)[0], prompt = (*counters)[1], given = (*counters)[2], reason = (*counters)[3];
  const bool decoder = model().spec().decoder != nullptr, started = (*counters)[4] == 1;
  absl::StatusOr<std::vector<int32_t>> history = reader.Int32("history", -1), unread = reader.Int32("unread", -1),
                                       source = reader.Int32("source", -1), waiting = reader.Int32("waiting", -1),
                                       texts = reader.Int32("text_ids", -1);
  for (const auto* list : {&history, &unread, &source, &waiting, &texts}) {
    if (!list->ok()) return list->status();
    const int64_t most = list == &source ? model().spec().vocabulary : plan_.spec->vocabulary;
    if (absl::Status status = CheckIds(**list, most); !status.ok()) return status;
  }
  const int64_t source_rows = static_cast<int64_t>(source->size());
  if (decoder && model().spec().stack->max_positions > 0 && source_rows > model().spec().stack->max_positions) {
    return Damaged(absl::StrCat("a source of ", source_rows, " tokens is longer than the encoder reads"));
  }
  absl::StatusOr<std::vector<float>> logs = reader.F32("waiting_logs", static_cast<int64_t>(waiting->size()));
  if (!logs.ok()) return logs.status();
  absl::StatusOr<std::vector<int64_t>> words = reader.Int64("random", 4);
  if (!words.ok()) return words.status();
  const int64_t unread_ids = static_cast<int64_t>(unread->size());
  // A decoder has begun with one id; before its source is read that is all. A causal model's line is always there.
  if (unread_ids > length || prompt > length || given != length - prompt || reason > 4 || (*counters)[4] > 1 ||
      (*counters)[6] > 1 || (decoder ? length == 0 : !started) || (!decoder && !source->empty()) ||
      (decoder && started && source->empty()) ||
      (!started && (length > 1 || unread_ids != length || reason != 0 || !waiting->empty())) ||
      (beams() == 1 && waiting->size() > 1) || !Fits(look_back_, *history, *unread, length)) {
    return Damaged("the generator's counters contradict each other");
  }
  if (absl::Status status = LoadText(reader, {*std::move(texts), (*counters)[5], "", (*counters)[6] == 1}, (*counters)[7]);
      !status.ok()) {
    return status;
  }
  if (started && decoder) {
    const int64_t rows = static_cast<int64_t>(source->size());
    absl::StatusOr<std::vector<float>> context = reader.F32("context", rows * model().spec().stack->output_width());
    if (!context.ok()) return context.status();
    absl::Status status = plan_.context.Resize(model().context().allocator, context->size());
    if (!status.ok()) return status;
    std::copy(context->begin(), context->end(), plan_.context.begin());
    plan_.context_rows = plan_.reading.context_rows = rows;
    if (status = MakeLines(); !status.ok()) return status;
  }
  if (started) {
    if (absl::Status status = line_->Load(reader); !status.ok()) return status;
    if (line_->rows() != length - unread_ids) return Damaged("the rows that were read do not add up");
  }
  length_ = length;
  prompt_ = prompt;
  given_ = given;
  reason_ = static_cast<FinishReason>(reason);
  history_ = *std::move(history);
  unread_ = *std::move(unread);
  source_ = *std::move(source);
  for (size_t i = 0; i < waiting->size(); ++i) queue_.push_back({(*waiting)[i], (*logs)[i]});
  std::array<uint64_t, 4> state;
  for (size_t i = 0; i < 4; ++i) state[i] = static_cast<uint64_t>((*words)[i]);
  random_.SetState(state);
  return absl::OkStatus();
}

absl::Status Generator::LoadText(const memory::SnapshotReader& reader, TextPieces::Held held, int64_t dropped) {
  absl::StatusOr<std::vector<int64_t>> lengths = reader.Int64("stop_lengths", -1);
  if (!lengths.ok()) return lengths.status();
  absl::StatusOr<absl::Span<const uint8_t>> stops = reader.Bytes("stops"), pending = reader.Bytes("text_pending"),
                                            waiting = reader.Bytes("text_waiting");
  for (const auto* bytes : {&stops, &pending, &waiting}) {
    if (!bytes->ok()) return bytes->status();
  }
  if (!lengths->empty() && plan_.model->tokenizer() == nullptr) return Damaged("stop strings of a model without text");
  absl::Span<const uint8_t> rest = *stops;
  for (const int64_t length : *lengths) {
    if (length < 1 || length > static_cast<int64_t>(rest.size())) return Damaged("the stop strings do not add up");
    pieces_.AddStop(Text(rest.first(static_cast<size_t>(length))));
    rest.remove_prefix(static_cast<size_t>(length));
  }
  held.pending = std::string(Text(*pending));
  if (!pieces_.Restore(std::move(held), std::string(Text(*waiting)), dropped)) {
    return Damaged("the text that waits contradicts its counters");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Generator>> Generator::Fork() const {
  absl::StatusOr<std::vector<uint8_t>> data = Save();
  if (!data.ok()) return data.status();
  return Restore(plan_.model, *data);
}

}  // namespace lwave::stream
