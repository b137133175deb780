// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes tests/data/minilm/int8_expected.{json,safetensors}: what the shipped model's weights, taken back to
// double, give in the reference. Run it again when examples/models/minilm changes:
//
//   g++ -std=c++20 -O2 -I tests/reference tests/reference/tools/make_minilm_vectors.cc tests/reference/*.cc
//       -pthread -o make_minilm_vectors
//   ./make_minilm_vectors examples/models/minilm tests/data/minilm
//
// The library rounds activations as well, so tests compare with these vectors by cosine.
//   sentence_embeddings      // [texts, width], in the order of expected.json, cut to 256 rows as there
//   <case>.rows              // [rows_at, hidden] last rows of long.json's case, at its rows_at
//   <case>.mean_of_spans     // [spans, width] vectors of spans of 200 tokens, as in long.json
//   <case>.passages          // [passages, width] vectors of spans of passage_tokens tokens (what pushed ids
//   give) <case>.document          // [width]

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "checkpoint_reference.h"
#include "encoder_reference.h"
#include "safetensors_reference.h"

namespace lwave::reference {
namespace {

using nlohmann::json;

// FNV-1a: tells a test that the vectors belong to this very file.
std::string Hash(const std::string& bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

// Vectors of consecutive spans of tokens; [CLS] and [SEP] are left out.
std::vector<Values> Spans(const Encoder& encoder, const Values& rows, int64_t span) {
  const int64_t tokens = static_cast<int64_t>(rows.size()) / encoder.hidden - 2;
  std::vector<Values> vectors;
  for (int64_t begin = 0; begin < tokens; begin += span) {
    vectors.push_back(PassageEmbedding(encoder, rows, 1 + begin, 1 + std::min(tokens, begin + span)));
  }
  return vectors;
}

StoredTensor Stack(const std::vector<Values>& rows) {
  Values all;
  for (const Values& row : rows) all.insert(all.end(), row.begin(), row.end());
  return StoreF32({static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.at(0).size())}, all);
}

json Cosines(const std::vector<Values>& got, const std::vector<Values>& expected) {
  Values cosines;
  for (size_t i = 0; i < got.size(); ++i) cosines.push_back(Cosine(got[i], expected[i]));
  const double sum = std::accumulate(cosines.begin(), cosines.end(), 0.0);
  return {{"least", *std::min_element(cosines.begin(), cosines.end())},
          {"mean", sum / static_cast<double>(cosines.size())}};
}

std::vector<Values> Rows(const StoredTensor& tensor, int64_t width) {
  const Values all = tensor.Doubles();
  std::vector<Values> rows;
  for (size_t at = 0; at < all.size(); at += width) {
    rows.emplace_back(all.begin() + at, all.begin() + at + width);
  }
  return rows;
}

void Make(const std::string& model, const std::string& data) {
  const Encoder encoder = LoadEncoder(model);
  if (!encoder.has_long_reading) throw std::runtime_error(model + "/longwave.json: a long reading is needed");
  const LongReading& reading = encoder.long_reading;
  StoredFile out;
  json notes = {{"note", "the shipped weights, dequantised to double, in the reference; compare by cosine"},
                {"weights_fnv1a64", Hash(ReadWholeFile(model + "/model.safetensors"))},
                {"passage_tokens", reading.passage_tokens}};

  const StoredFile expected = ReadSafetensors(data + "/expected.safetensors");
  std::vector<Values> embeddings, originals;
  const json texts = json::parse(ReadWholeFile(data + "/expected.json"));
  for (const json& entry : texts.at("cases")) {
    const std::string name = entry.at("name").get<std::string>();
    const EncoderInput input = {expected.At(name + ".input_ids").Integers(), {}, {}};
    embeddings.push_back(SentenceEmbedding(encoder, HiddenStates(encoder, input).back()));
    originals.push_back(expected.At(name + ".sentence_embedding").Doubles());
    notes["texts"].push_back(name);
  }
  out.tensors["sentence_embeddings"] = Stack(embeddings);
  notes["cosine_with_original"]["sentence_embeddings"] = Cosines(embeddings, originals);

  const StoredFile longs = ReadSafetensors(data + "/long.safetensors");
  for (const std::string name : {"first_long_255", "long_600", "long_2000"}) {
    const EncoderInput input = {longs.At(name + ".input_ids").Integers(), {}, {}};
    const Values rows = HiddenStates(encoder, input, &reading).back();
    std::vector<int64_t> at = longs.At(name + ".rows_at").Integers();
    if (at.size() > 70) at.resize(70);
    std::vector<Values> chosen;
    for (const int64_t i : at) {
      chosen.emplace_back(rows.begin() + i * encoder.hidden, rows.begin() + (i + 1) * encoder.hidden);
    }
    const std::vector<Values> means = Spans(encoder, rows, 200);
    const std::vector<Values> passages = Spans(encoder, rows, reading.passage_tokens);
    const Values document = DocumentEmbedding(passages);
    out.tensors[name + ".rows_at"] = StoreI64({static_cast<int64_t>(at.size())}, at);
    out.tensors[name + ".rows"] = Stack(chosen);
    out.tensors[name + ".mean_of_spans"] = Stack(means);
    out.tensors[name + ".passages"] = Stack(passages);
    out.tensors[name + ".document"] = StoreF32({static_cast<int64_t>(document.size())}, document);
    notes["long"].push_back(name);
    nlohmann::json& cosines = notes["cosine_with_original"];
    cosines[name + ".rows"] = Cosines(chosen, Rows(longs.At(name + ".rows"), encoder.hidden));
    cosines[name + ".mean_of_spans"] =
        Cosines(means, Rows(longs.At(name + ".mean_of_spans"), static_cast<int64_t>(means.at(0).size())));
  }
  WriteSafetensors(data + "/int8_expected.safetensors", out);
  std::ofstream file(data + "/int8_expected.json", std::ios::trunc);
  file << notes.dump(1) << "\n";
  std::printf("%s\n", notes.at("cosine_with_original").dump(1).c_str());
}

}  // namespace
}  // namespace lwave::reference

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "make_minilm_vectors MODEL_DIRECTORY tests/data/minilm\n");
    return 2;
  }
  try {
    lwave::reference::Make(argv[1], argv[2]);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "make_minilm_vectors: %s\n", failure.what());
    return 1;
  }
}
