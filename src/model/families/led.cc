// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// LED (Beltagy et al. 2020): BART whose encoder sees a window, with global tokens that see all and have projections of
// their own. No token is global unless the caller says so. attention_window counts both sides together, one number for
// all layers or one for each; tables of positions have no unused rows.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "model/families/encoder_decoder.h"

namespace lwave::model {

absl::StatusOr<ModelSpec> TranslateLed(ConfigReader& config, const TensorNames& tensors) {
  EncoderDecoderShape shape = ReadEncoderDecoder(config, "LED");
  shape.encoder.positions.table_rows = config.Integer("max_encoder_position_embeddings", 16384, 1, 1 << 24);
  shape.decoder.positions.table_rows = config.Integer("max_decoder_position_embeddings", 1024, 1, 1 << 24);
  const std::vector<int64_t> windows = config.Integers("attention_window", 512, shape.encoder.layers, 2, 1 << 24);
  for (const int64_t window : windows) {
    if (window % 2 != 0) config.Wrong("attention_window", "even: half of it lies on each side");
  }
  if (config.Boolean("scale_embedding", false)) config.Unsupported("scale_embedding true is not supported");
  const auto attention = [&](Names& names, const std::string& layer, int64_t index) {
    const int64_t hidden = shape.hidden, side = windows[static_cast<size_t>(index)] / 2;
    const std::string name = layer + "self_attn.longformer_self_attn.";
    AttentionSpec spec;
    spec.mechanism = "window";
    spec.options = {AttentionOption::Ints("left", {side}), AttentionOption::Ints("right", {side})};
    spec.heads = shape.encoder.heads;
    spec.head_dim = hidden / shape.encoder.heads;
    spec.query = names.Linear(name + "query", hidden, hidden);
    spec.key = names.Linear(name + "key", hidden, hidden);
    spec.value = names.Linear(name + "value", hidden, hidden);
    spec.global_query = names.Linear(name + "query_global", hidden, hidden);
    spec.global_key = names.Linear(name + "key_global", hidden, hidden);
    spec.global_value = names.Linear(name + "value_global", hidden, hidden);
    spec.output = names.Linear(layer + "self_attn.output", hidden, hidden);
    return spec;
  };
  return TranslateEncoderDecoder(config, tensors, shape, "LED", "led.", attention);
}

}  // namespace lwave::model
