// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Damaged models: every truncation, every flipped bit of every header byte, lying configurations and hostile
// JSON. Each must give an error of one line that names a file, or a model whose tensors can all be read.
// Meant to be run under the address and undefined-behaviour sanitizers.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "../unit/model_checkpoint_support.h"
#include "model/checkpoint.h"
#include "model/convert.h"

namespace lwave::model {
namespace {

using namespace testing;

// A file parsed from heap memory of exactly its size, so that a sanitizer sees one byte too far. True when
// accepted.
bool ParseAndTouch(const std::string& file) {
  const std::unique_ptr<uint8_t[]> bytes(new uint8_t[file.size()]);
  std::copy(file.begin(), file.end(), bytes.get());
  const auto header = ParseSafetensors({bytes.get(), file.size()}, "file");
  if (!header.ok()) {
    REQUIRE(header.status().code() == absl::StatusCode::kDataLoss);
    REQUIRE(header.status().message().find('\n') == absl::string_view::npos);
    return false;
  }
  uint64_t sum = 0;
  for (const NamedTensor& tensor : header->tensors) {
    for (int64_t i = 0; i < tensor.tensor.bytes; ++i) sum += tensor.tensor.data[i];
  }
  return sum != UINT64_MAX;
}

void Touch(const Checkpoint& checkpoint, const LinearSpec& linear, absl::string_view folder) {
  const MatrixView view = checkpoint.Matrix(linear, folder);
  uint64_t sum = 0;
  for (int64_t i = 0; i < view.weight.bytes; ++i) sum += view.weight.data[i];
  float scales = 0.0f;
  for (int64_t i = 0; view.scales != nullptr && i < linear.outputs; ++i) scales += view.scales[i];
  std::vector<float> bias(static_cast<size_t>(linear.outputs));
  if (linear.bias) checkpoint.ReadVector(linear.bias, folder, absl::MakeSpan(bias));
  REQUIRE((sum != UINT64_MAX && scales == scales));
}

// Opens and reads what a spec promises. True when accepted; a refusal must be one line about the directory's
// file.
bool OpenAndTouch(const std::string& directory) {
  const auto opened = Checkpoint::Open(directory);
  if (!opened.ok()) {
    const std::string message(opened.status().message());
    INFO(message);
    REQUIRE(message.find('\n') == std::string::npos);
    REQUIRE(message.size() < 600);
    const bool names_file =
        message.find(".json") != std::string::npos || message.find(".safetensors") != std::string::npos;
    REQUIRE(names_file);
    REQUIRE((opened.status().code() == absl::StatusCode::kDataLoss ||
             opened.status().code() == absl::StatusCode::kUnimplemented ||
             opened.status().code() == absl::StatusCode::kNotFound));
    return false;
  }
  const Checkpoint& checkpoint = **opened;
  for (const LayerSpec& layer : checkpoint.spec().layers) {
    for (const LinearSpec* linear :
         {&layer.query, &layer.key, &layer.value, &layer.attention_output, &layer.mlp_up, &layer.mlp_down}) {
      Touch(checkpoint, *linear, "");
    }
  }
  if (checkpoint.spec().pooler.weight) Touch(checkpoint, checkpoint.spec().pooler, "");
  for (const DenseModuleSpec& dense : checkpoint.spec().sentence.dense)
    Touch(checkpoint, dense.linear, dense.folder);
  return true;
}

uint64_t HeaderBytes(const std::string& file) {
  uint64_t length = 0;
  for (size_t i = 8; i-- > 0;) length = length << 8 | static_cast<unsigned char>(file[i]);
  return 8 + length;
}

// Flips every bit of every header byte in turn, in place; how many of the files opened.
size_t CountAcceptedFlips(const std::string& directory) {
  const std::string path = directory + "/model.safetensors";
  const std::string original = ReadAll(path);
  const uint64_t header = HeaderBytes(original);
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  const auto put = [&](uint64_t at, int value) {
    const char byte = static_cast<char>(value);
    return ::pwrite(file, &byte, 1, static_cast<off_t>(at)) == 1;
  };
  size_t accepted = 0;
  for (uint64_t byte = 0; byte < header; ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      INFO("byte " << byte << " bit " << bit);
      REQUIRE(put(byte, original[byte] ^ (1 << bit)));
      accepted += OpenAndTouch(directory);
    }
    REQUIRE(put(byte, original[byte]));
  }
  ::close(file);
  return accepted;
}

SmallModel OneLayer() {
  SmallModel model;
  model.layers = 1;
  return model;
}

TEST_CASE("A flipped bit in a header is an error or harmless, never a wild read", "[bad-input][model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", OneLayer());
  const std::string directory = folder.path();
  // The names of a head that is not used may change and nothing else.
  CHECK(CountAcceptedFlips(directory) == 0);
  WriteAll(folder / "model.safetensors",
           SmallTensors(OneLayer()).Add("cls.bias", {2}).Finish("{\"format\":\"pt\"}"));
  const size_t harmless = CountAcceptedFlips(directory);
  CHECK(harmless > 0);
  CHECK(harmless < 8 * (sizeof("cls.bias") + sizeof("format") + sizeof("pt")));
}

