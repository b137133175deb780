// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Transformer-XL (Dai et al. 2019): causal, recurrence over segments with relative positions, norms after each sum, an
// adaptive embedding (Baevski & Auli 2019) and an adaptive softmax (Grave et al. 2017) over clusters of rare words, whose
// tables are tied. As the published files have it: a text begins with mem_len rows of zeros, and the clusters' columns
// of the softmax stand in the order of the clusters.

#include <cmath>

#include "absl/strings/str_cat.h"
#include "model/families/names.h"

namespace lwave::model {
namespace {

constexpr size_t kMostClusters = 64;

struct Shape {
  int64_t hidden = 0, embedding = 0, heads = 0, head_dim = 0, inner = 0, layers = 0, memory = 0, clamp = 0, shrink = 1;
  bool same_length = false, own_biases = false, pre_norm = false, tied = true;
  double epsilon = 1e-5;
  std::vector<int64_t> ends;    // of clusters, the vocabulary last
  std::vector<bool> tied_projections;

  int64_t width(size_t cluster) const {
    int64_t width = embedding;
    for (size_t c = 0; c < cluster; ++c) width /= shrink;
    return width;
  }
  int64_t begin(size_t cluster) const { return cluster == 0 ? 0 : ends[cluster - 1]; }
};

void ReadClusters(ConfigReader& config, int64_t vocabulary, Shape* shape) {
  static constexpr int64_t kPublished[] = {20000, 40000, 200000};
  if (const JsonValue* cutoffs = config.Array("cutoffs"); cutoffs != nullptr) {
    for (const JsonValue& one : cutoffs->items) {
      const int64_t before = shape->ends.empty() ? 0 : shape->ends.back();
      if (!one.is_integer() || one.integer <= before || one.integer >= vocabulary || shape->ends.size() >= kMostClusters) {
        config.Wrong("cutoffs", absl::StrCat("at most ", kMostClusters, " ascending numbers within the vocabulary"));
        break;
      }
      shape->ends.push_back(one.integer);
    }
  } else {
    for (const int64_t end : kPublished) {
      if (end < vocabulary) shape->ends.push_back(end);
    }
  }
  shape->ends.push_back(vocabulary);
  const bool shared = config.Boolean("proj_share_all_but_first", true);
  shape->tied_projections.assign(shape->ends.size(), shared);
  shape->tied_projections[0] = false;
  if (const JsonValue* tied = config.Array("tie_projs"); tied != nullptr) {
    bool good = tied->items.size() == shape->ends.size();
    for (size_t c = 0; good && c < tied->items.size(); ++c) {
      good = tied->items[c].kind == JsonValue::Kind::kBoolean;
      shape->tied_projections[c] = tied->items[c].boolean;
    }
    if (!good) config.Wrong("tie_projs", "true or false for each cluster");
  }
  if (config.status().ok() && shape->width(shape->ends.size() - 1) < 1) {
    config.Wrong("div_val", absl::StrCat("so small that the last of ", shape->ends.size(), " clusters has a width"));
  }
}

// Settings of published configurations that change the maths and are not done here.
void RefuseOtherMaths(ConfigReader& config) {
  if (const int64_t kind = config.Integer("attn_type", 0, 0, 3); kind != 0) {
    config.Unsupported(absl::StrCat("attn_type ", kind, " is not supported (0 is)"));
  }
  if (!config.Boolean("adaptive", true)) config.Unsupported("adaptive false is not supported");
  if (config.Integer("sample_softmax", -1, -1, 1 << 30) > 0) config.Unsupported("sample_softmax is not supported");
  if (config.Integer("ext_len", 0, 0, 1 << 30) > 0) config.Unsupported("ext_len above 0 is not supported");
}

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape) {
  const std::string layer = absl::StrCat("layers.", index, ".");
  const int64_t hidden = shape.hidden, width = shape.heads * shape.head_dim;
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.mechanism = "transformer_xl";
  attention.takes_rows = true;
  attention.context_width = hidden;
  attention.heads = shape.heads;
  attention.head_dim = shape.head_dim;
  attention.options = {AttentionOption::Ints("d_model", {hidden}), AttentionOption::Text("segment", "explicit"),
                       AttentionOption::Ints("mem_len", {shape.memory}), AttentionOption::Ints("clamp_len", {shape.clamp}),
                       AttentionOption::Ints("same_length", {shape.same_length}),
                       AttentionOption::Text("initial_memory", "zeros")};
  const auto tensor = [&](absl::string_view option, const std::string& name, std::vector<int64_t> of) {
    AttentionTensor made;
    made.option = std::string(option);
    made.tensors = {names.Take(name)};
    made.shape = std::move(of);
    attention.tensors.push_back(std::move(made));
  };
  const std::string biases = shape.own_biases ? layer + "dec_attn." : "";
  tensor("w_qkv", layer + "dec_attn.qkv_net.weight", {3 * width, hidden});
  tensor("w_o", layer + "dec_attn.o_net.weight", {hidden, width});
  tensor("w_r", layer + "dec_attn.r_net.weight", {width, hidden});
  tensor("bias_u", biases + "r_w_bias", {shape.heads, shape.head_dim});
  tensor("bias_v", biases + "r_r_bias", {shape.heads, shape.head_dim});
  block.mlp.up = names.Linear(layer + "pos_ff.CoreNet.0", shape.inner, hidden);
  block.mlp.down = names.Linear(layer + "pos_ff.CoreNet.3", hidden, shape.inner);
  block.mlp.activation = kernels::Activation::kRelu;
  if (shape.pre_norm) {
    // What is remembered are rows before the norm, so the norm is the mechanism's own.
    attention.replaces_rows = true;
    attention.options.push_back(AttentionOption::Text("wrap", "pre_norm"));
    attention.options.push_back(AttentionOption::Number("ln_eps", shape.epsilon));
    tensor("ln_weight", layer + "dec_attn.layer_norm.weight", {hidden});
    tensor("ln_bias", layer + "dec_attn.layer_norm.bias", {hidden});
    block.mlp_residual.before = names.Norm(layer + "pos_ff.layer_norm");
  } else {
    block.attention_residual.after = names.Norm(layer + "dec_attn.layer_norm");
    block.mlp_residual.after = names.Norm(layer + "pos_ff.layer_norm");
  }
  return block;
}

// The tables' clusters and their projections to hidden.
EmbeddingSpec NameEmbedding(Names& names, const Shape& shape) {
  EmbeddingSpec embedding;
  embedding.scale = std::sqrt(static_cast<double>(shape.hidden));
  const auto projection = [&](size_t cluster) {
    LinearSpec linear;
    linear.weight = names.Take(absl::StrCat("word_emb.emb_projs.", cluster));
    linear.outputs = shape.hidden;
    linear.inputs = shape.width(cluster);
    return linear;
  };
  if (shape.shrink == 1) {  // one table, whose clusters matter to the softmax alone
    embedding.words = names.Take("word_emb.emb_layers.0.weight");
    embedding.width = shape.embedding;
    if (shape.embedding != shape.hidden) embedding.projection = projection(0);
    return embedding;
  }
  for (size_t c = 0; c < shape.ends.size(); ++c) {
    EmbeddingCluster cluster;
    cluster.begin = shape.begin(c);
    cluster.end = shape.ends[c];
    cluster.width = shape.width(c);
    cluster.table = names.Take(absl::StrCat("word_emb.emb_layers.", c, ".weight"));
    cluster.projection = projection(c);
    embedding.clusters.push_back(std::move(cluster));
  }
  return embedding;
}

HeadSpec NameHead(Names& names, const EmbeddingSpec& embedding, const Shape& shape) {
  HeadSpec head;
  head.task = HeadTask::kCausalLm;
  head.outputs = shape.ends.back();
  AdaptiveSoftmaxSpec adaptive;
  const bool one_table = shape.shrink == 1;
  for (size_t c = 0; c < shape.ends.size(); ++c) {
    AdaptiveSoftmaxSpec::Cluster cluster;
    cluster.begin = shape.begin(c);
    cluster.end = shape.ends[c];
    cluster.width = shape.width(c);
    if (!one_table || shape.embedding != shape.hidden) {
      const LinearSpec& own = one_table ? embedding.projection : embedding.clusters[c].projection;
      const std::string name = absl::StrCat("crit.out_projs.", c);
      if (shape.tied_projections[c]) names.TakeIfAny(name);
      cluster.projection.weight = shape.tied_projections[c] ? own.weight : names.Take(name);
      cluster.projection.outputs = cluster.width;
      cluster.projection.inputs = shape.hidden;
      cluster.projection.transposed = true;  // stored as the embedding's is, the other way round
    }
    const std::string output = absl::StrCat("crit.out_layers.", one_table ? 0 : c);
    const TensorName& table = one_table ? embedding.words : embedding.clusters[c].table;
    if (shape.tied) names.TakeIfAny(output + ".weight");  // tied tensors may be in the file a second time
    cluster.output.weight = shape.tied ? table : names.Take(output + ".weight");
    cluster.output.bias = names.Take(output + ".bias");
    cluster.output.outputs = cluster.end - cluster.begin;
    cluster.output.inputs = cluster.width;
    if (one_table) {
      cluster.output.first = cluster.begin;
      cluster.output.rows = shape.ends.back();
    }
    adaptive.clusters.push_back(std::move(cluster));
  }
  if (const int64_t others = static_cast<int64_t>(shape.ends.size()) - 1; others > 0) {
    adaptive.cluster_output.weight = names.Take("crit.cluster_weight");
    adaptive.cluster_output.bias = names.Take("crit.cluster_bias");
    adaptive.cluster_output.outputs = others;
    adaptive.cluster_output.inputs = shape.width(0);
  }
  head.adaptive = std::move(adaptive);
  return head;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateTransfoXl(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  Shape shape;
  spec.architecture = ReadArchitecture(config, "TransfoXLModel");
  shape.hidden = config.Integer("d_model", 1024, 2, 65536);
  shape.embedding = config.Integer("d_embed", 1024, 1, 8192);
  shape.heads = config.Integer("n_head", 16, 1, 65536);
  shape.head_dim = config.Integer("d_head", 64, 1, 65536);
  shape.inner = config.Integer("d_inner", 4096, 1, kernels::kMostDepth);
  shape.layers = config.Integer("n_layer", 18, 1, 1024);
  shape.memory = config.Integer("mem_len", 1600, 0, 1 << 24);
  shape.clamp = std::max<int64_t>(0, config.Integer("clamp_len", 1000, -1, 1 << 24));
  shape.shrink = config.Integer("div_val", 4, 1, 65536);
  shape.same_length = config.Boolean("same_length", true);
  shape.own_biases = config.Boolean("untie_r", true);
  shape.pre_norm = config.Boolean("pre_lnorm", false);
  shape.tied = config.Boolean("tie_word_embeddings", true);
  shape.epsilon = config.Number("layer_norm_epsilon", 1e-5, 0.0, 1.0);
  stack->vocabulary = config.Integer("vocab_size", 267735, 2, (int64_t{1} << 31) - 1);
  CheckHeadDim(config, shape.head_dim);
  if (shape.hidden % 2 != 0) config.Wrong("d_model", "even: positions have as many sines as cosines");
  if (shape.same_length && shape.memory == 0) config.Unsupported("same_length with mem_len 0: no row would see any");
  ReadClusters(config, stack->vocabulary, &shape);
  RefuseOtherMaths(config);
  if (!config.status().ok()) return config.status();

  Names names(tensors, PrefixOf(tensors, {"transformer."}, "layers.0.dec_attn.qkv_net.weight"));
  stack->hidden = shape.hidden;
  stack->norm_epsilon = static_cast<float>(shape.epsilon);
  stack->causal = true;
  stack->memory_rows = shape.memory;
  stack->memory_of_zeros = true;
  stack->embedding = NameEmbedding(names, shape);
  for (int64_t i = 0; i < shape.layers; ++i) stack->blocks.push_back(NameBlock(names, i, shape));
  // Shared biases may stand once more in each layer.
  const absl::string_view buffer = "pos_emb.inv_freq";
  absl::Status status = names.Finish({"word_emb.", "layers.", "r_w_bias", "r_r_bias"},
                                     {buffer, shape.own_biases ? buffer : ".dec_attn.r_w_bias",
                                      shape.own_biases ? buffer : ".dec_attn.r_r_bias"});
  if (!status.ok()) return status;
  if (tensors.Has("crit.out_layers.0.bias")) {
    Names of_head(tensors, "");
    auto head = std::make_shared<HeadSpec>(NameHead(of_head, stack->embedding, shape));
    if (status = of_head.Finish({"crit."}, {}); !status.ok()) return status;
    spec.head = std::move(head);
  }

  CopySizes(*stack, shape.heads, shape.head_dim, shape.inner, kernels::Activation::kRelu, &spec);
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace lwave::model
