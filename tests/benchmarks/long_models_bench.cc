// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Speed and memory of whole long texts: Longformer's base shape (windows of 256 tokens on each side, one global token)
// and BigBird's (blocks of 64, 3 random ones from the published seeded plan), at 4096 tokens, with random weights.
// Operations: two per weight of q, k, v, output and MLP for each row, and four per number of each key that a row sees;
// what the global token's own projections take is not counted. Shares are of this machine's peak of the type that
// products run in, measured in the same run. "beside": how far resident memory grows beyond the prepared model;
// "peak bytes": the most that the process has resident, from opening the model on.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench_common.h"
#include "random_checkpoint.h"
#include "support/api.h"

namespace lwave::bench {
namespace {

constexpr char kUsage[] =
    "long_models_bench: Longformer and BigBird shapes over whole long texts\n"
    "  --only PART   only rows whose names hold this, any number of times (longformer, big_bird, f32, bf16, int8)\n"
    "  --tokens N    length of the text (default 4096)\n"
    "  --layers N    layers of the model (default 12)";

struct Arguments {
  std::vector<std::string> only;
  LongShape shape;

  bool Wanted(const std::string& name) const {
    for (const std::string& part : only) {
      if (name.find(part) == std::string::npos) return false;
    }
    return true;
  }
};

Arguments Parse(const Options& options) {
  Arguments arguments;
  for (size_t i = 0; i < options.rest.size(); ++i) {
    const std::string& option = options.rest[i];
    if (i + 1 >= options.rest.size()) throw std::runtime_error(option + " needs a value, or is unknown (see --help)");
    const std::string value = options.rest[++i];
    if (option == "--only") {
      arguments.only.push_back(value);
    } else if (option == "--tokens") {
      arguments.shape.tokens = std::atoll(value.c_str());
    } else if (option == "--layers") {
      arguments.shape.layers = std::atoll(value.c_str());
    } else {
      throw std::runtime_error("unknown argument " + option + " (see --help)");
    }
  }
  if (arguments.shape.tokens < 1024 || arguments.shape.layers < 1) {
    throw std::runtime_error("--tokens needs a number of at least 1024, --layers of at least 1");
  }
  return arguments;
}

// Keys that all rows see together.
double KeysSeen(const std::string& family, const LongShape& shape) {
  double keys = 0;
  const int64_t n = shape.tokens, blocks = (n + shape.block - 1) / shape.block;
  for (int64_t i = 0; i < n; ++i) {
    if (family == "longformer") {
      const int64_t begin = std::max<int64_t>(0, i - shape.window_side), end = std::min(n, i + shape.window_side + 1);
      keys += static_cast<double>(i == 0 ? n : end - begin + (begin > 0));
      continue;
    }
    const int64_t block = i / shape.block;
    const int64_t listed = block == 0 || block == blocks - 1 ? blocks
                           : block == 1 || block == blocks - 2 ? 4 + shape.random
                                                               : 5 + shape.random;
    keys += static_cast<double>(listed * shape.block);
  }
  return keys;
}

double Operations(const std::string& family, const LongShape& shape) {
  const double weights = static_cast<double>(4 * shape.hidden * shape.hidden + 2 * shape.hidden * shape.intermediate);
  return static_cast<double>(shape.layers) * (2 * weights * static_cast<double>(shape.tokens) +
                                              4 * static_cast<double>(shape.hidden) * KeysSeen(family, shape));
}

test::Inputs MakeText(const std::string& family, const LongShape& shape) {
  test::Inputs inputs = test::MakeInputs(1, shape.tokens);
  std::vector<int32_t> ids(static_cast<size_t>(shape.tokens)), globals(ids.size());
  uint32_t state = 7;
  for (int32_t& id : ids) {
    state = state * 1664525u + 1013904223u;
    id = 2 + static_cast<int32_t>((state >> 8) % static_cast<uint32_t>(shape.vocabulary - 2));
  }
  test::Set(inputs, "ids", ids);
  if (family == "longformer") {
    globals[0] = 1;
    test::Set(inputs, "globals", globals);
    return inputs;
  }
  for (int32_t l = 0; l < static_cast<int32_t>(shape.layers); ++l) {
    const std::string layer = "layers." + std::to_string(l) + ".";
    test::Set(inputs, layer + "plan", std::string("seeded"));
    test::Set(inputs, layer + "seed", std::vector<int32_t>{l});
    test::Set(inputs, layer + "plan_tokens", std::vector<int32_t>{static_cast<int32_t>(shape.tokens)});
  }
  return inputs;
}

class Bench {
 public:
  Bench(const Options& options, const LongShape& shape)
      : options_(options),
        shape_(shape),
        runner_(MakeThreadPool(options.threads)),
        report_({{"threads", "threads", 0},
                 {"tokens_per_s", "tokens/s", 0},
                 {"gflops", "Gop/s", 1},
                 {"share_of_peak", "of peak", 3},
                 {"peak_gflops", "peak", 1},
                 {"min_s", "min s", 3},
                 {"median_s", "median s", 3},
                 {"mapped", "mapped MB", 1},
                 {"packed", "packed MB", 1},
                 {"workspace", "workspace MB", 1},
                 {"beside", "beside MB", 1},
                 {"peak_memory", "peak bytes", 0}},
                options.json) {}

