// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A stream's snapshot: the tokenizer's state, the open passage, the memory, the sums, unread results.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json_text.h"
#include "stream/snapshot_header.h"
#include "stream/text_stream.h"

namespace lwave::stream {
namespace {

using model::LongMode;

constexpr int64_t kMost = int64_t{1} << 60;

absl::Status Damaged(absl::string_view what) { return absl::DataLossError(absl::StrCat("snapshot: ", what)); }

}  // namespace

absl::StatusOr<std::vector<uint8_t>> TextStream::Save() const {
  if (phase_ != Phase::kOpen) {
    return absl::FailedPreconditionError(
        "the document is finished; save before finish (to index a file that grows: save, then finish a fork)");
  }
  SnapshotFacts facts;
  facts.kind = "stream";
  facts.bytes_taken = tokenizer_ != nullptr && !HasNoText() ? tokenizer_->bytes_taken() : 0;
  facts.tokens = tokens_;
  facts.passages = passages_put_;
  facts.emitted_bytes = emitted_bytes_;
  memory::SnapshotWriter writer(SnapshotHeader(*model_, reading_, facts));

  const int64_t counters[] = {static_cast<int64_t>(source_), tokens_,      passages_cut_,
                              passages_put_,                 emitted_bytes_, passage_pool_.rows,
                              closed_count_,                 alone_count_, queue_->count()};
  writer.AddInt64("stream", counters);
  if (tokenizer_ != nullptr) {
    std::vector<uint8_t> state(tokenizer_->SavedBytes());
    tokenizer_->Save(reinterpret_cast<char*>(state.data()));
    writer.AddBytes("tokenizer", state);
  }
  cutter_->Save(writer);
  std::vector<int64_t> passages;
  const auto add = [&passages](const Passage& p) {
    passages.insert(passages.end(), {p.byte_begin, p.byte_end, p.token_begin, p.token_end});
  };
  for (int64_t i = 0; i < closed_count_; ++i) {
    add(closed_[static_cast<size_t>((closed_begin_ + i) % static_cast<int64_t>(closed_.size()))]);
  }
  writer.AddInt64("closed_passages", passages);
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < alone_count_; ++i) {
    ids.push_back(alone_ids_[static_cast<size_t>((alone_begin_ + i) % static_cast<int64_t>(alone_ids_.size()))]);
  }
  writer.AddInt32("alone_ids", ids);
  writer.AddF64("passage_sum", passage_pool_.sum);
  writer.AddF64("document_sum", document_sum_);
  if (absl::Status status = memory_->Save(writer); !status.ok()) return status;
  if (PoolsDocument()) {
    writer.AddF64("document_pool", document_pool_.sum);
    writer.AddF32("document_kept", document_pool_.kept);
  }

  std::vector<float> vectors;
  passages.clear();
  for (int64_t i = 0; i < queue_->count(); ++i) {
    add(queue_->At(i).range);
    vectors.insert(vectors.end(), queue_->Vector(i), queue_->Vector(i) + document_sum_.size());
  }
  writer.AddInt64("unread", passages);
  writer.AddF32("unread_vectors", vectors);
  return writer.Finish();
}

