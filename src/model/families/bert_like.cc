// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See bert_like.h. Heads (cls.*, lm_head.*, classifier.*) stand outside of the encoder's names and are left
// alone; inside them a tensor that the spec does not use is an error, because it would change the maths.

#include "model/families/bert_like.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/files.h"

namespace lwave::model {
namespace {

constexpr int64_t kMaxHeadDim = 256;

kernels::Activation ReadActivation(ConfigReader& config) {
  const std::string name = config.String("hidden_act", "gelu");
  if (name == "gelu" || name == "gelu_python") return kernels::Activation::kGelu;
  if (name == "gelu_new" || name == "gelu_fast" || name == "gelu_pytorch_tanh")
    return kernels::Activation::kGeluTanh;
  if (name == "relu") return kernels::Activation::kRelu;
  if (name == "silu" || name == "swish") return kernels::Activation::kSilu;
  if (name == "tanh") return kernels::Activation::kTanh;
  config.Unsupported(absl::StrCat("hidden_act ", ShownName(name), " is not supported"));
  return kernels::Activation::kNone;
}

// Settings of published configurations that change the maths and are not done here.
void RefuseOtherMaths(ConfigReader& config) {
  const std::string positions = config.String("position_embedding_type", "absolute");
  if (positions != "absolute") {
    config.Unsupported(absl::StrCat("position_embedding_type ", ShownName(positions), " is not supported"));
  }
  for (const absl::string_view key : {"is_decoder", "add_cross_attention", "is_encoder_decoder"}) {
    if (config.Boolean(key, false)) config.Unsupported(absl::StrCat(key, " true is not supported"));
  }
  if (const JsonValue* pruned = config.Object("pruned_heads");
      pruned != nullptr && !pruned->members.empty()) {
    config.Unsupported("pruned_heads are not supported");
  }
  if (config.Has("quantization_config")) config.Unsupported("quantization_config is not supported");
}

std::string ReadArchitecture(ConfigReader& config, absl::string_view fallback) {
  const JsonValue* list = config.Array("architectures");
  if (list == nullptr || list->items.empty()) return std::string(fallback);
  if (!list->items[0].is_string()) config.Wrong("architectures", "a list of strings");
  return list->items[0].string;
}

// Hands out names below a prefix and remembers which were used and which are missing.
class Names {
 public:
  Names(const TensorNames& tensors, absl::string_view prefix) : tensors_(tensors) {
    // Sentence embedders are saved without a head and without the prefix.
    if (tensors.Has(absl::StrCat(prefix, "embeddings.word_embeddings.weight"))) prefix_ = prefix;
  }

  bool Has(absl::string_view name) const { return tensors_.Has(absl::StrCat(prefix_, name)); }
  TensorName Take(absl::string_view name) {
    std::string full = absl::StrCat(prefix_, name);
    if (!tensors_.Has(full) && status_.ok()) {
      status_ =
          absl::DataLossError(absl::StrCat(tensors_.file(), ": tensor ", ShownName(full), " is missing"));
    }
    used_.push_back(full);
    return {std::move(full)};
  }
  LinearSpec Linear(absl::string_view name, int64_t outputs, int64_t inputs) {
    return {Take(absl::StrCat(name, ".weight")), Take(absl::StrCat(name, ".bias")), outputs, inputs};
  }
  NormSpec Norm(absl::string_view name) {
    // Files converted from TensorFlow call gain and bias gamma and beta.
    const bool old = Has(absl::StrCat(name, ".gamma")) && !Has(absl::StrCat(name, ".weight"));
    return {Take(absl::StrCat(name, old ? ".gamma" : ".weight")),
            Take(absl::StrCat(name, old ? ".beta" : ".bias"))};
  }

  // Every tensor of the encoder must have been taken; int8 weights bring a `.scale` along, and old files hold
  // buffers with the numbers 0, 1, 2 ...
  absl::Status Finish() {
    if (!status_.ok()) return status_;
    std::sort(used_.begin(), used_.end());
    for (const absl::string_view name : tensors_.all()) {
      absl::string_view inner = name;
      if (prefix_.empty() ? !(absl::StartsWith(name, "embeddings.") || absl::StartsWith(name, "encoder."))
                          : !absl::ConsumePrefix(&inner, prefix_)) {
        continue;
      }
      if (inner == "embeddings.position_ids" || inner == "embeddings.token_type_ids") continue;
      absl::string_view owner = name;
      if (Used(name) || (absl::ConsumeSuffix(&owner, ".scale") && Used(owner))) continue;
      return absl::DataLossError(absl::StrCat(tensors_.file(), ": tensor ", ShownName(name),
                                              " has no place in the encoder that config.json describes"));
    }
    return absl::OkStatus();
  }

