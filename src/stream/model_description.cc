// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Facts gathered from the spec, the weights' layout and the plan.

#include "stream/model_description.h"

#include "absl/strings/str_cat.h"
#include "base/json_text.h"
#include "model/sentence.h"
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

}  // namespace

absl::StatusOr<std::string> DescribeModel(const Model& model, const model::ReadingOptions& options) {
  const model::ModelSpec& spec = model.spec();
  absl::StatusOr<model::Reading> reading = model::ResolveReading(spec, options);
  if (!reading.ok()) return reading.status();
  absl::StatusOr<Plan> plan = TextStream::MakePlan(model, options);
  if (!plan.ok()) return plan.status();

  JsonText json;
  json.Add("model", model.name());
  json.Add("fingerprint", absl::StrCat(absl::Hex(model.fingerprint(), absl::kZeroPad16)));
  json.Add("directory", model.checkpoint().directory());
  json.Add("family", spec.family).Add("architecture", spec.architecture);
  json.Add("layers", spec.layers.size()).Add("hidden", spec.hidden).Add("heads", spec.heads);
  json.Add("head_dim", spec.head_dim).Add("intermediate", spec.intermediate).Add("vocabulary", spec.vocabulary);
  json.Add("positions", spec.positions.usable());
  json.Add("norm", spec.norm_placement == model::NormPlacement::kPost ? "post" : "pre");
  const model::Weights& layout = model.Layout();
  json.Add("products", layout.layers.empty() ? "f32" : TypeName(layout.layers[0].query.matrix.type));
  json.Add("word_embedding", TypeName(layout.words.type));
  json.Add("attention_products", TypeName(model::ShapeOf(spec, layout).type));
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
