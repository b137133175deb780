// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The snapshot's container: what was written is read, and nothing else is.

#include "memory/snapshot.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace lwave::memory {
namespace {

std::vector<uint8_t> Sample() {
  SnapshotWriter writer("{\"kind\":\"sample\"}");
  writer.AddInt32("ids", std::vector<int32_t>{1, -2, 3});
  writer.AddInt64("counters", std::vector<int64_t>{int64_t{1} << 40});
  writer.AddF32("rows", std::vector<float>{0.5f, -0.25f});
  writer.AddF64("sum", std::vector<double>{1e300});
  writer.AddBytes("raw", std::vector<uint8_t>{});
  return writer.Finish();
}

TEST_CASE("A snapshot gives back its header and its sections", "[memory]") {
  const std::vector<uint8_t> data = Sample();
  const absl::StatusOr<SnapshotReader> reader = SnapshotReader::Parse(data);
  REQUIRE(reader.ok());
  CHECK(reader->header() == "{\"kind\":\"sample\"}");
  CHECK(*reader->Int32("ids", 3) == std::vector<int32_t>{1, -2, 3});
  CHECK(*reader->Int64("counters", -1) == std::vector<int64_t>{int64_t{1} << 40});
  CHECK(*reader->F32("rows", 2) == std::vector<float>{0.5f, -0.25f});
  CHECK(*reader->F64("sum", 1) == std::vector<double>{1e300});
  CHECK(reader->Bytes("raw")->empty());
}

TEST_CASE("A section of another name, type or length is an error that says so", "[memory]") {
  const std::vector<uint8_t> data = Sample();
  const absl::StatusOr<SnapshotReader> reader = SnapshotReader::Parse(data);
  REQUIRE(reader.ok());
  CHECK(reader->Int32("nothing", -1).status().message() == "snapshot: section nothing is missing");
  CHECK(reader->F32("ids", -1).status().code() == absl::StatusCode::kDataLoss);
  CHECK(reader->Int32("ids", 4).status().message() == "snapshot: section ids must hold 4 numbers, holds 3");
}

TEST_CASE("A snapshot cut anywhere, or with a byte more, is refused", "[memory]") {
  std::vector<uint8_t> data = Sample();
  for (size_t size = 0; size < data.size(); ++size) {
    const std::vector<uint8_t> cut(data.begin(), data.begin() + static_cast<int64_t>(size));
    INFO(size);
    REQUIRE(SnapshotReader::Parse(cut).status().code() == absl::StatusCode::kDataLoss);
  }
  data.push_back(0);
  CHECK(SnapshotReader::Parse(data).status().code() == absl::StatusCode::kDataLoss);
}

TEST_CASE("A snapshot with any bit flipped is refused", "[memory]") {
  std::vector<uint8_t> data = Sample();
  for (size_t bit = 0; bit < data.size() * 8; ++bit) {
    data[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    INFO(bit);
    REQUIRE(SnapshotReader::Parse(data).status().code() == absl::StatusCode::kDataLoss);
    data[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
  }
}

}  // namespace
}  // namespace lwave::memory
