// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// jina-bert (Guenther et al. 2023, jina-embeddings-v2): BERT with ALiBi instead of positions, on both sides, and gated
// MLPs. config.json says model_type "bert" and position_embedding_type "alibi"; feed_forward_type is "geglu" or
// "reglu". Tensors are BERT's but for
//   encoder.layer.N.mlp.gated_layers.weight [2 inner, hidden], the gate above; mlp.wo; mlp.layernorm.
// The form with norms of queries and keys (jina-embeddings-v2-base-code) has other names and is refused by them.

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "model/families/bert_heads.h"
#include "model/families/gated_bert.h"

namespace lwave::model {
namespace {

// ALiBi's slopes: 2^(-8 k / heads), k = 1 .. heads, for a power of two; else those of the next smaller one and behind
// them every second of the next larger one's.
std::vector<float> Slopes(int64_t heads) {
  int64_t power = 1;
  while (2 * power <= heads) power *= 2;
  std::vector<float> slopes;
  for (int64_t k = 1; k <= power; ++k) {
    slopes.push_back(static_cast<float>(std::exp2(-8.0 * static_cast<double>(k) / static_cast<double>(power))));
  }
  for (int64_t k = 1; static_cast<int64_t>(slopes.size()) < heads; k += 2) {
    slopes.push_back(static_cast<float>(std::exp2(-4.0 * static_cast<double>(k) / static_cast<double>(power))));
  }
  return slopes;
}

BlockSpec NameBlock(Names& names, int64_t index, const GatedBertShape& shape, const std::vector<float>& slopes) {
  const std::string layer = absl::StrCat("encoder.layer.", index, ".");
  const std::string self = layer + "attention.self.";
  const int64_t hidden = shape.hidden, inner = shape.inner;
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.options = {AttentionOption::Floats("alibi_slopes", slopes)};
  attention.heads = shape.heads;
  attention.head_dim = shape.head_dim;
  attention.query = names.Linear(self + "query", hidden, hidden);
  attention.key = names.Linear(self + "key", hidden, hidden);
  attention.value = names.Linear(self + "value", hidden, hidden);
  attention.output = names.Linear(layer + "attention.output.dense", hidden, hidden);
  block.attention_residual.after = names.Norm(layer + "attention.output.LayerNorm");
  block.mlp.gate = names.Part(layer + "mlp.gated_layers", inner, hidden, 0, 2 * inner, false);
  block.mlp.up = names.Part(layer + "mlp.gated_layers", inner, hidden, inner, 2 * inner, false);
  block.mlp.down = names.Linear(layer + "mlp.wo", hidden, inner);
  block.mlp.activation = shape.activation;
  block.mlp_residual.after = names.Norm(layer + "mlp.layernorm");
  return block;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateJinaBert(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  spec.architecture = ReadArchitecture(config, "JinaBertModel");
  GatedBertShape shape;
  shape.hidden = config.Integer("hidden_size", 768, 1, 65536);
  shape.heads = config.Integer("num_attention_heads", 12, 1, 65536);
  shape.inner = config.Integer("intermediate_size", 3072, 1, kernels::kMostDepth / 2);
  shape.layers = config.Integer("num_hidden_layers", 12, 1, 1024);
  shape.vocabulary = config.Integer("vocab_size", 30522, 1, (int64_t{1} << 31) - 1);
  shape.token_types = config.Integer("type_vocab_size", 2, 1, 65536);
  shape.positions = config.Integer("max_position_embeddings", 512, 1, 1 << 24);
  shape.norm_epsilon = static_cast<float>(config.Number("layer_norm_eps", 1e-12, 0.0, 1.0));
  const std::string mlp = config.String("feed_forward_type", "original");
  if (mlp != "geglu" && mlp != "reglu") {
    config.Unsupported(absl::StrCat("position_embedding_type \"alibi\" with feed_forward_type ", ShownName(mlp),
                                    " is not supported, only with \"geglu\" and \"reglu\""));
  }
  shape.activation = mlp == "reglu" ? kernels::Activation::kRelu : kernels::Activation::kGelu;
  CheckHeads(config, "num_attention_heads", "hidden_size", &shape);
  for (const absl::string_view key : {"is_decoder", "add_cross_attention"}) {
    if (config.Boolean(key, false)) config.Unsupported(absl::StrCat(key, " true is not supported"));
  }
  if (!config.status().ok()) return config.status();

  Names names(tensors, PrefixOf(tensors, {"bert."}, "embeddings.word_embeddings.weight"));
  stack->embedding.words = names.Take("embeddings.word_embeddings.weight");
  stack->embedding.types = names.Take("embeddings.token_type_embeddings.weight");
  stack->embedding.norm = names.Norm("embeddings.LayerNorm");
  const std::vector<float> slopes = Slopes(shape.heads);
  for (int64_t i = 0; i < shape.layers; ++i) stack->blocks.push_back(NameBlock(names, i, shape, slopes));
  spec.pooler = TakePooler(names, shape.hidden);
  if (absl::Status status = names.Finish({"embeddings.", "encoder.", "pooler."},
                                         {"embeddings.position_ids", "embeddings.token_type_ids"});
      !status.ok()) {
    return status;
  }
  FillSpecs(shape, &spec, stack.get());
  absl::StatusOr<std::shared_ptr<const HeadSpec>> head =
      NameBertHead(config, tensors, spec, stack->embedding.words.name,
                   BertHeadNames(ReadActivation(config, "hidden_act", "gelu")));
  if (!head.ok()) return head.status();
  spec.head = *std::move(head);
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace lwave::model
