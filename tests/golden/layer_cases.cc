// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From a case file to calls of the C API. What a tensor is follows from its name and its place among the inputs: q,
// k, v (or x, qk), their second sets and masks are rows; every other input is an option of its name.

#include "layer_cases.h"

#include <cstring>
#include <filesystem>
#include <numeric>
#include <random>
#include <set>
#include <stdexcept>

#include "support/layers.h"

namespace lwave::golden {
namespace {

using nlohmann::json;
using reference::StoredFile;
using reference::StoredTensor;
using test::Rows;

const std::set<std::string>& RowNames() {
  static const std::set<std::string> names = {"q",        "k",        "v",        "x",    "qk",
                                              "q_global", "k_global", "v_global", "mask", "key_mask"};
  return names;
}

// [batch, heads, n, width] as [batch, n, heads, width].
std::vector<float> TokenMajor(const StoredTensor& tensor) {
  const std::vector<float> from = tensor.Floats();
  if (tensor.shape.size() != 4) return from;
  const int64_t batch = tensor.shape[0], heads = tensor.shape[1], n = tensor.shape[2], width = tensor.shape[3];
  std::vector<float> to(from.size());
  for (int64_t b = 0; b < batch; ++b) {
    for (int64_t h = 0; h < heads; ++h) {
      for (int64_t i = 0; i < n; ++i) {
        std::copy_n(from.begin() + ((b * heads + h) * n + i) * width, width,
                    to.begin() + ((b * n + i) * heads + h) * width);
      }
    }
  }
  return to;
}

std::vector<double> Expected(const StoredTensor& tensor) {
  const std::vector<float> values = TokenMajor(tensor);
  return std::vector<double>(values.begin(), values.end());
}

// Rows of two sets of heads, one behind the other in every token.
std::vector<float> TwoSets(const std::vector<float>& first, const std::vector<float>& second, int64_t width) {
  std::vector<float> both;
  for (size_t at = 0; at < first.size(); at += static_cast<size_t>(width)) {
    both.insert(both.end(), first.begin() + static_cast<int64_t>(at), first.begin() + static_cast<int64_t>(at) + width);
    both.insert(both.end(), second.begin() + static_cast<int64_t>(at), second.begin() + static_cast<int64_t>(at) + width);
  }
  return both;
}

// One setting; objects become keys with dots, lists of objects lists of their members.
void SetOption(const test::Config& config, const std::string& key, const json& value) {
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) SetOption(config, key + "." + name, member);
    return;
  }
  if (value.is_array() && !value.empty() && value[0].is_object()) {
    for (const auto& [name, member] : value[0].items()) {
      json list = json::array();
      for (const json& one : value) list.push_back(one.at(name));
      SetOption(config, key + "." + name, list);
    }
    return;
  }
  const int32_t type = test::OptionType(config, key);
  if (type == 0) throw std::runtime_error("the layer has no option " + key);
  if (value.is_string()) {
    test::Set(config, key.c_str(), value.get<std::string>().c_str());
  } else if (value.is_boolean()) {
    test::Set(config, key.c_str(), int64_t{value.get<bool>()});
  } else if (value.is_array() && !value.empty() && value[0].is_string()) {
    std::string words;
    for (const json& word : value) words += (words.empty() ? "" : ",") + word.get<std::string>();
    test::Set(config, key.c_str(), words.c_str());
  } else if (value.is_array()) {
    test::Set(config, key.c_str(), value.get<std::vector<int64_t>>());
  } else if (type == LWAVE_OPTION_FLOAT) {
    test::Set(config, key.c_str(), value.get<double>());
  } else {
    test::Set(config, key.c_str(), value.get<int64_t>());
  }
}

struct LayerCase {
  json description;
  StoredFile file;
  Rows rows;
  std::vector<int64_t> chunks;
  bool explicit_segments = false;
  test::Context context;
  test::Attention attention;

  Tolerance For() const {
    const json& tolerance = description.at("tolerance");
    return {tolerance.at("atol").get<double>(), tolerance.at("rtol").get<double>()};
  }
};

