// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Making a stream, and its input side.

#include "stream/text_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace lwave::stream {

using model::LongMode;
using model::Reading;

TextStream::TextStream(ModelPtr model, Resolved resolved)
    : model_(std::move(model)), reading_(std::move(resolved.reading)), plan_(std::move(resolved.memory)) {
  if (reading_.add_special_tokens && model_->tokenizer() != nullptr) {
    prefix_ = model_->tokenizer()->PrefixIds();
    suffix_ = model_->tokenizer()->SuffixIds();
  }
  specials_ = SpecialCount(*model_, reading_);
  short_rows_ = reading_.full_rows;
}

int64_t TextStream::SpecialCount(const Model& model, const Reading& reading) {
  if (!reading.add_special_tokens || model.tokenizer() == nullptr) return 0;
  return static_cast<int64_t>(model.tokenizer()->PrefixIds().size() + model.tokenizer()->SuffixIds().size());
}

absl::StatusOr<TextStream::Resolved> TextStream::Resolve(const Model& model, const model::ReadingOptions& options) {
  absl::StatusOr<Reading> reading = model::ResolveReading(model.spec(), options);
  if (!reading.ok()) return reading.status();
  const int64_t specials = SpecialCount(model, *reading);
  if (reading->vectors && reading->mode == LongMode::kAlone) {
    return absl::InvalidArgumentError("long = alone reads passages with their special tokens, which have no vectors");
  }
  const int64_t usable = model::UsableRows(model.spec());
  if ((reading->mode == LongMode::kTruncate || reading->mode == LongMode::kRefuse) && reading->full_rows <= specials) {
    return absl::InvalidArgumentError(absl::StrCat("the model reads at most ", reading->full_rows,
                                                   " rows, of which ", specials, " are special tokens"));
  }
  if (reading->mode == LongMode::kAlone && !options.passage_tokens && !model.spec().long_reading.has_value() &&
      usable > specials) {
    // Nobody asked for this length, so a model of fewer positions reads what it can.
    reading->passage_tokens = std::min(reading->passage_tokens, usable - specials);
  }
  if (reading->mode == LongMode::kAlone && reading->passage_tokens + specials > usable) {
    return absl::InvalidArgumentError(absl::StrCat("option passage_tokens must be at most ", usable - specials,
                                                   " for long = alone (the model has ", usable, " positions), got ",
                                                   reading->passage_tokens));
  }
  Reading inner = *reading;
  if (reading->mode == LongMode::kAlone) inner.full_rows = std::max(reading->full_rows, reading->passage_tokens + specials);
  absl::StatusOr<MemoryPlan> plan = MemoryPlan::Make(model, inner);
  if (!plan.ok()) return plan.status();
  return Resolved{*std::move(reading), *std::move(plan)};
}

void TextStream::LayOut(Arena& arena, const model::Weights& weights) {
  const model::ModelSpec& spec = model_->spec();
  const int64_t limit = reading_.passage_tokens;
  const int64_t width = model::EmbeddingWidth(spec);
  cutter_.emplace(arena, limit);
  memory_ = plan_.Place(arena, *model_, weights, limit + 2);
  queue_.emplace(arena, reading_.queue, width);
  document_pool_ = model::PoolState::Take(arena, spec.row_width());
  passage_pool_ = model::PoolState::Take(arena, spec.row_width());
  modules_ = model::ModuleScratch::Take(arena, spec, weights);
  pooled_ = arena.Take<float>(spec.row_width());
  document_sum_ = arena.Take<double>(width);
  // Every passage but the last has at least half the limit; tokens whose rows are still inside are bounded.
  const int64_t held = reading_.mode == LongMode::kAlone ? reading_.full_rows + 2 * limit + 4 : 0;
  const int64_t inside = memory_->MaxRowsInside() + held;
  closed_ = arena.Take<Passage>(inside / std::max<int64_t>((limit + 1) / 2, 1) + 4);
  alone_ids_ = arena.Take<int32_t>(held);
}

