// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Every mechanism through the public C interface, with the sizes of its paper at 12 heads of 64. Four tables:
//   growth     time per token and bytes over the length, whole and streamed; then the exponent of time over 8k and
//              more, and the length from which on each takes less time than our own full attention
//   peers      the shapes that tests/benchmarks/peers runs in PyTorch
//   positions  one layer under each scheme of positions, in ns per visible entry
//   budget     four mechanisms at equal budget, with their errors against exact attention
// A length whose run would take longer than the limit is not measured, and its row says what was expected.
//
//   mechanism_bench [growth|peers|positions|budget] [--max-tokens N] [--limit S] [--threads N] [--seconds S] [--json]
//                   [part of a row's name]...      of growth and peers

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "bench_common.h"
#include "equal_budget.h"
#include "growth.h"
#include "layer_run.h"
#include "mechanism_shapes.h"
#include "position_schemes.h"

namespace lwave::bench {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Settings {
  Options options;
  std::string table;  // empty: all
  int64_t max_tokens = 262144;
  double limit_s = 20;
  std::vector<std::string> parts;  // of names

  bool Wanted(const std::string& name) const {
    for (const std::string& part : parts) {
      if (name.find(part) != std::string::npos) return true;
    }
    return parts.empty();
  }
  bool Table(const char* name) const { return table.empty() || table == name; }
  std::vector<int32_t> Threads() const {
    if (options.threads_given) return {options.threads};
    return options.threads == 1 ? std::vector<int32_t>{1} : std::vector<int32_t>{1, 2};
  }
};

// One mechanism over the length, whole or streamed.
struct Curve {
  const MechanismShape* shape;
  bool stream;
  int32_t threads;
  GrowthCurve points;
  std::string Name() const {
    return shape->name + (stream ? " stream" : " forward") + " threads=" + std::to_string(threads);
  }
};

class GrowthTable {
 public:
  GrowthTable(const Settings& settings, Report& report) : settings_(settings), report_(report) {}

  void Run() {
    report_.NewTable({{"n", "n", 0},
                      {"us_per_token", "us/token", 3},
                      {"median_us_per_token", "median", 3},
                      {"ns_per_entry", "ns/entry", 4},
                      {"min_s", "min s", 5},
                      {"repeats", "repeats", 0},
                      {"planned_bytes", "planned", 0},
                      {"counted_bytes", "counted", 0},
                      {"layer_bytes", "layer", 0},
                      {"process_bytes", "process", 0},
                      {"expected_s", "expected s", 1}});
    for (const MechanismShape& shape : shapes_) {
      for (const bool stream : {false, true}) {
        for (const int32_t threads : settings_.Threads()) {
          Curve curve{&shape, stream, threads, {}};
          if (settings_.Wanted(curve.Name())) curves_.push_back(std::move(curve));
        }
      }
    }
    for (Curve& curve : curves_) Measure(curve);
    AddFits();
  }

 private:
  void Measure(Curve& curve) {
    for (int64_t n = 1024; n <= settings_.max_tokens; n *= 2) {
      const std::string name = curve.Name() + " n=" + std::to_string(n);
      const double expected = NextSeconds(curve.points);
      const double rows = static_cast<double>(n);
      if (expected > settings_.limit_s) {
        report_.Add(name + " not run", {rows, kNone, kNone, kNone, kNone, 0, kNone, kNone, kNone, kNone, expected});
        return;
      }
      const test::Config config = curve.shape->config(n);
      LayerFigures figures;
      try {
        LayerRun run(n, settings_.options.seconds);
        figures = curve.stream ? run.Stream(config, curve.threads) : run.Forward(config, curve.threads);
      } catch (const test::Failure& failure) {
        if (failure.status() != LWAVE_UNSUPPORTED) std::fprintf(stderr, "%s: %s\n", name.c_str(), failure.what());
        return;  // has no streaming form
      }
      const Timing& timing = figures.timing;
      curve.points.push_back({n, timing.min_s});
      report_.Add(name, {rows, timing.min_s * 1e6 / rows, timing.median_s * 1e6 / rows,
                         timing.min_s * 1e9 / (rows * static_cast<double>(kHeads) * curve.shape->entries(n)),
                         timing.min_s, static_cast<double>(timing.repeats), static_cast<double>(figures.planned_bytes),
                         static_cast<double>(figures.counted_bytes), static_cast<double>(figures.layer_bytes),
                         figures.process_bytes < 0 ? kNone : static_cast<double>(figures.process_bytes), kNone});
    }
  }

  // Whole sequences of full attention are what every curve is held against: where a layer has projections, with such
  // as well.
  const Curve* Baseline(const Curve& curve) const {
    const std::string name = !curve.shape->causal ? "full" : curve.shape->hidden ? "full causal projected" : "full causal";
    for (const Curve& other : curves_) {
      if (!other.stream && other.threads == curve.threads && other.shape->name == name) return &other;
    }
    return nullptr;
  }

