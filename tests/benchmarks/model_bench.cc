// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Speed of whole models: 32 texts of 128 rows at once, one text of 16 rows, a long text streamed through the
// model's window (as ids through a memory, and as text through a stream), and the cold start of the first
// model. Operations are counted from the sizes of the model; shares are of this machine's own peak of the
// model's number type, measured in the same run. Bytes: weights as mapped and packed, with scratch or state.
// "of whole" is tokens/s against 32x128 of the same model and threads.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench_common.h"
#include "cold_start.h"
#include "model_work.h"
#include "support/api.h"

namespace lwave::bench {
namespace {

constexpr char kUsage[] =
    "model_bench: speed of whole models\n"
    "  --model DIR      a model, any number of times (default: the shipped int8 model)\n"
    "  --minilm DIR     the original f32 model: converted to f32, bf16 and int8 in a temporary folder\n"
    "  --threads-sweep  1, 2, 4, ... threads; without this and --threads: 1 and all\n"
    "  --only PART      only rows whose names hold this, any number of times\n"
    "  --rows N         rows of the streamed text (default 8192)\n"
    "  --cold-start     nothing but process start to first vector";

struct Arguments {
  std::vector<std::string> models, only;
  std::string minilm;
  std::vector<int32_t> threads;
  int64_t rows = 8192;
  bool cold_start_only = false;
};

Arguments Parse(const Options& options) {
  Arguments arguments;
  bool sweep = false;
  for (size_t i = 0; i < options.rest.size(); ++i) {
    const std::string& option = options.rest[i];
    const auto value = [&] {
      if (i + 1 >= options.rest.size()) throw std::runtime_error(option + " needs a value");
      return options.rest[++i];
    };
    if (option == "--model") {
      arguments.models.push_back(value());
    } else if (option == "--minilm") {
      arguments.minilm = value();
    } else if (option == "--only") {
      arguments.only.push_back(value());
    } else if (option == "--rows") {
      arguments.rows = std::atoll(value().c_str());
      if (arguments.rows < 1) throw std::runtime_error("--rows needs a number of at least 1");
    } else if (option == "--threads-sweep") {
      sweep = true;
    } else if (option == "--cold-start") {
      arguments.cold_start_only = true;
    } else {
      throw std::runtime_error("unknown argument " + option + " (see --help)");
    }
  }
  if (sweep) {
    for (int32_t threads = 1; threads < options.threads; threads *= 2) arguments.threads.push_back(threads);
  } else if (!options.threads_given && options.threads > 1) {
    arguments.threads.push_back(1);
  }
  arguments.threads.push_back(options.threads);
  return arguments;
}

// Copies of a model in each number type, gone with this object.
class Conversions {
 public:
  Conversions(const std::string& source, std::vector<std::string>& directories) {
    std::string pattern = (std::filesystem::temp_directory_path() / "model_bench.XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    root_ = pattern;
    const test::Config reading = test::MakeConfig();  // as the shipped model reads long texts
    for (const auto& [key, number] : {std::pair<const char*, int64_t>{"left", 64},
                                      {"right", 64},
                                      {"sinks", 33},
                                      {"tile", 256},
                                      {"full_up_to", 256},
                                      {"passage_tokens", 254}}) {
      test::Set(reading, key, int64_t{number});
    }
    for (const char* type : {"f32", "bf16", "int8"}) {
      std::filesystem::create_directory(root_ / type);
      directories.push_back((root_ / type / "minilm").string());
      test::Error error;
      const std::string weights = std::string(type) + "-packed";
      error.Check(
          lwave_model_convert(source.c_str(), directories.back().c_str(), weights.c_str(), reading.get(), error));
    }
  }
  ~Conversions() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  Conversions(const Conversions&) = delete;
  Conversions& operator=(const Conversions&) = delete;

 private:
  std::filesystem::path root_;
};

// The beginning of the shipped text: about four and a half bytes for each token.
std::string LongText(int64_t rows) {
  std::ifstream file(LWAVE_SOURCE_DIR "/examples/text/handbook.txt", std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  text.resize(std::min(text.size(), static_cast<size_t>(rows) * 9 / 2));
  return text;
}

class Bench {
 public:
  Bench(const Options& options, const Arguments& arguments)
      : options_(options),
        arguments_(arguments),
        report_({{"threads", "threads", 0},
                 {"tokens_per_s", "tokens/s", 0},
                 {"gflops", "GFLOP/s", 1},
                 {"share_of_peak", "of peak", 3},
                 {"peak_gflops", "peak", 1},
                 {"of_whole", "of whole", 3},
                 {"min_s", "min s", 6},
                 {"median_s", "median s", 6},
                 {"bytes", "bytes", 0},
                 {"peak_memory", "peak memory", 0}},
                options.json) {}

  void ColdStartOf(const std::string& directory) {
    const BenchModel model(1, directory);
    const std::string name = model.label() + " cold start";
    if (!arguments_.cold_start_only && !Wanted(name)) return;
    const std::unique_ptr<Runner> runner = MakeThreadPool(options_.threads);
    double peak = 0;
    ColdStart start;
    MeasureBesidePeak(*runner, model.type(), &peak, [&] {
      start = MeasureColdStart("/proc/self/exe", directory, options_.threads, 20);
      return start.timing;
    });
    WorkResult work;
    work.timing = start.timing;
    work.tokens = start.tokens;
    work.operations = static_cast<double>(start.tokens) * model.OperationsInFull(start.tokens);
    Add(name, options_.threads, model, work, peak, start.peak_memory);
  }

  void Model(const std::string& directory, int32_t threads) {
    const BenchModel model(threads, directory);
    const std::unique_ptr<Runner> runner = MakeThreadPool(threads);
    const auto row = [&](const std::string& what, const auto& measure) {
      std::string name = model.label() + " " + what;
      if (threads != options_.threads)
        name += threads == 1 ? " 1 thread" : " " + std::to_string(threads) + " threads";
      if (!Wanted(name)) return;
      double peak = 0;
      WorkResult work;
      MeasureBesidePeak(*runner, model.type(), &peak, [&] {
        work = measure();
        return work.timing;
      });
      if (what == "32x128") whole_ = static_cast<double>(work.tokens) / work.timing.min_s;
      Add(name, threads, model, work, peak, PeakMemoryBytes());
    };
    whole_ = 0;
    row("32x128", [&] { return RunWhole(model, 32, 128, options_.seconds); });
    row("1x16", [&] { return RunWhole(model, 1, 16, options_.seconds); });
    if (!model.windowed()) return;
    row("stream ids", [&] { return StreamIds(model, arguments_.rows, options_.seconds); });
    if (test::ModelInt(model.model(), "has_tokenizer") == 0) return;
    row("stream text", [&] { return StreamText(model, LongText(arguments_.rows), options_.seconds); });
  }

  void Finish() { report_.Finish(); }

 private:
  bool Wanted(const std::string& name) const {
    for (const std::string& part : arguments_.only) {
      if (name.find(part) != std::string::npos) return true;
    }
    return arguments_.only.empty();
  }

  void Add(const std::string& name, int32_t threads, const BenchModel& model, const WorkResult& work,
           double peak, int64_t peak_memory) {
    const double rate = static_cast<double>(work.tokens) / work.timing.min_s;
    const double gflops = work.operations / work.timing.min_s * 1e-9;
    report_.Add(name, {static_cast<double>(threads), rate, gflops, gflops / peak, peak,
                       whole_ > 0 ? rate / whole_ : 0, work.timing.min_s, work.timing.median_s,
                       static_cast<double>(model.bytes() + work.bytes), static_cast<double>(peak_memory)});
  }

  const Options& options_;
  const Arguments& arguments_;
  Report report_;
  double whole_ = 0;  // tokens/s of 32x128, 0 where that was not measured
};

int Main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[1]) == "--first-vector") return FirstVector(argv[2], std::atoi(argv[3]));
  const Options options = ParseOptions(argc, argv, kUsage);
  try {
    Arguments arguments = Parse(options);
    std::unique_ptr<Conversions> conversions;
    if (!arguments.minilm.empty())
      conversions = std::make_unique<Conversions>(arguments.minilm, arguments.models);
    const std::string shipped = LWAVE_SOURCE_DIR "/examples/models/minilm";
    if (arguments.models.empty()) arguments.models.push_back(shipped);
    PrintMachine(options);
    Bench bench(options, arguments);
    bench.ColdStartOf(conversions == nullptr ? arguments.models[0] : shipped);
    if (!arguments.cold_start_only) {
      for (const std::string& directory : arguments.models) {
        for (const int32_t threads : arguments.threads) bench.Model(directory, threads);
      }
    }
    bench.Finish();
    return 0;
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "model_bench: %s\n", exception.what());
    return 1;
  }
}

}  // namespace
}  // namespace lwave::bench

int main(int argc, char** argv) { return lwave::bench::Main(argc, argv); }
