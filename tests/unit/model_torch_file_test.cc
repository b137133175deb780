// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Checkpoints in the formats of torch.save. tests/data/torch was written by torch 2.14: mixed.* hold one tensor of each
// kind, bert* the small model of model_checkpoint_support.h with one layer, calls_system* a call of os.system.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "model/checkpoint.h"
#include "model/convert.h"
#include "model/torch_file.h"
#include "model_checkpoint_support.h"

namespace lwave::model {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace testing;

std::string TorchData(const std::string& name) { return std::string(LWAVE_TEST_DATA) + "/torch/" + name; }

absl::StatusOr<std::unique_ptr<TorchFile>> OpenTorch(const std::string& name) {
  absl::StatusOr<FileBytes> bytes = FileBytes::Map(TorchData(name));
  REQUIRE(bytes.ok());
  return TorchFile::Open(*std::move(bytes), name);
}

template <typename T>
std::vector<T> Numbers(const Tensor& tensor) {
  std::vector<T> out(static_cast<size_t>(tensor.bytes) / sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), tensor.data, static_cast<size_t>(tensor.bytes));
  return out;
}

TEST_CASE("Tensors saved by torch are read number for number, in the zip format and in the one before", "[model]") {
  for (const char* name : {"mixed.bin", "mixed_old.bin", "mixed_protocol4.bin"}) {
    INFO(name);
    const auto file = OpenTorch(name);
    INFO(file.status().ToString());
    REQUIRE(file.ok());
    REQUIRE((*file)->tensors().size() == 11);
    const auto check = [&](const char* tensor, const char* type, const std::vector<int64_t>& shape) -> const Tensor& {
      for (const NamedTensor& named : (*file)->tensors()) {
        if (named.name != tensor) continue;
        CHECK(named.type_name == type);
        CHECK(named.tensor.shape == shape);
        return named.tensor;
      }
      FAIL(tensor << " is missing");
      return (*file)->tensors()[0].tensor;
    };
    const Tensor& whole = check("a.weight", "F32", {2, 3});
    CHECK(Numbers<float>(whole) == std::vector<float>{0, 0.25f, 0.5f, 0.75f, 1, 1.25f});
    const absl::Span<const uint8_t> mapped = (*file)->file().bytes();
    CHECK((whole.data >= mapped.data() && whole.data + whole.bytes <= mapped.data() + mapped.size()));  // not copied
    CHECK(Numbers<float>(check("transposed", "F32", {3, 2})) ==
          std::vector<float>{0, 0.375f, 0.125f, 0.5f, 0.25f, 0.625f});
    CHECK(Numbers<uint16_t>(check("half", "F16", {3})) == std::vector<uint16_t>{0x3E00, 0xC000, 0x0001});
    CHECK(Numbers<uint16_t>(check("bf", "BF16", {2})) == std::vector<uint16_t>{0x3FC0, 0xC040});
    CHECK(Numbers<int64_t>(check("ids", "I64", {4})) == std::vector<int64_t>{0, 1, 2, 3});
    CHECK(Numbers<float>(check("param", "F32", {2})) == std::vector<float>{0.25f, 0.5f});
    CHECK(Numbers<float>(check("row", "F32", {3})) == std::vector<float>{0.75f, 1, 1.25f});
    CHECK(Numbers<float>(check("column", "F32", {2})) == std::vector<float>{0.25f, 1});
    CHECK(Numbers<float>(check("scalar", "F32", {})) == std::vector<float>{3});
    CHECK(Numbers<uint8_t>(check("flag", "BOOL", {2})) == std::vector<uint8_t>{1, 0});
    CHECK(check("empty", "F32", {0, 3}).bytes == 0);
  }
}