  void AddFits() {
    report_.NewTable({{"exponent", "exponent", 3},
                      {"claims_linear", "claims linear", 0},
                      {"points", "lengths", 0},
                      {"longest", "longest", 0},
                      {"faster_than_full_from", "faster from", 0}});
    for (const Curve& curve : curves_) {
      if (curve.points.empty()) continue;
      const Curve* full = Baseline(curve);
      const bool itself = curve.shape->name.rfind("full", 0) == 0;
      report_.Add("fit " + curve.Name(),
                  {FitExponent(curve.points, 8192), curve.shape->linear ? 1.0 : 0.0,
                   static_cast<double>(curve.points.size()), static_cast<double>(curve.points.back().n),
                   full == nullptr || itself ? kNone : Crossover(curve.points, full->points)});
    }
  }

  const Settings& settings_;
  Report& report_;
  const std::vector<MechanismShape> shapes_ = PublishedShapes();
  std::vector<Curve> curves_;
};

// The shapes that the PyTorch programs under peers/ run.
void AddPeerRows(const Settings& settings, Report& report) {
  report.NewTable({{"n", "n", 0},
                   {"threads", "threads", 0},
                   {"tokens_per_s", "tokens/s", 0},
                   {"min_s", "min s", 5},
                   {"median_s", "median s", 5},
                   {"counted_bytes", "counted", 0}});
  const auto add = [&](const std::string& name, const test::Config& config, int64_t n, int32_t threads) {
    if (!settings.Wanted(name)) return;
    LayerRun run(n, settings.options.seconds);
    const LayerFigures figures = run.Forward(config, threads);
    report.Add(name, {static_cast<double>(n), static_cast<double>(threads),
                      static_cast<double>(n) / figures.timing.min_s, figures.timing.min_s, figures.timing.median_s,
                      static_cast<double>(figures.counted_bytes)});
  };
  for (const int32_t threads : settings.Threads()) {
    add("favor causal 64k", PublishedShape("favor 256 causal").config(65536), 65536, threads);
    const MechanismShape longformer = PublishedShape("window 256 one global");
    test::Config config = longformer.config(4096);
    add("longformer 4096 without projections", config, 4096, threads);
    if (!CanProject(config)) continue;
    SetProjections(config);
    add("longformer 4096 with projections", config, 4096, threads);
  }
}

double Number(std::vector<std::string>& rest, size_t* i) {
  char* end = nullptr;
  const double value = *i + 1 < rest.size() ? std::strtod(rest[*i + 1].c_str(), &end) : 0;
  if (end == nullptr || *end != '\0' || !(value > 0)) {
    std::fprintf(stderr, "mechanism_bench: %s needs a number above 0\n", rest[*i].c_str());
    std::exit(2);
  }
  ++*i;
  return value;
}

int Main(int argc, char** argv) {
  Settings settings;
  settings.options = ParseOptions(argc, argv,
                                  "mechanism_bench [growth|peers|positions|budget] [PART-OF-A-NAME...]: every "
                                  "mechanism, 12 heads of 64\n"
                                  "  --max-tokens N  longest sequence (default 262144: takes 6 GB)\n"
                                  "  --limit S     the longest that one run may take (default 20)");
  for (size_t i = 0; i < settings.options.rest.size(); ++i) {
    const std::string& argument = settings.options.rest[i];
    if (argument == "--max-tokens") {
      settings.max_tokens = static_cast<int64_t>(Number(settings.options.rest, &i));
    } else if (argument == "--limit") {
      settings.limit_s = Number(settings.options.rest, &i);
    } else if (argument == "growth" || argument == "peers" || argument == "positions" || argument == "budget") {
      settings.table = argument;
    } else if (argument.rfind("-", 0) == 0) {
      std::fprintf(stderr, "mechanism_bench: unknown option %s (see --help)\n", argument.c_str());
      return 2;
    } else {
      settings.parts.push_back(argument);
    }
  }
  PrintMachine(settings.options);
  Report report({}, settings.options.json);
  if (settings.Table("growth")) GrowthTable(settings, report).Run();
  if (settings.Table("peers")) AddPeerRows(settings, report);
  const int64_t n = settings.max_tokens < 4096 ? 1024 : 4096;
  const bool all_names = settings.parts.empty() || !settings.table.empty();
  if (settings.Table("positions") && all_names) AddPositionRows(n, settings.options, report);
  if (settings.Table("budget") && all_names) AddBudgetRows(n, settings.options, report);
  report.Finish();
  return 0;
}

}  // namespace
}  // namespace lwave::bench

int main(int argc, char** argv) {
  try {
    return lwave::bench::Main(argc, argv);
  } catch (const lwave::test::Failure& failure) {
    std::fprintf(stderr, "mechanism_bench: %s\n", failure.what());
    return 1;
  }
}
