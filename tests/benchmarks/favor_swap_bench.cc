// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// FAVOR in place of a model's own attention, untrained: the cosine of rows after each layer against the exact model,
// for 64 to 1024 features, the kernels that estimate softmax and relu, independent, orthogonal and Hadamard features,
// one draw for all layers (fixed) or another for each (redrawn). Hyperbolic features are two for each row drawn: half as
// many rows, for the same work. The shipped model over the beginning of the handbook.

#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "benchmarks/bench_common.h"
#include "benchmarks/random_checkpoint.h"
#include "support/api.h"

namespace lwave {
namespace {

constexpr int64_t kTokens = 256;
constexpr const char* kUsage = "favor_swap_bench: cosines per layer of FAVOR in the shipped model";

// Mean cosine of rows, one for each state.   a, b // [states, kTokens, hidden]
std::vector<double> Cosines(const std::vector<float>& a, const std::vector<float>& b, size_t hidden) {
  std::vector<double> means;
  const size_t each = static_cast<size_t>(kTokens) * hidden;
  for (size_t state = 0; state * each < a.size(); ++state) {
    double sum = 0;
    for (size_t row = 0; row < static_cast<size_t>(kTokens); ++row) {
      double dot = 0, left = 0, right = 0;
      for (size_t i = state * each + row * hidden; i < state * each + (row + 1) * hidden; ++i) {
        const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
        dot += x * y, left += x * x, right += y * y;
      }
      sum += dot / std::sqrt(left * right);
    }
    means.push_back(sum / static_cast<double>(kTokens));
  }
  return means;
}

struct Draw {
  const char* kernel;
  const char* features;
  bool redrawn;
};

void Run(const bench::Options& options) {
  const std::string shipped = std::string(LWAVE_SOURCE_DIR) + "/examples/models/minilm";
  const bench::ScratchFolder folder;
  const std::string source = folder.Sub("plain");  // without its reading of long text, which other attention excludes
  std::filesystem::copy(shipped, source, std::filesystem::copy_options::recursive);
  std::filesystem::remove(source + "/longwave.json");
  const test::Context context = test::MakeContext(options.threads);
  const test::Model exact = test::OpenModel(context, source);
  test::Error error;
  const test::Config conversion = test::MakeConfig("convert");
  test::Set(conversion, "weights", "int8");
  test::Set(conversion, "attention", "favor:64");
  const std::string made = folder.Sub("favor");
  error.Check(lwave_model_convert_with(source.c_str(), made.c_str(), conversion.get(), error));
  const test::Model swapped = test::OpenModel(context, made);

  std::ifstream file(std::string(LWAVE_SOURCE_DIR) + "/examples/text/handbook.txt");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  text.resize(4000);
  test::Tokens tokens = test::Encode(test::OpenTokenizer(context, source), text, nullptr, true);
  tokens.ids.resize(static_cast<size_t>(kTokens));
  const test::Inputs plain = test::MakeInputs(1, kTokens);
  test::Set(plain, "ids", tokens.ids);
  const std::vector<float> expected = test::Run(exact, plain, LWAVE_HIDDEN_STATES);
  const int64_t layers = test::ModelInt(exact, "layers");
  const size_t hidden = static_cast<size_t>(test::ModelInt(exact, "hidden"));

  std::vector<bench::Report::Column> columns;
  for (int64_t l = 1; l <= layers; ++l) {
    columns.push_back({"layer_" + std::to_string(l), "layer " + std::to_string(l), 4});
  }
  bench::PrintMachine(options);
  bench::Report report(columns, options.json);
  for (const std::string kernel : {"softmax", "hyperbolic", "relu"}) {
    const bool hyperbolic = kernel == "hyperbolic";
    for (const char* features : {"iid", "orthogonal", "hadamard"}) {
      for (const bool redrawn : {false, true}) {
        for (const int32_t count : {64, 128, 256, 512, 1024}) {
          const test::Inputs inputs = test::MakeInputs(1, kTokens);
          test::Set(inputs, "ids", tokens.ids);
          for (int64_t l = 0; l < layers; ++l) {
            const std::string layer = "layers." + std::to_string(l) + ".";
            test::Set(inputs, layer + "kernel", kernel);
            // The published 1e-4 added to every feature outweighs peaked attention: any count then has the same cosines.
            test::Set(inputs, layer + "eps", std::vector<float>{0.0f});
            test::Set(inputs, layer + "projection_kind", std::string(features));
            test::Set(inputs, layer + "features", std::vector<int32_t>{hyperbolic ? count / 2 : count});
            test::Set(inputs, layer + "draw", std::vector<int32_t>{redrawn ? static_cast<int32_t>(l) : 0});
          }
          const std::vector<double> cosines = Cosines(test::Run(swapped, inputs, LWAVE_HIDDEN_STATES), expected, hidden);
          report.Add(kernel + " " + features + (redrawn ? " redrawn " : " fixed ") + std::to_string(count),
                    std::vector<double>(cosines.begin() + 1, cosines.end()));
        }
      }
    }
  }
  report.Finish();
}

}  // namespace
}  // namespace lwave

int main(int argc, char** argv) {
  try {
    const lwave::bench::Options options = lwave::bench::ParseOptions(argc, argv, lwave::kUsage);
    lwave::bench::RefuseOthers(options, "favor_swap_bench");
    lwave::Run(options);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "favor_swap_bench: %s\n", exception.what());
    return 1;
  }
  return 0;
}