TEST_CASE("Flipped bits of the header of a real tiny model never lead outside of the file",
          "[bad-input][model]") {
  const std::string file = ReadAll(TinyModel("bert-mlm") + "/model.safetensors");
  const uint64_t header = HeaderBytes(file);
  size_t accepted = 0;
  for (uint64_t byte = 0; byte < header; ++byte) {
    std::string flipped = file;
    flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << (byte % 8)));
    accepted += ParseAndTouch(flipped);
  }
  CHECK(accepted < header);
}

TEST_CASE("A converted model notices every flipped bit of its header", "[bad-input][model]") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "in");
  WriteAll(folder / "in/config.json", SmallConfig("bert", "", 1));
  WriteAll(folder / "in/model.safetensors",
           SmallTensors(OneLayer()).Add("cls.bias", {2}).Finish("{\"format\":\"pt\"}"));
  ConvertOptions options;
  options.weight_type = kernels::NumberType::kInt8;
  REQUIRE(Convert(folder / "in", folder / "out", options).ok());
  CHECK(CountAcceptedFlips(folder / "out") == 0);
  CHECK(OpenAndTouch(folder / "out"));
}

TEST_CASE("A model cut at any length is refused", "[bad-input][model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", OneLayer());
  const std::string file = ReadAll(folder / "model.safetensors");
  for (size_t length = 0; length < file.size(); ++length) {
    INFO(length);
    REQUIRE_FALSE(ParseAndTouch(file.substr(0, length)));
  }
  for (size_t length = 0; length < file.size(); length += 97) {
    WriteAll(folder / "model.safetensors", file.substr(0, length));
    REQUIRE_FALSE(OpenAndTouch(folder.path()));
  }
  WriteAll(folder / "model.safetensors", file + "x");
  CHECK_FALSE(OpenAndTouch(folder.path()));
  WriteAll(folder / "model.safetensors", file);
  CHECK(OpenAndTouch(folder.path()));
}

TEST_CASE("A configuration cut at any length or with a flipped bit opens or is refused by name",
          "[bad-input][model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", OneLayer());
  WriteSentenceModules(folder);
  WriteAll(folder / "sentence_bert_config.json", "{\"max_seq_length\":10,\"do_lower_case\":false}");
  WriteAll(folder / "longwave.json",
           R"({"format":1,"long":{"left":[1],"right":2,"sinks":2,"positions":{"kind":"tiled","tile":8},)"
           R"("full_up_to":9}})");
  REQUIRE(OpenAndTouch(folder.path()));
  for (const char* name : {"config.json", "modules.json", "1_Pooling/config.json", "2_Dense/config.json",
                           "sentence_bert_config.json", "longwave.json"}) {
    const std::string original = ReadAll(folder / name);
    for (size_t i = 0; i < original.size(); ++i) {
      INFO(name << " byte " << i);
      WriteAll(folder / name, original.substr(0, i));
      REQUIRE_FALSE(OpenAndTouch(folder.path()));
      std::string flipped = original;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
      WriteAll(folder / name, flipped);
      OpenAndTouch(folder.path());
    }
    WriteAll(folder / name, original);
  }
}

