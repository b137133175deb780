// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a memory says about itself: every byte of its plan has a part, and payload is what the formulas say.

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "host.h"
#include "layer_laws.h"

namespace lwave::test {
namespace {

using nlohmann::json;

template <typename Handle>
json Describe(lwave_status (*describe)(const Handle*, char*, int64_t, int64_t*, lwave_error*), const Handle* handle) {
  Error error;
  int64_t needed = 0;
  error.Check(describe(handle, nullptr, 0, &needed, error));
  std::string text(static_cast<size_t>(needed), '\0');
  error.Check(describe(handle, text.data(), needed, &needed, error));
  return json::parse(text.c_str());
}
json Describe(const lwave_memory* memory) { return Describe(lwave_memory_describe, memory); }
json Describe(const lwave_stream* stream) { return Describe(lwave_stream_describe, stream); }

void SetNumbers(const Config& config, std::initializer_list<std::pair<const char*, int64_t>> numbers) {
  for (const auto& [key, value] : numbers) Set(config, key, value);
}

int64_t Bytes(const json& description, const std::string& kind) {
  int64_t bytes = 0;
  for (const json& part : description.at("parts")) {
    if (kind.empty() || part.at("kind") == kind) bytes += part.at("bytes").get<int64_t>();
  }
  return bytes;
}

// The parts add up to the plan, none is negative, names are not used twice, and ages count from the position.
void CheckParts(const json& description, int64_t plan) {
  INFO(description.dump());
  const int64_t position = description.at("position").get<int64_t>();
  std::set<std::string> names;
  for (const json& part : description.at("parts")) {
    REQUIRE(part.at("bytes").get<int64_t>() >= 0);
    REQUIRE(names.insert(part.at("name").get<std::string>()).second);
    const std::string kind = part.at("kind").get<std::string>();
    REQUIRE((kind == "payload" || kind == "pending" || kind == part.at("name")));
    if (kind != "payload" && kind != "pending") continue;
    const bool rows = part.at("rows").get<int64_t>() > 0 && part.at("name") != "results";
    REQUIRE(part.contains("oldest") == rows);
    if (!rows) continue;
    REQUIRE(part.at("age").get<int64_t>() == position - part.at("oldest").get<int64_t>());
  }
  for (const char* name : {"free", "scratch", "alignment"}) REQUIRE(names.count(name) == 1);
  REQUIRE(description.at("bytes").get<int64_t>() == plan);
  REQUIRE(Bytes(description, "") == plan);
}

TEST_CASE("a layer's memory accounts for every byte of its plan, and its payload is the mechanism's formula",
          "[laws][layers]") {
  CountingAllocator allocator;
  const Context context = allocator.MakeContext(2);
  std::set<std::string> checked;
  ForRandomLayers(10200, [&](const RandomLayer& layer, Random& random) {
    const Attention attention = MakeAttention(context, layer.config);
    if (AttentionInt(attention, "streams") == 0) return;
    const Rows rows = Sequence(layer.rows, 0);
    Error error;
    int64_t plan = 0;
    error.Check(lwave_memory_plan_for_attention(attention.get(), &plan, nullptr, nullptr, nullptr, error));
    const int64_t before = allocator.bytes();
    const Memory memory = MakeMemory(attention);
    REQUIRE(allocator.bytes() - before == plan);
    std::vector<float> out;
    for (int64_t at = 0;;) {
      const json description = Describe(memory.get());
      CheckParts(description, plan);
      INFO("after " << at << " rows: " << description.dump());
      REQUIRE(Bytes(description, "payload") == layer.payload(at));
      if (at == rows.keys) break;
      const int64_t count = Between(random, 1, std::min<int64_t>(rows.keys - at, 70));
      StepRandomly(attention, memory.get(), rows, at, at + count, random, out);
      at += count;
      checked.insert(layer.mechanism);
    }
    FinishRows(memory.get(), AttentionInt(attention, "out_width"), 5, out);
    CheckParts(Describe(memory.get()), plan);
  });
  CHECK(checked.size() + 3 == AllMechanisms().size());  // but transient_global, nystrom and xlnet, which do not stream
}

TEST_CASE("a part's oldest row is as old as the mechanism reaches back", "[laws][layers]") {
  const Context context = MakeContext(1);
  Random random(10400);
  const auto parts_after = [&](const Config& config, int64_t n, int64_t width) {
    const Attention attention = MakeAttention(context, config);
    const Memory memory = MakeMemory(attention);
    Rows rows;
    rows.queries = rows.keys = n;
    rows.q = RandomFloats(random, n * width);
    if (AttentionInt(attention, "k_width") > 0) rows.k = rows.v = rows.q;
    std::vector<float> out;
    StepRows(attention, memory.get(), rows, 0, n, n, out);
    std::map<std::string, json> parts;
    const json description = Describe(memory.get());
    for (const json& part : description.at("parts")) parts[part.at("name")] = part;
    return parts;
  };
  {
    const Config config = MakeConfig("sink_window");
    SetNumbers(config, {{"heads", 2}, {"head_dim", 5}, {"sinks", 3}, {"window", 10}});
    auto parts = parts_after(config, 100, 10);
    CHECK(parts["sink_keys"]["rows"] == 3);
    CHECK(parts["sink_keys"]["oldest"] == 0);
    CHECK(parts["sink_values"]["age"] == 100);
    CHECK(parts["keys"]["rows"] == 10);
    CHECK(parts["keys"]["oldest"] == 90);
    CHECK(parts["values"]["bytes"] == 10 * 10 * 4);
    parts = parts_after(config, 8, 10);
    CHECK(parts["keys"]["rows"] == 5);
    CHECK(parts["keys"]["oldest"] == 3);
  }
  {
    const Config config = MakeConfig("window");
    SetNumbers(config, {{"heads", 1}, {"head_dim", 4}, {"left", 6}, {"right", 2}});
    auto parts = parts_after(config, 50, 4);
    CHECK(parts["keys"]["oldest"] == 42);
    CHECK(parts["waiting_queries"]["rows"] == 2);
    CHECK(parts["waiting_queries"]["oldest"] == 48);
    CHECK(parts["waiting_queries"]["kind"] == "pending");
  }
  {
    const Config config = MakeConfig("adaptive_span");
    SetNumbers(config, {{"heads", 1}, {"head_dim", 4}, {"max_span", 9}});
    Set(config, "span", std::vector<float>{1.0f}), Set(config, "key_pe", RandomFloats(random, 4 * 9));
    CHECK(parts_after(config, 2, 4)["keys"]["oldest"] == -7);
    CHECK(parts_after(config, 20, 4)["keys"]["oldest"] == 11);
  }
  {
    const Config config = MakeConfig("compressive");
    const int64_t d = 4;
    SetNumbers(config, {{"heads", 1}, {"d_model", d}, {"segment", 5}, {"mem_len", 6}, {"cmem_len", 2}, {"ratio", 3}});
    Set(config, "function", "mean");
    Set(config, "w_qkv", RandomFloats(random, 3 * d * d)), Set(config, "w_o", RandomFloats(random, d * d));
    Set(config, "w_r", RandomFloats(random, d * d));
    Set(config, "bias_u", RandomFloats(random, d)), Set(config, "bias_v", RandomFloats(random, d));
    // 35 rows are closed: 27 have left in 9 groups, of which 2 are kept, and 8 are in the memory.
    auto parts = parts_after(config, 37, d);
    CHECK(parts["segment"]["oldest"] == 35);
    CHECK(parts["memory"]["rows"] == 8);
    CHECK(parts["memory"]["oldest"] == 27);
    CHECK(parts["compressed"]["rows"] == 2);
    CHECK(parts["compressed"]["oldest"] == 21);
    CHECK(parts["compressed"]["age"] == 16);
  }
}

TEST_CASE("a layer's memory that is reset is as a new one, also after finish", "[laws][layers]") {
  CountingAllocator allocator;
  const Context context = allocator.MakeContext(2);
  ForRandomLayers(10600, [&](const RandomLayer& layer, Random& random) {
    const Attention attention = MakeAttention(context, layer.config);
    if (AttentionInt(attention, "streams") == 0) return;
    const Rows rows = Sequence(layer.rows, 0);
    const int64_t width = AttentionInt(attention, "out_width");
    const Memory memory = MakeMemory(attention);
    const std::string fresh = Save(memory.get());
    const json fresh_description = Describe(memory.get());
    Rows other = rows;
    for (float& q : other.q) q -= 2;
    for (float& v : other.v) v = -v;
    std::vector<float> out;
    const bool finish = Between(random, 0, 1) == 1;
    StepRandomly(attention, memory.get(), other, 0, finish ? rows.keys : Between(random, 0, rows.keys), random, out);
    if (finish) FinishRows(memory.get(), width, 9, out);
    const int64_t calls = allocator.calls();
    Error error;
    error.Check(lwave_memory_reset(memory.get(), error));
    REQUIRE(allocator.calls() == calls);
    REQUIRE(Save(memory.get()) == fresh);
    REQUIRE(Describe(memory.get()) == fresh_description);
    out.clear();
    StepRandomly(attention, memory.get(), rows, 0, rows.keys, random, out);
    FinishRows(memory.get(), width, 9, out);
    REQUIRE(Difference(Forward(attention, rows), out) == "");
  });
}

TEST_CASE("a stream accounts for every byte that it has, and can be reset", "[laws]") {
  for (const std::string& directory : TinyBerts()) {
    const Model model = OpenModel(MakeContext(1), directory);
    for (uint64_t seed = 10900; seed < 10910; ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      INFO(directory << " seed " << seed << " " << ToString(window));
      const Config config = ToConfig(window);
      Reader reader(model, config);
      const std::string fresh = Save(reader.get());
      const std::string text = RandomText(random, Between(random, 1, 90)), other = RandomText(random, 30);
      for (int document = 0; document < 3; ++document) {
        const size_t cut = random() % (text.size() + 1);
        reader.Text(document == 1 ? other : text.substr(0, cut));
        CheckParts(Describe(reader.get()), StreamInt(reader.stream(), "bytes"));
        if (document == 1) reader.Finish();
        Error error;
        error.Check(lwave_stream_reset(reader.get(), error));
        CHECK(Save(reader.get()) == fresh);
        CHECK(StreamInt(reader.stream(), "tokens") == 0);
        reader.items.clear();
      }
      reader.Text(text);
      CHECK(Difference(ItemsOfText(model, config, text), reader.Finish()) == "");
    }
  }
}

TEST_CASE("a model's memory accounts for every byte of its plan, and can be reset", "[laws]") {
  for (const std::string& directory : TinyModels()) {
    const Model model = OpenModel(MakeContext(1), directory);
    const int64_t hidden = ModelInt(model, "hidden"), layers = ModelInt(model, "layers");
    for (uint64_t seed = 10800; seed < 10810; ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      INFO(directory << " seed " << seed << " " << ToString(window));
      const Config config = ToConfig(window);
      const int64_t plan = MemoryPlan(model, config).bytes;
      const Memory memory = MakeMemory(model, config);
      const std::string fresh = Save(memory.get());
      const std::vector<int32_t> ids = RandomIds(random, model, Between(random, 0, 200));
      std::vector<float> out;
      for (size_t at = 0;;) {
        CheckParts(Describe(memory.get()), plan);
        if (at == ids.size()) break;
        const size_t count = std::min<size_t>(ids.size() - at, 31);
        PushRows(memory.get(), ids.data() + at, static_cast<int64_t>(count), hidden, 7, out);
        at += count;
      }
      // Keys and values of the sinks and, in every layer, of all from `left` rows behind the next to leave.
      const json description = Describe(memory.get());
      int64_t kept = 0;
      for (int64_t l = 0; l < layers; ++l) {
        const json& layer = description.at("memory").at("layers").at(static_cast<size_t>(l));
        const int64_t received = layer.at("received").get<int64_t>(), emitted = layer.at("emitted").get<int64_t>();
        const int64_t left = window.left[window.left.size() == 1 ? 0 : static_cast<size_t>(l)];
        kept += std::min(received, window.sinks) + received - std::max(std::min(received, window.sinks), emitted - left);
      }
      CHECK(Bytes(description, "payload") == kept * 2 * hidden * 4);
      const int64_t held = window.full_up_to + window.step_rows;  // before a step is full nothing is computed
      if (static_cast<int64_t>(ids.size()) > held) CHECK(kept > 0);
      if (seed % 2 == 0) FinishRows(memory.get(), hidden, 7, out);
      Error error;
      error.Check(lwave_memory_reset(memory.get(), error));
      CHECK(Save(memory.get()) == fresh);
      out.clear();
      PushRows(memory.get(), ids.data(), static_cast<int64_t>(ids.size()), hidden, 7, out);
      FinishRows(memory.get(), hidden, 7, out);
      CHECK(Difference(RowsOfIds(model, config, ids), out) == "");
    }
  }
}

}  // namespace
}  // namespace lwave::test
