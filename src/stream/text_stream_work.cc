// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The stream's inner side: rows become vectors of passages, and these the document's.
//
// How vectors are made (interfaces: reading text):
//   read in full     the document by the model's own pooling, special rows included; a single passage has the
//                    document's vector, several each the mean of their token rows
//   window, long     a passage is the mean of its token rows, the stream's own special rows left out
//   alone, long      each passage is read with its own special tokens and pooled by the model
//   a long document  the normalised mean of its passages' vectors, each counting the same

#include <algorithm>
#include <utility>

#include "kernels/rows.h"
#include "stream/text_stream.h"

namespace lwave::stream {

using model::LongMode;
using model::Pooling;

void TextStream::ShowProgress() {
  const bool text = tokenizer_ != nullptr && !HasNoText();
  control_->bytes.store(text ? tokenizer_->bytes_taken() : 0, std::memory_order_relaxed);
  control_->tokens.store(tokens_, std::memory_order_relaxed);
  control_->passages.store(passages_put_, std::memory_order_relaxed);
}

void TextStream::Adopt(std::shared_ptr<StreamControl> control) {
  control_ = std::move(control);
  ShowProgress();
}

bool TextStream::ReportStep() {
  ShowProgress();
  StreamControl& control = *control_;
  if (control.progress != nullptr &&
      control.progress(control.opaque, control.bytes.load(std::memory_order_relaxed), tokens_, passages_put_) != 0) {
    return false;
  }
  return !control.cancel.exchange(false, std::memory_order_relaxed);
}

Stop TextStream::RunSteps() {
  for (;;) {
    switch (OneStep()) {
      case Work::kIdle: return Stop::kDone;
      case Work::kBlocked: return Stop::kOutputFull;
      case Work::kStepped:
        if (!ReportStep()) return Stop::kCancelled;
    }
  }
}

TextStream::Work TextStream::OneStep() {
  if (reading_.mode == LongMode::kAlone && known_long()) return ReadPassageAlone();
  const Work consumed = ConsumeRows();
  if (memory_->Step()) return Work::kStepped;
  return consumed;
}

// Pools the waiting rows as far as their passages are known and the queue has room.
TextStream::Work TextStream::ConsumeRows() {
  const bool in_full = !(reading_.windowed() && known_long());
  // While text still comes, a first passage that was cut has another behind it.
  const bool single = in_full && passages_cut_ == 1 && phase_ == Phase::kEnding;
  const int64_t first_token_row = static_cast<int64_t>(prefix_.size());
  const int64_t read_tokens = cutter_->tokens();
  const int64_t hidden = model_->spec().row_width();
  Work result = Work::kIdle;
  int64_t done = 0;
  const float* rows = memory_->WaitingRows();
  for (; done < memory_->waiting(); ++done) {
    const int64_t token = memory_->rows_out() + done - first_token_row;
    const bool is_token = token >= 0 && token < read_tokens;
    if (is_token) {
      if (closed_count_ == 0) break;  // the passage is still open
      const Passage& passage = closed_[static_cast<size_t>(closed_begin_)];
      const bool ends = token + 1 == passage.token_end;
      if (ends && !single && queue_->full()) {
        result = Work::kBlocked;
        break;
      }
      passage_pool_.Add(Pooling::kMean, rows + done * hidden);
      if (ends && !single) {
        passage_pool_.Finish(Pooling::kMean, pooled_.data());
        PutPassage(passage, pooled_.data());
        passage_pool_.Reset();
      }
    }
    if (in_full) document_pool_.Add(model_->spec().sentence.pooling, rows + done * hidden);
  }
  memory_->Consume(done);
  return result;
}

// A passage's vector into the queue (not full), from its pooled rows; takes the passage from the closed ones.
void TextStream::PutPassage(const Passage& passage, const float* pooled) {
  Result result;
  result.kind = ResultKind::kPassage;
  result.range = passage;
  float* vector = queue_->Put(result);
  model::ApplyModules(model_->context(), model_->spec(), *weights_, pooled, modules_, vector);
  for (size_t i = 0; i < document_sum_.size(); ++i) document_sum_[i] += static_cast<double>(vector[i]);
  ++passages_put_;
  emitted_bytes_ = passage.byte_end;
  closed_begin_ = (closed_begin_ + 1) % static_cast<int64_t>(closed_.size());
  --closed_count_;
}

// Reads one closed passage from its first row to its vector, in one step.
TextStream::Work TextStream::ReadPassageAlone() {
  if (closed_count_ == 0) return Work::kIdle;
  if (queue_->full()) return Work::kBlocked;
  const Passage passage = closed_[static_cast<size_t>(closed_begin_)];
  const int64_t count = passage.token_end - passage.token_begin;
  const int64_t capacity = static_cast<int64_t>(alone_ids_.size());
  memory_->Reset();
  PushRows(prefix_);
  for (int64_t i = 0; i < count; ++i) {
    PushRows(absl::MakeConstSpan(&alone_ids_[static_cast<size_t>((alone_begin_ + i) % capacity)], 1));
  }
  PushRows(suffix_);
  memory_->Finish();
  document_pool_.Reset();
  const Pooling pooling = model_->spec().sentence.pooling;
  do {
    while (memory_->waiting() > 0) {
      document_pool_.Add(pooling, memory_->WaitingRows());
      memory_->Consume(1);
    }
  } while (memory_->Step() || memory_->waiting() > 0);
  document_pool_.Finish(pooling, pooled_.data());
  memory_->Reset();
  PutPassage(passage, pooled_.data());
  alone_begin_ = (alone_begin_ + count) % capacity;
  alone_count_ -= count;
  return Work::kStepped;
}

Result TextStream::DocumentResult(bool has_vector) const {
  Result result;
  result.kind = ResultKind::kDocument;
  result.has_vector = has_vector;
  result.range.token_end = tokens_;
  if (!HasNoText()) {
    result.range.byte_begin = 0;
    result.range.byte_end = tokenizer_ != nullptr ? tokenizer_->bytes_taken() : 0;
  }
  return result;
}

// The last results of a finished document; false when the queue has no room (nothing is then put).
bool TextStream::PutDocument() {
  const model::ModelSpec& spec = model_->spec();
  const bool in_full = !known_long() || reading_.mode == LongMode::kTruncate;
  const int64_t width = static_cast<int64_t>(document_sum_.size());
  if (tokens_ == 0) {
    if (queue_->full()) return false;
    std::fill_n(queue_->Put(DocumentResult(false)), width, 0.0f);
    return true;
  }
  if (in_full && passages_cut_ == 1 && passages_put_ == 0) {
    if (queue_->full()) return false;
    document_pool_.Finish(spec.sentence.pooling, pooled_.data());
    PutPassage(closed_[static_cast<size_t>(closed_begin_)], pooled_.data());
  }
  if (queue_->full()) return false;
  float* vector = queue_->Put(DocumentResult(true));
  if (in_full) {
    document_pool_.Finish(spec.sentence.pooling, pooled_.data());
    model::ApplyModules(model_->context(), spec, *weights_, pooled_.data(), modules_, vector);
  } else {
    const double count = static_cast<double>(std::max<int64_t>(passages_put_, 1));
    for (int64_t i = 0; i < width; ++i) {
      vector[i] = static_cast<float>(document_sum_[static_cast<size_t>(i)] / count);
    }
    kernels::L2NormalizeRows(vector, width, 1, width, model::kNormEpsilon);
  }
  return true;
}

}  // namespace lwave::stream
