// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a model of 500 MB takes of a process's memory: opened, prepared and used once. A BERT of random f32 weights is
// written to a temporary folder (14 layers of 768, 3072; 32,768 words) and read in three layouts: as f32 rows, which
// prepare packs, and converted with --packed to f32 and bf16, which are used from the map. Each runs in a process of
// its own. Resident bytes are Linux's: anonymous ones are the process's own, file ones can be taken back at any time.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmarks/bench_common.h"
#include "support/api.h"

namespace lwave {
namespace {

constexpr int64_t kLayers = 14, kHidden = 768, kMlp = 3072, kWords = 32768, kPositions = 512, kTokens = 128;

struct TensorShape {
  std::string name;
  int64_t rows, width;  // width 0: a vector
};

std::vector<TensorShape> Tensors() {
  std::vector<TensorShape> all = {{"embeddings.word_embeddings.weight", kWords, kHidden},
                                  {"embeddings.position_embeddings.weight", kPositions, kHidden},
                                  {"embeddings.token_type_embeddings.weight", 2, kHidden}};
  const auto norm = [&](const std::string& name) {
    all.push_back({name + ".weight", kHidden, 0});
    all.push_back({name + ".bias", kHidden, 0});
  };
  const auto linear = [&](const std::string& name, int64_t outputs, int64_t inputs) {
    all.push_back({name + ".weight", outputs, inputs});
    all.push_back({name + ".bias", outputs, 0});
  };
  norm("embeddings.LayerNorm");
  for (int64_t i = 0; i < kLayers; ++i) {
    const std::string layer = "encoder.layer." + std::to_string(i) + ".";
    for (const char* name : {"attention.self.query", "attention.self.key", "attention.self.value"}) {
      linear(layer + name, kHidden, kHidden);
    }
    linear(layer + "attention.output.dense", kHidden, kHidden);
    norm(layer + "attention.output.LayerNorm");
    linear(layer + "intermediate.dense", kMlp, kHidden);
    linear(layer + "output.dense", kHidden, kMlp);
    norm(layer + "output.LayerNorm");
  }
  return all;
}

void WriteModel(const std::filesystem::path& folder) {
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "config.json")
      << "{\"model_type\":\"bert\",\"architectures\":[\"BertModel\"],\"hidden_size\":" << kHidden
      << ",\"num_attention_heads\":12,\"intermediate_size\":" << kMlp << ",\"vocab_size\":" << kWords
      << ",\"max_position_embeddings\":" << kPositions << ",\"num_hidden_layers\":" << kLayers << "}";
  for (const char* name : {"tokenizer.json", "tokenizer_config.json"}) {
    std::filesystem::copy(std::string(LWAVE_TEST_DATA) + "/minilm/" + name, folder / name);
  }
  std::string json = "{";
  int64_t offset = 0;
  for (const TensorShape& tensor : Tensors()) {
    const int64_t bytes = 4 * tensor.rows * std::max<int64_t>(1, tensor.width);
    json += (offset == 0 ? "\"" : ",\"") + tensor.name + "\":{\"dtype\":\"F32\",\"shape\":[" + std::to_string(tensor.rows) +
            (tensor.width == 0 ? "" : "," + std::to_string(tensor.width)) + "],\"data_offsets\":[" +
            std::to_string(offset) + "," + std::to_string(offset + bytes) + "]}";
    offset += bytes;
  }
  json += "}" + std::string((8 - json.size() % 8 + 7) % 8, ' ');
  std::ofstream file(folder / "model.safetensors", std::ios::binary);
  const uint64_t length = json.size();
  file.write(reinterpret_cast<const char*>(&length), sizeof length);
  file << json;
  std::vector<float> block(1 << 18);
  uint32_t state = 1;
  for (int64_t left = offset / 4; left > 0;) {
    for (float& x : block) {
      state = state * 1664525u + 1013904223u;
      x = static_cast<float>(static_cast<int32_t>(state)) * (0.04f / 2147483648.0f);
    }
    const int64_t count = std::min(left, static_cast<int64_t>(block.size()));
    file.write(reinterpret_cast<const char*>(block.data()), static_cast<std::streamsize>(4 * count));
    left -= count;
  }
  file.close();
  if (!file) throw std::runtime_error("cannot write the model (no space?)");
}

struct Memory {
  double resident = 0, anonymous = 0, peak = 0;  // MB
};
Memory ReadMemory() {
  Memory memory;
  std::FILE* file = std::fopen("/proc/self/status", "r");
  if (file == nullptr) throw std::runtime_error("no /proc/self/status");
  char line[256];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    double kilobytes = 0;
    if (std::sscanf(line, "VmRSS: %lf", &kilobytes) == 1) memory.resident = kilobytes * 1024e-6;
    if (std::sscanf(line, "RssAnon: %lf", &kilobytes) == 1) memory.anonymous = kilobytes * 1024e-6;
    if (std::sscanf(line, "VmHWM: %lf", &kilobytes) == 1) memory.peak = kilobytes * 1024e-6;
  }
  std::fclose(file);
  return memory;
}