void SetShape(const LayerCase& c, const test::Config& config) {
  const auto set = [&](const char* key, int64_t value) {
    if (test::OptionType(config, key) != 0) test::Set(config, key, value);
  };
  const auto shape = [&](const char* name) { return c.file.At(name).shape; };
  if (c.file.Has("x")) {
    set("d_model", shape("x")[2]);
    if (c.file.Has("w_qkv")) set("head_dim", shape("w_qkv")[0] / 3 / c.description.at("config").at("heads").get<int64_t>());
    set("max_tokens", shape("x")[1]);
    return;
  }
  const char* query = c.file.Has("qk") ? "qk" : "q";
  const char* key = c.file.Has("qk") ? "qk" : "k";
  set("heads", shape(query)[1]);
  set("head_dim", shape(query)[3]);
  if (!c.file.Has("qk")) set("kv_heads", shape(key)[1]);
  set("value_dim", shape("v")[3]);
  set("max_tokens", shape(key)[2]);
  // [slots, keys], or that for every head
  if (c.file.Has("e")) set("slots", shape("e")[shape("e").size() - 2]);
}

void ReadRows(LayerCase& c) {
  const auto tensor = [&](const char* name) { return TokenMajor(c.file.At(name)); };
  Rows& rows = c.rows;
  if (c.file.Has("x") || c.file.Has("qk")) {
    const StoredTensor& x = c.file.At(c.file.Has("x") ? "x" : "qk");
    rows.q = TokenMajor(x);
    rows.batch = x.shape[0];
    rows.queries = rows.keys = c.file.Has("x") ? x.shape[1] : x.shape[2];
    if (c.file.Has("v")) rows.v = tensor("v");
  } else {
    rows.q = tensor("q"), rows.k = tensor("k"), rows.v = tensor("v");
    rows.batch = c.file.At("q").shape[0];
    rows.queries = c.file.At("q").shape[2];
    rows.keys = c.file.At("k").shape[2];
    if (c.file.Has("q_global")) {
      const auto width = [&](const char* name) { return c.file.At(name).shape[1] * c.file.At(name).shape[3]; };
      rows.q = TwoSets(rows.q, tensor("q_global"), width("q"));
      rows.k = TwoSets(rows.k, tensor("k_global"), width("k"));
      rows.v = TwoSets(rows.v, tensor("v_global"), width("v"));
    }
  }
  for (const char* name : {"mask", "key_mask"}) {
    if (c.file.Has(name)) rows.mask = ToInt32(c.file.At(name).Integers());
  }
}

void SetChunks(LayerCase& c, const test::Config& config) {
  const json& settings = c.description.at("config");
  if (!settings.contains("chunks")) return;
  c.chunks = settings["chunks"].get<std::vector<int64_t>>();
  if (test::OptionType(config, "segment") == 0) return;
  bool equal = true;
  for (size_t i = 0; i < c.chunks.size(); ++i) {
    equal = equal && (i + 1 == c.chunks.size() ? c.chunks[i] <= c.chunks[0] : c.chunks[i] == c.chunks[0]);
  }
  c.explicit_segments = !equal;
  if (equal) {
    test::Set(config, "segment", c.chunks[0]);
  } else {
    test::Set(config, "segment", "explicit");
  }
}

void Open(LayerCase& c, const std::string& path) {
  c.file = reference::ReadSafetensors(path);
  const auto found = c.file.metadata.find("case");
  if (found == c.file.metadata.end()) throw std::runtime_error(path + ": no case in the metadata");
  c.description = json::parse(found->second);
  const test::Config config = test::MakeConfig(c.description.at("mechanism").get<std::string>().c_str());
  SetShape(c, config);
  ReadRows(c);
  SetChunks(c, config);
  for (const auto& [key, value] : c.description.at("config").items()) {
    if (key != "chunks") SetOption(config, key, value);
  }
  if (c.file.Has("q_global")) test::Set(config, "global_projections", int64_t{1});
  for (const json& input : c.description.at("inputs")) {
    const std::string name = input.get<std::string>();
    if (RowNames().count(name) != 0) continue;
    const StoredTensor& tensor = c.file.At(name);
    if (tensor.dtype == "I64") {
      test::Set(config, name.c_str(), tensor.Integers());
    } else {
      test::Set(config, name.c_str(), tensor.Floats());
    }
  }
  c.context = test::MakeContext(2);
  c.attention = test::MakeAttention(c.context, config);
}

