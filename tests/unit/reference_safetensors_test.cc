// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The oracle's own reader and writer, and its reading of matrices that are stored as panels or as integers.

#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "reference/checkpoint_reference.h"
#include "reference/safetensors_reference.h"

namespace lwave::reference {
namespace {

TEST_CASE("what the reference writer writes, the reference reader reads", "[reference]") {
  const std::string name = "lwave_reference_" + std::to_string(getpid()) + ".safetensors";
  const std::string path = (std::filesystem::temp_directory_path() / name).string();
  StoredFile written;
  written.metadata["made_by"] = "a test";
  written.tensors["ids"] = StoreI64({1, 3}, {7, -1, int64_t{1} << 40});
  written.tensors["rows"] = StoreF32({2, 2}, {0.5, -0.25, 1e-30, 3.0});
  written.tensors["nothing"] = StoreF32({0, 4}, {});
  WriteSafetensors(path, written);
  const StoredFile read = ReadSafetensors(path);
  std::filesystem::remove(path);
  CHECK(read.metadata.at("made_by") == "a test");
  CHECK(read.tensors.size() == 3);
  CHECK(read.At("ids").Integers() == std::vector<int64_t>{7, -1, int64_t{1} << 40});
  CHECK(read.At("rows").shape == std::vector<int64_t>{2, 2});
  CHECK(read.At("rows").Floats() == std::vector<float>{0.5f, -0.25f, 1e-30f, 3.0f});
  CHECK(read.At("nothing").size() == 0);
}

TEST_CASE("half and bfloat16 numbers are read exactly", "[reference]") {
  CHECK(HalfToDouble(0x3C00) == 1.0);
  CHECK(HalfToDouble(0xC000) == -2.0);
  CHECK(HalfToDouble(0x0001) == std::ldexp(1.0, -24));
  CHECK(HalfToDouble(0x03FF) == std::ldexp(1023.0, -24));
  CHECK(HalfToDouble(0x7BFF) == 65504.0);
  CHECK(std::isinf(HalfToDouble(0xFC00)));
  CHECK(std::isnan(HalfToDouble(0x7C01)));
  CHECK(Bfloat16ToDouble(0x3F80) == 1.0);
  CHECK(Bfloat16ToDouble(0xC040) == -3.0);
}

// Element (o, k) of a panel matrix stands at [o / 32][k / group][o mod 32][k mod group].
StoredTensor Panels(const std::string& dtype, int64_t group, int64_t outputs, int64_t inputs) {
  StoredTensor tensor;
  tensor.dtype = dtype;
  tensor.shape = {(outputs + 31) / 32, (inputs + group - 1) / group, 32, group};
  for (int64_t panel = 0; panel < tensor.shape[0]; ++panel) {
    for (int64_t step = 0; step < tensor.shape[1]; ++step) {
      for (int64_t column = 0; column < 32; ++column) {
        for (int64_t part = 0; part < group; ++part) {
          const int64_t o = panel * 32 + column, k = step * group + part;
          const float value = o < outputs && k < inputs ? static_cast<float>(o - 2 * k) : 0.0f;
          uint32_t bits;
          std::memcpy(&bits, &value, sizeof(bits));
          if (dtype == "I8") {
            tensor.bytes.push_back(static_cast<uint8_t>(static_cast<int8_t>(value)));
          } else {
            for (int shift = dtype == "BF16" ? 16 : 0; shift < 32; shift += 8) {
              tensor.bytes.push_back(static_cast<uint8_t>(bits >> shift));
            }
          }
        }
      }
    }
  }
  return tensor;
}

TEST_CASE("matrices stored as panels read back as rows in every number type", "[reference]") {
  const int64_t outputs = 37, inputs = 11;
  StoredFile file;
  file.tensors["f32"] = Panels("F32", 1, outputs, inputs);
  file.tensors["bf16"] = Panels("BF16", 2, outputs, inputs);
  file.tensors["int8"] = Panels("I8", 4, outputs, inputs);
  std::vector<double> scales(outputs);
  for (int64_t o = 0; o < outputs; ++o) scales[o] = 0.5 + static_cast<double>(o);
  file.tensors["int8.scale"] = StoreF32({outputs}, scales);
  const std::vector<double> f32 = LoadMatrix(file, "f32", outputs, inputs);
  const std::vector<double> bf16 = LoadMatrix(file, "bf16", outputs, inputs);
  const std::vector<double> int8 = LoadMatrix(file, "int8", outputs, inputs);
  for (int64_t o = 0; o < outputs; ++o) {
    for (int64_t k = 0; k < inputs; ++k) {
      const double expected = static_cast<double>(o - 2 * k);
      REQUIRE(f32[o * inputs + k] == expected);
      REQUIRE(bf16[o * inputs + k] == expected);
      REQUIRE(int8[o * inputs + k] == expected * scales[o]);
    }
  }
}

}  // namespace
}  // namespace lwave::reference