constexpr int kFigures = 11;

// In a process of its own: writes kFigures doubles to standard output.
int Child(const std::string& directory, int32_t threads) {
  std::vector<double> figures;
  const test::Context context = test::MakeContext(threads);
  figures.push_back(ReadMemory().resident);
  double start = bench::Seconds();
  const test::Model model = test::OpenModel(context, directory);
  figures.push_back((bench::Seconds() - start) * 1e3);
  Memory memory = ReadMemory();
  figures.push_back(memory.resident);
  figures.push_back(memory.peak);
  start = bench::Seconds();
  test::Error error;
  error.Check(lwave_model_prepare(model.get(), error));
  figures.push_back((bench::Seconds() - start) * 1e3);
  memory = ReadMemory();
  figures.push_back(memory.resident);
  figures.push_back(memory.anonymous);
  figures.push_back(memory.peak);
  std::vector<int32_t> ids(kTokens);
  for (int64_t i = 0; i < kTokens; ++i) ids[static_cast<size_t>(i)] = static_cast<int32_t>(1000 + 37 * i);
  std::vector<float> rows(static_cast<size_t>(kTokens * kHidden));
  error.Check(lwave_model_forward(model.get(), nullptr, nullptr, ids.data(), nullptr, nullptr, 1, kTokens,
                                  LWAVE_LAST_HIDDEN_STATE, rows.data(), static_cast<int64_t>(rows.size()), error));
  memory = ReadMemory();
  figures.push_back(memory.resident);
  figures.push_back(memory.anonymous);
  figures.push_back(static_cast<double>(test::ModelInt(model, "packed_bytes")) * 1e-6);
  return std::fwrite(figures.data(), sizeof(double), figures.size(), stdout) == kFigures ? 0 : 1;
}

std::vector<double> RunChild(const std::string& program, const std::string& directory, int32_t threads) {
  const std::string command = "'" + program + "' --child '" + directory + "' " + std::to_string(threads);
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no process");
  std::vector<double> figures(kFigures);
  const size_t got = std::fread(figures.data(), sizeof(double), kFigures, pipe);
  if (::pclose(pipe) != 0 || got != kFigures) throw std::runtime_error("the process for " + directory + " failed");
  return figures;
}

int Run(const std::string& program, const bench::Options& options) {
  std::string pattern = (std::filesystem::temp_directory_path() / "open_bench.XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  const std::filesystem::path root = pattern;
  int result = 0;
  try {
    WriteModel(root / "f32 rows");
    bench::Report report({{"file_mb", "file MB", 0},
                          {"start_mb", "start", 1},
                          {"open_ms", "open ms", 1},
                          {"open_mb", "opened", 1},
                          {"open_peak_mb", "peak", 1},
                          {"prepare_ms", "prepare ms", 1},
                          {"prepare_mb", "prepared", 1},
                          {"prepare_own_mb", "own", 1},
                          {"prepare_peak_mb", "peak", 1},
                          {"forward_mb", "used", 1},
                          {"forward_own_mb", "own", 1},
                          {"packed_mb", "packed MB", 1}},
                         options.json);
    for (const char* name : {"f32 rows", "f32-packed", "bf16-packed"}) {
      const std::string directory = (root / name).string();
      test::Error error;
      if (std::strstr(name, "packed") != nullptr) {
        error.Check(lwave_model_convert((root / "f32 rows").c_str(), directory.c_str(), name, nullptr, error));
      }
      RunChild(program, directory, options.threads);  // brings the file into the system's cache
      std::vector<double> figures = RunChild(program, directory, options.threads);
      figures.insert(figures.begin(),
                     static_cast<double>(std::filesystem::file_size(root / name / "model.safetensors")) * 1e-6);
      report.Add(name, figures);
    }
    report.Finish();
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "open_bench: %s\n", exception.what());
    result = 1;
  }
  std::error_code ignored;
  std::filesystem::remove_all(root, ignored);
  return result;
}

}  // namespace
}  // namespace lwave

int main(int argc, char** argv) {
  using namespace lwave;
  try {
    if (argc == 4 && std::strcmp(argv[1], "--child") == 0) return Child(argv[2], std::atoi(argv[3]));
    const bench::Options options = bench::ParseOptions(
        argc, argv, "open_bench: resident memory of a process that opens, prepares and uses a model of 500 MB");
    bench::RefuseOthers(options, "open_bench");
    return Run(std::filesystem::canonical(argv[0]).string(), options);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "open_bench: %s\n", exception.what());
    return 1;
  }
}
