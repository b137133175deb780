// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Opening and preparing.

#include "model/model.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tokenizer/load.h"

namespace lwave::model {

absl::StatusOr<std::shared_ptr<Model>> Model::Open(ContextPtr context, const std::string& directory) {
  std::shared_ptr<Model> model(new Model());
  model->context_ = std::move(context);
  absl::StatusOr<std::unique_ptr<Checkpoint>> checkpoint = Checkpoint::Open(directory);
  if (!checkpoint.ok()) return checkpoint.status();
  model->checkpoint_ = *std::move(checkpoint);
  const ModelSpec& spec = model->spec();

  absl::StatusOr<std::unique_ptr<tokenizer::Tokenizer>> tokenizer =
      tokenizer::LoadTokenizer(directory, model->context_->allocator);
  if (tokenizer.ok()) {
    if ((*tokenizer)->vocabulary_size() > spec.vocabulary) {
      return absl::DataLossError(absl::StrCat(directory, ": the tokenizer has ids up to ",
                                              (*tokenizer)->vocabulary_size() - 1, ", the model has ",
                                              spec.vocabulary, " embeddings"));
    }
    model->tokenizer_ = *std::move(tokenizer);
  } else if (absl::IsUnimplemented(tokenizer.status()) || absl::IsNotFound(tokenizer.status())) {
    // Ids can still be pushed.
    model->no_tokenizer_reason_ = std::string(tokenizer.status().message());
  } else {
    return tokenizer.status();
  }

  model->fingerprint_ = model->checkpoint_->fingerprint();
  if (model->tokenizer_ != nullptr) {
    model->fingerprint_ = (model->fingerprint_ ^ (model->tokenizer_->Fingerprint() >> 1)) * 0x9E3779B97F4A7C15u;
  }
  model->name_ = absl::StrFormat("%s-%08x", model->checkpoint_->name(), model->fingerprint_ >> 32);
  model->packed_bytes_ = Weights::Measure(*model->checkpoint_, &model->layout_);
  return model;
}

absl::StatusOr<const Weights*> Model::Prepare() {
  if (const Weights* ready = ready_.load(std::memory_order_acquire)) return ready;
  std::lock_guard<std::mutex> lock(mutex_);
  if (weights_ == nullptr) {
    absl::StatusOr<std::unique_ptr<Weights>> packed = Weights::Pack(*checkpoint_, *context_);
    if (!packed.ok()) return packed.status();
    weights_ = *std::move(packed);
    ready_.store(weights_.get(), std::memory_order_release);
  }
  return weights_.get();
}

}  // namespace lwave::model
