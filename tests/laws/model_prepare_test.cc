// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Opening maps, preparing packs: what each takes of the process's memory, and that packing can be watched and stopped.

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/api.h"
#include "unit/model_checkpoint_support.h"

namespace lwave::test {
namespace {

using model::testing::TemporaryFolder;
using model::testing::TinyModel;

std::vector<float> Embed(const Model& model) {
  Error error;
  std::vector<float> vector(static_cast<size_t>(ModelInt(model, "embedding_width")));
  error.Check(lwave_model_embed(model.get(), "one two three", 13, vector.data(), static_cast<int64_t>(vector.size()), error));
  return vector;
}

TEST_CASE("a prepare that is cancelled says so and how far it got, and later calls go on to the same model",
          "[laws]") {
  const Context context = MakeContext(1);
  const std::vector<float> expected = Embed(OpenModel(context, TinyModel("bert-minilm")));
  const Model model = OpenModel(context, TinyModel("bert-minilm"));
  const int64_t total = ModelInt(model, "packed_bytes");
  int64_t before = 0, all = 0;
  lwave_model_progress(model.get(), &before, &all);
  CHECK(before == 0);
  CHECK(all == total);
  for (int i = 0; i < 5; ++i) {
    Error error;
    lwave_model_cancel(model.get());
    CHECK(lwave_model_prepare(model.get(), error) == LWAVE_CANCELLED);
    CHECK(std::string(error.message()).find("call again") != std::string::npos);
    int64_t done = 0;
    lwave_model_progress(model.get(), &done, nullptr);
    CHECK(done > before);
    CHECK(done < total);
    before = done;
  }
  // What needs packed weights is cancelled like prepare itself.
  lwave_model_cancel(model.get());
  Error error;
  lwave_stream* stream = nullptr;
  CHECK(lwave_stream_create(model.get(), nullptr, &stream, error) == LWAVE_CANCELLED);
  CHECK(stream == nullptr);
  CHECK(Embed(model) == expected);
  lwave_model_progress(model.get(), &before, &all);
  CHECK(before == total);
  lwave_model_cancel(model.get());  // too late to matter
  CHECK(lwave_model_prepare(model.get(), error) == LWAVE_OK);
  CHECK(Embed(model) == expected);
  lwave_model_cancel(nullptr);
  lwave_model_progress(nullptr, &before, &all);
  CHECK((before == 0 && all == 0));
}

TEST_CASE("a prepare may be cancelled and watched from any thread at any time", "[laws][threads]") {
  const Context context = MakeContext(1);
  const std::vector<float> expected = Embed(OpenModel(context, TinyModel("bert-base")));
  for (int round = 0; round < 20; ++round) {
    const Model model = OpenModel(context, TinyModel("bert-base"));
    std::atomic<bool> stop{false};
    std::thread other([&] {
      while (!stop) {
        int64_t done = 0, total = 0;
        lwave_model_progress(model.get(), &done, &total);
        if (done > total) std::terminate();
        lwave_model_cancel(model.get());
        std::this_thread::yield();
      }
    });
    Error error;
    lwave_status status = LWAVE_CANCELLED;
    for (int i = 0; status == LWAVE_CANCELLED && i < 1000; ++i) status = lwave_model_prepare(model.get(), error);
    stop = true;
    other.join();
    if (status == LWAVE_CANCELLED) status = lwave_model_prepare(model.get(), error);
    if (status == LWAVE_CANCELLED) status = lwave_model_prepare(model.get(), error);  // a cancel that came last
    REQUIRE(status == LWAVE_OK);
    REQUIRE(Embed(model) == expected);
  }
}

// Resident bytes of this process in MB: "VmRSS" or "RssFile".
double Resident(const char* key) {
  double kilobytes = -1;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(key, 0) == 0) kilobytes = std::stod(line.substr(line.find(':') + 1));
  }
  return kilobytes / 1024;
}

// A BERT of `layers` layers of 1024 whose weights are a hole in the file: it takes no room on the disk.
void WriteHollowModel(const std::string& directory, int64_t layers) {
  std::string json = "{";
  int64_t offset = 0;
  const auto add = [&](const std::string& name, int64_t rows, int64_t width) {
    const int64_t bytes = 4 * rows * std::max<int64_t>(1, width);
    json += (offset == 0 ? "\"" : ",\"") + name + "\":{\"dtype\":\"F32\",\"shape\":[" + std::to_string(rows) +
            (width == 0 ? "" : "," + std::to_string(width)) + "],\"data_offsets\":[" + std::to_string(offset) + "," +
            std::to_string(offset + bytes) + "]}";
    offset += bytes;
  };
  const auto pair = [&](const std::string& name, int64_t rows, int64_t width) {
    add(name + ".weight", rows, width);
    add(name + ".bias", rows, 0);
  };
  add("embeddings.word_embeddings.weight", 1000, 1024);
  add("embeddings.position_embeddings.weight", 64, 1024);
  add("embeddings.token_type_embeddings.weight", 2, 1024);
  pair("embeddings.LayerNorm", 1024, 0);
  for (int64_t i = 0; i < layers; ++i) {
    const std::string layer = "encoder.layer." + std::to_string(i) + ".";
    for (const char* name : {"attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"})
      pair(layer + name, 1024, 1024);
    pair(layer + "attention.output.LayerNorm", 1024, 0);
    pair(layer + "intermediate.dense", 4096, 1024);
    pair(layer + "output.dense", 1024, 4096);
    pair(layer + "output.LayerNorm", 1024, 0);
  }
  json += "}" + std::string((8 - (json.size() + 1) % 8) % 8, ' ');
  const uint64_t length = json.size();
  std::string header(reinterpret_cast<const char*>(&length), sizeof length);
  model::testing::WriteAll(directory + "/model.safetensors", header + json);
  std::filesystem::resize_file(directory + "/model.safetensors", 8 + length + static_cast<uint64_t>(offset));
  model::testing::WriteAll(directory + "/config.json",
                           "{\"model_type\":\"bert\",\"hidden_size\":1024,\"num_attention_heads\":16,\"intermediate_size\":4096,"
                           "\"vocab_size\":1000,\"max_position_embeddings\":64,\"num_hidden_layers\":" +
                               std::to_string(layers) + "}");
}

TEST_CASE("opening a model of 500 MB takes less than 30 MB of memory, and preparing one keeps no page of the file",
          "[laws][slow]") {
  const TemporaryFolder folder;
  const Context context = MakeContext(1);
  std::filesystem::create_directory(folder / "large");
  WriteHollowModel(folder / "large", 10);
  REQUIRE(std::filesystem::file_size(folder / "large/model.safetensors") > 500000000);
  const double before = Resident("VmRSS");
  REQUIRE(before > 0);
  const Model large = OpenModel(context, folder / "large");
  CHECK(Resident("VmRSS") - before < 30);

  std::filesystem::create_directory(folder / "small");
  WriteHollowModel(folder / "small", 1);
  const Model small = OpenModel(context, folder / "small");
  const double files = Resident("RssFile");
  Error error;
  error.Check(lwave_model_prepare(small.get(), error));
  CHECK(ModelInt(small, "packed_bytes") > 50000000);
  CHECK(Resident("RssFile") - files < 4);
}

}  // namespace
}  // namespace lwave::test
