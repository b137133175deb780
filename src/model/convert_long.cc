// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/convert_long.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/files.h"
#include "model/convert_published.h"
#include "model/json_edit.h"
#include "model/stack_spec.h"

namespace lwave::model {
namespace {

using Attention = LongForm::Attention;
using Kind = LongForm::Attention::Kind;

constexpr int64_t kMostSide = 1 << 24, kMostPositions = 1 << 24, kMostFeatures = 1024;
// A number type that PyTorch does not have: every class of transformers refuses to open such a directory, whatever its
// release, while an unknown quantization or model type only warns in some.
constexpr absl::string_view kTypeKeys[] = {"dtype", "torch_dtype"}, kOwnType = "longwave";

// Whole numbers from `low` to `most`, 1 to `count` of them with commas between.
bool ParseNumbers(absl::string_view text, size_t count, int64_t low, int64_t most, std::vector<int64_t>* numbers) {
  numbers->clear();
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(part, &number) || number < low || number > most) return false;
    numbers->push_back(number);
  }
  return numbers->size() <= count;
}

absl::StatusOr<Attention> ParseAttention(absl::string_view text) {
  Attention attention;
  absl::string_view rest = text;
  std::vector<int64_t> numbers;
  if (text == "full") return attention;
  if (absl::ConsumePrefix(&rest, "window:") && ParseNumbers(rest, 2, 0, kMostSide, &numbers)) {
    attention.kind = Kind::kWindow;
    attention.left = numbers.front();
    attention.right = numbers.back();
    return attention;
  }
  rest = text;
  if (absl::ConsumePrefix(&rest, "favor:") && ParseNumbers(rest, 1, 1, kMostFeatures, &numbers)) {
    attention.kind = Kind::kFavor;
    attention.features = numbers.front();
    return attention;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "attention must be window:N or window:LEFT,RIGHT (rows on each side, at most ", kMostSide, "), favor:FEATURES (1 to ",
      kMostFeatures, ") or full, got ", ShownName(text)));
}

bool IsCausal(const ModelSpec& spec) { return spec.stack != nullptr && spec.decoder == nullptr && spec.stack->causal; }

// The same window on both sides of every layer, as the published long models have.
bool IsPublished(const LongForm& form) {
  const auto even = [](const Attention& one) { return one.kind == Kind::kWindow && one.left == one.right && one.left > 0; };
  return !form.attention.empty() && form.dilation.empty() && form.sinks == 0 &&
         std::all_of(form.attention.begin(), form.attention.end(), even);
}

absl::StatusOr<JsonValue> OverrideOf(const Attention& attention, const LongForm& form, int64_t layer, bool causal) {
  JsonValue one;
  if (attention.kind == Kind::kFull) return one;
  one = EmptyObject();
  if (attention.kind == Kind::kFavor) {
    SetMember(one, "kind", JsonOf("favor"));
    SetMember(one, "projection_kind", JsonOf("orthogonal"));
    SetMember(one, "features", JsonOf(attention.features));
    SetMember(one, "seed", JsonOf(int64_t{0}));
    SetMember(one, "draw", JsonOf(layer));  // layers do not err alike
    if (causal) {
      SetMember(one, "key_shift", JsonOf(int64_t{0}));  // a maximum over all keys would look ahead
    } else {
      SetMember(one, "key_shift", JsonOf("global_max"));
    }
    return one;
  }
  if (form.sinks > 0) {
    if (!causal) {
      return absl::UnimplementedError("sinks beside a window are for causal models; a plain encoder has them with "
                                      "positions tiled:N");
    }
    if (!form.dilation.empty()) return absl::InvalidArgumentError("sinks and dilation exclude each other");
    SetMember(one, "kind", JsonOf("sink_window"));
    SetMember(one, "sinks", JsonOf(form.sinks));
    SetMember(one, "window", JsonOf(attention.left + 1));  // the row itself counts there
    return one;
  }
  if (causal && attention.right != attention.left && attention.right != 0) {
    return absl::InvalidArgumentError(absl::StrCat("attention window:", attention.left, ",", attention.right, " of layer ",
                                                   layer, ": a causal model sees nothing ahead"));
  }
  SetMember(one, "kind", JsonOf("window"));
  SetMember(one, "left", JsonOf(attention.left));
  if (!causal) SetMember(one, "right", JsonOf(attention.right));
  if (!form.dilation.empty()) SetMember(one, "dilation", JsonOf(form.dilation));
  return one;
}

// longwave_attention: one object where it says the same for all layers.
absl::Status SetOverrides(const ModelSpec& spec, const LongForm& form, JsonValue& config) {
  if (form.attention.empty()) return absl::OkStatus();
  const bool causal = IsCausal(spec);
  const bool draws = std::any_of(form.attention.begin(), form.attention.end(),
                                 [](const Attention& one) { return one.kind == Kind::kFavor; });
  JsonValue list = EmptyArray();
  const size_t count = form.attention.size() == 1 && !draws ? 1 : static_cast<size_t>(spec.layer_count());
  for (size_t i = 0; i < count; ++i) {
    absl::StatusOr<JsonValue> one =
        OverrideOf(form.attention[form.attention.size() == 1 ? 0 : i], form, static_cast<int64_t>(i), causal);
    if (!one.ok()) return one.status();
    list.items.push_back(*std::move(one));
  }
  JsonValue value = count == 1 ? std::move(list.items[0]) : std::move(list);
  if (value.is_null()) {
    RemoveMember(config, "longwave_attention");
  } else {
    SetMember(config, "longwave_attention", std::move(value));
  }
  return absl::OkStatus();
}

