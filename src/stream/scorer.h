// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How likely a causal model finds a document, token by token.
//
//   text -> tokens (tokenizer) -> block of at most `length` tokens -> rows -> scores of the head -> queue
//
// A block is computed when it is full or the document ends; it begins with tokens of the block before (the context of its
// new ones), and depends on the document alone, so any split of the input gives the same bits. Everything is bounded and
// laid out when the scorer is made.

#ifndef LONGWAVE_STREAM_SCORER_H_
#define LONGWAVE_STREAM_SCORER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "base/arena.h"
#include "memory/snapshot.h"
#include "model/heads.h"
#include "model/stack_memory.h"
#include "model/whole_stack.h"
#include "stream/decoder_line.h"
#include "stream/scoring_options.h"
#include "stream/text_stream.h"
#include "tokenizer/tokenizer.h"

namespace lwave::stream {

struct ScoredToken {
  int32_t id = 0;
  float log_probability = 0;  // ln; NaN where nothing stands before the token
  int64_t byte_begin = -1, byte_end = -1;
};

// One thread at a time; Cancel may be called from others.
class Scorer {
 public:
  static absl::StatusOr<std::unique_ptr<Scorer>> Create(ModelPtr model, const ScoringOptions& options);
  static absl::StatusOr<std::unique_ptr<Scorer>> Restore(ModelPtr model, absl::Span<const uint8_t> data);
  // Bytes of the context's allocator.
  static absl::StatusOr<int64_t> Plan(ModelPtr model, const ScoringOptions& options);

  absl::StatusOr<Stop> PushText(absl::Span<const char> text, int64_t* taken);
  absl::StatusOr<Stop> PushIds(absl::Span<const int32_t> ids, int64_t* taken);
  // kDone when everything is in the queue.
  absl::StatusOr<Stop> Finish();

  int64_t waiting() const { return queue_count_; }
  ScoredToken Pop();

  const Model& model() const { return *plan_.model; }
  int64_t length() const { return length_; }
  int64_t stride() const { return stride_; }
  int64_t tokens() const { return tokens_; }
  int64_t scored() const { return scored_; }
  int64_t bytes_taken() const { return tokenizer_ != nullptr && source_ == Source::kText ? tokenizer_->bytes_taken() : 0; }
  int64_t scored_bytes() const;
  int64_t invalid_count() const { return tokenizer_ != nullptr ? tokenizer_->invalid_count() : 0; }
  double log_probability() const { return sum_; }  // of all scored tokens
  bool finished() const { return phase_ == Phase::kDone; }
  int64_t bytes() const { return bytes_; }

  absl::Status Reset();
  // FailedPrecondition once Finish was called.
  absl::StatusOr<std::vector<uint8_t>> Save() const;
  absl::StatusOr<std::unique_ptr<Scorer>> Fork() const;
  void Cancel() { cancel_.store(true, std::memory_order_relaxed); }

 private:
  enum class Source : int64_t { kNone = 0, kText = 1, kIds = 2 };
  enum class Phase : int64_t { kOpen = 0, kEnding = 1, kDone = 2 };

  Scorer() = default;
  absl::Status Settle(ModelPtr model);
  void LayOut(Arena& arena);
  absl::Status MakeTokenizer();
  absl::Status CheckOpen(Source source) const;
  absl::Status CheckId(int32_t id, int64_t index) const;
  void Add(const ScoredToken& token);  // there is room
  void Begin();
  // Whether somebody asked to stop; asks once.
  bool Cancelled() { return cancel_.load(std::memory_order_relaxed) && cancel_.exchange(false, std::memory_order_relaxed); }
  // The tokenizer's next token, if there is one, goes into the block.
  bool TakeToken();
  bool full() const { return count_ == length_; }
  // The block that is full, or the last one; kDone where there is none.
  absl::StatusOr<Stop> Work(bool last);
  // Both score what is not done of the block.
  absl::StatusOr<Stop> ReadWhole();
  absl::StatusOr<Stop> ReadOn();
  // Rows that follow one another, the first of which says what stands behind all that is done.
  void ScoreRows(const float* rows, int64_t count);
  void Put(ScoredToken token);
  absl::Status Load(const memory::SnapshotReader& reader);

  ScoringOptions options_;
  DecoderPlan plan_;
  const model::HeadWeights* head_ = nullptr;
  int64_t length_ = 0, stride_ = 0, capacity_ = 0;
  int64_t vocabulary_ = 0;  // ids below it can be read and scored
  int64_t bytes_ = 0;
  Buffer<std::byte> storage_;
  std::optional<model::WholeStack> whole_;     // of windows
  std::unique_ptr<model::StackMemory> memory_; // of kStream
  model::HeadScratch scratch_;
  absl::Span<float> scores_;       // [rows of a batch, outputs]
  absl::Span<ScoredToken> block_;  // [length]; log-probabilities are not used
  absl::Span<int32_t> ids_;        // [length]
  absl::Span<ScoredToken> queue_;  // [capacity], a ring
  tokenizer::TokenStreamPtr tokenizer_;

  int64_t count_ = 0;  // tokens in the block
  int64_t done_ = 0;   // of these, how many are in the queue or behind it
  const float* window_rows_ = nullptr;  // the block's rows, once they are computed
  int64_t queue_begin_ = 0, queue_count_ = 0;
  Source source_ = Source::kNone;
  Phase phase_ = Phase::kOpen;
  int64_t tokens_ = 0, scored_ = 0;
  int64_t unscored_end_ = 0, scored_end_ = 0;  // bytes: of the first token where it has no score; of the last one done
  double sum_ = 0;
  std::atomic<bool> cancel_{false};
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_SCORER_H_
