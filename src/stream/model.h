// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A model as the rest of the library uses it: checkpoint, tokenizer, and weights packed once when first needed.

#ifndef LONGWAVE_STREAM_MODEL_H_
#define LONGWAVE_STREAM_MODEL_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "base/context.h"
#include "model/checkpoint.h"
#include "model/reading.h"
#include "model/weights.h"
#include "stream/generation_options.h"
#include "tokenizer/tokenizer.h"

namespace lwave::stream {

// Immutable to its users; any number of threads. Held by shared_ptr by everything made from it.
class Model {
 public:
  static absl::StatusOr<std::shared_ptr<Model>> Open(ContextPtr context, const Folder& folder);

  const Context& context() const { return *context_; }
  const ContextPtr& context_ptr() const { return context_; }
  const model::ModelSpec& spec() const { return checkpoint_->spec(); }
  const model::Checkpoint& checkpoint() const { return *checkpoint_; }
  // Null when the model has none that Longwave knows (then only ids can be pushed); why, for messages.
  const tokenizer::Tokenizer* tokenizer() const { return tokenizer_.get(); }
  const std::string& no_tokenizer_reason() const { return no_tokenizer_reason_; }

  // Name and short fingerprint, "minilm-0123abcd".
  const std::string& name() const { return name_; }
  // Of weights, configuration and tokenizer together.
  uint64_t fingerprint() const { return fingerprint_; }
  int64_t packed_bytes() const { return packed_bytes_; }

  // Packs on the first call; a failure leaves it to the next call, and a cancelled one goes on there.
  absl::StatusOr<const model::Weights*> Prepare();
  // For any thread: the packing in progress, or else the next one, stops with Cancelled; and how many of packed_bytes()
  // are packed.
  void Cancel() { control_.cancel.store(true, std::memory_order_relaxed); }
  int64_t packed_so_far() const { return control_.done_bytes.load(std::memory_order_relaxed); }
  // The same for the head's weights, which are packed apart; Unimplemented where the model has no head.
  absl::StatusOr<const model::HeadWeights*> PrepareHead();
  const model::HeadWeights& HeadLayout() const { return head_layout_; }
  int64_t head_bytes() const { return head_bytes_; }
  // generation_config.json, or why it cannot be followed.
  const absl::StatusOr<GenerationOptions>& generation() const { return generation_; }
  // An unpacked layout of the weights, for plans before Prepare.
  const model::Weights& Layout() const { return layout_; }

 private:
  Model() = default;

  ContextPtr context_;
  std::unique_ptr<model::Checkpoint> checkpoint_;
  std::unique_ptr<tokenizer::Tokenizer> tokenizer_;
  std::string no_tokenizer_reason_;
  std::string name_;
  uint64_t fingerprint_ = 0;
  int64_t packed_bytes_ = 0;
  model::Weights layout_;
  std::mutex mutex_;
  model::PackControl control_;
  std::unique_ptr<model::Weights> weights_;
  std::atomic<const model::Weights*> ready_{nullptr};
  absl::StatusOr<GenerationOptions> generation_ = GenerationOptions();
  model::HeadWeights head_layout_;
  int64_t head_bytes_ = 0;
  std::unique_ptr<model::HeadWeights> head_;
  std::atomic<const model::HeadWeights*> head_ready_{nullptr};
};

using ModelPtr = std::shared_ptr<Model>;

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_MODEL_H_
