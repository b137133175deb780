// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Facts gathered from the spec, the weights' layout and the plan.

#include "stream/model_description.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "model/sentence.h"
#include "nlohmann/json.hpp"
#include "stream/text_stream.h"

namespace lwave::stream {
namespace {

using Json = nlohmann::ordered_json;

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

  Json json;
  json["model"] = model.name();
  json["fingerprint"] = absl::StrFormat("%016x", model.fingerprint());
  json["directory"] = model.checkpoint().directory();
  json["family"] = spec.family;
  json["architecture"] = spec.architecture;
  json["layers"] = spec.layers.size();
  json["hidden"] = spec.hidden;
  json["heads"] = spec.heads;
  json["head_dim"] = spec.head_dim;
  json["intermediate"] = spec.intermediate;
  json["vocabulary"] = spec.vocabulary;
  json["positions"] = spec.positions.usable();
  json["norm"] = spec.norm_placement == model::NormPlacement::kPost ? "post" : "pre";
  const model::Weights& layout = model.Layout();
  json["products"] = layout.layers.empty() ? "f32" : TypeName(layout.layers[0].query.matrix.type);
  json["word_embedding"] = TypeName(layout.words.type);
  json["attention_products"] = TypeName(model::ShapeOf(spec, layout).type);
  json["tokenizer"] = model.tokenizer() != nullptr ? std::string(model.tokenizer()->family())
                                                   : absl::StrCat("none (", model.no_tokenizer_reason(), ")");
  Json sentence;
  sentence["declared"] = spec.sentence.declared;
  sentence["pooling"] = PoolingName(spec.sentence.pooling);
  sentence["dense"] = spec.sentence.dense.size();
  sentence["normalize"] = spec.sentence.normalize;
  sentence["width"] = model::EmbeddingWidth(spec);
  json["embedding"] = sentence;

  json["reading"] = Json::parse(reading->ToJson());
  json["full_up_to_rows"] = reading->full_rows;
  json["attention"] = Json::array();
  for (size_t l = 0; l < spec.layers.size(); ++l) {
    Json layer;
    layer["layer"] = l;
    layer["kind"] = reading->windowed() ? "sink_window" : "full";
    if (reading->windowed()) {
      layer["left"] = reading->left[l];
      layer["right"] = reading->right[l];
      layer["sinks"] = reading->sinks;
    }
    json["attention"].push_back(layer);
  }
  json["bytes"] = {{"mapped", model.checkpoint().mapped_bytes()},
                   {"packed", model.packed_bytes()},
                   {"per_stream", plan->bytes},
                   {"load", plan->load_bytes}};
  json["latency_rows"] = {{"first", plan->first_rows}, {"steady", plan->steady_rows}};
  json["threads"] = model.context().runner->threads();
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lwave::stream