// The model's own table, longer.
absl::Status ExtendPositions(const ModelSpec& spec, const LongForm& form, LongChanges* changes) {
  if (form.positions == 0) return absl::OkStatus();
  if (spec.decoder != nullptr) {
    return absl::UnimplementedError(absl::StrCat(
        spec.family, ": copied positions need the same window on both sides of every layer, undilated"));
  }
  const TensorName& table = spec.stack != nullptr ? spec.stack->embedding.positions : spec.position_embedding;
  const PositionSpec& positions = spec.stack != nullptr ? spec.stack->embedding.position_spec : spec.positions;
  if (!table) {
    return absl::InvalidArgumentError(absl::StrCat(spec.family, " has no table of positions to copy; leave positions out"));
  }
  if (form.positions < positions.usable()) {
    return absl::InvalidArgumentError(absl::StrCat("positions must be copied:N with N at least ", positions.usable(),
                                                   ", which the model has, got ", form.positions));
  }
  ChosenRows chosen = CopiedPositions(table.name, positions, form.positions, positions.offset);
  chosen.width = spec.hidden;
  const absl::string_view key = changes->config.Find("n_positions") != nullptr || spec.family == "gpt2"
                                    ? "n_positions"
                                    : "max_position_embeddings";
  const JsonValue* old = changes->config.Find(key);
  const int64_t more = form.positions - positions.usable();
  SetMember(changes->config, key, JsonOf((old != nullptr && old->is_integer() ? old->integer : positions.table_rows) + more));
  if (changes->config.Find("n_ctx") != nullptr) SetMember(changes->config, "n_ctx", JsonOf(form.positions));
  changes->tables.push_back(std::move(chosen));
  changes->max_tokens = form.positions;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LongForm> ParseLongForm(absl::string_view attention, absl::string_view positions) {
  LongForm form;
  if (!attention.empty()) {
    for (const absl::string_view part : absl::StrSplit(attention, ';')) {
      absl::StatusOr<Attention> one = ParseAttention(part);
      if (!one.ok()) return one.status();
      form.attention.push_back(*one);
    }
  }
  if (positions.empty()) return form;
  absl::string_view rest = positions;
  std::vector<int64_t> numbers;
  if (!absl::ConsumePrefix(&rest, "copied:") || !ParseNumbers(rest, 1, 1, kMostPositions, &numbers)) {
    return absl::InvalidArgumentError(
        absl::StrCat("positions must be copied:N, N 1 to ", kMostPositions, ", got ", ShownName(positions)));
  }
  form.positions = numbers.front();
  return form;
}

absl::StatusOr<LongChanges> PlanLongForm(const ModelSpec& spec, const JsonValue& config, const LongForm& form,
                                         int64_t separator) {
  const int64_t layers = spec.layer_count();
  const auto count = static_cast<int64_t>(form.attention.size());
  if (count > 1 && count != layers) {
    return absl::InvalidArgumentError(
        absl::StrCat("attention must be given once, or once for each of ", layers, " layers, got ", count));
  }
  if (form.dilation.size() > 1 && static_cast<int64_t>(form.dilation.size()) != spec.heads) {
    return absl::InvalidArgumentError(absl::StrCat("dilation must be one number, or one for each of ", spec.heads,
                                                   " heads, got ", form.dilation.size()));
  }
  const bool windows = std::any_of(form.attention.begin(), form.attention.end(),
                                   [](const Attention& one) { return one.kind == Kind::kWindow; });
  if ((!form.dilation.empty() || form.sinks > 0) && !windows) {
    return absl::InvalidArgumentError("dilation and sinks need attention window:N");
  }
  LongChanges changes;
  changes.config = config;
  if (IsPublished(form) && HasPublishedForm(spec)) {
    std::vector<int64_t> sides;
    for (int64_t i = 0; i < layers; ++i) sides.push_back(form.attention[count == 1 ? 0 : static_cast<size_t>(i)].left);
    const absl::Status status = PlanPublishedForm(spec, sides, form.positions, separator, &changes);
    if (!status.ok()) return status;
    return changes;
  }
  if (absl::Status status = SetOverrides(spec, form, changes.config); !status.ok()) return status;
  if (absl::Status status = ExtendPositions(spec, form, &changes); !status.ok()) return status;
  return changes;
}

void MarkForLongwave(JsonValue& config, bool marked) {
  for (const absl::string_view key : kTypeKeys) {
    const JsonValue* type = config.Find(key);
    if (marked) {
      SetMember(config, key, JsonOf(kOwnType));
    } else if (type != nullptr && type->is_string() && type->string == kOwnType) {
      RemoveMember(config, key);
    }
  }
}

}  // namespace lwave::model
