// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Input and output; the computing is in scorer_work.cc.

#include "stream/scorer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace lwave::stream {
namespace {

constexpr size_t kTextBytes = 1 << 16;  // the most between two looks at whether somebody wants to stop

}  // namespace

absl::StatusOr<std::unique_ptr<Scorer>> Scorer::Create(ModelPtr model, const ScoringOptions& options) {
  std::unique_ptr<Scorer> made(new Scorer());
  made->options_ = options;
  if (absl::Status status = made->Settle(std::move(model)); !status.ok()) return status;
  Arena measure;
  made->LayOut(measure);
  const Allocator& allocator = made->model().context().allocator;
  absl::Status status = made->storage_.Resize(allocator, static_cast<size_t>(measure.used()));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(made->storage_.data(), made->storage_.size()));
  made->LayOut(arena);
  made->bytes_ = static_cast<int64_t>(made->storage_.bytes());
  if (status = made->MakeTokenizer(); !status.ok()) return status;
  made->Begin();
  return made;
}

absl::StatusOr<int64_t> Scorer::Plan(ModelPtr model, const ScoringOptions& options) {
  Scorer measured;
  measured.options_ = options;
  if (absl::Status status = measured.Settle(std::move(model)); !status.ok()) return status;
  Arena arena;
  measured.LayOut(arena);
  int64_t bytes = static_cast<int64_t>(AlignUp(static_cast<size_t>(arena.used())));
  if (const tokenizer::Tokenizer* tokenizer = measured.model().tokenizer()) {
    tokenizer::StreamOptions stream;
    stream.held_back_bytes = static_cast<size_t>(options.held_back.value_or(65536));
    bytes += static_cast<int64_t>(tokenizer->StreamBytes(stream));
  }
  return bytes;
}

absl::Status Scorer::MakeTokenizer() {
  const tokenizer::Tokenizer* tokenizer = model().tokenizer();
  if (tokenizer == nullptr) return absl::OkStatus();
  tokenizer::StreamOptions stream;
  stream.held_back_bytes = static_cast<size_t>(options_.held_back.value_or(65536));
  stream.split_long = options_.split_long;
  absl::StatusOr<tokenizer::TokenStreamPtr> tokens = tokenizer->NewStream(stream, model().context().allocator);
  if (!tokens.ok()) return tokens.status();
  bytes_ += static_cast<int64_t>(tokenizer->StreamBytes(stream));
  tokenizer_ = *std::move(tokens);
  return absl::OkStatus();
}

// An id before the document is in the block and counts as done.
void Scorer::Begin() {
  count_ = done_ = 0;
  window_rows_ = nullptr;
  if (options_.begin.value_or(-1) < 0) return;
  ScoredToken token;
  token.id = static_cast<int32_t>(*options_.begin);
  Add(token);
  done_ = 1;
}

absl::Status Scorer::Reset() {
  if (tokenizer_ != nullptr) tokenizer_->Reset();
  if (memory_ != nullptr) memory_->Reset();
  queue_begin_ = queue_count_ = 0;
  source_ = Source::kNone;
  phase_ = Phase::kOpen;
  tokens_ = scored_ = unscored_end_ = scored_end_ = 0;
  sum_ = 0;
  Begin();
  return absl::OkStatus();
}

absl::Status Scorer::CheckOpen(Source source) const {
  if (phase_ != Phase::kOpen) {
    return absl::FailedPreconditionError("the document is finished; nothing can be pushed any more");
  }
  if (source_ != Source::kNone && source_ != source) {
    return absl::FailedPreconditionError("a document is pushed as text or as ids, not as both");
  }
  if (source == Source::kText && tokenizer_ == nullptr) {
    return absl::UnimplementedError(absl::StrCat("text cannot be pushed: ", model().no_tokenizer_reason()));
  }
  return absl::OkStatus();
}

absl::Status Scorer::CheckId(int32_t id, int64_t index) const {
  if (id >= 0 && id < vocabulary_) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("id ", id, " at index ", index, " is outside the vocabulary of ", vocabulary_));
}

void Scorer::Add(const ScoredToken& token) {
  block_[static_cast<size_t>(count_)] = token;
  ids_[static_cast<size_t>(count_)] = token.id;
  ++count_;
}

bool Scorer::TakeToken() {
  tokenizer::Token token;
  if (!tokenizer_->Next(&token)) return false;
  Add({token.id, 0, token.byte_begin, token.byte_end});
  return true;
}

absl::StatusOr<Stop> Scorer::PushText(absl::Span<const char> text, int64_t* taken) {
  *taken = 0;
  if (absl::Status open = CheckOpen(Source::kText); !open.ok()) return open;
  source_ = Source::kText;
  for (;;) {
    if (full()) {
      const absl::StatusOr<Stop> stop = Work(false);
      if (!stop.ok()) return stop;
      // Only unread results hold the work up; nothing is left of the caller's where all bytes are taken.
      if (*stop == Stop::kOutputFull && text.empty()) return Stop::kDone;
      if (*stop != Stop::kDone) return stop;
    }
    if (TakeToken()) continue;
    if (!tokenizer_->status().ok()) return tokenizer_->status();
    if (text.empty()) return Stop::kDone;
    if (Cancelled()) return Stop::kCancelled;
    const size_t count = tokenizer_->Push(text.subspan(0, kTextBytes));
    *taken += static_cast<int64_t>(count);
    text.remove_prefix(count);
  }
}

absl::StatusOr<Stop> Scorer::PushIds(absl::Span<const int32_t> ids, int64_t* taken) {
  *taken = 0;
  if (absl::Status open = CheckOpen(Source::kIds); !open.ok()) return open;
  source_ = Source::kIds;
  for (;;) {
    if (full()) {
      const absl::StatusOr<Stop> stop = Work(false);
      if (!stop.ok()) return stop;
      const bool all = *taken == static_cast<int64_t>(ids.size());
      if (*stop == Stop::kOutputFull && all) return Stop::kDone;
      if (*stop != Stop::kDone) return stop;
    }
    if (*taken == static_cast<int64_t>(ids.size())) return Stop::kDone;
    const int32_t id = ids[static_cast<size_t>(*taken)];
    if (absl::Status status = CheckId(id, *taken); !status.ok()) return status;
    Add({id, 0, -1, -1});
    ++*taken;
  }
}

absl::StatusOr<Stop> Scorer::Finish() {
  if (phase_ == Phase::kDone) return Stop::kDone;
  if (phase_ == Phase::kOpen && source_ == Source::kText) tokenizer_->Finish();
  phase_ = Phase::kEnding;
  if (source_ == Source::kText) {
    for (;;) {
      if (full()) {
        const absl::StatusOr<Stop> stop = Work(false);
        if (!stop.ok() || *stop != Stop::kDone) return stop;
      }
      if (!TakeToken()) break;
    }
    if (!tokenizer_->status().ok()) return tokenizer_->status();
  }
  const absl::StatusOr<Stop> stop = Work(true);
  if (!stop.ok() || *stop != Stop::kDone) return stop;
  phase_ = Phase::kDone;
  return Stop::kDone;
}

ScoredToken Scorer::Pop() {
  const ScoredToken token = queue_[static_cast<size_t>(queue_begin_)];
  queue_begin_ = (queue_begin_ + 1) % capacity_;
  --queue_count_;
  return token;
}

int64_t Scorer::scored_bytes() const {
  if (source_ != Source::kText || scored_ == 0) return 0;
  return (finished() ? bytes_taken() : scored_end_) - unscored_end_;
}

}  // namespace lwave::stream
