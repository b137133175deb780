// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole texts and streams, timed.

#include "model_work.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace lwave::bench {
namespace {

constexpr int64_t kMinRuns = 3;

std::vector<int32_t> RandomIds(int64_t count, int64_t vocabulary) {
  std::vector<int32_t> ids(static_cast<size_t>(count));
  uint32_t state = 7;
  for (int32_t& id : ids) {
    state = state * 1664525u + 1013904223u;
    id = static_cast<int32_t>((state >> 8) % static_cast<uint32_t>(vocabulary));
  }
  return ids;
}

// Times run() with whatever prepare() makes, which is not part of the time.
template <typename Prepare, typename Run>
Timing MeasurePrepared(double seconds, const Prepare& prepare, const Run& run) {
  std::vector<double> times;
  double spent = 0;
  while (static_cast<int64_t>(times.size()) < kMinRuns || spent < seconds) {
    auto state = prepare();
    const double start = Seconds();
    run(state);
    times.push_back(Seconds() - start);
    spent += times.back();
  }
  return Summarise(std::move(times));
}

test::Config WindowConfig() {
  test::Config config = test::MakeConfig();
  test::Set(config, "long", "window");
  return config;
}

}  // namespace

BenchModel::BenchModel(int32_t threads, const std::string& directory)
    : directory_(directory),
      context_(test::MakeContext(threads)),
      model_(test::OpenModel(context_, directory)) {
  test::Error error;
  int64_t needed = 0;
  error.Check(lwave_model_describe(model_.get(), nullptr, nullptr, 0, &needed, error));
  std::string text(static_cast<size_t>(needed), '\0');
  error.Check(lwave_model_describe(model_.get(), nullptr, text.data(), needed, &needed, error));
  const nlohmann::json json = nlohmann::json::parse(text.c_str());
  type_ = json["products"];
  const std::string name = json["model"];
  label_ = name.substr(0, name.rfind('-')) + " " + type_;
  layers_ = json["layers"];
  hidden_ = json["hidden"];
  intermediate_ = json["intermediate"];
  vocabulary_ = json["vocabulary"];
  mapped_ = json["bytes"]["mapped"];
  packed_ = json["bytes"]["packed"];
  for (const nlohmann::json& layer : json["attention"]) {
    if (layer.contains("left")) {
      visible_.push_back(layer["left"].get<int64_t>() + 1 + layer["right"].get<int64_t>() +
                         layer["sinks"].get<int64_t>());
    }
  }
  error.Check(lwave_model_prepare(model_.get(), error));
}

double BenchModel::OperationsInFull(int64_t rows) const {
  const double weights = static_cast<double>(layers_ * (4 * hidden_ * hidden_ + 2 * hidden_ * intermediate_));
  return 2 * weights + 4 * static_cast<double>(layers_ * hidden_ * rows);
}

double BenchModel::OperationsInWindow() const {
  double operations = OperationsInFull(0);
  for (const int64_t keys : visible_) operations += 4 * static_cast<double>(hidden_ * keys);
  return operations;
}

WorkResult RunWhole(const BenchModel& model, int64_t batch, int64_t tokens, double seconds) {
  const test::Config config;  // in full
  const test::Workspace workspace = test::MakeWorkspace(model.model(), config, batch, tokens);
  const std::vector<int32_t> ids = RandomIds(batch * tokens, model.vocabulary());
  std::vector<float> rows(static_cast<size_t>(batch * tokens * model.hidden()));
  const auto forward = [&] {
    test::Error error;
    error.Check(lwave_model_forward(model.model().get(), workspace.get(), nullptr, ids.data(), nullptr,
                                    nullptr, batch, tokens, LWAVE_LAST_HIDDEN_STATE, rows.data(),
                                    static_cast<int64_t>(rows.size()), error));
  };
  WorkResult result;
  result.timing = Measure(forward, seconds, kMinRuns);
  result.tokens = batch * tokens;
  result.operations = static_cast<double>(result.tokens) * model.OperationsInFull(tokens);
  test::Error error;
  error.Check(lwave_workspace_plan(model.model().get(), nullptr, batch, tokens, &result.bytes, error));
  return result;
}

WorkResult StreamIds(const BenchModel& model, int64_t rows, double seconds) {
  const test::Config config = WindowConfig();
  const std::vector<int32_t> ids = RandomIds(rows, model.vocabulary());
  std::vector<float> buffer(static_cast<size_t>(256 * model.hidden()));
  const int64_t capacity = static_cast<int64_t>(buffer.size());
  const auto push_all = [&](const test::Memory& memory) {
    test::Error error;
    int64_t written = 0;
    for (int64_t at = 0, taken = 0; at < rows; at += taken) {
      const lwave_status status = lwave_memory_push(memory.get(), ids.data() + at, rows - at, &taken,
                                                    buffer.data(), capacity, &written, error);
      if (status != LWAVE_OUTPUT_FULL) error.Check(status);
    }
    for (lwave_status status = LWAVE_OUTPUT_FULL; status == LWAVE_OUTPUT_FULL;) {
      status = lwave_memory_finish(memory.get(), buffer.data(), capacity, &written, error);
      if (status != LWAVE_OUTPUT_FULL) error.Check(status);
    }
  };
  WorkResult result;
  result.timing = MeasurePrepared(
      seconds, [&] { return test::MakeMemory(model.model(), config); }, push_all);
  result.tokens = rows;
  result.operations = static_cast<double>(rows) * model.OperationsInWindow();
  result.bytes = test::MemoryPlan(model.model(), config).bytes;
  return result;
}

WorkResult StreamText(const BenchModel& model, const std::string& text, double seconds) {
  const test::Config config = WindowConfig();
  const int64_t width = test::ModelInt(model.model(), "embedding_width");
  WorkResult result;
  result.timing = MeasurePrepared(
      seconds, [&] { return test::MakeStream(model.model(), config); },
      [&](const test::Stream& stream) {
        std::vector<test::Item> items;
        test::PushText(stream.get(), text, width, items);
        test::FinishStream(stream.get(), width, items);
        result.tokens = test::StreamInt(stream, "rows");
      });
  result.operations = static_cast<double>(result.tokens) * model.OperationsInWindow();
  result.bytes = test::StreamPlan(model.model(), config).bytes;
  return result;
}

}  // namespace lwave::bench
