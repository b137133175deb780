// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Every tiny model there is, damaged in the same ways: each header byte flipped, the weights cut at every 64th byte,
// lying shapes, offsets and counts, and JSON of 100,000 levels in each of its files. All through the C API from buffers
// in memory, which are of exactly the files' sizes, so that the address sanitizer sees one byte too far: a model that
// still opens is prepared, which reads all that its description names.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../unit/model_checkpoint_support.h"
#include "support/api.h"

namespace lwave::test {
namespace {

using model::testing::ReadAll;

using Files = std::map<std::string, std::string>;

// The folders of tests/data/models/tiny; families that come later are tested with their first model.
std::vector<std::string> TinyModels() {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(LWAVE_TEST_DATA) + "/models/tiny")) {
    if (std::filesystem::exists(entry.path() / "model.safetensors")) all.push_back(entry.path().string());
  }
  std::sort(all.begin(), all.end());
  REQUIRE(all.size() >= 6);
  return all;
}

Files ReadModel(const std::string& directory) {
  Files files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string name = std::filesystem::relative(entry.path(), directory).string();
    const bool part = entry.is_regular_file() && name.find("expected") == std::string::npos &&
                      name.find("long.") == std::string::npos && name.find("_cases") == std::string::npos;
    if (part) files[name] = ReadAll(entry.path().string());
  }
  return files;
}

// Opens and prepares. True when accepted; a refusal is one line that names a file, with a status for bad files.
bool OpenAndPrepare(const Context& context, const Files& files) {
  std::vector<const char*> names;
  std::vector<const void*> data;
  std::vector<int64_t> bytes;
  for (const auto& [name, text] : files) {
    names.push_back(name.c_str());
    data.push_back(text.data());
    bytes.push_back(static_cast<int64_t>(text.size()));
  }
  Error error;
  lwave_model* opened = nullptr;
  const lwave_status status = lwave_model_open_memory(context.get(), names.data(), data.data(), bytes.data(),
                                                      static_cast<int64_t>(names.size()), &opened, error);
  const Model model(opened);
  if (status != LWAVE_OK) {
    const std::string message = error.message();
    INFO(message);
    REQUIRE(opened == nullptr);
    REQUIRE((status == LWAVE_CORRUPT_DATA || status == LWAVE_UNSUPPORTED || status == LWAVE_NOT_FOUND));
    REQUIRE(!message.empty());
    REQUIRE(message.find('\n') == std::string::npos);
    return false;
  }
  const lwave_status prepared = lwave_model_prepare(model.get(), error);
  INFO(error.message());
  REQUIRE(prepared == LWAVE_OK);
  return true;
}

uint64_t HeaderBytes(const std::string& file) {
  uint64_t length = 0;
  for (size_t i = 8; i-- > 0;) length = length << 8 | static_cast<unsigned char>(file[i]);
  return 8 + length;
}

TEST_CASE("Each header byte of each tiny model flipped is an error or harmless", "[bad-input][model]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    Files files = ReadModel(directory);
    REQUIRE(OpenAndPrepare(context, files));
    std::string& weights = files["model.safetensors"];
    const uint64_t header = HeaderBytes(weights);
    size_t accepted = 0;
    for (uint64_t byte = 0; byte < header; ++byte) {
      INFO(directory << " byte " << byte);
      const char original = weights[byte];
      weights[byte] = static_cast<char>(original ^ (1 << (byte % 8)));
      accepted += OpenAndPrepare(context, files);
      weights[byte] = original;
    }
    CHECK(accepted < header / 2);  // spaces at the end, and the names of what is not used
  }
}

TEST_CASE("The weights of each tiny model cut at every 64th byte are refused", "[bad-input][model]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    Files files = ReadModel(directory);
    const std::string whole = files["model.safetensors"];
    for (size_t length = 0; length < whole.size(); length += 64) {
      INFO(directory << " cut at " << length);
      files["model.safetensors"] = whole.substr(0, length);
      REQUIRE_FALSE(OpenAndPrepare(context, files));
    }
    files["model.safetensors"] = whole + "x";
    CHECK_FALSE(OpenAndPrepare(context, files));
  }
}

