// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "hashed_layers.h"

#include <cmath>

namespace lwave::golden {
namespace {

std::string LayerName(int64_t layer, const char* what) { return "layers." + std::to_string(layer) + "." + what; }

// Of all layers those that have rotations.
std::vector<int64_t> LayersThatHash(const test::Model& model, const test::Inputs& inputs) {
  std::vector<int64_t> layers;
  for (int64_t l = 0; l < test::ModelInt(model, "layers"); ++l) {
    test::Error error;
    int64_t count = 0;
    const lwave_status status = lwave_model_run_part(model.get(), inputs.get(), LayerName(l, "rotations").c_str(),
                                                     nullptr, 0, &count, error);
    if (status == LWAVE_NOT_FOUND || status == LWAVE_UNSUPPORTED) continue;
    error.Check(status);
    layers.push_back(l);
  }
  return layers;
}

std::string TensorName(const HashedCase& hashed, const std::string& output) {
  return hashed.one.at("name").get<std::string>() + "." + output;
}

bool HasOutput(const HashedCase& hashed, const std::string& output) {
  for (const nlohmann::json& other : hashed.one.at("outputs")) {
    if (other.get<std::string>() == output) return true;
  }
  return false;
}

// Which of the layers that hash an output is of: the number behind its point.
size_t NumberOf(const std::string& output) { return std::stoul(output.substr(output.find('.') + 1)); }

}  // namespace

std::vector<int64_t> GiveHashes(CaseReport& report, const HashedCase& hashed, const test::Inputs& inputs) {
  const bool has_rounds = hashed.one.contains("options") && hashed.one["options"].contains("num_hashes");
  if (!has_rounds && !HasOutput(hashed, "rotations.0")) return {};
  const std::vector<int64_t> layers = LayersThatHash(hashed.model, inputs);
  for (size_t i = 0; i < layers.size(); ++i) {
    if (has_rounds) {
      test::Set(inputs, LayerName(layers[i], "n_hashes"),
                std::vector<int32_t>{hashed.one["options"]["num_hashes"].get<int32_t>()});
    }
    const std::string output = "rotations." + std::to_string(i);
    if (!HasOutput(hashed, output)) continue;
    const std::vector<double> expected = hashed.tensors.At(TensorName(hashed, output)).Doubles();
    const std::string name = LayerName(layers[i], "rotations");
    report.Compare(output, test::RunPart(hashed.model, inputs, name), expected, hashed.rotations);
    test::Set(inputs, name, std::vector<float>(expected.begin(), expected.end()));
  }
  return layers;
}

void GiveBuckets(const HashedCase& hashed, const test::Inputs& inputs) {
  for (const int64_t layer : LayersThatHash(hashed.model, inputs)) {
    const std::string name = LayerName(layer, "buckets");
    std::vector<float> found;
    try {
      found = test::RunPart(hashed.model, inputs, name);
    } catch (const test::Failure& failure) {
      if (failure.status() != LWAVE_NOT_FOUND) throw;  // too short a sequence is not hashed
    }
    std::vector<int32_t> buckets;
    for (const float bucket : found) buckets.push_back(static_cast<int32_t>(std::lround(bucket)));
    if (!buckets.empty()) test::Set(inputs, name, buckets);
  }
}

bool CheckHashes(CaseReport& report, const HashedCase& hashed, const std::vector<int64_t>& layers,
                 const std::string& output, const test::Inputs& inputs) {
  if (output.rfind("rotations.", 0) == 0) return true;  // GiveHashes has compared them
  if (output.rfind("buckets.", 0) != 0) return false;
  if (NumberOf(output) >= layers.size()) {
    report.Fail(output + ": only " + std::to_string(layers.size()) + " layers hash");
    return true;
  }
  const std::vector<float> got = test::RunPart(hashed.model, inputs, LayerName(layers[NumberOf(output)], "buckets"));
  const reference::StoredTensor& stored = hashed.tensors.At(TensorName(hashed, output));  // [batch, heads, rounds, rows]
  const std::vector<int64_t> expected = stored.Integers();
  if (got.size() != expected.size()) {
    report.Fail(output + " has " + std::to_string(got.size()) + " numbers, expected " + std::to_string(expected.size()));
    return true;
  }
  // The reference counts on from round to round, by one more than there are buckets where any row of the batch is
  // closed. Here every round begins at 0: a sequence does not know of others.
  const size_t rounds = static_cast<size_t>(stored.shape.at(2)), rows = static_cast<size_t>(stored.shape.at(3));
  const int64_t step = rounds < 2 ? 0 : expected[rows] - std::lround(got[rows]);
  size_t wrong = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const int64_t round = static_cast<int64_t>(i / rows % rounds);
    wrong += expected[i] != std::lround(got[i]) + round * step || std::lround(got[i]) > (rounds < 2 ? INT64_MAX : step);
  }
  report.Require(wrong == 0, output + ": " + std::to_string(wrong) + " of " + std::to_string(got.size()) + " differ");
  return true;
}

}  // namespace lwave::golden
