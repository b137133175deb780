// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/mechanisms.h"

#include "attention/projected_layer.h"

namespace lwave::attention {
namespace {

// Shapes and streaming, the same for every mechanism.
const OptionInfo kShared[] = {
    {"heads", OptionType::kInt, 1, 4096},
    {"kv_heads", OptionType::kInt, 1, 4096},
    {"head_dim", OptionType::kInt, 1, 256},
    {"value_dim", OptionType::kInt, 1, 256},
    {"scale", OptionType::kFloat, -kAnyFloat, kAnyFloat},
    {"max_tokens", OptionType::kInt, 0, kMostTokens},
    {"step_rows", OptionType::kInt, 1, 1024},
};

}  // namespace

absl::Span<const Mechanism> Mechanisms() {
  static const Mechanism all[] = {kFull,         kWindow,        kSinkWindow,  kSparseTransformer, kBlockSparse,
                                  kAdaptiveSpan, kTransformerXl, kCompressive, kPia,               kFavor,
                                  kLinformer,    kLsh,           kMixed,       kChunked,           kTransientGlobal,
                                  kNystrom,      kXlnet};
  return all;
}

const Mechanism* FindMechanism(absl::string_view name) {
  for (const Mechanism& mechanism : Mechanisms()) {
    if (mechanism.name == name) return &mechanism;
  }
  return nullptr;
}

std::vector<OptionInfo> OptionsOf(const Mechanism& mechanism) {
  std::vector<OptionInfo> options(mechanism.options.begin(), mechanism.options.end());
  options.insert(options.end(), std::begin(kShared), std::end(kShared));
  if (TakesProjections(mechanism)) {
    options.insert(options.end(), ProjectionOptions().begin(), ProjectionOptions().end());
  }
  return options;
}

}  // namespace lwave::attention
