// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The laws for attention layers of every mechanism, over random shapes.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "failing_new.h"
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
    if (!layer.masked || layer.closed_rows_count) return;
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
    if (layer.closed_rows_zero && layer.rows.queries == layer.rows.keys) poison(poisoned.q, AttentionInt(attention, "q_width"));
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

// Steps and finishes with a fixed buffer, so that this program allocates nothing while the library works. Returns how
// often operator new was called meanwhile.
int64_t CountNews(const Attention& attention, lwave_memory* memory, const Rows& rows, Random& random) {
  const int64_t q = AttentionInt(attention, "q_width"), k = AttentionInt(attention, "k_width");
  const int64_t v = AttentionInt(attention, "v_width");
  std::vector<float> out(static_cast<size_t>(AttentionInt(attention, "out_width") * Between(random, 1, 40)));
  int64_t news = 0, written = 0;
  for (int64_t at = 0; at < rows.keys;) {
    const int64_t count = Between(random, 1, std::min<int64_t>(rows.keys - at, 90));
    int64_t taken = 0;
    ArmNew(0);
    const lwave_status status = lwave_memory_step(
        memory, rows.q.data() + at * q, count * q, k == 0 ? nullptr : rows.k.data() + at * k, count * k,
        v == 0 ? nullptr : rows.v.data() + at * v, count * v, rows.mask.empty() ? nullptr : rows.mask.data() + at,
        rows.mask.empty() ? 0 : count, count, &taken, out.data(), Size(out), &written, nullptr);
    news += DisarmNew();
    REQUIRE((status == LWAVE_OK || status == LWAVE_OUTPUT_FULL));
    at += taken;
  }
  for (lwave_status status = LWAVE_OUTPUT_FULL; status != LWAVE_OK;) {
    ArmNew(0);
    status = lwave_memory_finish(memory, out.data(), Size(out), &written, nullptr);
    news += DisarmNew();
    REQUIRE((status == LWAVE_OK || status == LWAVE_OUTPUT_FULL));
  }
  return news;
}

TEST_CASE("a layer's memory takes its planned bytes, and a step takes no more of the allocator or operator new",
          "[laws][layers]") {
  CountingAllocator allocator;
  const Context context = allocator.MakeContext(1);
  ForRandomLayers(10000, [&](const RandomLayer& layer, Random& random) {
    const Attention attention = MakeAttention(context, layer.config);
    if (AttentionInt(attention, "streams") == 0) return;
    Error error;
    int64_t bytes = 0, load_bytes = 0;
    error.Check(lwave_memory_plan_for_attention(attention.get(), &bytes, &load_bytes, nullptr, nullptr, error));
    const int64_t before = allocator.bytes();
    const Memory memory = MakeMemory(attention);
    REQUIRE(allocator.bytes() - before == bytes);
    REQUIRE(MemoryInt(memory, "bytes") == bytes);
    const std::string saved = Save(memory.get());
    const int64_t calls = allocator.calls();
    REQUIRE(CountNews(attention, memory.get(), Sequence(layer.rows, 0), random) == 0);
    REQUIRE(allocator.calls() == calls);
    allocator.ResetPeak();
    error.Check(lwave_memory_load(memory.get(), saved.data(), static_cast<int64_t>(saved.size()), error));
    REQUIRE(allocator.peak() - before <= bytes + load_bytes);
    REQUIRE(allocator.bytes() - before == bytes);
  });
  CHECK(!allocator.misused());
}

TEST_CASE("the random layers of every mechanism meet the edges", "[laws][layers]") {
  std::map<std::string, std::set<std::string>> met;
  for (const std::string& mechanism : AllMechanisms()) {
    for (uint64_t seed = 9000; seed < 9200; ++seed) {
      Random random(seed);
      const RandomLayer layer = MakeRandomLayer(mechanism, random);
      std::set<std::string>& edges = met[mechanism];
      if (layer.rows.keys == 0) edges.insert("no rows");
      if (layer.rows.keys == 1) edges.insert("one row");
      if (layer.heads == 1) edges.insert("one head");
      if (layer.head_dim % 16 != 0) edges.insert("a head width that is no multiple of 16");
      if (layer.wider) edges.insert("wider than the sequence");
      if (layer.masked && std::count(layer.rows.mask.begin(), layer.rows.mask.end(), 1) == 0) edges.insert("all closed");
    }
  }
  for (const auto& [mechanism, edges] : met) {
    INFO(mechanism);
    for (const char* edge : {"no rows", "one row", "one head", "a head width that is no multiple of 16",
                             "wider than the sequence"}) {
      INFO(edge);
      CHECK(edges.count(edge) == 1);
    }
    const bool takes_masks = mechanism != "pia" && mechanism != "transformer_xl" && mechanism != "compressive" &&
                             mechanism.find("adaptive_span") == std::string::npos;
    CHECK(edges.count("all closed") == (takes_masks ? 1u : 0u));
  }
}

}  // namespace
}  // namespace lwave::test
