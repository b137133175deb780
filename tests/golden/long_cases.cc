// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// long.json of a model folder: sequences read through a window with sinks and tiled positions. Each case runs as
// one forward, through a memory in random pieces (the same bits), and as ids through a stream (means of spans).

#include <algorithm>
#include <cstring>
#include <random>

#include "model_cases.h"

namespace lwave::golden {
namespace {

using nlohmann::json;

constexpr int64_t kSpan = 200;  // token rows in one of mean_of_spans

void SetWidths(const test::Config& config, const char* key, const json& value) {
  if (value.is_array()) test::Set(config, key, value.get<std::vector<int64_t>>());
  else test::Set(config, key, value.get<int64_t>());
}

std::vector<float> StreamedRows(const test::Model& model, const test::Config& config, const std::vector<int32_t>& ids,
                                uint32_t seed) {
  std::mt19937 random(seed);
  const int64_t hidden = ModelInt(model, "hidden");
  const test::Memory memory = test::MakeMemory(model, config);
  std::vector<float> rows;
  const int64_t count = static_cast<int64_t>(ids.size());
  for (int64_t at = 0; at < count;) {
    const int64_t piece = std::min<int64_t>(count - at, 1 + static_cast<int64_t>(random() % 97));
    test::PushRows(memory.get(), ids.data() + at, piece, hidden, 1 + static_cast<int64_t>(random() % 50), rows);
    at += piece;
  }
  test::FinishRows(memory.get(), hidden, 1 + static_cast<int64_t>(random() % 50), rows);
  return rows;
}

// The vectors of a document of ids that is cut every kSpan tokens.
std::vector<float> SpanMeans(const test::Model& model, const test::Config& config, const std::vector<int32_t>& ids) {
  const int64_t width = ModelInt(model, "embedding_width");
  test::Set(config, "passage_tokens", kSpan);
  const test::Stream stream = test::MakeStream(model, config);
  std::vector<test::Item> items;
  test::PushIds(stream.get(), ids.data() + 1, static_cast<int64_t>(ids.size()) - 2, width, items);
  test::FinishStream(stream.get(), width, items);
  std::vector<float> means;
  for (const test::Item& item : items) {
    if (item.kind == LWAVE_ITEM_PASSAGE) means.insert(means.end(), item.vector.begin(), item.vector.end());
  }
  return means;
}

void RunOne(CaseReport& report, const json& description, const reference::StoredFile& tensors,
            const test::Model& model, const json& one) {
  const std::string prefix = one.at("name").get<std::string>() + ".";
  const Tolerance tolerance = {description.at("atol").get<double>(), description.at("rtol").get<double>()};
  const test::Config config = test::MakeConfig();
  test::Set(config, "long", "window");
  SetWidths(config, "left", one.at("left"));
  SetWidths(config, "right", one.at("right"));
  for (const char* key : {"sinks", "tile", "full_up_to"}) test::Set(config, key, one.at(key).get<int64_t>());

  const std::vector<int32_t> ids = ToInt32(tensors.At(prefix + "input_ids").Integers());
  const test::Batch batch = test::OneSequence(ids);
  const std::vector<float> rows = test::Forward(model, config, batch, LWAVE_LAST_HIDDEN_STATE);

  const int64_t hidden = ModelInt(model, "hidden");
  std::vector<float> chosen;
  for (int64_t row : tensors.At(prefix + "rows_at").Integers()) {
    chosen.insert(chosen.end(), rows.begin() + row * hidden, rows.begin() + (row + 1) * hidden);
  }
  report.Compare("rows", chosen, tensors.At(prefix + "rows").Doubles(), tolerance);

  const uint32_t seed = static_cast<uint32_t>(ids.size());
  const std::vector<float> streamed = StreamedRows(model, config, ids, seed);
  report.Require(streamed.size() == rows.size() &&
                     std::memcmp(streamed.data(), rows.data(), rows.size() * sizeof(float)) == 0,
                 "rows streamed in pieces (seed " + std::to_string(seed) + ") are not forward's to the bit");
  if (tensors.Has(prefix + "mean_of_spans")) {
    report.Compare("mean_of_spans", SpanMeans(model, config, ids), tensors.At(prefix + "mean_of_spans").Doubles(),
                   tolerance);
  }
  for (const json& output : one.at("outputs")) {
    const std::string name = output.get<std::string>();
    if (name != "position_ids" && name != "rows" && name != "rows_at" && name != "mean_of_spans") {
      report.Unsupported(name, "no such output");
    }
  }
}

}  // namespace

void RunLongCases(const std::string& folder, const Sink& sink) {
  const json description = ReadJson(folder + "/long.json");
  const reference::StoredFile tensors = reference::ReadSafetensors(folder + "/long.safetensors");
  const test::Context context = test::MakeContext(0);
  const std::string prefix = BaseName(folder) + "/long/";
  test::Model model;
  const CaseResult opened = RunCase(prefix, [&](CaseReport&) { model = test::OpenModel(context, folder); });
  for (const json& one : description.at("cases")) {
    sink(RunCase(prefix + one.at("name").get<std::string>(), [&](CaseReport& report) {
      if (model != nullptr) RunOne(report, description, tensors, model, one);
      else if (opened.verdict == Verdict::kUnsupported) report.Unsupported("model", opened.detail);
      else report.Fail(opened.detail);
    }));
  }
}

}  // namespace lwave::golden
