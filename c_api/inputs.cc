// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What run reads, by name.

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "guard.h"
#include "handles.h"

namespace {

using lwave::c_api::Guard;
using lwave::model::AttentionOption;
using lwave::model::LayerOption;

constexpr int64_t kMostRows = int64_t{1} << 32;
constexpr absl::string_view kOfEveryRow[] = {"ids", "mask", "token_types", "positions", "globals"};

void Replace(lwave_inputs& inputs, LayerOption made) {
  const auto same = [&](const LayerOption& other) {
    return other.layer == made.layer && other.option.name == made.option.name;
  };
  inputs.options.erase(std::remove_if(inputs.options.begin(), inputs.options.end(), same), inputs.options.end());
  inputs.options.push_back(std::move(made));
}

}  // namespace

namespace lwave::c_api {

absl::StatusOr<model::LayerOption> ParseLayerName(absl::string_view name) {
  model::LayerOption parsed;
  absl::string_view rest = name;
  const auto wrong = [&] {
    return absl::InvalidArgumentError(absl::StrCat("there is no input ", name, " of this type (see lwave_inputs_set_ints)"));
  };
  if (!absl::ConsumePrefix(&rest, "layers.")) return wrong();
  const size_t dot = rest.find('.');
  if (dot == absl::string_view::npos || !absl::SimpleAtoi(rest.substr(0, dot), &parsed.layer) || parsed.layer < 0) {
    return wrong();
  }
  parsed.option.name = std::string(rest.substr(dot + 1));
  return parsed;
}

}  // namespace lwave::c_api

extern "C" {

lwave_status lwave_inputs_create(int64_t batch, int64_t tokens, lwave_inputs** inputs, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(inputs);
    *inputs = nullptr;
    if (batch < 1 || tokens < 1 || batch > kMostRows / tokens) {
      return absl::InvalidArgumentError(
          absl::StrCat("batch and tokens must be at least 1, got ", batch, " and ", tokens));
    }
    auto made = std::make_unique<lwave_inputs>();
    made->batch = batch;
    made->tokens = tokens;
    *inputs = made.release();
    return absl::OkStatus();
  });
}

void lwave_inputs_destroy(lwave_inputs* inputs) { delete inputs; }

lwave_status lwave_inputs_set_ints(lwave_inputs* inputs, const char* name, const int32_t* values, int64_t count,
                                   lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(inputs);
    LWAVE_REQUIRE(name);
    const absl::string_view key = name;
    absl::Status status = lwave::c_api::CheckBuffer(key, values, count);
    if (!status.ok()) return status;
    const absl::Span<const int32_t> given = absl::MakeConstSpan(values, static_cast<size_t>(count));
    if (key == "rows") {
      inputs->rows.assign(given.begin(), given.end());
      return absl::OkStatus();
    }
    if (std::find(std::begin(kOfEveryRow), std::end(kOfEveryRow), key) != std::end(kOfEveryRow)) {
      status = lwave::c_api::CheckCount(key, count, inputs->batch * inputs->tokens);
      if (!status.ok()) return status;
      inputs->ints.insert_or_assign(std::string(key), std::vector<int32_t>(given.begin(), given.end()));
      return absl::OkStatus();
    }
    if (key == "decoder_ids" || key == "decoder_mask") {
      if (count < 1 || count % inputs->batch != 0) {
        return absl::InvalidArgumentError(
            absl::StrCat(key, " must be as many for each of ", inputs->batch, " sequences, got ", count));
      }
      const auto other = inputs->ints.find(key == "decoder_ids" ? "decoder_mask" : "decoder_ids");
      if (other != inputs->ints.end()) {
        status = lwave::c_api::CheckCount(key, count, static_cast<int64_t>(other->second.size()));
        if (!status.ok()) return status;
      }
      inputs->decoder_tokens = count / inputs->batch;
      inputs->ints.insert_or_assign(std::string(key), std::vector<int32_t>(given.begin(), given.end()));
      return absl::OkStatus();
    }
    absl::StatusOr<LayerOption> option = lwave::c_api::ParseLayerName(key);
    if (!option.ok()) return option.status();
    option->option.ints.assign(given.begin(), given.end());
    Replace(*inputs, *std::move(option));
    return absl::OkStatus();
  });
}

lwave_status lwave_inputs_set_floats(lwave_inputs* inputs, const char* name, const float* values, int64_t count,
                                     lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(inputs);
    LWAVE_REQUIRE(name);
    const absl::string_view key = name;
    const absl::Status status = lwave::c_api::CheckBuffer(key, values, count);
    if (!status.ok()) return status;
    if (key == "vectors") {
      inputs->vectors.assign(values, values + count);
      return absl::OkStatus();
    }
    if (key == "memories") {
      inputs->memories.assign(values, values + count);
      return absl::OkStatus();
    }
    absl::StatusOr<LayerOption> option = lwave::c_api::ParseLayerName(key);
    if (!option.ok()) return option.status();
    option->option.kind = AttentionOption::Kind::kFloats;
    option->option.floats.assign(values, values + count);
    Replace(*inputs, *std::move(option));
    return absl::OkStatus();
  });
}

lwave_status lwave_inputs_set_text(lwave_inputs* inputs, const char* name, const char* text, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(inputs);
    LWAVE_REQUIRE(name);
    LWAVE_REQUIRE(text);
    absl::StatusOr<LayerOption> option = lwave::c_api::ParseLayerName(name);
    if (!option.ok()) return option.status();
    option->option.kind = AttentionOption::Kind::kText;
    option->option.text = text;
    Replace(*inputs, *std::move(option));
    return absl::OkStatus();
  });
}

}  // extern "C"