namespace {

tokenizer::StreamOptions TokenOptions(const model::Reading& reading) {
  tokenizer::StreamOptions options;
  options.held_back_bytes = static_cast<size_t>(reading.held_back);
  options.split_long = reading.split_long;
  return options;
}

}  // namespace

absl::StatusOr<Plan> TextStream::MakePlan(const Model& model, const model::ReadingOptions& options) {
  absl::StatusOr<Resolved> resolved = Resolve(model, options);
  if (!resolved.ok()) return resolved.status();
  // The layout needs no weights, only their shapes; the model is not touched (the pointer is not owned).
  TextStream measured(ModelPtr(ModelPtr(), const_cast<Model*>(&model)), *resolved);
  Arena arena;
  measured.LayOut(arena, model.Layout());
  Plan plan;
  plan.bytes = static_cast<int64_t>(AlignUp(static_cast<size_t>(arena.used())));
  if (model.tokenizer() != nullptr) plan.bytes += static_cast<int64_t>(model.tokenizer()->StreamBytes(TokenOptions(resolved->reading)));
  plan.load_bytes = plan.bytes;
  plan.first_rows = resolved->memory.first_rows;
  plan.steady_rows = resolved->memory.steady_rows;
  return plan;
}

absl::StatusOr<std::unique_ptr<TextStream>> TextStream::Create(ModelPtr model,
                                                               const model::ReadingOptions& options) {
  absl::StatusOr<Resolved> resolved = Resolve(*model, options);
  if (!resolved.ok()) return resolved.status();
  absl::StatusOr<const model::Weights*> weights = model->Prepare();
  if (!weights.ok()) return weights.status();
  std::unique_ptr<TextStream> stream(new TextStream(std::move(model), *std::move(resolved)));
  const Allocator& allocator = stream->model_->context().allocator;

  Arena measure;
  stream->LayOut(measure, **weights);
  absl::Status status = stream->storage_.Resize(allocator, static_cast<size_t>(measure.used()));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(stream->storage_.data(), stream->storage_.size()));
  stream->LayOut(arena, **weights);
  stream->weights_ = *weights;
  stream->bytes_ = static_cast<int64_t>(stream->storage_.bytes());
  stream->uses_ = arena.uses();

  if (const tokenizer::Tokenizer* tokenizer = stream->model_->tokenizer()) {
    const tokenizer::StreamOptions token_options = TokenOptions(stream->reading_);
    absl::StatusOr<tokenizer::TokenStreamPtr> tokens = tokenizer->NewStream(token_options, allocator);
    if (!tokens.ok()) return tokens.status();
    stream->tokenizer_ = *std::move(tokens);
    const int64_t tokenizer_bytes = static_cast<int64_t>(tokenizer->StreamBytes(token_options));
    stream->bytes_ += tokenizer_bytes;
    stream->uses_.of[static_cast<int32_t>(Use::kScratch)] += tokenizer_bytes;
  }
  if (stream->reading_.mode != LongMode::kAlone) stream->PushRows(stream->prefix_);
  return stream;
}

absl::Status TextStream::Reset() {
  if (tokenizer_ != nullptr) tokenizer_->Reset();
  cutter_->Reset();
  memory_->Reset();
  queue_->Clear();
  document_pool_.Reset();
  passage_pool_.Reset();
  std::fill(document_sum_.begin(), document_sum_.end(), 0.0);
  closed_begin_ = closed_count_ = alone_begin_ = alone_count_ = 0;
  source_ = Source::kNone;
  phase_ = Phase::kOpen;
  tokens_ = passages_cut_ = passages_put_ = emitted_bytes_ = 0;
  if (reading_.mode != LongMode::kAlone) PushRows(prefix_);
  ShowProgress();
  return absl::OkStatus();
}

