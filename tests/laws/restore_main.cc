// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The other process of the restore law.
//
// usage: restore_main MODEL|MECHANISM FOLDER text|ids|rows|layers
//   For every FOLDER/N.snapshot: loads it, saves it again (the bytes must be the same), goes on with
//   FOLDER/N.rest and writes what comes out to FOLDER/N.out. `rows` is a memory, its options in FOLDER/options
//   as lines `key value...`; streams find theirs in the snapshot. `layers` are random layers of one mechanism, and
//   FOLDER/N.rest is the seed that makes one and how many of its rows the snapshot has taken.
// Exit code 0, or 1 with a line that says what is wrong.

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "law_files.h"
#include "law_support.h"
#include "random_layer.h"

namespace lwave::test {
namespace {

void Require(bool holds, const std::string& otherwise) {
  if (!holds) throw std::runtime_error(otherwise);
}

std::string GoOnWithStream(const Model& model, const std::string& snapshot, const std::string& rest, bool text) {
  Error error;
  lwave_stream* restored = nullptr;
  error.Check(lwave_stream_restore(model.get(), snapshot.data(), static_cast<int64_t>(snapshot.size()), &restored,
                                   error));
  Reader reader(model, Stream(restored));
  Require(Save(restored) == snapshot, "saving right after loading gave other bytes");
  if (text) reader.Text(rest);
  else reader.Ids(FromBytes<int32_t>(rest));
  return Serialize(reader.Finish());
}

std::string GoOnWithMemory(const Model& model, const Config& config, const std::string& snapshot,
                           const std::string& rest) {
  Error error;
  const Memory memory = MakeMemory(model, config);
  error.Check(lwave_memory_load(memory.get(), snapshot.data(), static_cast<int64_t>(snapshot.size()), error));
  Require(Save(memory.get()) == snapshot, "saving right after loading gave other bytes");
  const std::vector<int32_t> ids = FromBytes<int32_t>(rest);
  const int64_t hidden = ModelInt(model, "hidden");
  std::vector<float> rows;
  PushRows(memory.get(), ids.data(), static_cast<int64_t>(ids.size()), hidden, 16, rows);
  FinishRows(memory.get(), hidden, 16, rows);
  return ToBytes(rows);
}

std::string GoOnWithLayer(const Context& context, const std::string& mechanism, const std::string& snapshot,
                          const std::string& rest) {
  uint64_t seed = 0;
  int64_t taken = 0;
  std::istringstream(rest) >> seed >> taken;
  Random random(seed);
  const RandomLayer layer = MakeRandomLayer(mechanism, random);
  const Attention attention = MakeAttention(context, layer.config);
  const Memory memory = MakeMemory(attention);
  Error error;
  error.Check(lwave_memory_load(memory.get(), snapshot.data(), static_cast<int64_t>(snapshot.size()), error));
  Require(Save(memory.get()) == snapshot, "saving right after loading gave other bytes");
  const Rows rows = Sequence(layer.rows, 0);
  std::vector<float> out;
  StepRows(attention, memory.get(), rows, taken, rows.keys - taken, 13, out);
  FinishRows(memory.get(), AttentionInt(attention, "out_width"), 13, out);
  return ToBytes(out);
}

Config ReadOptions(const std::string& path) {
  Config config = MakeConfig();
  Set(config, "long", "window");
  std::istringstream lines(ReadFile(path));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    std::vector<int64_t> values;
    for (int64_t value; words >> value;) values.push_back(value);
    Set(config, key.c_str(), values);
  }
  return config;
}

void RunOperation(const std::string& directory, const std::string& folder, const std::string& kind) {
  const Context context = MakeContext(1);
  const Model model = kind == "layers" ? Model() : OpenModel(context, directory);
  for (int number = 0;; ++number) {
    const std::string stem = folder + "/" + std::to_string(number);
    if (!std::filesystem::exists(stem + ".snapshot")) return;
    const std::string snapshot = ReadFile(stem + ".snapshot"), rest = ReadFile(stem + ".rest");
    if (kind == "layers") {
      WriteFile(stem + ".out", GoOnWithLayer(context, directory, snapshot, rest));
      continue;
    }
    WriteFile(stem + ".out", kind == "rows"
                                 ? GoOnWithMemory(model, ReadOptions(folder + "/options"), snapshot, rest)
                                 : GoOnWithStream(model, snapshot, rest, kind == "text"));
  }
}

}  // namespace
}  // namespace lwave::test

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: restore_main MODEL|MECHANISM FOLDER text|ids|rows|layers\n");
    return 2;
  }
  try {
    lwave::test::RunOperation(argv[1], argv[2], argv[3]);
    return 0;
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "restore_main: %s\n", exception.what());
    return 1;
  }
}
