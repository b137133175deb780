// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text from a causal model, or from a decoder beside an encoder: a prompt (or a source) goes in, tokens come out one by
// one. A prompt that was read can be saved and forked; what follows is the same to the bit as reading it again.

#ifndef LONGWAVE_STREAM_GENERATOR_H_
#define LONGWAVE_STREAM_GENERATOR_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "base/arena.h"
#include "base/random_numbers.h"
#include "model/heads.h"
#include "stream/decoder_line.h"
#include "stream/generation_options.h"
#include "stream/text_pieces.h"
#include "stream/token_rules.h"

namespace lwave::stream {

enum class FinishReason : int32_t { kNone = 0, kEndToken = 1, kStopString = 2, kLength = 3, kCapacity = 4 };

struct GeneratedToken {
  int32_t id = -1;
  float log_probability = 0;  // under the model's own scores, before any rule
};

// In fixed memory: beside its lines it keeps the ids that no line has read, those that the rules look at (LooksBack) and
// the text of text_pieces.h. A call that fails for want of memory changes nothing that can be seen: called again it
// gives what it would have given.
// One thread at a time; Cancel may be called from others.
class Generator {
 public:
  // Unimplemented: the model has no language head, or its settings ask for what is not done.
  static absl::StatusOr<std::unique_ptr<Generator>> Create(ModelPtr model, const GenerationOptions& options);
  static absl::StatusOr<std::unique_ptr<Generator>> Restore(ModelPtr model, absl::Span<const uint8_t> data);
  // The most bytes of the context's allocator that it takes, what follows from an encoder's source left out.
  static absl::StatusOr<int64_t> Plan(ModelPtr model, const GenerationOptions& options);

  // The prompt, or the source of an encoder: in any number of calls, before the first Next and, for causal models,
  // between turns: the generated text then goes on behind what was pushed. Cancelled: the ids are taken, and those that
  // were not read yet are read later.
  absl::Status PushIds(absl::Span<const int32_t> ids);
  // Through the model's tokenizer, with its special tokens where `special`; one call is one text.
  absl::Status PushText(absl::string_view text, bool special);
  absl::Status AddStop(absl::string_view text);

  // The next token; none when generation has finished.
  absl::StatusOr<std::optional<GeneratedToken>> Next();
  // Text that has become certain.
  std::string TakeText() { return pieces_.Take(); }
  absl::string_view WaitingText() const { return pieces_.Waiting(); }
  int64_t dropped_text() const { return pieces_.dropped(); }

  FinishReason reason() const { return reason_; }
  bool finished() const { return reason_ != FinishReason::kNone && queue_.empty(); }
  int64_t prompt_tokens() const { return prompt_; }
  int64_t generated_tokens() const { return given_; }
  // Of the context's allocator, the last run of a model that is run anew for each token included.
  int64_t bytes() const;

  absl::StatusOr<std::vector<uint8_t>> Save() const;
  absl::StatusOr<std::unique_ptr<Generator>> Fork() const;

  void Cancel() { cancel_.store(true, std::memory_order_relaxed); }
  const Model& model() const { return *plan_.model; }

 private:
  Generator() = default;
  // Everything but memory.
  static absl::StatusOr<std::unique_ptr<Generator>> Settle(ModelPtr model, const GenerationOptions& options);
  void LayOut(Arena& arena);
  int64_t beams() const { return options_.beams.value_or(1); }
  int64_t lines() const { return beams() > 1 ? beams() + 1 : 1; }  // that of the prompt, and one for each beam
  bool Cancelled() { return cancel_.exchange(false, std::memory_order_relaxed); }

  absl::Status Start();  // an encoder's source, and lines
  absl::Status ReadEncoder();
  absl::Status MakeLines();
  absl::Status ReadIds();  // what has not been read
  absl::Span<float> Scores(const float* row);
  absl::Status OneToken();
  absl::Status Beams();
  // Room for `count` more ids, so that Remember allocates nothing.
  void MakeRoom(size_t count);
  void Remember(int32_t id);
  int64_t LengthLimit() const;
  // Of a generator that was just created.
  absl::Status Load(const memory::SnapshotReader& reader);
  absl::Status LoadText(const memory::SnapshotReader& reader, TextPieces::Held held, int64_t dropped);

  DecoderPlan plan_;
  GenerationOptions own_, options_;  // what the caller set; with the model's settings
  const model::HeadWeights* head_ = nullptr;
  LookBack look_back_ = LookBack::kNone;
  Buffer<std::byte> storage_;
  model::HeadScratch head_scratch_;
  absl::Span<float> scores_, log_scores_;  // [vocabulary]
  absl::Span<int32_t> order_;              // [vocabulary], where tokens are drawn

  std::vector<int32_t> source_;   // of an encoder
  std::vector<int32_t> history_;  // as look_back_ says; kSeen: ascending
  std::vector<int32_t> unread_;   // the last ids, which no line has taken
  int64_t length_ = 0;            // ids in all: prompt (or the decoder's start) and what was given
  std::unique_ptr<DecoderLine> line_;
  std::vector<std::unique_ptr<DecoderLine>> beam_lines_;
  int64_t prompt_ = 0, given_ = 0;
  std::vector<GeneratedToken> queue_;  // generated and not yet given, oldest first
  FinishReason reason_ = FinishReason::kNone;
  RandomNumbers random_{0};
  TextPieces pieces_{nullptr};
  std::atomic<bool> cancel_{false};
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_GENERATOR_H_
