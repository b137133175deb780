// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What BART (Lewis et al. 2020) and LED (Beltagy et al. 2020) share: everything but the encoder's attention and where
// positions begin. Norms behind each residual sum and behind the embedding; one table of words for both sides and for
// the output.

#ifndef LONGWAVE_MODEL_FAMILIES_ENCODER_DECODER_H_
#define LONGWAVE_MODEL_FAMILIES_ENCODER_DECODER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "model/families/names.h"

namespace lwave::model {

struct EncoderDecoderShape {
  struct Side {
    int64_t layers = 0, heads = 0, inner = 0;
    PositionSpec positions;
  };
  std::string architecture;
  int64_t hidden = 0, vocabulary = 0, pad_id = 0, start_id = 0, end_id = -1;
  Side encoder, decoder;
  kernels::Activation activation = kernels::Activation::kGelu;
  double scale = 1;  // of the words
  bool tied = true;
  std::vector<std::string> labels;
};

// d_model, encoder_layers and so on; everything but the positions, which each family counts in its own way.
EncoderDecoderShape ReadEncoderDecoder(ConfigReader& config, absl::string_view class_prefix);

// Attention of one block whose tensors are name.q_proj and so on, over rows of the same width.
AttentionSpec NameAttention(Names& names, const std::string& name, int64_t hidden, int64_t heads);

// encoder_attention: the attention of one encoder block, below `layer` ("encoder.layers.0.").
using NameEncoderAttention = absl::FunctionRef<AttentionSpec(Names& names, const std::string& layer, int64_t index)>;
// prefix: of the checkpoint's names where it has a head ("model.").
absl::StatusOr<ModelSpec> TranslateEncoderDecoder(ConfigReader& config, const TensorNames& tensors,
                                                  const EncoderDecoderShape& shape, const std::string& class_prefix,
                                                  const std::string& prefix, NameEncoderAttention encoder_attention);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FAMILIES_ENCODER_DECODER_H_