 private:
  bool Used(absl::string_view name) const { return std::binary_search(used_.begin(), used_.end(), name); }

  const TensorNames& tensors_;
  absl::string_view prefix_;
  std::vector<std::string> used_;
  absl::Status status_;
};

LayerSpec NameLayer(Names& names, int64_t index, const ModelSpec& spec) {
  const std::string layer = absl::StrCat("encoder.layer.", index, ".");
  const bool pre_norm = spec.norm_placement == NormPlacement::kPre;
  const int64_t hidden = spec.hidden;
  LayerSpec out;
  out.query = names.Linear(layer + "attention.self.query", hidden, hidden);
  out.key = names.Linear(layer + "attention.self.key", hidden, hidden);
  out.value = names.Linear(layer + "attention.self.value", hidden, hidden);
  out.attention_output = names.Linear(layer + "attention.output.dense", hidden, hidden);
  out.attention_norm = names.Norm(layer + (pre_norm ? "attention.LayerNorm" : "attention.output.LayerNorm"));
  out.mlp_up = names.Linear(layer + "intermediate.dense", spec.intermediate, hidden);
  out.mlp_down = names.Linear(layer + "output.dense", hidden, spec.intermediate);
  out.mlp_norm = names.Norm(layer + (pre_norm ? "intermediate.LayerNorm" : "output.LayerNorm"));
  return out;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateBertLike(ConfigReader& config, const TensorNames& tensors,
                                            const BertRelative& relative) {
  ModelSpec spec;
  spec.architecture = ReadArchitecture(config, relative.architecture);
  spec.hidden = config.Integer("hidden_size", 768, 1, 65536);
  spec.heads = config.Integer("num_attention_heads", 12, 1, 65536);
  spec.intermediate = config.Integer("intermediate_size", 3072, 1, kernels::kMostDepth);
  spec.vocabulary = config.Integer("vocab_size", relative.vocabulary, 1, (int64_t{1} << 31) - 1);
  spec.token_types = config.Integer("type_vocab_size", 2, 1, 65536);
  spec.pad_id = config.Integer("pad_token_id", relative.pad_id, 0, spec.vocabulary - 1);
  spec.positions.table_rows = config.Integer("max_position_embeddings", 512, 1, 1 << 24);
  spec.norm_epsilon = static_cast<float>(config.Number("layer_norm_eps", 1e-12, 0.0, 1.0));
  spec.norm_placement = relative.pre_norm ? NormPlacement::kPre : NormPlacement::kPost;
  spec.activation = ReadActivation(config);
  const int64_t layers = config.Integer("num_hidden_layers", 12, 1, 1024);
  if (spec.hidden % spec.heads != 0) {
    config.Wrong("num_attention_heads", absl::StrCat("a divisor of hidden_size ", spec.hidden));
    spec.heads = 1;
  }
  spec.head_dim = spec.hidden / spec.heads;
  if (spec.head_dim > kMaxHeadDim) {
    config.Unsupported(
        absl::StrCat("heads of ", spec.head_dim, " numbers are not supported (at most ", kMaxHeadDim, ")"));
  }
  if (relative.positions_by_padding) {
    spec.positions.by_padding_id = true;
    spec.positions.offset = spec.pad_id + 1;
    if (spec.positions.usable() < 1) {
      config.Wrong("max_position_embeddings",
                   absl::StrCat("more than pad_token_id + 1 = ", spec.positions.offset));
    }
  }
  RefuseOtherMaths(config);
  if (!config.status().ok()) return config.status();

  Names names(tensors, relative.prefix);
  spec.word_embedding = names.Take("embeddings.word_embeddings.weight");
  spec.position_embedding = names.Take("embeddings.position_embeddings.weight");
  spec.type_embedding = names.Take("embeddings.token_type_embeddings.weight");
  spec.embedding_norm = names.Norm("embeddings.LayerNorm");
  for (int64_t i = 0; i < layers; ++i) spec.layers.push_back(NameLayer(names, i, spec));
  if (relative.pre_norm) spec.final_norm = names.Norm("LayerNorm");
  if (names.Has("pooler.dense.weight") || names.Has("pooler.dense.bias")) {
    spec.pooler = names.Linear("pooler.dense", spec.hidden, spec.hidden);
  }
  if (absl::Status status = names.Finish(); !status.ok()) return status;
  return spec;
}

}  // namespace lwave::model
