// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix products: GFLOP/s and the share of the machine's own peak, measured in the same run, for each number
// type. Shapes are rows x outputs x inputs. Preparing rows (rounding, quantising) is part of the time, but not
// in the rows named "prepared". Bytes: rows read and written as f32, and the packed weights.

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/allocator.h"
#include "benchmarks/bench_common.h"
#include "kernels/gemm.h"

namespace lwave {
namespace {

using kernels::NumberType;

struct Shape {
  int64_t rows, outputs, inputs;
};

constexpr Shape kShapes[] = {{512, 1536, 384}, {4096, 768, 768}, {16, 768, 768}, {128, 1536, 384},
                             {128, 384, 1536}, {256, 384, 384}};

const char* TypeName(NumberType type) {
  return type == NumberType::kInt8 ? "int8" : type == NumberType::kBf16 ? "bf16" : "f32";
}

template <typename T>
Buffer<T> MakeBuffer(int64_t size) {
  Buffer<T> buffer;
  if (!buffer.Resize(Allocator::Default(), static_cast<size_t>(size)).ok()) {
    std::fprintf(stderr, "out of memory\n");
    std::exit(1);
  }
  return buffer;
}

Buffer<float> MakeValues(int64_t count, uint32_t seed) {
  Buffer<float> values = MakeBuffer<float>(count);
  for (float& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = static_cast<float>(seed >> 8) * 0x1p-23f - 1.0f;
  }
  return values;
}

bench::Timing MeasureShape(Runner& runner, NumberType type, const Shape& shape,
                           kernels::Activation activation, bool prepared, double seconds) {
  const Buffer<float> x = MakeValues(shape.rows * shape.inputs, 1);
  const Buffer<float> w = MakeValues(shape.outputs * shape.inputs, 2);
  const Buffer<float> bias = MakeValues(shape.outputs, 3);
  Buffer<float> y = MakeBuffer<float>(shape.rows * shape.outputs);
  Buffer<char> panels = MakeBuffer<char>(kernels::PanelBytes(type, shape.outputs, shape.inputs));
  Buffer<char> scratch = MakeBuffer<char>(kernels::PreparedRowsBytes(type, shape.rows, shape.inputs));
  Buffer<float> scales = MakeBuffer<float>(shape.outputs);
  Buffer<int32_t> sums = MakeBuffer<int32_t>(shape.outputs);

  kernels::GemmOutput output;
  output.weight.type = type;
  output.weight.columns = shape.outputs;
  output.weight.depth = shape.inputs;
  output.weight.panels = panels.data();
  if (type == NumberType::kInt8) {
    kernels::QuantizePanels(w.data(), 0, shape.outputs, shape.inputs, panels.data(), scales.data());
    kernels::SumPanelColumns(panels.data(), shape.outputs, shape.inputs, sums.data());
    output.weight.scales = scales.data();
    output.weight.column_sums = sums.data();
  } else {
    kernels::PackPanels(type, w.data(), 0, shape.outputs, shape.inputs, panels.data());
  }
  output.bias = bias.data();
  output.activation = activation;
  output.y = y.data();
  output.y_stride = shape.outputs;
  const auto prepare = [&] {
    return kernels::PrepareRows(runner, type, x.data(), shape.rows, shape.inputs, shape.inputs, scratch.data());
  };
  const kernels::PreparedRows once = prepare();
  return bench::Measure([&] { kernels::Gemm(runner, prepared ? once : prepare(), {&output, 1}); }, seconds);
}

int Main(int argc, char** argv) {
  const bench::Options options = bench::ParseOptions(
      argc, argv,
      "gemm_bench [ROWSxOUTPUTSxINPUTS...]: products with packed weights\n"
      "  --type T      f32, bf16 or int8 (default: all)\n  --gelu        with that activation\n"
      "  --target T    hold the kernels to a SIMD target, such as AVX2");
  std::vector<Shape> shapes;
  std::vector<NumberType> types;
  kernels::Activation activation = kernels::Activation::kNone;
  for (size_t i = 0; i < options.rest.size(); ++i) {
    const std::string& argument = options.rest[i];
    Shape shape;
    if (argument == "--gelu") {
      activation = kernels::Activation::kGelu;
    } else if (argument == "--type" && i + 1 < options.rest.size()) {
      const std::string& name = options.rest[++i];
      if (name != "f32" && name != "bf16" && name != "int8") {
        std::fprintf(stderr, "gemm_bench: --type must be f32, bf16 or int8, not %s\n", name.c_str());
        return 2;
      }
      types.push_back(name == "int8"   ? NumberType::kInt8
                      : name == "bf16" ? NumberType::kBf16
                                       : NumberType::kF32);
    } else if (argument == "--target" && i + 1 < options.rest.size()) {
      if (!bench::UseTarget(options.rest[++i])) {
        std::fprintf(stderr, "gemm_bench: this machine has no SIMD target %s\n", options.rest[i].c_str());
        return 2;
      }
    } else if (std::sscanf(argument.c_str(), "%" SCNd64 "x%" SCNd64 "x%" SCNd64, &shape.rows, &shape.outputs,
                           &shape.inputs) == 3) {
      shapes.push_back(shape);
    } else {
      std::fprintf(stderr, "gemm_bench: unknown argument %s (see --help)\n", argument.c_str());
      return 2;
    }
  }
  if (shapes.empty()) shapes.assign(std::begin(kShapes), std::end(kShapes));
  if (types.empty()) types = {NumberType::kF32, NumberType::kBf16, NumberType::kInt8};

  const auto runner = MakeThreadPool(options.threads);
  bench::PrintMachine(options);
  bench::Report report({{"gflops", "GFLOP/s", 1},
                        {"share_of_peak", "of peak", 3},
                        {"median_gflops", "median", 1},
                        {"peak_gflops", "peak", 1},
                        {"min_s", "min s", 6},
                        {"median_s", "median s", 6},
                        {"tokens_per_s", "rows/s", 0},
                        {"bytes", "bytes", 0}},
                       options.json);
  for (NumberType type : types) {
    for (const Shape& shape : shapes) {
      // Rows that are prepared already (for f32 there is nothing to prepare) have a row of their own.
      for (const bool prepared : {false, true}) {
        if (prepared && type == NumberType::kF32) continue;
        double peak = 0;
        const bench::Timing timing = bench::MeasureBesidePeak(*runner, TypeName(type), &peak, [&] {
          return MeasureShape(*runner, type, shape, activation, prepared, options.seconds);
        });
        const double work = 2e-9 * static_cast<double>(shape.rows * shape.outputs * shape.inputs);
        const double gflops = work / timing.min_s;
        const std::string name = std::string("gemm ") + TypeName(type) + " " + std::to_string(shape.rows) +
                                 "x" + std::to_string(shape.outputs) + "x" + std::to_string(shape.inputs) +
                                 (prepared ? " prepared" : "");
        const int64_t bytes = 4 * shape.rows * (shape.inputs + shape.outputs) +
                              kernels::PanelBytes(type, shape.outputs, shape.inputs);
        report.Add(name, {gflops, gflops / peak, work / timing.median_s, peak, timing.min_s, timing.median_s,
                          static_cast<double>(shape.rows) / timing.min_s, static_cast<double>(bytes)});
      }
    }
  }
  report.Finish();
  return 0;
}

}  // namespace
}  // namespace lwave

int main(int argc, char** argv) { return lwave::Main(argc, argv); }
