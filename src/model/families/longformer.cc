// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Longformer (Beltagy et al. 2020): RoBERTa whose rows see a window, with global tokens that see all and have
// projections of their own. attention_window counts both sides together, one number for all layers or one for each.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "model/families/bert_like.h"

namespace lwave::model {

absl::StatusOr<ModelSpec> TranslateLongformer(ConfigReader& config, const TensorNames& tensors) {
  BertRelative longformer;
  longformer.prefix = "longformer.";
  longformer.architecture = "LongformerModel";
  longformer.vocabulary = 30522;
  longformer.pad_id = 1;
  longformer.positions_by_padding = true;
  longformer.roberta_heads = true;
  const int64_t hidden = config.Integer("hidden_size", 768, 1, 65536);
  const int64_t layers = config.Integer("num_hidden_layers", 12, 1, 1024);
  const std::vector<int64_t> windows = config.Integers("attention_window", 512, layers, 2, 1 << 24);
  for (const int64_t window : windows) {
    if (window % 2 != 0) config.Wrong("attention_window", "even: half of it lies on each side");
  }
  longformer.attention = [&](Names& names, const std::string& layer, int64_t index, AttentionSpec& attention) {
    const int64_t side = windows[static_cast<size_t>(index)] / 2;
    attention.mechanism = "window";
    attention.options = {AttentionOption::Ints("left", {side}), AttentionOption::Ints("right", {side})};
    attention.global_query = names.Linear(layer + "query_global", hidden, hidden);
    attention.global_key = names.Linear(layer + "key_global", hidden, hidden);
    attention.global_value = names.Linear(layer + "value_global", hidden, hidden);
  };
  const int64_t separator = config.Integer("sep_token_id", 2, 0, (int64_t{1} << 31) - 1);
  absl::StatusOr<ModelSpec> spec = TranslateBertLike(config, tensors, longformer);
  if (!spec.ok() || spec->head == nullptr) return spec;
  auto head = std::make_shared<HeadSpec>(*spec->head);
  if (head->task == HeadTask::kSequence) head->default_globals = DefaultGlobals::kFirstRow;
  if (head->task == HeadTask::kQuestion) head->default_globals = DefaultGlobals::kQuestion;
  head->separator_id = separator;
  spec->head = std::move(head);
  return spec;
}

}  // namespace lwave::model