TEST_CASE("Random edits of a header never lead outside of the file", "[bad-input][model]") {
  const std::string file = SmallTensors(OneLayer()).Finish("{\"format\":\"pt\"}");
  const uint64_t header = HeaderBytes(file);
  const std::string pieces[] = {"0",
                                "9007199254740992",
                                "18446744073709551615",
                                "-1",
                                "[",
                                "]",
                                "{",
                                "}",
                                ",",
                                ":",
                                "\"",
                                "\\u0000",
                                "\xFF",
                                "1e9",
                                "F4",
                                "",
                                "99",
                                "[]",
                                "{}",
                                "null"};
  const uint32_t seed = 20260;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    INFO("round " << round);
    std::string json = file.substr(8, header - 8);
    for (uint32_t edits = 1 + random() % 3; edits > 0; --edits) {
      const size_t at = random() % json.size();
      const size_t length = std::min<size_t>(random() % 6, json.size() - at);
      json.replace(at, length, pieces[random() % std::size(pieces)]);
      if (json.empty()) json = "{";
    }
    accepted += ParseAndTouch(Safetensors(json, file.substr(header)));
  }
  CHECK(accepted < 5000);  // edits of unused names, and those that change nothing
}

TEST_CASE("Hostile JSON files are refused before they cost memory or stack", "[bad-input][model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", OneLayer());
  WriteSentenceModules(folder);
  const auto repeat = [](const std::string& text, size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) out += text;
    return out;
  };
  const std::string hostile[] = {
      repeat("[", 200000),
      repeat("{\"a\":", 200000),
      "[" + repeat("[],", 1200000) + "0]",
      "{\"a\":" + repeat("9", 100000) + "}",
      "{\"a\":1e99999}",
      std::string(100, '\0'),
      std::string("{}\0{", 4),
      "\xEF\xBB\xBF",
      "{\"a\":\"\xED\xA0\x80\"}",
      "{\"a\":\"" + repeat("\\ud800", 1000) + "\"}",
      std::string(size_t{9} << 20, ' '),
      "null",
      "true",
      "\"\"",
      "0",
      "[]",
      "{}",
      "",
  };
  for (const char* name :
       {"config.json", "modules.json", "1_Pooling/config.json", "2_Dense/config.json", "longwave.json"}) {
    const bool existed = std::filesystem::exists(folder / name);
    const std::string original = existed ? ReadAll(folder / name) : "";
    for (const std::string& text : hostile) {
      INFO(name << " of " << text.size() << " bytes: " << text.substr(0, 30));
      WriteAll(folder / name, text);
      const bool opened = OpenAndTouch(folder.path());
      CHECK((!opened || (text == "{}" && std::string(name) == "1_Pooling/config.json")));
    }
    if (existed) WriteAll(folder / name, original);
    if (!existed) std::filesystem::remove(folder / name);
  }
  for (const std::string& text : hostile) {
    if (text != "{}") CHECK_FALSE(ParseAndTouch(Safetensors(text, "")));
  }
}

TEST_CASE("Panels of a lying size, place or scale are refused", "[bad-input][model]") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "in");
  WriteAll(folder / "in/config.json", SmallConfig("bert", "", 1));
  WriteAll(folder / "in/model.safetensors", SmallTensors(OneLayer()).Finish());
  ConvertOptions options;
  options.weight_type = kernels::NumberType::kInt8;
  REQUIRE(Convert(folder / "in", folder / "out", options).ok());
  WriteAll(folder / "out/longwave.json", "{\"format\":1}");  // without the check value
  REQUIRE(OpenAndTouch(folder / "out"));
  const std::string file = ReadAll(folder / "out/model.safetensors");
  const uint64_t header = HeaderBytes(file);
  const std::string json = file.substr(8, header - 8), data = file.substr(header);
  const auto opens = [&](const std::string& from, const std::string& to, size_t pad = 0) {
    std::string changed = json;
    const size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    changed.replace(at, from.size(), to);
    WriteAll(folder / "out/model.safetensors", Safetensors(changed + std::string(pad, ' '), data));
    return OpenAndTouch(folder / "out");
  };
  CHECK(opens("panel32", "panel32"));
  CHECK_FALSE(opens("panel32", "panel64"));
  CHECK_FALSE(opens("\"longwave.layout\"", "\"longwave.layoux\""));
  CHECK_FALSE(opens("[1,2,32,4]", "[1,2,4,32]"));
  CHECK_FALSE(opens("[1,2,32,4]", "[256]"));
  CHECK_FALSE(opens(".weight.scale", ".weight.scalf"));
  CHECK_FALSE(opens("panel32", "panel32", 1));   // scales lose their alignment
  CHECK_FALSE(opens("panel32", "panel32", 16));  // panels lose theirs
  CHECK(opens("panel32", "panel32", 64));
}

}  // namespace
}  // namespace lwave::model