  void Run(const std::string& family, const std::string& type, const std::string& folder) {
    const MemoryGrowth since_opening;  // the peak so far, of writing the model, is forgotten
    const test::Context context = test::MakeContext(options_.threads);
    const test::Model model = test::OpenModel(context, folder);
    test::Error error;
    error.Check(lwave_model_prepare(model.get(), error));
    const int64_t mapped = test::ModelInt(model, "mapped_bytes"), packed = test::ModelInt(model, "packed_bytes");
    // Panels that are used where the file has them come into memory with a short text.
    test::Inputs brief = test::MakeInputs(1, 64);
    test::Set(brief, "ids", std::vector<int32_t>(64, 5));
    test::Run(model, brief, LWAVE_LAST_HIDDEN_STATE);
    const int64_t prepared = PeakMemoryBytes();
    const MemoryGrowth growth;
    const test::Inputs inputs = MakeText(family, shape_);
    const test::Workspace workspace = test::MakeWorkspace(model, test::Config(), 1, shape_.tokens);
    int64_t planned = 0;
    error.Check(lwave_workspace_plan(model.get(), nullptr, 1, shape_.tokens, &planned, error));
    double peak = 0;
    const auto forward = [&] { test::Run(model, inputs, LWAVE_LAST_HIDDEN_STATE, workspace.get()); };
    const Timing timing =
        MeasureBesidePeak(*runner_, type, &peak, [&] { return Measure(forward, options_.seconds, 3); }, 0.3);
    const double gops = Operations(family, shape_) / timing.min_s * 1e-9;
    const auto megabytes = [](int64_t bytes) { return static_cast<double>(bytes) * 1e-6; };
    report_.Add(family + " " + type, {static_cast<double>(options_.threads),
                                      static_cast<double>(shape_.tokens) / timing.min_s, gops, gops / peak, peak,
                                      timing.min_s, timing.median_s, megabytes(mapped), megabytes(packed),
                                      megabytes(planned), megabytes(growth.Bytes()),
                                      static_cast<double>(std::max(prepared, PeakMemoryBytes()))});
  }
  void Finish() { report_.Finish(); }

 private:
  const Options& options_;
  const LongShape& shape_;
  const std::unique_ptr<Runner> runner_;
  Report report_;
};

int Main(int argc, char** argv) {
  const Options options = ParseOptions(argc, argv, kUsage);
  try {
    const Arguments arguments = Parse(options);
    PrintMachine(options);
    Bench bench(options, arguments.shape);
    for (const std::string family : {"longformer", "big_bird"}) {
      const ScratchFolder folder;
      bool written = false;
      for (const std::string type : {"f32", "bf16", "int8"}) {
        if (!arguments.Wanted(family + " " + type)) continue;
        if (!written) WriteRandomCheckpoint(folder.Sub("f32"), family, arguments.shape);
        written = true;
        if (type != "f32") {
          test::Error error;
          error.Check(
              lwave_model_convert(folder.Sub("f32").c_str(), folder.Sub(type).c_str(), type.c_str(), nullptr, error));
        }
        bench.Run(family, type, folder.Sub(type));
      }
    }
    bench.Finish();
    return 0;
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "long_models_bench: %s\n", exception.what());
    return 1;
  }
}

}  // namespace
}  // namespace lwave::bench

int main(int argc, char** argv) { return lwave::bench::Main(argc, argv); }
