// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What stands behind the opaque handles.

#ifndef LONGWAVE_C_API_HANDLES_H_
#define LONGWAVE_C_API_HANDLES_H_

#include <memory>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/no_destructor.h"
#include "attention/layer.h"
#include "attention/layer_memory.h"
#include "attention/mechanisms.h"
#include "attention/projected_layer.h"
#include "base/context.h"
#include "longwave/longwave.h"
#include "stream/generation_options.h"
#include "stream/scoring_options.h"
#include "stream/model.h"
#include "model/reading.h"
#include "stream/model_memory.h"
#include "stream/model_run.h"
#include "stream/text_stream.h"
#include "tokenizer/encode.h"
#include "tokenizer/tokenizer.h"

struct lwave_context {
  lwave::ContextPtr context;
};

struct lwave_config {
  lwave::model::ReadingOptions options;                        // kind "stream"
  const lwave::attention::Mechanism* mechanism = nullptr;      // the kinds of layers
  bool generation = false;                                     // kind "generation"
  bool convert = false;                                        // kind "convert"
  std::vector<lwave::attention::OptionInfo> layer_options;     // of layers and the kinds above: what exists
  lwave::attention::Options layer;                             // what was set
  bool scoring = false;                                        // kind "scoring"
};

struct lwave_attention {
  lwave::attention::LayerPtr layer;
};

struct lwave_model {
  lwave::stream::ModelPtr model;
};

struct lwave_workspace {
  lwave::stream::ModelPtr model;      // null where it was made for a layer
  lwave::attention::LayerPtr layer;   // null where it was made for a model
  // The reading it was made for, resolved once: forward with equal options, or none, allocates nothing.
  lwave::model::ReadingOptions options;
  std::optional<lwave::model::Reading> window;  // null: every row sees every row
  lwave::Buffer<std::byte> storage;  // of a layer
  std::unique_ptr<lwave::stream::ModelRun> run;
};

// What run reads, by name; everything is a copy.
struct lwave_inputs {
  int64_t batch = 0, tokens = 0, decoder_tokens = 0;
  std::map<std::string, std::vector<int32_t>, std::less<>> ints;
  std::vector<int64_t> rows;
  std::vector<float> vectors, memories;
  std::vector<lwave::model::LayerOption> options;
};

// Of a model or of a layer: one of the two is set.
struct lwave_memory {
  std::unique_ptr<lwave::stream::ModelMemory> memory;
  std::unique_ptr<lwave::attention::LayerMemory> layer;
};

struct lwave_stream {
  explicit lwave_stream(std::unique_ptr<lwave::stream::TextStream> made)
      : stream(std::move(made)), control(stream->control()) {}

  std::unique_ptr<lwave::stream::TextStream> stream;  // another one after each load
  // Read by other threads: the same as long as the handle lives.
  const std::shared_ptr<lwave::stream::StreamControl> control;
};

struct lwave_tokenizer {
  lwave::ContextPtr context;
  std::shared_ptr<const lwave::tokenizer::Tokenizer> tokenizer;  // its own, or a model's
};

struct lwave_encodings {
  std::vector<lwave::tokenizer::Encoding> rows;
};

namespace lwave::c_api {

inline const model::ReadingOptions& OptionsOf(const lwave_config* config) {
  // Never destroyed: what a host may unload leaves nothing to be run at its exit.
  static const absl::NoDestructor<model::ReadingOptions> defaults;
  return config == nullptr ? *defaults : config->options;
}

// The options of kind "generation" (generation_config.cc), and what was set of them.
absl::Span<const attention::OptionInfo> GenerationOptionInfos();
absl::StatusOr<stream::GenerationOptions> GenerationOf(const lwave_config* config);
// Likewise of kind "scoring" (scoring_config.cc).
absl::Span<const attention::OptionInfo> ScoringOptionInfos();
absl::StatusOr<stream::ScoringOptions> ScoringOf(const lwave_config* config);
// Of kind "convert".
absl::Span<const attention::OptionInfo> ConvertOptionInfos();

}  // namespace lwave::c_api

namespace lwave::c_api {

// "layers.N.NAME", the name alone filled in; InvalidArgument for anything else.
absl::StatusOr<model::LayerOption> ParseLayerName(absl::string_view name);

}  // namespace lwave::c_api

#endif  // LONGWAVE_C_API_HANDLES_H_
