// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A scorer's layout, and from a block of tokens to their log-probabilities.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "kernels/rows.h"
#include "model/reading.h"
#include "stream/causal_plan.h"
#include "stream/scorer.h"

namespace lwave::stream {

using model::HeadInput;
using model::StackSpec;

namespace {

constexpr int64_t kDefaultQueue = 4096;
constexpr int64_t kDefaultLength = 1024;  // where the model has no bound
constexpr int64_t kStreamRows = 96;       // computed at a time
constexpr int64_t kBatchRows = 32;        // of the head

// The most that layers remember whose segments the caller ends; -1 where there are none such.
int64_t SegmentMemory(const StackSpec& spec) {
  int64_t most = -1;
  for (const model::BlockSpec& block : spec.blocks) {
    bool ends = false;
    int64_t memory = 0;
    for (const model::AttentionOption& option : block.attention.options) {
      if (option.name == "segment" && option.text == "explicit") ends = true;
      if (option.name == "mem_len" && option.ints.size() == 1) memory = option.ints[0];
    }
    if (ends) most = std::max(most, memory);
  }
  return most;
}

absl::Status Check(absl::string_view key, int64_t value, int64_t most, absl::string_view why) {
  if (value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("option ", key, " must be at most ", most, " (", why, "), got ", value));
}

// log sum e^x, summed in double in the order of the ids. x is used up.
double LogSumExp(float* x, int64_t count) {
  const float most = *std::max_element(x, x + count);
  kernels::ExpDifference(x, most, count, x);
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += static_cast<double>(x[i]);
  return static_cast<double>(most) + std::log(sum);
}

}  // namespace

absl::Status Scorer::Settle(ModelPtr model) {
  const model::ModelSpec& spec = model->spec();
  if (spec.decoder != nullptr) {
    return absl::UnimplementedError("a decoder beside an encoder scores no document of its own");
  }
  const bool streams = options_.mode == ScoringMode::kStream;
  if (!streams && (options_.left.has_value() || options_.sinks.has_value() || options_.tile.has_value() ||
                   options_.max_tokens.has_value())) {
    return absl::InvalidArgumentError("options left, sinks, tile and max_tokens are for mode stream");
  }
  if (options_.mode != ScoringMode::kSliding && options_.stride.has_value()) {
    return absl::InvalidArgumentError("option stride is for mode sliding");
  }
  const int64_t memory = spec.stack == nullptr ? -1 : SegmentMemory(*spec.stack);
  CausalReading reading = {options_.left, options_.sinks, options_.tile, options_.max_tokens};
  if (streams) {
    const int64_t rows = memory > 0 ? memory : kStreamRows;
    length_ = options_.length.value_or(rows + 1);
    stride_ = length_ - 1;
    if (memory >= 0) reading.max_tokens = stride_;  // what bounds a segment there
  }
  absl::StatusOr<DecoderPlan> plan = PlanCausal(std::move(model), reading);
  if (!plan.ok()) return plan.status();
  plan_ = *std::move(plan);
  if (spec.head->input != HeadInput::kRows) return absl::UnimplementedError("the model's head is not over every row");
  if (streams) {
    if (absl::Status status = plan_.layers.CanStream(); !status.ok()) return status;
  } else {
    const int64_t most = plan_.spec->max_positions > 0 ? plan_.spec->max_positions : spec.positions.usable();
    length_ = options_.length.value_or(most > 0 ? std::min(most, model::kUnboundedRows) : kDefaultLength);
    if (most > 0) {
      if (absl::Status status = Check("length", length_, most, "the model's positions"); !status.ok()) return status;
    }
    stride_ = options_.mode == ScoringMode::kSegment ? length_ - 1 : options_.stride.value_or(std::max<int64_t>(length_ / 2, 1));
    if (absl::Status status = Check("stride", stride_, length_ - 1, "below length"); !status.ok()) return status;
  }
  capacity_ = std::max(options_.queue.value_or(kDefaultQueue), length_);
  vocabulary_ = std::min(plan_.spec->vocabulary, spec.head->outputs);
  const tokenizer::Tokenizer* tokenizer = plan_.model->tokenizer();
  if (tokenizer != nullptr && tokenizer->vocabulary_size() > vocabulary_) {
    return absl::UnimplementedError(absl::StrCat("the tokenizer has ids up to ", tokenizer->vocabulary_size() - 1,
                                                 ", the model scores ", vocabulary_));
  }
  if (options_.begin.value_or(-1) >= 0) {
    if (absl::Status status = Check("begin", *options_.begin, vocabulary_ - 1, "the vocabulary"); !status.ok()) return status;
  }
  absl::StatusOr<const model::HeadWeights*> head = plan_.model->PrepareHead();
  if (!head.ok()) return head.status();
  head_ = *head;
  return absl::OkStatus();
}

void Scorer::LayOut(Arena& arena) {
  const model::WholeStack::Parts parts = {&model().context(), plan_.spec.get(), plan_.weights, &plan_.layers};
  const model::HeadSpec& head = *model().spec().head;
  if (options_.mode == ScoringMode::kStream) {
    memory_ = std::make_unique<model::StackMemory>(arena, parts, plan_.reading);
  } else {
    whole_.emplace(arena, parts, length_, 0);
  }
  scratch_ = model::HeadScratch::Take(arena, head, *head_, kBatchRows);
  scores_ = arena.Take<float>(kBatchRows * head.outputs);
  block_ = arena.Take<ScoredToken>(length_, Use::kPending);
  ids_ = arena.Take<int32_t>(length_, Use::kPending);
  queue_ = arena.Take<ScoredToken>(capacity_, Use::kPending);
}

void Scorer::Put(ScoredToken token) {
  queue_[static_cast<size_t>((queue_begin_ + queue_count_++) % capacity_)] = token;
  ++tokens_;
  scored_end_ = token.byte_end;
  if (std::isnan(token.log_probability)) {
    unscored_end_ = token.byte_end;
    return;
  }
  ++scored_;
  sum_ += static_cast<double>(token.log_probability);
}

void Scorer::ScoreRows(const float* rows, int64_t count) {
  const model::HeadSpec& head = *model().spec().head;
  const int64_t width = plan_.spec->output_width();
  double logs[kBatchRows];
  for (int64_t begin = 0; begin < count; begin += kBatchRows) {
    const int64_t batch = std::min(kBatchRows, count - begin);
    model::ApplyHead(model().context(), head, *head_, rows + begin * width, width, batch, scratch_, scores_.data());
    model().context().runner->For(batch, [&](int64_t r, int32_t) {
      float* x = scores_.data() + r * head.outputs;
      const float own = x[ids_[static_cast<size_t>(done_ + r)]];
      // An adaptive softmax gives log-probabilities already.
      logs[r] = static_cast<double>(own) - (head.adaptive.has_value() ? 0.0 : LogSumExp(x, head.outputs));
    });
    for (int64_t r = 0; r < batch; ++r) {
      ScoredToken token = block_[static_cast<size_t>(done_++)];
      token.log_probability = static_cast<float>(logs[r]);
      Put(token);
    }
  }
}

absl::StatusOr<Stop> Scorer::ReadWhole() {
  if (window_rows_ == nullptr) {
    model::WholeStack::Input input;
    input.rows = count_;
    input.ids = ids_.data();
    const auto asked = [this] { return cancel_.load(std::memory_order_relaxed); };
    const absl::FunctionRef<bool()> cancelled = asked;
    input.cancelled = &cancelled;
    const absl::StatusOr<const float*> rows = whole_->Run(input, [](int64_t, const float*) {});
    if (absl::IsCancelled(rows.status()) && Cancelled()) return Stop::kCancelled;
    if (!rows.ok()) return rows.status();
    window_rows_ = *rows;
  }
  while (done_ < count_) {
    if (Cancelled()) return Stop::kCancelled;
    ScoreRows(window_rows_ + (done_ - 1) * plan_.spec->output_width(), std::min(kBatchRows, count_ - done_));
  }
  return Stop::kDone;
}

// Between two calls every row that the memory took has been scored: its next is that of the last token done.
absl::StatusOr<Stop> Scorer::ReadOn() {
  const int64_t most = plan_.reading.max_rows;
  if (most > 0 && memory_->rows_in() + count_ - done_ > most) {
    return absl::OutOfRangeError(absl::StrCat("mode stream reads at most ", most,
                                              " tokens of this model without a window (option left)"));
  }
  while (done_ < count_) {
    if (memory_->rows_out() == memory_->rows_in()) {
      if (Cancelled()) return Stop::kCancelled;
      const size_t rows = static_cast<size_t>(std::min(kStreamRows, count_ - done_));
      memory_->Push(ids_.subspan(static_cast<size_t>(done_ - 1), rows));
    }
    const bool stepped = memory_->Step(true);
    if (absl::Status status = memory_->status(); !status.ok()) return status;
    const int64_t waiting = memory_->waiting();
    if (waiting > count_ - done_ || (!stepped && waiting == 0)) {
      return absl::InternalError("a stack gives no row for each although it is causal");
    }
    ScoreRows(memory_->WaitingRows(), waiting);
    memory_->Consume(waiting);
  }
  if (absl::Status status = memory_->EndSegment(); !status.ok()) return status;
  return Stop::kDone;
}

absl::StatusOr<Stop> Scorer::Work(bool last) {
  if (!full() && !last) return Stop::kDone;
  if (Cancelled()) return Stop::kCancelled;
  if (count_ - done_ > capacity_ - queue_count_) return Stop::kOutputFull;
  if (done_ == 0 && count_ > 0) {
    ScoredToken first = block_[0];
    first.log_probability = std::numeric_limits<float>::quiet_NaN();
    Put(first);
    done_ = 1;
  }
  if (done_ < count_) {
    const absl::StatusOr<Stop> stop = memory_ != nullptr ? ReadOn() : ReadWhole();
    if (!stop.ok() || *stop != Stop::kDone) return stop;
  }
  window_rows_ = nullptr;
  if (!full()) return Stop::kDone;
  const int64_t kept = length_ - stride_;
  std::copy(block_.begin() + stride_, block_.end(), block_.begin());
  std::copy(ids_.begin() + stride_, ids_.end(), ids_.begin());
  count_ = done_ = kept;
  return Stop::kDone;
}

}  // namespace lwave::stream
