// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/stack_window.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"

namespace lwave::model {
namespace {

bool IsCausal(const AttentionSpec& spec) {
  for (const AttentionOption& option : spec.options) {
    if (option.name == "causal" && option.ints == std::vector<int64_t>{1}) return true;
  }
  return false;
}

// The base of rotary frequencies theta^(-2t / dim), where they are such.
absl::StatusOr<double> ThetaOf(const attention::Rotary& rotary) {
  const double pairs = static_cast<double>(rotary.dim / 2);
  if (rotary.frequencies.size() < 2) return 10000.0;
  const double theta = std::pow(rotary.frequencies[1], -pairs);
  for (size_t t = 0; t < rotary.frequencies.size(); ++t) {
    const double expected = std::pow(theta, -static_cast<double>(t) / pairs);
    if (std::abs(expected - rotary.frequencies[t]) > 1e-6 * expected) {
      return absl::UnimplementedError("scaled rotary positions cannot be read through a window with sinks");
    }
  }
  return theta;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const StackSpec>> WindowedStack(const StackSpec& spec, int64_t left, int64_t sinks) {
  auto made = std::make_shared<StackSpec>(spec);
  for (size_t i = 0; i < made->blocks.size(); ++i) {
    AttentionSpec& attention = made->blocks[i].attention;
    const auto refused = [&](absl::string_view why) {
      return absl::UnimplementedError(absl::StrCat("layer ", i, ": ", why));
    };
    if (attention.mechanism == "window" && IsCausal(attention)) continue;  // bounded already
    if (attention.mechanism != "full" || !IsCausal(attention)) {
      return refused(absl::StrCat(attention.mechanism, " attention cannot be read through a causal window with sinks"));
    }
    if (attention.options.size() > 1) return refused("positions in the scores cannot be read through a window with sinks");
    attention.mechanism = "sink_window";
    attention.options = {AttentionOption::Text("sinks_see", "past"), AttentionOption::Ints("sinks", {sinks}),
                         AttentionOption::Ints("window", {left + 1})};
    if (!attention.rotary.has_value()) continue;
    const absl::StatusOr<double> theta = ThetaOf(*attention.rotary);
    if (!theta.ok()) return refused(theta.status().message());
    attention.options.push_back(AttentionOption::Number("rope.theta", *theta));
    attention.options.push_back(AttentionOption::Ints("rope.dim", {attention.rotary->dim}));
    attention.options.push_back(AttentionOption::Text("rope.style", attention.rotary->interleaved ? "interleaved" : "half"));
    attention.rotary.reset();
  }
  made->max_positions = 0;
  return std::shared_ptr<const StackSpec>(std::move(made));
}

}  // namespace lwave::model
