// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reformer (Kitaev et al. 2020): layers of local attention in chunks and of attention within hash buckets, two residual
// streams, positions in two tables whose rows stand side by side. Heads may be wider or narrower than hidden / heads.
// hash_seed makes rotations those of the reference; without one it draws anew in every call, and here a layer's number
// is the seed. Sequences of more than one chunk are padded to a multiple of all chunk lengths, which buckets and
// chunks at the ends depend on.

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "model/families/names.h"

namespace lwave::model {
namespace {

// Chunks of one kind of layer.
struct Chunks {
  int64_t length = 0, before = 0, after = 0;
};

struct Shape {
  int64_t hidden = 0, heads = 0, head_dim = 0, inner = 0;
  kernels::Activation activation = kernels::Activation::kRelu;
  std::vector<bool> hashed;  // of each layer
  Chunks local, lsh;
  int64_t hashes = 1;
  std::vector<int64_t> factors;
  int64_t seed = -1;  // -1: none
  bool causal = false;
};

// A list of at least one integer, or one alone.
std::vector<int64_t> ReadList(ConfigReader& config, absl::string_view key, std::vector<int64_t> fallback, int64_t low,
                              int64_t high) {
  if (!config.Has(key)) return fallback;
  if (config.IsInteger(key)) return {config.Integer(key, std::nullopt, low, high)};
  const JsonValue* list = config.Array(key);
  if (list == nullptr) return fallback;
  std::vector<int64_t> numbers;
  for (const JsonValue& item : list->items) {
    if (item.is_integer() && item.integer >= low && item.integer <= high) {
      numbers.push_back(item.integer);
      continue;
    }
    config.Wrong(key, absl::StrCat("a list of integers from ", low, " to ", high));
    return fallback;
  }
  if (numbers.empty() || numbers.size() > 8) {
    config.Wrong(key, "a list of 1 to 8 integers");
    return fallback;
  }
  return numbers;
}

std::vector<bool> ReadLayers(ConfigReader& config) {
  const JsonValue* list = config.Array("attn_layers");
  if (list == nullptr) return {false, true, false, true, false, true};
  std::vector<bool> hashed;
  for (const JsonValue& item : list->items) {
    const bool known = item.is_string() && (item.string == "lsh" || item.string == "local");
    if (!known || hashed.size() == 1024) {
      config.Wrong("attn_layers", "a list of at most 1024 of \"lsh\" and \"local\"");
      break;
    }
    hashed.push_back(item.string == "lsh");
  }
  if (hashed.empty()) {
    config.Wrong("attn_layers", "a list of at least one of \"lsh\" and \"local\"");
    hashed.push_back(false);
  }
  return hashed;
}

Chunks ReadChunks(ConfigReader& config, absl::string_view kind) {
  Chunks chunks;
  chunks.length = config.Integer(absl::StrCat(kind, "_attn_chunk_length"), 64, 1, 1 << 24);
  chunks.before = config.Integer(absl::StrCat(kind, "_num_chunks_before"), 1, 0, 1024);
  chunks.after = config.Integer(absl::StrCat(kind, "_num_chunks_after"), 0, 0, 1024);
  return chunks;
}

std::vector<int64_t> ReadBuckets(ConfigReader& config, bool needed) {
  if (!config.Has("num_buckets")) {
    if (needed) config.Unsupported("num_buckets null, which the first text's length would choose, is not supported");
    return {};
  }
  std::vector<int64_t> factors = ReadList(config, "num_buckets", {2}, 2, 1 << 20);
  if (std::any_of(factors.begin(), factors.end(), [](int64_t factor) { return factor % 2 != 0; })) {
    config.Wrong("num_buckets", "an even number or a list of such");
  }
  return factors;
}

Shape ReadShape(ConfigReader& config) {
  Shape shape;
  shape.hidden = config.Integer("hidden_size", 256, 1, 65536);
  shape.heads = config.Integer("num_attention_heads", 12, 1, 65536);
  shape.head_dim = config.Integer("attention_head_size", 64, 1, 65536);
  CheckHeadDim(config, shape.head_dim);
  shape.inner = config.Integer("feed_forward_size", 512, 1, kernels::kMostDepth);
  shape.activation = ReadActivation(config, "hidden_act", "relu");
  shape.causal = config.Boolean("is_decoder", false);
  shape.hashed = ReadLayers(config);
  shape.local = ReadChunks(config, "local");
  shape.lsh = ReadChunks(config, "lsh");
  shape.hashes = config.Integer("num_hashes", 1, 1, 256);
  const bool any_hashed = std::find(shape.hashed.begin(), shape.hashed.end(), true) != shape.hashed.end();
  shape.factors = ReadBuckets(config, any_hashed);
  shape.seed = config.Integer("hash_seed", -1, -1, (int64_t{1} << 32) - 1);
  if (config.Boolean("sinusoidal_pos_embds", false)) config.Unsupported("sinusoidal_pos_embds true is not supported");
  if (config.Boolean("tie_word_embeddings", false)) {
    config.Unsupported("tie_word_embeddings true is not supported: the output is twice as wide as the embedding");
  }
  return shape;
}

AttentionSpec NameAttention(Names& names, const std::string& layer, int64_t index, const Shape& shape) {
  const bool hashed = shape.hashed[static_cast<size_t>(index)];
  const Chunks& chunks = hashed ? shape.lsh : shape.local;
  const int64_t width = shape.heads * shape.head_dim;
  const std::string self = layer + "attention.self_attention.";
  AttentionSpec attention;
  attention.heads = shape.heads;
  attention.head_dim = shape.head_dim;
  attention.mechanism = hashed ? "lsh" : "chunked";
  attention.options = {AttentionOption::Ints("causal", {shape.causal}),
                       AttentionOption::Ints("chunk_length", {chunks.length}),
                       AttentionOption::Ints("chunks_before", {chunks.before}),
                       AttentionOption::Ints("chunks_after", {chunks.after})};
  if (hashed) {
    attention.options.push_back(AttentionOption::Ints("n_hashes", {shape.hashes}));
    attention.options.push_back(AttentionOption::Ints("bucket_factors", shape.factors));
    attention.options.push_back(AttentionOption::Ints("seed", {shape.seed < 0 ? index : shape.seed}));
    if (shape.seed >= 0) attention.options.push_back(AttentionOption::Text("generator", "torch"));
    attention.query = names.Linear(self + "query_key", width, shape.hidden, false);
  } else {
    attention.query = names.Linear(self + "query", width, shape.hidden, false);
    attention.key = names.Linear(self + "key", width, shape.hidden, false);
  }
  attention.value = names.Linear(self + "value", width, shape.hidden, false);
  attention.output = names.Linear(layer + "attention.output.dense", shape.hidden, width, false);
  return attention;
}

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape) {
  const std::string layer = absl::StrCat("encoder.layers.", index, ".");
  BlockSpec block;
  block.attention = NameAttention(names, layer, index, shape);
  block.attention_residual.before = names.Norm(layer + "attention.layer_norm");
  block.mlp_residual.before = names.Norm(layer + "feed_forward.layer_norm");
  block.mlp.up = names.Linear(layer + "feed_forward.dense.dense", shape.inner, shape.hidden);
  block.mlp.down = names.Linear(layer + "feed_forward.output.dense", shape.hidden, shape.inner);
  block.mlp.activation = shape.activation;
  return block;
}

// Positions of the stack; gives how many there are.
int64_t NamePositions(ConfigReader& config, Names& names, int64_t hidden, EmbeddingSpec& embedding) {
  const int64_t most = config.Integer("max_position_embeddings", 4096, 1, 1 << 30);
  if (!config.Boolean("axial_pos_embds", true)) {
    embedding.positions = names.Take("embeddings.position_embeddings.embedding.weight");
    embedding.position_spec.table_rows = most;
    return most;
  }
  embedding.axial_shape = ReadList(config, "axial_pos_shape", {64, 64}, 1, 1 << 24);
  embedding.axial_dims = ReadList(config, "axial_pos_embds_dim", {64, 192}, 1, 65536);
  if (embedding.axial_shape.size() != 2 || embedding.axial_dims.size() != 2) {
    config.Unsupported("axial positions of other than two tables are not supported");
    embedding.axial_shape = embedding.axial_dims = {};
    return most;
  }
  if (embedding.axial_dims[0] + embedding.axial_dims[1] != hidden) {
    config.Wrong("axial_pos_embds_dim", absl::StrCat("two numbers whose sum is hidden_size ", hidden));
  }
  for (int table = 0; table < 2; ++table) {
    embedding.axial_tables.push_back(names.Take(absl::StrCat("embeddings.position_embeddings.weights.", table)));
  }
  return std::min(most, embedding.axial_shape[0] * embedding.axial_shape[1]);
}

// Null: none. Heads read both streams.
absl::StatusOr<std::shared_ptr<HeadSpec>> NameHead(ConfigReader& config, const TensorNames& tensors,
                                                   const ModelSpec& spec, bool causal) {
  Names names(tensors, "");
  const int64_t width = spec.stack->output_width();
  auto head = std::make_shared<HeadSpec>();
  const std::string& architecture = spec.architecture;
  if (architecture == "ReformerModelWithLMHead" || architecture == "ReformerForMaskedLM") {
    head->task = architecture == "ReformerForMaskedLM" ? HeadTask::kMaskedLm : HeadTask::kCausalLm;
    if (causal != (head->task == HeadTask::kCausalLm)) {
      config.Wrong("is_decoder", absl::StrCat(causal ? "false" : "true", " with ", architecture));
    }
    HeadStep step;
    step.linear.weight = names.Take("lm_head.decoder.weight");
    // The file's lm_head.bias is not added: the reference (transformers 5) keeps it and does not use it.
    step.linear.outputs = step.width = head->outputs = spec.vocabulary;
    step.linear.inputs = width;
    head->steps.push_back(std::move(step));
  } else if (architecture == "ReformerForSequenceClassification") {
    head->task = HeadTask::kSequence;
    head->input = HeadInput::kFirstRow;
    head->labels = ReadLabels(config);
    head->outputs = static_cast<int64_t>(head->labels.size());
    head->steps.push_back(StepOf(names.Linear("classifier.dense", spec.hidden, width), kernels::Activation::kTanh));
    head->steps.push_back(StepOf(names.Linear("classifier.out_proj", head->outputs, spec.hidden)));
  } else if (architecture == "ReformerForQuestionAnswering") {
    head->task = HeadTask::kQuestion;
    head->outputs = 2;
    head->steps.push_back(StepOf(names.Linear("qa_outputs", 2, width)));
  } else {
    if (architecture != "ReformerModel") {
      config.Unsupported(absl::StrCat("architecture ", architecture, " is not supported"));
    }
    head = nullptr;
  }
  if (!config.status().ok()) return config.status();
  const absl::Status status = names.Finish({"lm_head.", "classifier.", "qa_outputs."},
                                           {"lm_head.bias", "lm_head.decoder.bias"});
  if (!status.ok()) return status;
  return head;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateReformer(ConfigReader& config, const TensorNames& tensors) {
  const Shape shape = ReadShape(config);
  auto stack = std::make_shared<StackSpec>();
  Names names(tensors, PrefixOf(tensors, {"reformer."}, "embeddings.word_embeddings.weight"));
  stack->hidden = shape.hidden;
  stack->vocabulary = config.Integer("vocab_size", 320, 1, (int64_t{1} << 31) - 1);
  stack->norm_epsilon = static_cast<float>(config.Number("layer_norm_eps", 1e-12, 0.0, 1.0));
  stack->embedding.words = names.Take("embeddings.word_embeddings.weight");
  stack->embedding.pad_id = config.Integer("pad_token_id", 0, 0, stack->vocabulary - 1);
  stack->max_positions = NamePositions(config, names, shape.hidden, stack->embedding);
  stack->reversible = true;
  stack->causal = shape.causal;
  std::set<int64_t> lengths;
  for (const bool hashed : shape.hashed) lengths.insert(hashed ? shape.lsh.length : shape.local.length);
  stack->pad_above = *lengths.begin();
  stack->pad_multiple = std::lcm(*lengths.begin(), *lengths.rbegin());

  ModelSpec spec;
  spec.architecture = ReadArchitecture(config, "ReformerModel");
  CopySizes(*stack, shape.heads, shape.head_dim, shape.inner, shape.activation, &spec);
  spec.pad_id = stack->embedding.pad_id;
  spec.positions.table_rows = stack->max_positions;
  if (!config.status().ok()) return config.status();

  for (size_t i = 0; i < shape.hashed.size(); ++i) {
    stack->blocks.push_back(NameBlock(names, static_cast<int64_t>(i), shape));
  }
  stack->final_norm = names.Norm("encoder.layer_norm");
  // Old files hold the scores of closed keys as buffers.
  absl::Status status = names.Finish({"embeddings.", "encoder."}, {"mask_value_float16", "mask_value_float32"});
  if (!status.ok()) return status;
  spec.stack = std::move(stack);
  absl::StatusOr<std::shared_ptr<HeadSpec>> head = NameHead(config, tensors, spec, shape.causal);
  if (!head.ok()) return head.status();
  spec.head = *std::move(head);
  return spec;
}

}  // namespace lwave::model
