// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The laws for attention layers of every mechanism, over random shapes.

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "host.h"
#include "layer_laws.h"

namespace lwave::test {
namespace {

Memory Fork(const Memory& memory) {
  Error error;
  lwave_memory* copy = nullptr;
  error.Check(lwave_memory_fork(memory.get(), &copy, error));
  return Memory(copy);
}

TEST_CASE("a layer streamed in any pieces gives the bits of the whole sequence", "[laws][layers]") {
  const Context context = MakeContext(2);
  ForRandomLayers(9000, [&](const RandomLayer& layer, Random& random) {
    const Attention attention = MakeAttention(context, layer.config);
    if (AttentionInt(attention, "streams") == 0) return;
    const Rows rows = Sequence(layer.rows, 0);
    const std::vector<float> whole = Forward(attention, rows);
    const int64_t width = AttentionInt(attention, "out_width");
    const Memory memory = MakeMemory(attention);
    std::vector<float> out;
    StepRandomly(attention, memory.get(), rows, 0, rows.keys, random, out);
    FinishRows(memory.get(), width, Between(random, 1, 40), out);
    REQUIRE(Difference(whole, out) == "");
  });
}

TEST_CASE("a layer's memory saved anywhere, loaded or forked, goes on to the same bits", "[laws][layers]") {
  const Context context = MakeContext(2);
  ForRandomLayers(9200, [&](const RandomLayer& layer, Random& random) {
    const Attention attention = MakeAttention(context, layer.config);
    if (AttentionInt(attention, "streams") == 0) return;
    const Rows rows = Sequence(layer.rows, 0);
    const std::vector<float> whole = Forward(attention, rows);
    const int64_t width = AttentionInt(attention, "out_width"), at = Between(random, 0, rows.keys);
    INFO("saved at " << at);
    Memory memory = MakeMemory(attention);
    std::vector<float> out;
    StepRandomly(attention, memory.get(), rows, 0, at, random, out);
    const std::string saved = Save(memory.get());
    const Memory fork = Fork(memory);
    const Memory loaded = MakeMemory(attention);
    Error error;
    error.Check(lwave_memory_load(loaded.get(), saved.data(), static_cast<int64_t>(saved.size()), error));
    REQUIRE(Save(loaded.get()) == saved);
    // The origin goes another way; its fork and its copy do not notice.
    Rows other = rows;
    for (float& q : other.q) q += 1;
    for (float& v : other.v) v += 1;
    std::vector<float> unused;
    StepRandomly(attention, memory.get(), other, at, rows.keys, random, unused);
    memory.reset();
    for (const Memory* way : {&fork, &loaded}) {
      std::vector<float> rest = out;
      StepRandomly(attention, way->get(), rows, at, rows.keys, random, rest);
      FinishRows(way->get(), width, 17, rest);
      REQUIRE(Difference(whole, rest) == "");
    }
  });
}

TEST_CASE("neither the batch nor the number of threads changes a bit of a layer's result", "[laws][layers]") {
  const Context context = MakeContext(2), one_thread = MakeContext(1), three_threads = MakeContext(3);
  ForRandomLayers(9400, [&](const RandomLayer& layer, Random&) {
    const std::vector<float> together = Forward(MakeAttention(context, layer.config), layer.rows);
    REQUIRE(Difference(together, Forward(MakeAttention(three_threads, layer.config), layer.rows)) == "");
    const Attention alone = MakeAttention(one_thread, layer.config);
    const int64_t each = static_cast<int64_t>(together.size()) / layer.rows.batch;
    for (int64_t b = 0; b < layer.rows.batch; ++b) {
      const std::vector<float> slice(together.begin() + b * each, together.begin() + (b + 1) * each);
      REQUIRE(Difference(Forward(alone, Sequence(layer.rows, b)), slice) == "");
    }
  });
}

TEST_CASE("what a closed key holds, NaN or infinity, changes no bit", "[laws][layers]") {
  const Context context = MakeContext(2);
  ForRandomLayers(9600, [&](const RandomLayer& layer, Random& random) {
    if (!layer.masked) return;
    const Attention attention = MakeAttention(context, layer.config);
    Rows poisoned = layer.rows;
    const auto poison = [&](std::vector<float>& values, int64_t width) {
      for (size_t i = 0; i < poisoned.mask.size() && width > 0; ++i) {
        if (poisoned.mask[i] != 0) continue;
        for (int64_t c = 0; c < width; ++c) {
          values[i * static_cast<size_t>(width) + static_cast<size_t>(c)] =
              Between(random, 0, 1) == 0 ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
        }
      }
    };
    poison(poisoned.k, AttentionInt(attention, "k_width"));
    poison(poisoned.v, AttentionInt(attention, "v_width"));
    if (layer.closed_rows_zero) poison(poisoned.q, AttentionInt(attention, "q_width"));
    REQUIRE(Difference(Forward(attention, layer.rows), Forward(attention, poisoned)) == "");
  });
}

TEST_CASE("a layer over a set of keys agrees with softmax attention over that set in double", "[laws][layers]") {
  const Context context = MakeContext(2);
  ForRandomLayers(9800, [&](const RandomLayer& layer, Random&) {
    if (layer.listing == nullptr) return;
    const Attention attention = MakeAttention(context, layer.config);
    const Rows rows = Sequence(layer.rows, 0);
    const std::vector<float> got = Forward(attention, rows);
    reference::ListedProblem problem;
    problem.rows = rows.queries, problem.keys = rows.keys;
    problem.heads = layer.heads, problem.kv_heads = layer.kv_heads;
    problem.head_dim = layer.head_dim, problem.value_dim = layer.value_dim;
    problem.scale = 1 / std::sqrt(static_cast<double>(layer.head_dim));
    problem.query = rows.q, problem.key = rows.k, problem.value = rows.v;
    for (int32_t open : rows.mask) problem.closed.push_back(open == 0);
    problem.listing = layer.listing;
    problem.bias = layer.bias;
    problem.rotary = layer.rotary;
    std::vector<double> expected = reference::ListedAttention(problem);
    const size_t width = static_cast<size_t>(layer.heads * layer.value_dim);
    REQUIRE(got.size() == expected.size());
    for (size_t i = 0; i < got.size(); ++i) {
      const bool zero = layer.masked && layer.closed_rows_zero && rows.mask[i / width] == 0;
      const double want = zero ? 0 : expected[i];
      INFO("row " << i / width << " number " << i % width << ": " << got[i] << ", expected " << want);
      REQUIRE(std::abs(static_cast<double>(got[i]) - want) <= 2e-5 + 2e-5 * std::abs(want));
    }
  });
}

TEST_CASE("a layer's memory takes its planned bytes and a step takes no more", "[laws][layers]") {
  CountingAllocator allocator;
  const Context context = allocator.MakeContext(2);
  ForRandomLayers(10000, [&](const RandomLayer& layer, Random& random) {
    const Attention attention = MakeAttention(context, layer.config);
    if (AttentionInt(attention, "streams") == 0) return;
    Error error;
    int64_t bytes = 0;
    error.Check(lwave_memory_plan_for_attention(attention.get(), &bytes, nullptr, nullptr, nullptr, error));
    const int64_t before = allocator.bytes();
    const Memory memory = MakeMemory(attention);
    REQUIRE(allocator.bytes() - before == bytes);
    REQUIRE(MemoryInt(memory, "bytes") == bytes);
    const int64_t calls = allocator.calls();
    std::vector<float> out;
    StepRandomly(attention, memory.get(), Sequence(layer.rows, 0), 0, layer.rows.keys, random, out);
    FinishRows(memory.get(), AttentionInt(attention, "out_width"), 11, out);
    REQUIRE(allocator.calls() == calls);
  });
  CHECK(!allocator.misused());
}

}  // namespace
}  // namespace lwave::test
