// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a model may give a sequence for itself: random blocks, hash buckets, remembered rows; and keys and values kept
// in bf16.

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "attention_layer_fixture.h"

namespace lwave::attention {
namespace {

std::vector<float> Run(SequenceState& state, const Layer& layer, const std::vector<float>& q, const std::vector<float>& k,
                       const std::vector<float>& v, int64_t rows, absl::Status* status = nullptr) {
  std::vector<float> out(static_cast<size_t>(rows * layer.widths().out));
  const absl::Status result = state.Whole({q.data(), k.data(), v.data(), nullptr, rows, rows}, out.data());
  if (status != nullptr) {
    *status = result;
  } else {
    INFO(result);
    REQUIRE(result.ok());
  }
  return out;
}

TEST_CASE("random blocks given to a sequence are those of the option, whatever plan the layer has", "[unit][attention]") {
  const int64_t rows = 45, heads = 2;  // 12 blocks of 4, the last of 1
  std::mt19937 random(3);
  std::vector<int64_t> blocks;
  for (int64_t i = 0; i < heads * 10 * 2; ++i) blocks.push_back(random() % 12);
  const std::vector<OptionSetting> shape = {{"heads", heads}, {"head_dim", 3}, {"block_size", 4}, {"num_random", 2},
                                            {"full_up_to", 36}};
  std::vector<OptionSetting> given = shape, zeros = shape, seeded = shape;
  given.push_back({"random_blocks", blocks});
  zeros.push_back({"plan", std::string("zeros")});
  seeded.insert(seeded.end(), {{"plan", std::string("seeded")}, {"seed", 1}, {"plan_tokens", 64}});
  const std::vector<float> q = Normals(1, rows * 6), k = Normals(2, rows * 6), v = Normals(3, rows * 6);
  const LayerPtr layer = MakeLayer("block_sparse", given);
  const std::vector<float> expected = Run(*OwnedState(*layer, rows, rows), *layer, q, k, v, rows);
  for (const std::vector<OptionSetting>& options : {zeros, seeded, shape}) {
    const LayerPtr other = MakeLayer("block_sparse", options);
    OwnedState state(*other, rows, rows);
    CHECK(state->SetRandomBlocks(absl::MakeConstSpan(blocks).subspan(1)).code() == absl::StatusCode::kInvalidArgument);
    REQUIRE(state->SetRandomBlocks(blocks).ok());
    REQUIRE(Run(*state, *other, q, k, v, rows) == expected);
    absl::Status status;
    OwnedState shorter(*other, 41, 41), longer(*other, 49, 49), full(*other, 30, 30);
    for (OwnedState* made : {&shorter, &longer, &full}) REQUIRE((*made)->SetRandomBlocks(blocks).ok());
    Run(*full, *other, q, k, v, 30);  // there is no plan: everything is open
    Run(*shorter, *other, q, k, v, 40, &status);
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("hash buckets given to a sequence are read back, and give what hashing gives", "[unit][attention]") {
  const int64_t rows = 61, heads = 2, dim = 6;
  const std::vector<OptionSetting> shape = {{"heads", heads}, {"head_dim", dim}, {"chunk_length", 8}, {"n_hashes", 3},
                                            {"bucket_factors", std::vector<int64_t>{4, 2}}, {"max_tokens", 64}};
  std::vector<OptionSetting> hashing = shape;
  hashing.push_back({"seed", 5});
  const std::vector<float> q = Normals(4, rows * heads * dim), v = Normals(5, rows * heads * dim);
  const LayerPtr layer = MakeLayer("lsh", hashing), without = MakeLayer("lsh", shape);
  OwnedState hashed(*layer, rows, rows), given(*without, rows, rows);
  CHECK(!hashed->ReadPart("buckets").ok());
  const std::vector<float> expected = Run(*hashed, *layer, q, {}, v, rows);
  const absl::StatusOr<std::vector<float>> buckets = hashed->ReadPart("buckets");
  REQUIRE(buckets.ok());
  std::vector<int64_t> numbers(buckets->begin(), buckets->end());
  CHECK(given->SetBuckets({1, 2, 3}).code() == absl::StatusCode::kInvalidArgument);
  CHECK(OwnedState(*without)->SetBuckets(numbers).code() == absl::StatusCode::kFailedPrecondition);
  REQUIRE(given->SetBuckets(numbers).ok());
  REQUIRE(Run(*given, *without, q, {}, v, rows) == expected);
  CHECK(*given->ReadPart("buckets") == *buckets);
  numbers[0] = (numbers[0] + 4) % 8;
  OwnedState other(*without, rows, rows);
  REQUIRE(other->SetBuckets(numbers).ok());
  CHECK(Run(*other, *without, q, {}, v, rows) != expected);
  numbers[0] = 9;
  CHECK(OwnedState(*without, rows, rows)->SetBuckets(numbers).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a memory that is read out and set again goes on to the same bits", "[unit][attention]") {
  const int64_t d = 6, width = 8;  // heads x head_dim unlike d_model
  for (const bool same_length : {false, true}) {
    const std::vector<OptionSetting> options = {
        {"heads", 2}, {"head_dim", 4}, {"d_model", d}, {"mem_len", 9}, {"same_length", same_length},
        {"initial_memory", std::string("zeros")}, {"segment", std::string("explicit")}, {"max_tokens", 20},
        {"w_qkv", Normals(1, 3 * width * d)}, {"w_o", Normals(2, d * width)}, {"w_r", Normals(3, width * d)},
        {"bias_u", Normals(4, width)}, {"bias_v", Normals(5, width)}};
    const LayerPtr layer = MakeLayer("transformer_xl", options);
    const std::vector<float> x = Normals(6, 14 * d);
    const auto segment = [&](SequenceState& state, int64_t begin, int64_t end) {
      std::vector<float> out(static_cast<size_t>((end - begin) * d));
      int64_t taken = 0, written = 0;
      bool full = false;
      REQUIRE(state.Step({x.data() + begin * d, nullptr, nullptr, nullptr, end - begin, end - begin}, &taken, out.data(),
                         end - begin, &written, &full)
                  .ok());
      REQUIRE(state.EndSegment().ok());
      return out;
    };
    OwnedState all(*layer), second(*layer), zeros(*layer), whole(*layer, 14, 14);
    const std::vector<float> first_rows = segment(*all, 0, 5);
    const absl::StatusOr<std::vector<float>> memory = all->ReadPart("memory");
    REQUIRE(memory.ok());
    REQUIRE(static_cast<int64_t>(memory->size()) == 9 * d);
    CHECK(std::vector<float>(memory->end() - 5 * d, memory->end()) == std::vector<float>(x.begin(), x.begin() + 5 * d));
    REQUIRE(second->SetMemory(*memory).ok());
    CHECK(segment(*second, 5, 14) == segment(*all, 5, 14));
    CHECK(!second->SetMemory(*memory).ok());
    // Zeros are what the layer begins with; fewer rows are another memory.
    REQUIRE(zeros->SetMemory(std::vector<float>(static_cast<size_t>(9 * d))).ok());
    CHECK(segment(*zeros, 0, 5) == first_rows);
    OwnedState fewer(*layer);
    REQUIRE(fewer->SetMemory(std::vector<float>(static_cast<size_t>(3 * d))).ok());
    CHECK(segment(*fewer, 0, 5) != first_rows);
    fewer->Reset();
    CHECK(segment(*fewer, 0, 5) == first_rows);
    CHECK(fewer->SetMemory(std::vector<float>(static_cast<size_t>(10 * d))).code() ==
          absl::StatusCode::kFailedPrecondition);
    OwnedState wrong(*layer);
    CHECK(wrong->SetMemory(std::vector<float>(static_cast<size_t>(10 * d))).code() == absl::StatusCode::kInvalidArgument);
    CHECK(wrong->SetMemory(std::vector<float>(7)).code() == absl::StatusCode::kInvalidArgument);
  }
}

float ToBf16(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, 4);
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
  std::memcpy(&x, &bits, 4);
  return x;
}

TEST_CASE("keys and values kept in bf16 take half the room and stay near f32; saved and loaded, to the bit",
          "[unit][attention]") {
  const int64_t rows = 300, heads = 2, dim = 8;
  const std::vector<float> q = Normals(7, rows * heads * dim), k = Normals(8, rows * heads * dim);
  const std::vector<float> v = Normals(9, rows * heads * dim);
  struct Kind {
    const char* name;
    std::vector<OptionSetting> options;
  };
  const Kind kinds[] = {{"full", {{"causal", 1}, {"max_tokens", rows}}},
                        {"window", {{"left", 40}, {"right", 0}, {"causal", 1}}},
                        {"sink_window", {{"sinks", 4}, {"window", 50}, {"rope.theta", 1e4}}},
                        {"chunked", {{"chunk_length", 30}, {"causal", 1}}}};
  for (const Kind& kind : kinds) {
    INFO(kind.name);
    std::vector<OptionSetting> options = kind.options;
    options.insert(options.end(), {{"heads", heads}, {"head_dim", dim}});
    const LayerPtr exact = MakeLayer(kind.name, options);
    options.push_back({"store", std::string("bf16")});
    const LayerPtr layer = MakeLayer(kind.name, options);
    const std::vector<float> want = Run(*OwnedState(*exact, rows, rows), *exact, q, k, v, rows);
    const std::vector<float> got = Run(*OwnedState(*layer, rows, rows), *layer, q, k, v, rows);
    double dot = 0, a = 0, b = 0;
    for (size_t i = 0; i < got.size(); ++i) {
      const double x = static_cast<double>(got[i]), y = static_cast<double>(want[i]);
      dot += x * y, a += x * x, b += y * y;
    }
    CHECK(dot / std::sqrt(a * b) > 0.9995);
    CHECK(got != want);
    // The first row sees itself alone: its value, rounded.
    for (int64_t c = 0; c < heads * dim; ++c) {
      CHECK(std::abs(got[static_cast<size_t>(c)] - ToBf16(v[static_cast<size_t>(c)])) <= 1e-6f);
    }
    const auto payload = [](const SequenceState& state) {
      int64_t bytes = 0;
      for (const memory::Part& part : state.Parts()) bytes += part.use == Use::kPayload ? part.rows * part.row_bytes : 0;
      return bytes;
    };
    OwnedState first(*layer), second(*layer), in_f32(*exact);
    std::vector<float> out;
    const auto step = [&](SequenceState& state, int64_t begin, int64_t end) {
      const int64_t at = begin * heads * dim;
      std::vector<float> gave(static_cast<size_t>((end - begin) * heads * dim));
      int64_t taken = 0, written = 0;
      bool full = false;
      REQUIRE(state.Step({q.data() + at, k.data() + at, v.data() + at, nullptr, end - begin, end - begin}, &taken,
                         gave.data(), end - begin, &written, &full)
                  .ok());
      REQUIRE(written == end - begin);
      out.insert(out.end(), gave.begin(), gave.end());
    };
    step(*in_f32, 0, 170);
    out.clear();
    step(*first, 0, 170);
    CHECK(2 * payload(*first) == payload(*in_f32));
    memory::SnapshotWriter writer("{}");
    REQUIRE(first->Save(writer).ok());
    const std::vector<uint8_t> file = writer.Finish();
    REQUIRE(second->Load(*memory::SnapshotReader::Parse(file)).ok());
    step(*second, 170, rows);
    CHECK(out == got);
  }
  std::vector<OptionSetting> dilated = {{"heads", 1}, {"head_dim", 2}, {"left", 2}, {"dilation", 2},
                                        {"store", std::string("bf16")}};
  CHECK(TryLayer("window", dilated).status().code() == absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace lwave::attention
