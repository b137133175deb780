// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// BART (Lewis et al. 2020): full attention on both sides. The tables of positions have two rows that are never read.

#include <cmath>

#include "absl/strings/str_cat.h"
#include "model/families/encoder_decoder.h"

namespace lwave::model {

absl::StatusOr<ModelSpec> TranslateBart(ConfigReader& config, const TensorNames& tensors) {
  constexpr int64_t kUnusedRows = 2;
  EncoderDecoderShape shape = ReadEncoderDecoder(config, "Bart");
  const int64_t positions = config.Integer("max_position_embeddings", 1024, 1, 1 << 24);
  if (config.Integer("extra_pos_embeddings", kUnusedRows, 0, 1 << 24) != kUnusedRows) {
    config.Unsupported("extra_pos_embeddings must be 2");
  }
  for (EncoderDecoderShape::Side* side : {&shape.encoder, &shape.decoder}) {
    side->positions.table_rows = positions + kUnusedRows;
    side->positions.offset = kUnusedRows;
  }
  if (config.Boolean("scale_embedding", false)) shape.scale = std::sqrt(static_cast<double>(shape.hidden));
  return TranslateEncoderDecoder(config, tensors, shape, "Bart", "model.",
                                 [&](Names& names, const std::string& layer, int64_t) {
                                   return NameAttention(names, layer + "self_attn.", shape.hidden, shape.encoder.heads);
                                 });
}

}  // namespace lwave::model
