// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Attention layers refuse what is wrong, by status and with a message, and stay as they were.

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>

#include "support/layers.h"

namespace lwave::test {
namespace {

Config SmallWindow() {
  Config config = MakeConfig("window");
  Set(config, "heads", int64_t{2});
  Set(config, "head_dim", int64_t{4});
  Set(config, "left", int64_t{3});
  Set(config, "right", int64_t{2});
  return config;
}

Rows SomeRows(int64_t n) {
  Rows rows;
  rows.queries = rows.keys = n;
  for (int64_t i = 0; i < n * 8; ++i) rows.q.push_back(static_cast<float>(i % 7) / 7);
  rows.k = rows.v = rows.q;
  return rows;
}

TEST_CASE("an option that does not exist, of another type or out of bounds is refused with a message", "[layers]") {
  const Config config = SmallWindow();
  lwave_error error = {};
  CHECK(lwave_config_set_int(config.get(), "no_such", 1, &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(std::string(error.message).find("no_such") != std::string::npos);
  CHECK(lwave_config_set_int(config.get(), "heads", 0, &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_config_set_int(config.get(), nullptr, 0, &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_config_set_text(config.get(), "left", "wide", &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_config_set_text(config.get(), "left", nullptr, &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_config_set_float(config.get(), "left", 1.5, &error) == LWAVE_INVALID_ARGUMENT);
  const float numbers[] = {1, 2};
  CHECK(lwave_config_set_floats(config.get(), "left", numbers, 2, &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_config_set_floats(config.get(), "scale", numbers, 2, &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_config_set_floats(config.get(), "scale", nullptr, 2, &error) == LWAVE_INVALID_ARGUMENT);
  const Config stream = MakeConfig();
  CHECK(lwave_config_set_float(stream.get(), "sinks", 1, &error) == LWAVE_INVALID_ARGUMENT);
  lwave_config* none = nullptr;
  CHECK(lwave_config_create("no_such", &none, &error) == LWAVE_UNSUPPORTED);
  CHECK(std::string(error.message).find("window") != std::string::npos);
}

TEST_CASE("a layer whose options are missing or contradict each other is not made", "[layers]") {
  const Context context = MakeContext(1);
  const auto status = [&](const Config& config) {
    lwave_attention* attention = nullptr;
    lwave_error error = {};
    const lwave_status result = lwave_attention_create(context.get(), config.get(), &attention, &error);
    CHECK(attention == nullptr);
    CHECK(error.message[0] != '\0');
    return result;
  };
  for (const char* mechanism : {"full", "window", "sink_window", "sparse_transformer", "block_sparse", "adaptive_span",
                                "transformer_xl", "compressive", "pia", "linformer", "favor", "lsh", "mixed", "chunked",
                                "transient_global", "nystrom", "xlnet"}) {
    INFO(mechanism);
    CHECK(status(MakeConfig(mechanism)) == LWAVE_INVALID_ARGUMENT);
  }
  Config config = SmallWindow();
  Set(config, "kv_heads", int64_t{3});
  CHECK(status(config) == LWAVE_INVALID_ARGUMENT);
  config = SmallWindow();
  Set(config, "left", std::vector<int64_t>{1, 2, 3});
  CHECK(status(config) == LWAVE_INVALID_ARGUMENT);
  config = SmallWindow();
  Set(config, "global", std::vector<int64_t>{4, 4});
  CHECK(status(config) == LWAVE_INVALID_ARGUMENT);
  CHECK(status(MakeConfig()) == LWAVE_UNSUPPORTED);
  const auto buckets = [&](int64_t count, int64_t farthest, size_t numbers, bool slopes = false) {
    Config full = MakeConfig("full");
    Set(full, "heads", int64_t{2});
    Set(full, "head_dim", int64_t{4});
    Set(full, "relative_buckets", count);
    Set(full, "relative_max_distance", farthest);
    if (numbers > 0) Set(full, "relative_bias", std::vector<float>(numbers, 1.0f));
    if (slopes) Set(full, "alibi_slopes", std::vector<float>{1, 2});
    return status(full);
  };
  CHECK(buckets(8, 16, 0) == LWAVE_INVALID_ARGUMENT);
  CHECK(buckets(8, 16, 8) == LWAVE_INVALID_ARGUMENT);
  CHECK(buckets(7, 16, 14) == LWAVE_INVALID_ARGUMENT);
  CHECK(buckets(8, 2, 16) == LWAVE_INVALID_ARGUMENT);
  CHECK(buckets(8, 16, 16, true) == LWAVE_INVALID_ARGUMENT);
}

TEST_CASE("forward and step refuse wrong counts and masks", "[layers]") {
  const Context context = MakeContext(1);
  const Attention attention = MakeAttention(context, SmallWindow());
  const Rows rows = SomeRows(5);
  std::vector<float> out(40);
  lwave_error error = {};
  const auto forward = [&](int64_t q, int64_t k, int64_t v, const int32_t* mask, int64_t masks, int64_t queries,
                           int64_t keys, int64_t outs) {
    return lwave_attention_forward(attention.get(), nullptr, rows.q.data(), q, rows.k.data(), k, rows.v.data(), v, mask,
                                   masks, 1, queries, keys, out.data(), outs, &error);
  };
  const int32_t mask[] = {1, 0, 2, 1, 1};
  CHECK(forward(40, 40, 40, nullptr, 0, 5, 5, 40) == LWAVE_OK);
  CHECK(forward(39, 40, 40, nullptr, 0, 5, 5, 40) == LWAVE_INVALID_ARGUMENT);
  CHECK(forward(40, 32, 40, nullptr, 0, 5, 5, 40) == LWAVE_INVALID_ARGUMENT);
  CHECK(forward(40, 40, -1, nullptr, 0, 5, 5, 40) == LWAVE_INVALID_ARGUMENT);
  CHECK(forward(40, 40, 40, mask, 5, 5, 5, 40) == LWAVE_INVALID_ARGUMENT);
  CHECK(forward(40, 40, 40, mask, 2, 5, 5, 40) == LWAVE_INVALID_ARGUMENT);
  CHECK(forward(40, 32, 32, nullptr, 0, 5, 4, 40) == LWAVE_INVALID_ARGUMENT);
  CHECK(forward(40, 40, 40, nullptr, 0, 5, 5, 41) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_attention_forward(nullptr, nullptr, nullptr, 0, nullptr, 0, nullptr, 0, nullptr, 0, 1, 0, 0, nullptr, 0,
                                &error) == LWAVE_INVALID_ARGUMENT);

  const Memory memory = MakeMemory(attention);
  int64_t taken = 7, written = 7;
  CHECK(lwave_memory_step(memory.get(), rows.q.data(), 39, rows.k.data(), 40, rows.v.data(), 40, nullptr, 0, 5, &taken,
                          out.data(), 40, &written, &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(taken == 0);
  CHECK(written == 0);
  CHECK(MemoryInt(memory, "position") == 0);
  CHECK(lwave_memory_end_segment(memory.get(), &error) == LWAVE_INVALID_STATE);
  int64_t needed = 0;
  CHECK(lwave_memory_read_part(memory.get(), "no_such", nullptr, 0, &needed, &error) == LWAVE_NOT_FOUND);
  const int32_t id = 1;
  CHECK(lwave_memory_push(memory.get(), &id, 1, &taken, out.data(), 40, &written, &error) == LWAVE_INVALID_STATE);
  std::vector<float> all;
  StepRows(attention, memory.get(), rows, 0, 5, 5, all);
  FinishRows(memory.get(), 8, 5, all);
  CHECK(all.size() == 40);
  CHECK(lwave_memory_step(memory.get(), rows.q.data(), 8, rows.k.data(), 8, rows.v.data(), 8, nullptr, 0, 1, &taken,
                          out.data(), 40, &written, &error) == LWAVE_INVALID_STATE);
}

TEST_CASE("a layer that cannot stream says why, and one beyond max_tokens changes nothing", "[layers]") {
  const Context context = MakeContext(1);
  Config config = MakeConfig("full");
  Set(config, "heads", int64_t{2});
  Set(config, "head_dim", int64_t{4});
  Set(config, "causal", int64_t{1});
  lwave_error error = {};
  lwave_memory* memory = nullptr;
  CHECK(lwave_memory_create_for_attention(MakeAttention(context, config).get(), &memory, &error) == LWAVE_UNSUPPORTED);
  CHECK(std::string(error.message).find("max_tokens") != std::string::npos);
  Set(config, "max_tokens", int64_t{6});
  const Attention attention = MakeAttention(context, config);
  const Memory made = MakeMemory(attention);
  const Rows rows = SomeRows(7);
  std::vector<float> out;
  StepRows(attention, made.get(), rows, 0, 4, 8, out);
  const std::string before = Save(made.get());
  CHECK_THROWS_AS(StepRows(attention, made.get(), rows, 4, 3, 8, out), Failure);
  CHECK(Save(made.get()) == before);
}

TEST_CASE("rows beyond an explicit segment's length or a layer's positions change nothing", "[layers]") {
  const Context context = MakeContext(1);
  std::mt19937 random(6);
  const auto weights = [&](int64_t count) {
    std::vector<float> numbers(static_cast<size_t>(count));
    for (float& x : numbers) x = std::uniform_real_distribution<float>(-1, 1)(random);
    return numbers;
  };
  // Rows that a new memory takes, of which `taken` have come when one too many is offered.
  struct Case {
    Config config;
    int64_t fit, taken;
  };
  std::vector<Case> cases;
  const auto pia = [&](int64_t positions) {
    Config config = MakeConfig("pia");
    Set(config, "heads", int64_t{1}), Set(config, "d_model", int64_t{4}), Set(config, "cache_len", int64_t{4});
    Set(config, "pos", weights(4 * positions));
    for (const char* name : {"w_q", "w_k", "w_v", "w_o"}) Set(config, name, weights(16));
    return config;
  };
  cases.push_back({pia(20), 5, 2});
  Set(cases.back().config, "segment", "explicit"), Set(cases.back().config, "max_tokens", int64_t{5});
  cases.push_back({pia(6), 3 + 3 + 2, 2});  // 3 alone, 3 after 3, and the cache of 4 leaves room for 2
  Set(cases.back().config, "segment", int64_t{3});
  Config table = MakeConfig("compressive");
  Set(table, "heads", int64_t{1}), Set(table, "d_model", int64_t{4}), Set(table, "segment", int64_t{3});
  Set(table, "mem_len", int64_t{3}), Set(table, "cmem_len", int64_t{2}), Set(table, "ratio", int64_t{2});
  Set(table, "position", "table"), Set(table, "pos", weights(4 * 7));
  Set(table, "w_qkv", weights(48)), Set(table, "w_o", weights(16));
  // In front of the segments there are 0 rows, 3, and 5: 1 of two and 4.
  cases.push_back({std::move(table), 3 + 3 + 2, 4});
  for (const Case& c : cases) {
    const Attention attention = MakeAttention(context, c.config);
    const Memory memory = MakeMemory(attention);
    Rows rows;
    rows.queries = rows.keys = c.fit + 1;
    rows.q = weights(4 * (c.fit + 1));
    std::vector<float> out;
    StepRows(attention, memory.get(), rows, 0, c.taken, 3, out);
    const std::string before = Save(memory.get());
    CHECK_THROWS_AS(StepRows(attention, memory.get(), rows, c.taken, c.fit + 1 - c.taken, 99, out), Failure);
    CHECK(Save(memory.get()) == before);
    StepRows(attention, memory.get(), rows, c.taken, c.fit - c.taken, 2, out);
    CHECK(MemoryInt(memory, "position") == c.fit);
    CHECK_THROWS_AS(StepRows(attention, memory.get(), rows, c.fit, 1, 9, out), Failure);
  }
}

TEST_CASE("random blocks that no plan would use are refused", "[layers]") {
  const Context context = MakeContext(1);
  for (const char* plan : {"given", "zeros", "seeded"}) {
    Config config = MakeConfig("block_sparse");
    Set(config, "heads", int64_t{1}), Set(config, "head_dim", int64_t{4}), Set(config, "block_size", int64_t{2});
    Set(config, "seed", int64_t{1}), Set(config, "plan", plan);
    Set(config, "num_random", int64_t{std::string(plan) == "given" ? 0 : 1});
    Set(config, "random_blocks", std::vector<int64_t>{1, 2, 3});
    CHECK_THROWS_AS(MakeAttention(context, config), Failure);
  }
}

TEST_CASE("shared options that a kind has no use for are refused", "[layers]") {
  const Context context = MakeContext(1);
  Config lsh = MakeConfig("lsh");
  Set(lsh, "heads", int64_t{2}), Set(lsh, "head_dim", int64_t{4}), Set(lsh, "chunk_length", int64_t{4});
  MakeAttention(context, lsh);
  Set(lsh, "scale", 0.5);
  CHECK_THROWS_AS(MakeAttention(context, lsh), Failure);
  for (const char* name : {"kv_heads", "value_dim"}) {
    Config pia = MakeConfig("pia");
    Set(pia, "heads", int64_t{2}), Set(pia, "d_model", int64_t{2}), Set(pia, "segment", int64_t{3});
    Set(pia, "pos", std::vector<float>(20, 0.5f));
    for (const char* weight : {"w_q", "w_k", "w_v", "w_o"}) Set(pia, weight, std::vector<float>(4, 0.5f));
    MakeAttention(context, pia);
    Set(pia, name, int64_t{std::string(name) == "kv_heads" ? 1 : 2});
    CHECK_THROWS_AS(MakeAttention(context, pia), Failure);
  }
}

TEST_CASE("a damaged snapshot, or one of another layer, is refused and the memory stays as it was", "[layers]") {
  const Context context = MakeContext(1);
  const Attention attention = MakeAttention(context, SmallWindow());
  const Memory memory = MakeMemory(attention);
  const Rows rows = SomeRows(9);
  std::vector<float> out;
  StepRows(attention, memory.get(), rows, 0, 9, 9, out);
  const std::string saved = Save(memory.get());
  lwave_error error = {};
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    std::string damaged = saved;
    if (i % 2 == 0) {
      damaged.resize(random() % saved.size());
    } else {
      damaged[random() % saved.size()] ^= static_cast<char>(1 << (random() % 8));
    }
    const lwave_status status =
        lwave_memory_load(memory.get(), damaged.data(), static_cast<int64_t>(damaged.size()), &error);
    REQUIRE(status == LWAVE_CORRUPT_DATA);
    REQUIRE(Save(memory.get()) == saved);
  }
  Config other = SmallWindow();
  Set(other, "left", int64_t{4});
  const Attention wider = MakeAttention(context, other);
  const Memory another = MakeMemory(wider);
  CHECK(lwave_memory_load(another.get(), saved.data(), static_cast<int64_t>(saved.size()), &error) == LWAVE_MISMATCH);
}

}  // namespace
}  // namespace lwave::test