// Called after every chunk of every sequence.
using AfterChunk = std::function<void(int64_t sequence, size_t chunk, const lwave_memory* memory)>;

// All sequences of the batch through memories, cut after the lengths of `chunks`; the segments of a case with
// explicit ones end after `segments`.
std::vector<float> Streamed(const LayerCase& c, const std::vector<int64_t>& chunks, const AfterChunk& after = nullptr) {
  std::vector<float> all;
  const int64_t width = test::AttentionInt(c.attention, "out_width");
  std::set<int64_t> ends;  // of segments
  int64_t sum = 0;
  for (int64_t length : c.chunks) ends.insert(sum += length);
  for (int64_t b = 0; b < c.rows.batch; ++b) {
    Rows rows = test::Sequence(c.rows, b);
    // Where the queries are the last of the keys, the first keys come with queries of zeros.
    const int64_t ahead = rows.keys - rows.queries;
    const int64_t q_width = test::AttentionInt(c.attention, "q_width");
    rows.q.insert(rows.q.begin(), static_cast<size_t>(std::max<int64_t>(0, ahead) * q_width), 0.0f);
    const test::Memory memory = test::MakeMemory(c.attention);
    std::vector<float> out;
    int64_t at = 0;
    for (size_t i = 0; i < chunks.size(); ++i) {
      for (int64_t left = chunks[i]; left > 0;) {
        int64_t count = left;
        const auto end = ends.upper_bound(at);
        if (c.explicit_segments && end != ends.end()) count = std::min(count, *end - at);
        test::StepRows(c.attention, memory.get(), rows, at, count, 3, out);
        at += count, left -= count;
        test::Error error;
        if (c.explicit_segments && ends.count(at) != 0) error.Check(lwave_memory_end_segment(memory.get(), error));
      }
      if (i + 1 == chunks.size()) test::FinishRows(memory.get(), width, 3, out);
      if (after != nullptr) after(b, i, memory.get());
    }
    if (chunks.empty()) test::FinishRows(memory.get(), width, 3, out);
    all.insert(all.end(), out.begin() + std::max<int64_t>(0, ahead) * width, out.end());
  }
  return all;
}

std::vector<int64_t> RandomChunks(std::mt19937_64& random, int64_t n) {
  std::vector<int64_t> chunks;
  const int64_t most = std::uniform_int_distribution<int64_t>(1, std::max<int64_t>(1, n))(random);
  for (int64_t left = n; left > 0; left -= chunks.back()) {
    chunks.push_back(std::uniform_int_distribution<int64_t>(1, std::min(left, most))(random));
  }
  return chunks;
}

bool IsPerChunk(const LayerCase& c, const std::string& name) {
  return name != "out" && !c.chunks.empty() &&
         c.file.At(name).shape == std::vector<int64_t>{static_cast<int64_t>(c.chunks.size())};
}

