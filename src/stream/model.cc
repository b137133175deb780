// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Opening and preparing.

#include "stream/model.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tokenizer/load.h"

namespace lwave::stream {

absl::StatusOr<std::shared_ptr<Model>> Model::Open(ContextPtr context, const Folder& folder) {
  std::shared_ptr<Model> made(new Model());
  made->context_ = std::move(context);
  absl::StatusOr<std::unique_ptr<model::Checkpoint>> checkpoint = model::Checkpoint::Open(folder);
  if (!checkpoint.ok()) return checkpoint.status();
  made->checkpoint_ = *std::move(checkpoint);
  const model::ModelSpec& spec = made->spec();

  absl::StatusOr<std::unique_ptr<tokenizer::Tokenizer>> tokenizer =
      tokenizer::LoadTokenizer(folder, made->context_->allocator);
  if (tokenizer.ok()) {
    if ((*tokenizer)->vocabulary_size() > spec.vocabulary) {
      return absl::DataLossError(absl::StrCat(folder.Shown(""), ": the tokenizer has ids up to ",
                                              (*tokenizer)->vocabulary_size() - 1, ", the model has ",
                                              spec.vocabulary, " embeddings"));
    }
    made->tokenizer_ = *std::move(tokenizer);
  } else if (absl::IsUnimplemented(tokenizer.status()) || absl::IsNotFound(tokenizer.status())) {
    // Ids can still be pushed.
    made->no_tokenizer_reason_ = std::string(tokenizer.status().message());
  } else {
    return tokenizer.status();
  }

  made->fingerprint_ = made->checkpoint_->fingerprint();
  if (made->tokenizer_ != nullptr) {
    made->fingerprint_ = (made->fingerprint_ ^ (made->tokenizer_->Fingerprint() >> 1)) * 0x9E3779B97F4A7C15u;
  }
  made->name_ = absl::StrCat(made->checkpoint_->name(), "-", absl::Hex(made->fingerprint_ >> 32, absl::kZeroPad8));
  made->packed_bytes_ = model::Weights::Measure(*made->checkpoint_, &made->layout_);
  made->generation_ = ReadGenerationConfig(folder);
  made->head_bytes_ = model::HeadWeights::Measure(*made->checkpoint_, &made->head_layout_);
  return made;
}

namespace {

// Packs on the first call; a failure leaves it to the next.   pack() gives StatusOr<unique_ptr<Packed>>
template <typename Packed, typename Pack>
absl::StatusOr<const Packed*> PackOnce(const Pack& pack, std::mutex& mutex, std::unique_ptr<Packed>& own,
                                       std::atomic<const Packed*>& ready) {
  if (const Packed* packed = ready.load(std::memory_order_acquire)) return packed;
  std::lock_guard<std::mutex> lock(mutex);
  if (own == nullptr) {
    absl::StatusOr<std::unique_ptr<Packed>> packed = pack();
    if (!packed.ok()) return packed.status();
    own = *std::move(packed);
    ready.store(own.get(), std::memory_order_release);
  }
  return own.get();
}

}  // namespace

absl::StatusOr<const model::Weights*> Model::Prepare() {
  return PackOnce([&] { return model::Weights::Pack(*checkpoint_, *context_, &control_); }, mutex_, weights_, ready_);
}

absl::StatusOr<const model::HeadWeights*> Model::PrepareHead() {
  if (spec().head == nullptr) return absl::UnimplementedError("the model has no head");
  return PackOnce([&] { return model::HeadWeights::Pack(*checkpoint_, *context_); }, mutex_, head_, head_ready_);
}

}  // namespace lwave::stream