absl::Status TextStream::LoadFrom(const memory::SnapshotReader& reader) {
  absl::StatusOr<std::vector<int64_t>> counters = reader.Int64("stream", 9);
  if (!counters.ok()) return counters.status();
  const std::vector<int64_t>& c = *counters;
  for (int64_t value : c) {
    if (value < -1 || value > kMost) return Damaged("a counter of the stream is out of range");
  }
  const auto in = [](int64_t value, int64_t low, int64_t high) { return value >= low && value <= high; };
  if (!in(c[0], 0, 3) || !in(c[1], 0, kMost) || !in(c[3], 0, c[2]) || !in(c[5], 0, kMost) ||
      !in(c[6], 0, static_cast<int64_t>(closed_.size())) || !in(c[7], 0, static_cast<int64_t>(alone_ids_.size())) ||
      !in(c[8], 0, reading_.queue)) {
    return Damaged("the stream's counters contradict each other");
  }
  source_ = static_cast<Source>(c[0]);
  tokens_ = c[1];
  passages_cut_ = c[2];
  passages_put_ = c[3];
  emitted_bytes_ = c[4];
  passage_pool_.rows = c[5];
  closed_count_ = c[6];
  alone_count_ = c[7];
  const int64_t unread = c[8];

  if (tokenizer_ != nullptr) {
    absl::StatusOr<absl::Span<const uint8_t>> state = reader.Bytes("tokenizer");
    if (!state.ok()) return state.status();
    const absl::Status status =
        tokenizer_->Load(absl::MakeConstSpan(reinterpret_cast<const char*>(state->data()), state->size()));
    if (!status.ok()) return status;
  }
  absl::Status status = cutter_->Load(reader);
  if (!status.ok()) return status;
  status = memory_->Load(reader);
  if (!status.ok()) return status;

  absl::StatusOr<std::vector<int64_t>> passages = reader.Int64("closed_passages", 4 * closed_count_);
  if (!passages.ok()) return passages.status();
  const auto passage_at = [](const std::vector<int64_t>& n, size_t i) {
    return Passage{n[4 * i], n[4 * i + 1], n[4 * i + 2], n[4 * i + 3]};
  };
  const auto sound = [&in](const Passage& p) {
    return in(p.byte_begin, -1, kMost) && in(p.byte_end, p.byte_begin, kMost) && in(p.token_begin, 0, kMost) &&
           in(p.token_end, p.token_begin + 1, kMost);
  };
  // Closed passages follow one another up to the open one; rows are consumed within the first of them.
  int64_t token = cutter_->open_begin();
  for (size_t i = static_cast<size_t>(closed_count_); i-- > 0;) {
    const Passage passage = passage_at(*passages, i);
    if (!sound(passage) || passage.token_end != token ||
        passage.token_end - passage.token_begin > reading_.passage_tokens) {
      return Damaged("the closed passages are malformed");
    }
    token = passage.token_begin;
    closed_[i] = passage;
  }
  const int64_t read_tokens = cutter_->tokens();
  const int64_t specials_before = static_cast<int64_t>(prefix_.size());
  const bool limited = reading_.mode == LongMode::kTruncate || reading_.mode == LongMode::kRefuse;
  if (read_tokens > tokens_ || (!limited && read_tokens != tokens_)) return Damaged("the tokens do not add up");
  if (reading_.mode == LongMode::kAlone) {
    if (alone_count_ != read_tokens - token || memory_->rows_in() != 0) return Damaged("the held ids do not add up");
  } else if (memory_->rows_in() != specials_before + read_tokens ||
             passage_pool_.rows != std::max<int64_t>(0, memory_->rows_out() - specials_before) - token) {
    return Damaged("the rows do not add up");
  }

  if (PoolsDocument()) {
    absl::StatusOr<std::vector<double>> pooled =
        reader.F64("document_pool", static_cast<int64_t>(document_pool_.sum.size()));
    if (!pooled.ok()) return pooled.status();
    std::copy(pooled->begin(), pooled->end(), document_pool_.sum.begin());
    absl::StatusOr<std::vector<float>> kept =
        reader.F32("document_kept", static_cast<int64_t>(document_pool_.kept.size()));
    if (!kept.ok()) return kept.status();
    std::copy(kept->begin(), kept->end(), document_pool_.kept.begin());
    document_pool_.rows = memory_->rows_out();
  }

  absl::StatusOr<std::vector<int32_t>> ids = reader.Int32("alone_ids", alone_count_);
  if (!ids.ok()) return ids.status();
  for (int32_t id : *ids) {
    if (id < 0 || id >= model_->spec().vocabulary) return Damaged("an id is out of the vocabulary");
  }
  std::copy(ids->begin(), ids->end(), alone_ids_.begin());
  absl::StatusOr<std::vector<double>> sum = reader.F64("passage_sum", static_cast<int64_t>(passage_pool_.sum.size()));
  if (!sum.ok()) return sum.status();
  std::copy(sum->begin(), sum->end(), passage_pool_.sum.begin());
  sum = reader.F64("document_sum", static_cast<int64_t>(document_sum_.size()));
  if (!sum.ok()) return sum.status();
  std::copy(sum->begin(), sum->end(), document_sum_.begin());

  passages = reader.Int64("unread", 4 * unread);
  if (!passages.ok()) return passages.status();
  const int64_t width = static_cast<int64_t>(document_sum_.size());
  absl::StatusOr<std::vector<float>> vectors = reader.F32("unread_vectors", unread * width);
  if (!vectors.ok()) return vectors.status();
  for (int64_t i = 0; i < unread; ++i) {
    Result result;
    result.kind = ResultKind::kPassage;
    result.range = passage_at(*passages, static_cast<size_t>(i));
    if (!sound(result.range)) return Damaged("an unread result is malformed");
    std::copy_n(vectors->data() + i * width, width, queue_->Put(result));
  }
  ShowProgress();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<TextStream>> TextStream::Restore(ModelPtr model,
                                                                absl::Span<const uint8_t> data) {
  absl::StatusOr<memory::SnapshotReader> reader = memory::SnapshotReader::Parse(data);
  if (!reader.ok()) return reader.status();
  absl::StatusOr<model::ReadingOptions> options = CheckSnapshotHeader(reader->header(), *model, "stream");
  if (!options.ok()) return options.status();
  absl::StatusOr<std::unique_ptr<TextStream>> stream = Create(std::move(model), *options);
  if (!stream.ok()) return stream.status();
  (*stream)->memory_->Reset();  // the prefix is in the snapshot
  const absl::Status status = (*stream)->LoadFrom(*reader);
  if (!status.ok()) return status;
  return stream;
}

absl::StatusOr<std::unique_ptr<TextStream>> TextStream::LoadLike(const TextStream& like,
                                                                 absl::Span<const uint8_t> data) {
  absl::StatusOr<std::unique_ptr<TextStream>> stream = Restore(like.model_, data);
  if (!stream.ok()) return stream.status();
  if ((*stream)->reading_.ToJson() != like.reading_.ToJson()) {
    return absl::AbortedError(absl::StrCat("snapshot: made with the options ", (*stream)->reading_.ToJson(),
                                           ", this stream has ", like.reading_.ToJson()));
  }
  return stream;
}

absl::StatusOr<std::unique_ptr<TextStream>> TextStream::Fork() const {
  absl::StatusOr<std::vector<uint8_t>> data = Save();
  if (!data.ok()) return data.status();
  return Restore(model_, *data);
}

std::string TextStream::DescribeJson() const {
  JsonText json;
  json.Add("kind", "stream").Add("model", model_->name()).AddJson("options", reading_.ToJson());
  json.Add("tokens", tokens_).Add("passages", passages_put_).Add("waiting_results", queue_->count());
  json.Add("bytes", bytes_).Add("position", memory_->rows_in()).AddJson("memory", memory_->DescribeJson());
  std::vector<memory::Part> parts = memory_->MemoryParts();
  parts.push_back(queue_->Waiting());
  json.AddJson("parts", memory::DescribeParts(parts, uses_, memory_->rows_in()));
  return json.Text();
}

std::optional<int64_t> TextStream::Number(absl::string_view key) const {
  const bool text = tokenizer_ != nullptr && !HasNoText();
  if (key == "bytes_taken") return text ? tokenizer_->bytes_taken() : 0;
  if (key == "tokens") return tokens_;
  if (key == "rows") return tokens_ + specials_;
  if (key == "emitted_rows") return memory_->rows_emitted();
  if (key == "passages") return passages_put_;
  if (key == "waiting") return queue_->count();
  if (key == "finished") return phase_ == Phase::kDone;
  if (key == "invalid_utf8") return text ? tokenizer_->invalid_count() : 0;
  if (key == "first_invalid_utf8") return text ? tokenizer_->first_invalid() : -1;
  if (key == "split_words") return text ? tokenizer_->split_count() : 0;
  if (key == "truncated") {
    return reading_.mode == LongMode::kTruncate ? std::max<int64_t>(0, tokens_ + specials_ - short_rows_) : 0;
  }
  if (key == "emitted_bytes") return emitted_bytes_;
  if (key == "bytes") return bytes_;
  return std::nullopt;
}

}  // namespace lwave::stream