absl::Status TextStream::CheckOpen(Source source) const {
  if (phase_ != Phase::kOpen) {
    return absl::FailedPreconditionError("the document is finished; nothing can be pushed any more");
  }
  if (source_ != Source::kNone && source_ != source) {
    return absl::FailedPreconditionError("a stream takes either text or ids or vectors, not several");
  }
  if (reading_.vectors != (source == Source::kVectors)) {
    return absl::FailedPreconditionError(reading_.vectors ? "the stream was made for vectors (option vectors)"
                                                          : "vectors need a stream made with the option vectors = 1");
  }
  if (source == Source::kText && tokenizer_ == nullptr) {
    return absl::UnimplementedError(absl::StrCat("text cannot be pushed: ", model_->no_tokenizer_reason()));
  }
  return OverLimit();
}

absl::Status TextStream::OverLimit() const {
  if (reading_.mode != LongMode::kRefuse || !known_long()) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat("the text is longer than the model reads: at most ", short_rows_,
                                            " rows, special tokens included; long = window, alone or truncate reads "
                                            "longer texts"));
}

// Room for one more token and what it may close.
bool TextStream::CanTakeToken() const {
  if (closed_count_ + 1 >= static_cast<int64_t>(closed_.size())) return false;
  if (reading_.mode == LongMode::kAlone) return alone_count_ < static_cast<int64_t>(alone_ids_.size());
  // Beyond the limit tokens are only counted.
  return !memory_->Crowded(static_cast<int64_t>(suffix_.size()));
}

void TextStream::PushRows(absl::Span<const int32_t> ids) { memory_->Push(ids); }

absl::Status TextStream::TakeToken(const tokenizer::Token& token, const float* vector) {
  ++tokens_;
  const bool limited = reading_.mode == LongMode::kTruncate || reading_.mode == LongMode::kRefuse;
  if (limited && known_long()) return OverLimit();
  Passage passage;
  if (cutter_->Add(token, &passage)) {
    closed_[static_cast<size_t>((closed_begin_ + closed_count_++) % static_cast<int64_t>(closed_.size()))] = passage;
    ++passages_cut_;
  }
  if (reading_.mode == LongMode::kAlone) {
    const int64_t capacity = static_cast<int64_t>(alone_ids_.size());
    alone_ids_[static_cast<size_t>((alone_begin_ + alone_count_++) % capacity)] = token.id;
  } else if (vector != nullptr) {
    memory_->PushVectors(vector, 1);
  } else {
    PushRows(absl::MakeConstSpan(&token.id, 1));
  }
  return absl::OkStatus();
}

absl::StatusOr<Stop> TextStream::PushText(absl::Span<const char> text, int64_t* taken) {
  *taken = 0;
  const absl::Status open = CheckOpen(Source::kText);
  if (!open.ok()) return open;
  source_ = Source::kText;
  for (;;) {
    tokenizer::Token token;
    while (CanTakeToken() && tokenizer_->Next(&token)) {
      const absl::Status status = TakeToken(token);
      if (!status.ok()) return status;
    }
    const Stop stop = RunSteps();
    if (stop == Stop::kCancelled) return stop;
    if (!CanTakeToken()) {
      // Only unread results can hold the work up.
      if (stop == Stop::kOutputFull) return text.empty() ? Stop::kDone : Stop::kOutputFull;
      return absl::InternalError("a stream has no room for a token although nothing waits to be read");
    }
    if (tokenizer_->Next(&token)) {
      const absl::Status status = TakeToken(token);
      if (!status.ok()) return status;
      continue;
    }
    if (!tokenizer_->status().ok()) return tokenizer_->status();
    if (text.empty()) return Stop::kDone;
    const size_t count = tokenizer_->Push(text);
    *taken += static_cast<int64_t>(count);
    text.remove_prefix(count);
    control_->bytes.store(tokenizer_->bytes_taken(), std::memory_order_relaxed);
  }
}