TEST_CASE("A pickle that asks for anything but tensors is refused by the name it asks for, and nothing is run",
          "[bad-input][model]") {
  for (const char* name : {"calls_system.bin", "calls_system_old.bin"}) {
    const absl::Status status = OpenTorch(name).status();
    CHECK(status.code() == absl::StatusCode::kUnimplemented);
    CHECK_THAT(std::string(status.message()), ContainsSubstring("asks for \"posix.system\""));
  }
  CHECK_FALSE(std::filesystem::exists("longwave-was-here"));
  CHECK_THAT(std::string(OpenTorch("training.bin").status().message()), ContainsSubstring("\"model\" is no tensor"));
  CHECK_THAT(std::string(OpenTorch("expanded.bin").status().message()),
             ContainsSubstring("\"a\" lies in strides, and what lies so would take more"));
}

struct Sources {
  TemporaryFolder folder;
  Sources() {
    SmallModel model;
    model.layers = 1;
    for (const char* name : {"safetensors", "zip", "old", "shards"}) {
      std::filesystem::create_directory(folder / name);
      WriteAll(folder / name + "/config.json", SmallConfig("bert", "", 1));
    }
    WriteAll(folder / "safetensors/model.safetensors", SmallTensors(model).Finish());
    std::filesystem::copy(TorchData("bert.bin"), folder / "zip/pytorch_model.bin");
    std::filesystem::copy(TorchData("bert_old.bin"), folder / "old/pytorch_model.bin");
    for (const char* file :
         {"pytorch_model.bin.index.json", "pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"}) {
      std::filesystem::copy(TorchData(file), folder / "shards/" + file);
    }
  }
};

TEST_CASE("A pytorch_model.bin converts to the bytes that the same model as safetensors converts to", "[model]") {
  const Sources sources;
  for (const bool packed : {false, true}) {
    ConvertOptions options;
    options.packed = packed;
    const std::string end = packed ? "-packed" : "-rows";
    const auto convert = [&](const std::string& name) {
      const absl::Status status = Convert(sources.folder / name, sources.folder / name + end, options);
      INFO(name << ": " << status.ToString());
      REQUIRE(status.ok());
      return ReadAll(sources.folder / name + end + "/model.safetensors");
    };
    const std::string expected = convert("safetensors");
    for (const char* name : {"zip", "old", "shards"}) CHECK(convert(name) == expected);
  }
}

TEST_CASE("A directory with only pytorch_model.bin is not opened, and the message says to convert it", "[model]") {
  const Sources sources;
  for (const char* name : {"zip", "old", "shards"}) {
    const absl::Status status = Checkpoint::Open(sources.folder / name).status();
    CHECK(status.code() == absl::StatusCode::kUnimplemented);
    CHECK_THAT(std::string(status.message()), ContainsSubstring("pytorch_model.bin"));
    CHECK_THAT(std::string(status.message()), ContainsSubstring("longwave convert"));
    CHECK(Checkpoint::Open(sources.folder / name, Pickles::kRead).ok());
  }
}

TEST_CASE("Shards of a pickled model must hold what their index says", "[bad-input][model]") {
  const Sources sources;
  const std::string path = sources.folder / "shards/pytorch_model.bin.index.json";
  const std::string index = ReadAll(path);
  const auto refusal = [&](const std::string& from, const std::string& to) {
    std::string changed = index;
    const size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    changed.replace(at, from.size(), to);
    WriteAll(path, changed);
    const absl::Status status = Checkpoint::Open(sources.folder / "shards", Pickles::kRead).status();
    CHECK_FALSE(status.ok());
    return std::string(status.message());
  };
  CHECK_THAT(refusal("pytorch_model-00001", "pytorch_model-00003"), ContainsSubstring("No such file"));
  CHECK_THAT(refusal("pytorch_model-00001", "../pytorch_model-00001"), ContainsSubstring("a bare file name"));
  CHECK_THAT(refusal("pytorch_model-00001", "pytorch_model-00002"), ContainsSubstring("does not hold the tensor"));
  CHECK_THAT(refusal("pytorch_model-00001-of-00002.bin", "pytorch_model.bin.index.json"),
             ContainsSubstring("pytorch_model.bin.index.json: it is neither"));
}

}  // namespace
}  // namespace lwave::model
