// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Facts gathered from the spec, the weights' layout and the plan.

#include "stream/model_description.h"

#include "absl/strings/str_cat.h"
#include "base/json_text.h"
#include "model/sentence.h"
#include "stream/memory_plan.h"
#include "stream/text_stream.h"

namespace lwave::stream {
namespace {

const char* TypeName(kernels::NumberType type) {
  switch (type) {
    case kernels::NumberType::kF32: return "f32";
    case kernels::NumberType::kBf16: return "bf16";
    case kernels::NumberType::kF16: return "f16";
    case kernels::NumberType::kInt8: return "int8";
  }
  return "?";
}

const char* PoolingName(model::Pooling pooling) {
  switch (pooling) {
    case model::Pooling::kNone: return "none";
    case model::Pooling::kMean: return "mean";
    case model::Pooling::kCls: return "cls";
    case model::Pooling::kMax: return "max";
    case model::Pooling::kMeanSqrtLength: return "mean_sqrt_length";
    case model::Pooling::kLastToken: return "last_token";
  }
  return "?";
}

const char* TaskName(model::HeadTask task) {
  switch (task) {
    case model::HeadTask::kMaskedLm: return "masked_lm";
    case model::HeadTask::kCausalLm: return "causal_lm";
    case model::HeadTask::kSequence: return "sequence_classification";
    case model::HeadTask::kToken: return "token_classification";
    case model::HeadTask::kQuestion: return "question_answering";
  }
  return "?";
}

// In which numbers products run.
kernels::NumberType ProductType(const model::Weights& layout) {
  if (!layout.layers.empty()) return layout.layers[0].query.matrix.type;
  for (const model::BlockWeights& block : layout.stack.blocks) {
    for (const model::Linear* linear : {&block.attention.value, &block.up}) {
      if (linear->matrix.columns > 0) return linear->matrix.type;
    }
  }
  return kernels::NumberType::kF32;
}

}  // namespace

absl::StatusOr<std::string> DescribeModel(const Model& model, const model::ReadingOptions& options) {
  const model::ModelSpec& spec = model.spec();
  absl::StatusOr<model::Reading> reading = model::ResolveReading(spec, options);
  if (!reading.ok()) return reading.status();
  absl::StatusOr<Plan> plan = TextStream::MakePlan(model, options);
  if (!plan.ok()) return plan.status();
  absl::StatusOr<MemoryPlan> memory = MemoryPlan::Make(model, *reading);
  if (!memory.ok()) return memory.status();

  JsonText json;
  json.Add("model", model.name());
  json.Add("fingerprint", absl::StrCat(absl::Hex(model.fingerprint(), absl::kZeroPad16)));
  json.Add("directory", model.checkpoint().directory());
  json.Add("family", spec.family).Add("architecture", spec.architecture);
  json.Add("layers", spec.layer_count()).Add("hidden", spec.hidden).Add("heads", spec.heads);
  json.Add("head_dim", spec.head_dim).Add("intermediate", spec.intermediate).Add("vocabulary", spec.vocabulary);
  json.Add("positions", spec.positions.usable());
  if (spec.stack == nullptr) json.Add("norm", spec.norm_placement == model::NormPlacement::kPost ? "post" : "pre");
  const model::Weights& layout = model.Layout();
  json.Add("products", TypeName(ProductType(layout)));
  json.Add("word_embedding", TypeName(spec.stack != nullptr ? layout.stack.words.type : layout.words.type));
  json.Add("attention_products",
           TypeName(ProductType(layout) == kernels::NumberType::kF32 ? kernels::NumberType::kF32
                                                                     : kernels::NumberType::kBf16));
  if (spec.head != nullptr) {
    JsonText head;
    head.Add("task", TaskName(spec.head->task)).Add("outputs", spec.head->outputs).Add("bytes", model.head_bytes());
    if (!spec.head->labels.empty()) {
      std::string labels;
      for (const std::string& label : spec.head->labels) absl::StrAppend(&labels, labels.empty() ? "" : ",", JsonQuoted(label));
      head.AddJson("labels", absl::StrCat("[", labels, "]"));
    }
    json.AddJson("head", head.Text());
  }
  json.Add("tokenizer", model.tokenizer() != nullptr ? std::string(model.tokenizer()->family())
                                                     : absl::StrCat("none (", model.no_tokenizer_reason(), ")"));
  JsonText sentence;
  sentence.Add("declared", spec.sentence.declared).Add("pooling", PoolingName(spec.sentence.pooling));
  sentence.Add("dense", spec.sentence.dense.size()).Add("normalize", spec.sentence.normalize);
  sentence.Add("width", model::EmbeddingWidth(spec));
  json.AddJson("embedding", sentence.Text());

  json.AddJson("reading", reading->ToJson());
  json.Add("full_up_to_rows", reading->full_rows);
  std::string attention;
  for (size_t l = 0; spec.stack != nullptr && l < spec.stack->blocks.size(); ++l) {
    JsonText layer;
    layer.Add("layer", l).Add("kind", spec.stack->blocks[l].attention.mechanism);
    // Sequences may have global tokens, though a stream has none.
    if (spec.stack->blocks[l].attention.global_query) layer.Add("global_projections", true);
    const attention::LayerPtr& made = memory->layers.blocks[l].attention;
    layer.AddJson("attention", made->DescribeJson());
    absl::StrAppend(&attention, l == 0 ? "" : ",", layer.Text());
  }
  for (size_t l = 0; l < spec.layers.size(); ++l) {
    JsonText layer;
    layer.Add("layer", l).Add("kind", reading->windowed() ? "sink_window" : "full");
    if (reading->windowed()) {
      layer.Add("left", reading->left[l]).Add("right", reading->right[l]).Add("sinks", reading->sinks);
    }
    absl::StrAppend(&attention, l == 0 ? "" : ",", layer.Text());
  }
  json.AddJson("attention", absl::StrCat("[", attention, "]"));
  JsonText bytes, latency;
  bytes.Add("mapped", model.checkpoint().mapped_bytes()).Add("packed", model.packed_bytes());
  bytes.Add("per_stream", plan->bytes).Add("load", plan->load_bytes);
  json.AddJson("bytes", bytes.Text());
  latency.Add("first", plan->first_rows).Add("steady", plan->steady_rows);
  json.AddJson("latency_rows", latency.Text());
  json.Add("threads", model.context().runner->threads());
  return json.Text();
}

}  // namespace lwave::stream
