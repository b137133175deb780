// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/causal_plan.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "model/reading.h"
#include "model/stack_window.h"

namespace lwave::stream {

using model::HeadTask;
using model::ModelSpec;
using model::StackSpec;

namespace {

// The stack that tokens come from, with the window that was asked for.
absl::StatusOr<std::shared_ptr<const StackSpec>> StackOf(const ModelSpec& spec, const CausalReading& reading) {
  const std::shared_ptr<const StackSpec>& own = spec.decoder != nullptr ? spec.decoder : spec.stack;
  if (own == nullptr || spec.head == nullptr || spec.head->task != HeadTask::kCausalLm || !own->causal) {
    return absl::UnimplementedError(
        absl::StrCat("the model (", spec.architecture, ") has no head that says which token comes next"));
  }
  if (!reading.left.has_value()) {
    if (reading.sinks.has_value() || reading.tile.has_value()) {
      return absl::InvalidArgumentError("options sinks and tile are for a window: set left as well");
    }
    return own;
  }
  if (spec.decoder != nullptr) return absl::UnimplementedError("a decoder beside an encoder has no window");
  return model::WindowedStack(*own, *reading.left, reading.sinks.value_or(0));
}

absl::Status CheckWindow(const StackSpec& spec, const CausalReading& reading) {
  if (!reading.left.has_value()) return absl::OkStatus();
  if (!spec.embedding.positions) {
    if (!reading.tile.has_value()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("option tile is for models with a table of positions, which it repeats; this one has none, got ",
                     *reading.tile));
  }
  const int64_t usable = spec.embedding.position_spec.usable();
  const int64_t tile = reading.tile.value_or(usable), sinks = reading.sinks.value_or(0);
  if (tile <= sinks || tile > usable) {
    return absl::InvalidArgumentError(absl::StrCat("option tile must be above sinks (", sinks, ") and at most ", usable,
                                                   " (the model's positions), got ", tile));
  }
  return absl::OkStatus();
}

// Whether layers have segments that the caller ends.
bool HasSegments(const StackSpec& spec) {
  for (const model::BlockSpec& block : spec.blocks) {
    for (const model::AttentionOption& option : block.attention.options) {
      if (option.name == "segment" && option.text == "explicit") return true;
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<DecoderPlan> PlanCausal(ModelPtr model, const CausalReading& reading) {
  const ModelSpec& spec = model->spec();
  absl::StatusOr<std::shared_ptr<const StackSpec>> stack = StackOf(spec, reading);
  if (!stack.ok()) return stack.status();
  if (absl::Status status = CheckWindow(**stack, reading); !status.ok()) return status;
  absl::StatusOr<const model::Weights*> weights = model->Prepare();
  if (!weights.ok()) return weights.status();
  DecoderPlan plan;
  plan.model = std::move(model);
  plan.spec = *std::move(stack);
  plan.weights = spec.decoder != nullptr ? &(*weights)->decoder : &(*weights)->stack;
  const bool windowed = reading.left.has_value();
  // A cache of all positions of a large model would not fit into most machines: more is asked for.
  int64_t most = windowed ? 0 : std::min(plan.spec->max_positions, model::kUnboundedRows);
  if (reading.max_tokens.has_value()) {
    most = *reading.max_tokens;
    if (plan.spec->max_positions > 0 && !windowed) most = std::min(most, plan.spec->max_positions);
  }
  model::LayerSettings settings;
  settings.max_tokens = most > 0 || windowed ? most : model::kUnboundedRows;
  settings.bf16 = model::UsesBf16(*plan.weights);
  absl::StatusOr<model::StackLayers> layers =
      model::MakeLayers(plan.model->context_ptr(), *plan.spec, plan.model->checkpoint(), settings);
  if (!layers.ok()) return layers.status();
  plan.layers = *std::move(layers);
  plan.recompute = !plan.layers.CanStream().ok();
  // Layers with segments remember the last rows of those before; only a segment has a longest length.
  plan.segment_rows = HasSegments(*plan.spec) && !plan.recompute ? settings.max_tokens : 0;
  plan.reading.max_rows = plan.segment_rows > 0 ? 0 : settings.max_tokens;
  if (reading.left.has_value() && plan.spec->embedding.positions) {
    plan.reading.rule = {reading.tile.value_or(plan.spec->embedding.position_spec.usable()), reading.sinks.value_or(0)};
  }
  return plan;
}

}  // namespace lwave::stream
