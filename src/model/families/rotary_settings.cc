// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/families/rotary_settings.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/files.h"

namespace lwave::model {
namespace {

constexpr double kMostTheta = 1e15;
constexpr double kMostFactor = 1e9;

// What one object says; what it does not say is left as it was.
struct Said {
  double theta = 0;
  double factor = 1;
};

void ReadObject(ConfigReader& config, const JsonValue* object, absl::string_view name, Said* said) {
  if (object == nullptr) return;
  ConfigReader reader(*object, absl::StrCat(config.file(), ": ", name));
  reader.AllowOnly({"rope_theta", "rope_type", "type", "factor", "partial_rotary_factor",
                    "original_max_position_embeddings"});
  said->theta = reader.Number("rope_theta", said->theta, 1e-3, kMostTheta);
  const std::string type = reader.String("rope_type", reader.String("type", "default"));
  if (type == "linear") {
    said->factor = reader.Number("factor", std::nullopt, 1, kMostFactor);
  } else if (type != "default") {
    // Before the keys: those of other types are not known here.
    config.Unsupported(absl::StrCat(name, " of the rope_type ", ShownName(type), " is not supported"));
  }
  if (reader.Number("partial_rotary_factor", 1, 0, 1) != 1) {
    reader.Unsupported("partial_rotary_factor other than 1 is not supported");
  }
  config.Adopt(reader.status());
}

}  // namespace

attention::Rotary ReadRotary(ConfigReader& config, int64_t dim, const RotaryKeys& keys) {
  if (config.Number("partial_rotary_factor", 1, 0, 1) != 1) {
    config.Unsupported("partial_rotary_factor other than 1 is not supported");
  }
  Said said;
  said.theta = config.Number(keys.theta_key, keys.theta, 1e-3, kMostTheta);
  const JsonValue* parameters = config.Object("rope_parameters");
  std::string name = "rope_parameters";
  if (parameters != nullptr && !keys.kind.empty()) {
    const bool by_kind = parameters->Find(kFullLayer) != nullptr || parameters->Find(kSlidingLayer) != nullptr;
    for (const JsonMember& member : parameters->members) {
      if (member.key == kFullLayer || member.key == kSlidingLayer) continue;
      // transformers 5 writes these beside the objects, and does not read them.
      if (by_kind && (member.key == "rope_type" || member.key == "rope_theta")) continue;
      config.Wrong(name, absl::StrCat("an object of the keys ", kFullLayer, " and ", kSlidingLayer));
    }
    name = absl::StrCat(name, ".", keys.kind);
    parameters = parameters->Find(keys.kind);
    if (parameters != nullptr && parameters->is_null()) parameters = nullptr;
  }
  ReadObject(config, parameters, name, &said);
  if (const JsonValue* scaling = config.Object("rope_scaling"); keys.scaled) {
    ReadObject(config, scaling, "rope_scaling", &said);
  }
  attention::Rotary rotary;
  rotary.dim = dim / 2 * 2;
  for (int64_t t = 0; t < rotary.dim / 2; ++t) {
    const double exponent = -2.0 * static_cast<double>(t) / static_cast<double>(rotary.dim);
    rotary.frequencies.push_back(std::pow(said.theta, exponent) / said.factor);
  }
  return rotary;
}

std::vector<bool> ReadSlidingLayers(ConfigReader& config, int64_t layers, absl::FunctionRef<bool(int64_t)> otherwise) {
  std::vector<bool> sliding;
  const JsonValue* types = config.Array("layer_types");
  if (types == nullptr) {
    for (int64_t i = 0; i < layers; ++i) sliding.push_back(otherwise(i));
    return sliding;
  }
  sliding.resize(static_cast<size_t>(layers));
  if (types->items.size() != sliding.size()) {
    config.Wrong("layer_types", absl::StrCat("a list of num_hidden_layers ", layers, " texts"));
    return sliding;
  }
  for (size_t i = 0; i < sliding.size(); ++i) {
    const JsonValue& type = types->items[i];
    if (!type.is_string()) {
      config.Wrong("layer_types", "a list of texts");
    } else if (type.string == kSlidingLayer) {
      sliding[i] = true;
    } else if (type.string != kFullLayer) {
      config.Unsupported(absl::StrCat("layer_types: ", ShownName(type.string), " is not supported"));
    }
  }
  return sliding;
}

}  // namespace lwave::model
