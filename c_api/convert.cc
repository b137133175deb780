// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Conversion of model directories, and keys and values of kind "convert".

#include "model/convert.h"

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "guard.h"
#include "handles.h"
#include "longwave/model.h"
#include "model/checkpoint.h"
#include "model/reading.h"

namespace lwave::c_api {
namespace {

using attention::OptionInfo;
using attention::Options;
using attention::OptionType;
using kernels::NumberType;
using model::ReadingOptions;

const OptionInfo kInfos[] = {
    {"weights", OptionType::kText, 0, 0, "f32|bf16|f16|int8"},
    {"packed", OptionType::kInt, 0, 1},
    {"attention", OptionType::kText},
    {"positions", OptionType::kText},
    {"dilation", OptionType::kInts, 1, 1 << 12},
    {"sinks", OptionType::kInt, 0, 4096},
    {"full_up_to", OptionType::kInt, 0, 1 << 20},
    {"passage_tokens", OptionType::kInt, 1, 8192},
};

absl::Status ReadWeights(absl::string_view weights, model::ConvertOptions& options) {
  absl::string_view type = weights;
  options.packed = absl::ConsumeSuffix(&type, "-packed");
  struct Name {
    absl::string_view name;
    NumberType type;
  };
  constexpr Name kTypes[] = {
      {"f32", NumberType::kF32}, {"bf16", NumberType::kBf16}, {"f16", NumberType::kF16}, {"int8", NumberType::kInt8}};
  for (const Name& one : kTypes) {
    if (type != one.name) continue;
    options.weight_type = one.type;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("weights must be f32, bf16, f16 or int8, or one of them with -packed, got ", weights));
}

absl::StatusOr<std::unique_ptr<model::Checkpoint>> OpenSource(const char* source) {
  return model::Checkpoint::Open(source, model::Pickles::kRead);
}

// The long reading of `wanted`, where it says anything.
absl::Status ReadReading(const model::ModelSpec& spec, ReadingOptions wanted, model::ConvertOptions& options) {
  wanted.mode = model::LongMode::kWindow;
  absl::StatusOr<model::Reading> resolved = model::ResolveReading(spec, wanted);
  if (!resolved.ok()) return resolved.status();
  options.long_reading = model::LongReading{resolved->left, resolved->right,     resolved->sinks,
                                            resolved->tile, resolved->full_rows, resolved->passage_tokens};
  return absl::OkStatus();
}

// A long reading in the words of kind "convert".
absl::StatusOr<ReadingOptions> ReadingIn(const Options& set) {
  ReadingOptions reading;
  absl::StatusOr<model::LongForm> form = model::ParseLongForm(set.Text("attention", ""), "");
  if (!form.ok()) return form.status();
  if (form->attention.size() > 1 || set.Has("dilation") ||
      (!form->attention.empty() && form->attention[0].kind != model::LongForm::Attention::Kind::kWindow)) {
    return absl::InvalidArgumentError("a long reading takes one window for all layers, undilated");
  }
  if (!form->attention.empty()) {
    reading.left = {form->attention[0].left};
    reading.right = {form->attention[0].right};
  }
  const std::string positions = set.Text("positions", "");
  absl::string_view tile = positions;
  if (absl::ConsumePrefix(&tile, "tiled:")) {
    int64_t rows = 0;
    if (!absl::SimpleAtoi(tile, &rows) || rows < 1) {
      return absl::InvalidArgumentError(absl::StrCat("positions must be copied:N or tiled:N, got ", positions));
    }
    reading.tile = rows;
  } else if (!positions.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "full_up_to and passage_tokens are of a long reading, whose positions are tiled:N; got ", positions));
  }
  if (set.Has("sinks")) reading.sinks = set.Int("sinks", 0);
  if (set.Has("full_up_to")) reading.full_up_to = set.Int("full_up_to", 0);
  if (set.Has("passage_tokens")) reading.passage_tokens = set.Int("passage_tokens", 0);
  return reading;
}

absl::Status ReadOptions(const char* source, const Options& set, model::ConvertOptions& options) {
  absl::Status status = ReadWeights(set.Text("weights", "f32"), options);
  if (!status.ok()) return status;
  options.packed = set.Flag("packed");
  const std::string attention = set.Text("attention", ""), positions = set.Text("positions", "");
  const bool any = !attention.empty() || !positions.empty() || set.Has("dilation") || set.Has("sinks") ||
                   set.Has("full_up_to") || set.Has("passage_tokens");
  if (!any) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<model::Checkpoint>> checkpoint = OpenSource(source);
  if (!checkpoint.ok()) return checkpoint.status();
  const model::ModelSpec& spec = (*checkpoint)->spec();
  // A plain encoder keeps its attention where only who is near is said: it reads long text through a window.
  const bool plain = spec.stack == nullptr && positions.empty() && !set.Has("dilation") &&
                     !absl::StrContains(attention, ';') && !absl::StartsWith(attention, "favor:") && attention != "full";
  if (plain || absl::StartsWith(positions, "tiled:") || set.Has("full_up_to") || set.Has("passage_tokens")) {
    absl::StatusOr<ReadingOptions> reading = ReadingIn(set);
    return reading.ok() ? ReadReading(spec, *std::move(reading), options) : reading.status();
  }
  absl::StatusOr<model::LongForm> form = model::ParseLongForm(attention, positions);
  if (!form.ok()) return form.status();
  if (set.Has("dilation")) form->dilation = set.Ints("dilation");
  form->sinks = set.Int("sinks", 0);
  options.long_form = *std::move(form);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OptionInfo> ConvertOptionInfos() { return kInfos; }

}  // namespace lwave::c_api

extern "C" {

lwave_status lwave_model_convert(const char* source, const char* destination, const char* weights,
                                 const lwave_config* config, lwave_error* error) {
  using namespace lwave::c_api;
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(source);
    LWAVE_REQUIRE(destination);
    LWAVE_REQUIRE(weights);
    lwave::model::ConvertOptions options;
    absl::Status status = ReadWeights(weights, options);
    if (!status.ok()) return status;
    const lwave::model::ReadingOptions& reading = OptionsOf(config);
    if (reading.left || reading.right || reading.sinks || reading.tile || reading.full_up_to || reading.passage_tokens) {
      const auto checkpoint = OpenSource(source);
      if (!checkpoint.ok()) return checkpoint.status();
      status = ReadReading((*checkpoint)->spec(), reading, options);
      if (!status.ok()) return status;
    }
    return lwave::model::Convert(source, destination, options);
  });
}

lwave_status lwave_model_convert_with(const char* source, const char* destination, const lwave_config* config,
                                      lwave_error* error) {
  using namespace lwave::c_api;
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(source);
    LWAVE_REQUIRE(destination);
    if (config != nullptr && !config->convert) return absl::InvalidArgumentError("the config must be of the kind convert");
    lwave::model::ConvertOptions options;
    if (config != nullptr) {
      if (absl::Status status = ReadOptions(source, config->layer, options); !status.ok()) return status;
    }
    return lwave::model::Convert(source, destination, options);
  });
}

}  // extern "C"
