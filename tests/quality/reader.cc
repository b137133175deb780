// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Pages and questions through the public C interface. See the header.

#include "reader.h"

#include <stdexcept>

namespace lwave::quality {
namespace {

void Check(lwave_status status, const lwave_error& error) {
  if (status == LWAVE_OK) return;
  throw std::runtime_error(std::string(lwave_status_name(status)) + ": " + error.message);
}

// The settings of the default model are spelt out, so that a directory without longwave.json reads the same
// way. Alone means alone: also a page that could be read in full is cut into passages that know nothing of
// each other.
void Configure(lwave_config* config, const Reading& reading) {
  lwave_error error = {};
  const bool window = reading.name == "window";
  Check(lwave_config_set_text(config, "long", reading.name.c_str(), &error), error);
  Check(lwave_config_set_int(config, "passage_tokens", reading.passage_tokens, &error), error);
  Check(lwave_config_set_int(config, "full_up_to", window ? 256 : 0, &error), error);
  if (!window) return;
  Check(lwave_config_set_int(config, "left", 64, &error), error);
  Check(lwave_config_set_int(config, "right", 64, &error), error);
  Check(lwave_config_set_int(config, "sinks", 33, &error), error);
  Check(lwave_config_set_int(config, "tile", 256, &error), error);
}

}  // namespace

Model::Model(const std::string& directory, int32_t threads) : directory_(directory) {
  lwave_error error = {};
  lwave_context* context = nullptr;
  Check(lwave_context_create(threads, &context, &error), error);
  context_.reset(context);
  lwave_model* model = nullptr;
  Check(lwave_model_open(context, directory.c_str(), &model, &error), error);
  model_.reset(model);
  Check(lwave_model_get_int(model, "embedding_width", &width_, &error), error);
}

std::vector<float> Model::Embed(const std::string& text) const {
  std::vector<float> vector(static_cast<size_t>(width_));
  lwave_error error = {};
  const int64_t bytes = static_cast<int64_t>(text.size());
  Check(lwave_model_embed(model_.get(), text.data(), bytes, vector.data(), width_, &error), error);
  return vector;
}

PageVectors Model::Read(const std::string& text, const Reading& reading) const {
  lwave_error error = {};
  lwave_config* raw_config = nullptr;
  Check(lwave_config_create("stream", &raw_config, &error), error);
  const Owned<lwave_config, lwave_config_destroy> config(raw_config);
  Configure(config.get(), reading);
  lwave_stream* raw_stream = nullptr;
  Check(lwave_stream_create(model_.get(), config.get(), &raw_stream, &error), error);
  const Owned<lwave_stream, lwave_stream_destroy> stream(raw_stream);

  PageVectors page;
  std::vector<float> vector(static_cast<size_t>(width_));
  const auto drain = [&] {
    for (;;) {
      int32_t kind = LWAVE_ITEM_NONE;
      int64_t ranges[4] = {};
      Check(lwave_stream_read(stream.get(), &kind, vector.data(), width_, ranges, nullptr, &error), error);
      if (kind == LWAVE_ITEM_NONE) return;
      if (kind == LWAVE_ITEM_DOCUMENT) {
        page.document = vector;
        page.tokens = ranges[3];
      } else {
        page.begin.push_back(ranges[0]);
        page.end.push_back(ranges[1]);
        page.passages.insert(page.passages.end(), vector.begin(), vector.end());
      }
    }
  };
  const int64_t bytes = static_cast<int64_t>(text.size());
  for (int64_t at = 0; at < bytes;) {
    int64_t taken = 0;
    const lwave_status status =
        lwave_stream_push_text(stream.get(), text.data() + at, bytes - at, &taken, &error);
    if (status != LWAVE_OUTPUT_FULL) Check(status, error);
    at += taken;
    drain();
  }
  for (;;) {
    const lwave_status status = lwave_stream_finish(stream.get(), &error);
    if (status != LWAVE_OUTPUT_FULL) Check(status, error);
    drain();
    if (status == LWAVE_OK) break;
  }
  if (page.document.empty()) throw std::runtime_error("a finished stream gave no document");
  return page;
}

int64_t Best(const std::vector<float>& query, const std::vector<float>& vectors) {
  const int64_t width = static_cast<int64_t>(query.size());
  const int64_t count = static_cast<int64_t>(vectors.size()) / width;
  int64_t index = -1, found = 0;
  float score = 0;
  lwave_error error = {};
  Check(lwave_search(query.data(), width, vectors.data(), count, 1, &index, &score, &found, &error), error);
  return index;
}

}  // namespace lwave::quality
