// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Attention layers against what Hugging Face's transformers 5.12 gives in double for random weights and rows
// (tests/data/attention; q, k and v as its projections made them). Rows of masked tokens are not compared.

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "attention_layer_fixture.h"

namespace lwave::attention {
namespace {

class Case {
 public:
  explicit Case(const std::string& name) {
    std::ifstream file(std::string(LWAVE_TEST_DATA) + "/attention/" + name + ".txt");
    INFO(name);
    REQUIRE(file.good());
    std::string tensor;
    for (size_t count; file >> tensor >> count;) {
      numbers_[tensor].resize(count);
      for (float& x : numbers_[tensor]) file >> x;
    }
  }
  const std::vector<float>& operator[](const std::string& name) const { return numbers_.at(name); }
  int64_t Setting(size_t i) const { return static_cast<int64_t>((*this)["cfg"][i]); }

  // Runs the layer and compares the last `rows` tokens that are open.
  void Check(const char* kind, const std::vector<OptionSetting>& options) const {
    const int64_t rows = Setting(0);
    const LayerPtr layer = MakeLayer(kind, options);
    const int64_t width = layer->widths().out;
    const int64_t keys = static_cast<int64_t>((*this)["k"].size()) / layer->widths().k;
    const std::vector<float>& open = (*this)["mask"];
    std::vector<int32_t> mask(static_cast<size_t>(keys), 1), types;
    for (size_t i = 0; i < open.size(); ++i) mask[i] = open[i] != 0;
    InputRows input = {(*this)["q"].data(), (*this)["k"].data(), (*this)["v"].data(), mask.data(), rows, keys};
    if (numbers_.count("types") != 0) {
      for (float type : (*this)["types"]) types.push_back(static_cast<int32_t>(type));
      input.types = types.data();
    }
    std::vector<float> out(static_cast<size_t>(rows * width));
    const absl::Status status = OwnedState(*layer, rows, keys)->Whole(input, out.data());
    INFO(status);
    REQUIRE(status.ok());
    const std::vector<float>& want = (*this)["y"];
    REQUIRE(want.size() == out.size());
    const size_t before = open.size() - static_cast<size_t>(rows);  // of a memory
    for (size_t i = 0; i < out.size(); ++i) {
      const size_t row = i / static_cast<size_t>(width);
      if (open[before + row] == 0) continue;
      INFO("row " << row << ": " << out[i] << ", expected " << want[i]);
      REQUIRE(std::abs(out[i] - want[i]) <= 2e-5f + 2e-5f * std::abs(want[i]));
    }
  }

 private:
  std::map<std::string, std::vector<float>> numbers_;
};

std::string Name(const char* kind, int i) { return std::string(kind) + "_" + std::to_string(i); }

TEST_CASE("transient global attention gives what LongT5's published code gives, masks with holes included",
          "[unit][attention]") {
  for (int i = 0; i < 5; ++i) {
    INFO("case " << i);
    const Case c(Name("longt5", i));
    c.Check("transient_global", {{"heads", 3}, {"head_dim", 6}, {"scale", 1.0}, {"global_block_size", c.Setting(1)},
                                 {"radius", c.Setting(2)}, {"relative_buckets", 8}, {"relative_max_distance", 20},
                                 {"relative_bias", c["rb"]}, {"summary_bias", c["sb"]}});
  }
}

TEST_CASE("nystrom gives what Nystroemformer's published code gives", "[unit][attention]") {
  for (int i = 0; i < 4; ++i) {
    INFO("case " << i);
    const Case c(Name("nystrom", i));
    c.Check("nystrom", {{"heads", 3}, {"head_dim", 6}, {"landmarks", c.Setting(1)}, {"tokens", c.Setting(0)},
                        {"conv_weight", c["conv"]}});
  }
}

TEST_CASE("chunked gives what Reformer's published local attention gives", "[unit][attention]") {
  for (int i = 0; i < 8; ++i) {
    INFO("case " << i);
    const Case c(Name("chunked", i));
    c.Check("chunked", {{"heads", 2}, {"head_dim", 7}, {"chunk_length", c.Setting(1)}, {"chunks_before", c.Setting(2)},
                        {"chunks_after", c.Setting(3)}, {"causal", c.Setting(4)}, {"max_tokens", 64}});
  }
}

TEST_CASE("xlnet gives what XLNet's published code gives", "[unit][attention]") {
  for (int i = 0; i < 4; ++i) {
    INFO("case " << i);
    const Case c(Name("xlnet", i));
    std::vector<OptionSetting> options = {{"heads", 3}, {"head_dim", 4}, {"clamp_len", c.Setting(2)}, {"w_r", c["w_r"]},
                                          {"bias_u", c["u"]}, {"bias_v", c["w"]}};
    if (c.Setting(3) != 0) options.insert(options.end(), {{"bias_s", c["s"]}, {"seg_embed", c["seg"]}});
    c.Check("xlnet", options);
  }
}

}  // namespace
}  // namespace lwave::attention