// Every number of a JSON text, one at a time, replaced by each of these.
constexpr const char* kLies[] = {"0", "-1", "1", "7", "2147483648", "9007199254740993", "18446744073709551615", "1e300"};

TEST_CASE("Lying numbers in the header or the configuration of each tiny model are refused or harmless",
          "[bad-input][model]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    const Files original = ReadModel(directory);
    const std::string& weights = original.at("model.safetensors");
    const uint64_t header = HeaderBytes(weights);
    const auto numbers = [](const std::string& json, size_t most, const auto& visit) {
      std::vector<std::pair<size_t, size_t>> places;
      for (size_t i = 1; i < json.size(); ++i) {
        const bool starts = json[i] >= '0' && json[i] <= '9' && std::strchr(" :,[", json[i - 1]) != nullptr;
        if (starts) places.emplace_back(i, json.find_first_not_of("0123456789.eE+-", i) - i);
      }
      const size_t step = std::max<size_t>(1, places.size() / most);
      for (size_t i = 0; i < places.size(); i += step) {
        for (const char* lie : kLies) {
          std::string changed = json;
          changed.replace(places[i].first, places[i].second, lie);
          visit(changed);
        }
      }
    };
    Files files = original;
    size_t tried = 0, accepted = 0;
    numbers(weights.substr(8, header - 8), 60, [&](const std::string& json) {
      INFO(directory << " header " << json.substr(0, 200));
      files["model.safetensors"] = model::testing::Safetensors(json, weights.substr(header));
      accepted += OpenAndPrepare(context, files);
      ++tried;
    });
    CHECK(accepted < tried / 4);  // those of what is not used
    files = original;
    numbers(original.at("config.json"), 1000, [&](const std::string& json) {
      INFO(directory << " " << json);
      files["config.json"] = json;
      OpenAndPrepare(context, files);  // dropout rates and the like may be anything
    });
  }
}

TEST_CASE("JSON of 100,000 levels, twice a key, gigantic or no JSON in any file of a tiny model is refused",
          "[bad-input][model]") {
  const Context context = MakeContext(1);
  const std::string deep_lists(100000, '['), closed = deep_lists + std::string(100000, ']');
  std::string deep_objects;
  for (int i = 0; i < 100000; ++i) deep_objects += "{\"a\":";
  for (const std::string& directory : TinyModels()) {
    const Files original = ReadModel(directory);
    for (const auto& [name, text] : original) {
      const bool json = name.size() > 5 && name.substr(name.size() - 5) == ".json";
      // What only transformers reads, or what tokenizer.json stands in for.
      const bool read = json && name.find("generation_config") == std::string::npos &&
                        (name != "vocab.json" || !original.contains("tokenizer.json")) &&
                        name.find("special_tokens_map") == std::string::npos &&
                        name.find("config_sentence_transformers") == std::string::npos;
      if (!read) continue;
      const std::string member = text.substr(0, text.rfind('}'));
      for (const std::string& hostile :
           {deep_lists, closed, deep_objects, text + text, text.substr(0, text.size() / 2), std::string(1000, '\0'),
            std::string("\xFF\xFE"), member + ",\"zz\":1,\"zz\":2}", member + ",\"zz\":" + closed + "}",
            member + ",\"zz\":1" + std::string(100000, '0') + "}x"}) {
        Files files = original;
        files[name] = hostile;
        INFO(directory << "/" << name << " of " << hostile.size() << " bytes: " << hostile.substr(0, 40));
        // tokenizer_config.json is only asked for a few settings, and only where tokenizer.json leaves them open.
        const bool opened = OpenAndPrepare(context, files);
        CHECK((!opened || name == "tokenizer_config.json" || name == "tokenizer.json" || hostile == closed));
      }
    }
    Files files = original;
    const std::string header = "{\"a\":" + closed + "}";
    files["model.safetensors"] = model::testing::Safetensors(header, "");
    CHECK_FALSE(OpenAndPrepare(context, files));
  }
}

}  // namespace
}  // namespace lwave::test