absl::StatusOr<Stop> TextStream::PushIds(absl::Span<const int32_t> ids, int64_t* taken) {
  *taken = 0;
  const absl::Status open = CheckOpen(Source::kIds);
  if (!open.ok()) return open;
  if (reading_.add_special_tokens && model_->tokenizer() == nullptr) {
    return absl::UnimplementedError(
        absl::StrCat("special tokens cannot be added (", model_->no_tokenizer_reason(),
                     "); set add_special_tokens to 0 and push rows as the model wants them"));
  }
  source_ = Source::kIds;
  for (int32_t id : ids) {
    if (!CanTakeToken()) {
      const Stop stop = RunSteps();
      if (stop == Stop::kCancelled) return stop;
      if (!CanTakeToken()) return Stop::kOutputFull;
    }
    if (id < 0 || id >= model_->spec().vocabulary) {
      return absl::InvalidArgumentError(absl::StrCat("id ", id, " at index ", *taken, " is outside the vocabulary of ",
                                                     model_->spec().vocabulary));
    }
    tokenizer::Token token;
    token.id = id;
    token.byte_begin = token.byte_end = -1;
    const absl::Status status = TakeToken(token);
    if (!status.ok()) return status;
    ++*taken;
  }
  const Stop stop = RunSteps();
  return stop == Stop::kOutputFull ? Stop::kDone : stop;
}

absl::StatusOr<Stop> TextStream::PushVectors(const float* vectors, int64_t rows, int64_t* taken) {
  *taken = 0;
  const absl::Status open = CheckOpen(Source::kVectors);
  if (!open.ok()) return open;
  source_ = Source::kVectors;
  const int64_t hidden = model_->spec().hidden;
  for (; *taken < rows; ++*taken) {
    if (!CanTakeToken()) {
      const Stop stop = RunSteps();
      if (stop == Stop::kCancelled) return stop;
      if (!CanTakeToken()) return Stop::kOutputFull;
    }
    tokenizer::Token token;
    token.byte_begin = token.byte_end = -1;
    const absl::Status status = TakeToken(token, vectors + *taken * hidden);
    if (!status.ok()) return status;
  }
  const Stop stop = RunSteps();
  return stop == Stop::kOutputFull ? Stop::kDone : stop;
}

// All tokens are in: closes the last passage and gives the memory its last rows.
void TextStream::EndInput() {
  Passage passage;
  if (cutter_->Finish(&passage)) {
    closed_[static_cast<size_t>((closed_begin_ + closed_count_++) % static_cast<int64_t>(closed_.size()))] = passage;
    ++passages_cut_;
  }
  phase_ = Phase::kEnding;
  if (tokens_ == 0) return;
  if (reading_.mode == LongMode::kAlone) {
    if (known_long()) return;
    PushRows(prefix_);
    for (int64_t i = 0; i < alone_count_; ++i) {
      const int64_t at = (alone_begin_ + i) % static_cast<int64_t>(alone_ids_.size());
      PushRows(absl::MakeConstSpan(&alone_ids_[static_cast<size_t>(at)], 1));
    }
  }
  PushRows(suffix_);
  memory_->Finish();
}

absl::StatusOr<Stop> TextStream::Finish() {
  if (phase_ == Phase::kDone) return Stop::kDone;
  const absl::Status limit = OverLimit();
  if (!limit.ok()) return limit;
  if (phase_ == Phase::kOpen) {
    if (source_ == Source::kText) tokenizer_->Finish();
    phase_ = Phase::kFlushing;
  }
  while (phase_ == Phase::kFlushing) {
    tokenizer::Token token;
    const bool text = source_ == Source::kText;
    while (text && CanTakeToken() && tokenizer_->Next(&token)) {
      const absl::Status status = TakeToken(token);
      if (!status.ok()) return status;
    }
    const Stop stop = RunSteps();
    if (stop == Stop::kCancelled || (stop == Stop::kOutputFull && !CanTakeToken())) return stop;
    if (text && tokenizer_->Next(&token)) {
      const absl::Status status = TakeToken(token);
      if (!status.ok()) return status;
      continue;
    }
    if (text && !tokenizer_->status().ok()) return tokenizer_->status();
    EndInput();
  }
  const Stop stop = RunSteps();
  if (stop != Stop::kDone) return stop;
  if (!PutDocument()) return Stop::kOutputFull;
  phase_ = Phase::kDone;
  return Stop::kDone;
}

}  // namespace lwave::stream
