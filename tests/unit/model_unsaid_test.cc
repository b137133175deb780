// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What configurations and files of published models leave unsaid.

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "model/checkpoint.h"
#include "model/safetensors.h"
#include "model/stack_spec.h"
#include "model_checkpoint_support.h"

namespace lwave::model {
namespace {

using testing::CopyModel;
using testing::FileBuilder;
using testing::ReadAll;
using testing::TemporaryFolder;
using testing::TinyModel;
using testing::WriteAll;

// The activation in front of XLNet's classifier; `said` is its value in the configuration, or null for an absent key.
kernels::Activation Summary(const nlohmann::json* said) {
  const TemporaryFolder folder;
  const std::string copy = folder / "model";
  CopyModel(TinyModel("../settings/xlnet-mean"), copy);
  nlohmann::json config = nlohmann::json::parse(ReadAll(copy + "/config.json"));
  config.erase("summary_activation");
  if (said != nullptr) config["summary_activation"] = *said;
  WriteAll(copy + "/config.json", config.dump());
  const auto model = Checkpoint::Open(copy);
  REQUIRE(model.ok());
  return (*model)->spec().head->steps[0].activation;
}

TEST_CASE("XLNet's classifier has tanh where the configuration says nothing, and none where it says null", "[model]") {
  const nlohmann::json null, gelu = "gelu";
  CHECK(Summary(nullptr) == kernels::Activation::kTanh);
  CHECK(Summary(&null) == kernels::Activation::kNone);
  CHECK(Summary(&gelu) == kernels::Activation::kGelu);
}

TEST_CASE("nomic-bert's masked LM opens as published, without biases in its head", "[model]") {
  const TemporaryFolder folder;
  const std::string copy = folder / "model";
  CopyModel(TinyModel("../settings/nomic-mlm"), copy);
  const auto whole = SafetensorsFile::Open(*FileBytes::Map(copy + "/model.safetensors"), "model.safetensors");
  REQUIRE(whole.ok());
  FileBuilder file;
  int left_out = 0;
  for (const NamedTensor& tensor : (*whole)->tensors()) {
    const bool bias = tensor.name == "cls.predictions.bias" || tensor.name == "cls.predictions.decoder.bias" ||
                      tensor.name == "cls.predictions.transform.dense.bias";
    left_out += bias;
    if (!bias) file.Add(tensor.name, {tensor.tensor.shape.begin(), tensor.tensor.shape.end()});
  }
  REQUIRE(left_out >= 2);
  WriteAll(folder / "published", file.Finish());
  std::filesystem::rename(folder / "published", copy + "/model.safetensors");
  const auto model = Checkpoint::Open(copy);
  INFO(model.status().message());
  REQUIRE(model.ok());
  REQUIRE((*model)->spec().head != nullptr);
  CHECK((*model)->spec().head->task == HeadTask::kMaskedLm);
  CHECK_FALSE((*model)->spec().head->final_bias);
}

}  // namespace
}  // namespace lwave::model
