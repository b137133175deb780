// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Models from named buffers: the same model as from the folder, and nothing of the caller's is needed afterwards.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "host.h"
#include "law_files.h"
#include "law_support.h"

namespace lwave::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

// Every file of a model folder, by its name inside it.
std::map<std::string, std::string> FilesOf(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[std::filesystem::relative(entry.path(), folder).string()] = ReadFile(entry.path().string());
  }
  return files;
}

lwave_status Open(const Context& context, const std::map<std::string, std::string>& files, Model& model,
                  lwave_error* error) {
  std::vector<const char*> names;
  std::vector<const void*> data;
  std::vector<int64_t> bytes;
  for (const auto& [name, text] : files) {
    names.push_back(name.c_str());
    data.push_back(text.data());
    bytes.push_back(static_cast<int64_t>(text.size()));
  }
  lwave_model* opened = nullptr;
  const lwave_status status = lwave_model_open_memory(context.get(), names.data(), data.data(), bytes.data(),
                                                      static_cast<int64_t>(names.size()), &opened, error);
  model.reset(opened);
  return status;
}

std::vector<float> Embed(const Model& model, const std::string& text) {
  std::vector<float> vector(static_cast<size_t>(ModelInt(model, "embedding_width")));
  Error error;
  error.Check(lwave_model_embed(model.get(), text.data(), static_cast<int64_t>(text.size()), vector.data(),
                                static_cast<int64_t>(vector.size()), error));
  return vector;
}

TEST_CASE("a model from buffers gives the bits of the same model from its folder, without the buffers", "[laws]") {
  const std::string text = "The council met at noon, and nobody spoke of the bridge.";
  CountingAllocator host;
  {
    const Context context = host.MakeContext();
    const Model from_folder = OpenModel(context, kMinilm);
    const std::vector<float> expected = Embed(from_folder, text);

    Model model;
    Error error;
    {
      std::map<std::string, std::string> files = FilesOf(kMinilm);
      const int64_t before = host.bytes();
      error.Check(Open(context, files, model, error));
      CHECK(ModelInt(model, "mapped_bytes") == 0);
      CHECK(ModelInt(model, "held_bytes") >= static_cast<int64_t>(files["model.safetensors"].size()));
      CHECK(host.bytes() - before >= ModelInt(model, "held_bytes"));
      for (auto& [name, bytes] : files) std::fill(bytes.begin(), bytes.end(), '#');
    }
    CHECK(ModelInt(model, "fingerprint") == ModelInt(from_folder, "fingerprint"));
    CHECK_THAT(lwave_model_name(model.get()), StartsWith("model-"));
    const std::vector<float> got = Embed(model, text);
    REQUIRE(got.size() == expected.size());
    CHECK(std::memcmp(got.data(), expected.data(), got.size() * sizeof(float)) == 0);

    std::map<std::string, std::string> inside;
    for (const auto& [name, bytes] : FilesOf(kMinilm)) inside["models/minilm/" + name] = bytes;
    error.Check(Open(context, inside, model, error));
    CHECK(std::string(lwave_model_name(model.get())) == lwave_model_name(from_folder.get()));
  }
  CHECK(host.blocks() == 0);
  CHECK(!host.misused());
}

TEST_CASE("bad buffers of a model are refused by name and leave nothing behind", "[laws]") {
  CountingAllocator host;
  {
    const Context context = host.MakeContext();
    const int64_t blocks = host.blocks();
    const std::map<std::string, std::string> good = FilesOf(kMinilm);
    const auto refused = [&](std::map<std::string, std::string> files, lwave_status expected, const char* part) {
      Model model;
      Error error;
      CHECK(Open(context, files, model, error) == expected);
      CHECK(model == nullptr);
      CHECK_THAT(error.message(), ContainsSubstring(part));
      CHECK(host.blocks() == blocks);
    };
    auto without = [&](const char* name) {
      auto files = good;
      files.erase(name);
      return files;
    };
    auto with = [&](const char* name, std::string bytes) {
      auto files = good;
      files[name] = std::move(bytes);
      return files;
    };
    refused(without("config.json"), LWAVE_NOT_FOUND, "config.json");
    refused(without("model.safetensors"), LWAVE_NOT_FOUND, "model.safetensors");
    refused({{"folder/readme.txt", "x"}}, LWAVE_NOT_FOUND, "folder/config.json");
    refused(without("1_Pooling/config.json"), LWAVE_NOT_FOUND, "1_Pooling/config.json");
    refused(with("", "x"), LWAVE_INVALID_ARGUMENT, "name");
    refused(with("/etc/passwd", "x"), LWAVE_INVALID_ARGUMENT, "/etc/passwd");
    refused(with("model.safetensors", good.at("model.safetensors").substr(0, 100000)), LWAVE_CORRUPT_DATA,
            "model.safetensors");
    refused(with("model.safetensors", ""), LWAVE_CORRUPT_DATA, "model.safetensors");
    refused(with("tokenizer.json", "{"), LWAVE_CORRUPT_DATA, "tokenizer.json");

    Model model;
    Error error;
    host.FailAt(1, true);
    CHECK(Open(context, good, model, error) == LWAVE_OUT_OF_MEMORY);
    host.FailAt(0);
    CHECK(host.blocks() == blocks);

    const char* names[] = {"config.json", "config.json"};
    const void* data[] = {"{}", "{}"};
    const int64_t bytes[] = {2, 2};
    lwave_model* opened = nullptr;
    CHECK(lwave_model_open_memory(context.get(), names, data, bytes, 2, &opened, error) == LWAVE_INVALID_ARGUMENT);
    CHECK_THAT(error.message(), ContainsSubstring("two buffers"));
    CHECK(lwave_model_open_memory(context.get(), names, data, bytes, 0, &opened, error) == LWAVE_INVALID_ARGUMENT);
    CHECK(lwave_model_open_memory(context.get(), nullptr, data, bytes, 2, &opened, error) == LWAVE_INVALID_ARGUMENT);
    const int64_t negative[] = {2, -2};
    CHECK(lwave_model_open_memory(context.get(), names, data, negative, 2, &opened, error) == LWAVE_INVALID_ARGUMENT);
    names[1] = nullptr;
    CHECK(lwave_model_open_memory(context.get(), names, data, bytes, 2, &opened, error) == LWAVE_INVALID_ARGUMENT);
    CHECK_THAT(error.message(), ContainsSubstring("names[1]"));
  }
  CHECK(!host.misused());
}

}  // namespace
}  // namespace lwave::test