// Outputs that a memory gives after its chunks: `<part>_<chunk>`, or `<part>` with one number a chunk.
void CompareParts(CaseReport& report, const LayerCase& c) {
  std::map<std::string, std::vector<float>> parts;
  std::set<std::string> wanted;
  std::map<std::string, std::vector<float>> per_chunk;  // means over the batch
  for (const json& output : c.description.at("outputs")) {
    const std::string name = output.get<std::string>();
    const size_t line = name.rfind('_');
    if (line != std::string::npos && name.find_first_not_of("0123456789", line + 1) == std::string::npos) wanted.insert(name);
    if (IsPerChunk(c, name)) per_chunk[name].resize(c.chunks.size());
  }
  if (wanted.empty() && per_chunk.empty()) return;
  Streamed(c, c.chunks, [&](int64_t sequence, size_t chunk, const lwave_memory* memory) {
    for (auto& [name, means] : per_chunk) {
      means[chunk] += test::ReadPart(memory, name.c_str()).at(0) / static_cast<float>(c.rows.batch);
    }
    for (const std::string& name : wanted) {
      const size_t line = name.rfind('_');
      if (std::stoul(name.substr(line + 1)) != chunk) continue;
      // A part without a batch is the same for all sequences.
      const StoredTensor& expected = c.file.At(name);
      const std::vector<float> part = test::ReadPart(memory, name.substr(0, line).c_str());
      std::vector<float>& all = parts[name];
      if (sequence == 0 || expected.shape.size() > 1) all.insert(all.end(), part.begin(), part.end());
    }
  });
  for (const auto& [name, means] : per_chunk) report.Compare(name, means, c.file.At(name).Doubles(), c.For());
  for (const std::string& name : wanted) {
    // [batch, heads, features, width] of a state is kept as it is; caches of rows are token-major.
    const StoredTensor& tensor = c.file.At(name);
    const bool cache = name.rfind("cache", 0) == 0;
    report.Compare(name, parts[name], cache ? Expected(tensor) : tensor.Doubles(), c.For());
  }
}

// An output of the whole sequence: the layer's own, or what its memory has when it is finished.
void CompareWholePart(CaseReport& report, const LayerCase& c, const std::string& name) {
  int64_t count = 0;
  std::vector<float> part;
  if (lwave_attention_read_part(c.attention.get(), name.c_str(), nullptr, 0, &count, nullptr) == LWAVE_OK) {
    part = test::ReadPart(c.attention.get(), name.c_str());
  } else {
    Streamed(c, {c.rows.keys}, [&](int64_t, size_t, const lwave_memory* memory) {
      const std::vector<float> one = test::ReadPart(memory, name.c_str());
      part.insert(part.end(), one.begin(), one.end());
    });
  }
  report.Compare(name, part, c.file.At(name).Doubles(), c.For());
}

void RunLayerCase(CaseReport& report, const std::string& path) {
  LayerCase c;
  Open(c, path);
  std::vector<float> whole;
  const std::vector<double> expected = Expected(c.file.At("out"));
  if (!c.explicit_segments || c.chunks.size() <= 1) {
    whole = test::Forward(c.attention, c.rows);
    report.Compare("whole", whole, expected, c.For());
  }
  for (const json& output : c.description.at("outputs")) {
    const std::string name = output.get<std::string>();
    const size_t line = name.rfind('_');
    if (name == "out" || (line != std::string::npos && name.find_first_not_of("0123456789", line + 1) == std::string::npos)) {
      continue;
    }
    if (c.chunks.empty()) CompareWholePart(report, c, name);
  }
  if (test::AttentionInt(c.attention, "streams") == 0) {
    report.Note("does not stream");
    return;
  }
  if (c.rows.queries > c.rows.keys || (c.rows.queries < c.rows.keys && c.description.at("config").contains("query_offset"))) {
    report.Note("cross-attention does not stream");
    return;
  }
  if (!c.chunks.empty()) CompareParts(report, c);
  std::mt19937_64 random(20261125);
  for (int round = 0; round < 4; ++round) {
    const std::vector<int64_t> chunks = RandomChunks(random, c.rows.keys);
    const std::vector<float> streamed = Streamed(c, chunks);
    if (whole.empty()) {
      report.Compare("stream", streamed, expected, c.For());
      whole = streamed;
    }
    report.Require(streamed.size() == whole.size() &&
                       (whole.empty() || std::memcmp(streamed.data(), whole.data(), whole.size() * sizeof(float)) == 0),
                   "another bit in chunking " + std::to_string(round));
  }
}

}  // namespace

void RunLayerCases(const std::string& folder, const Sink& sink) {
  for (const std::string& path : FindFiles(folder, ".safetensors")) {
    const std::filesystem::path file(path);
    const std::string name = BaseName(file.parent_path().string()) + "/" + file.stem().string();
    sink(RunCase(name, [&](CaseReport& report) { RunLayerCase(report, path); }));
  }
}

}  // namespace lwave::golden
