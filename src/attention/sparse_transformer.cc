// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// sparse_transformer: strided and fixed factorised attention (Child et al. 2019), causal, exact: for each head the
// local set, the distant set, or their union (sparse_sets.h).
// Remembers the last l - 1 rows where all heads are local; a distant set keeps every row, so a stream is created for max_tokens.
// Costs n (l + n / l) products, as in the paper; a tile of 64 keys is met for the fixed distant set in whole vectors.

#include <algorithm>
#include <memory>

#include "attention/mechanisms.h"
#include "attention/sparse_sets.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

const OptionInfo kOptions[] = {
    {"pattern", OptionType::kText, 0, 0, "strided|fixed"},
    {"stride", OptionType::kInt, 1, 1 << 24},
    {"summary", OptionType::kInt, 1, 1 << 24},
    {"head_sets", OptionType::kText, 0, 0, "local|distant|union", true},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  absl::StatusOr<std::vector<std::string>> names = options.TextPerHead("head_sets", spec->heads, "union");
  if (!names.ok()) return names.status();
  absl::StatusOr<Sets> sets = SetsFromOptions(options, *names);
  if (!sets.ok()) return sets.status();
  spec->bounded = std::find(sets->distant.begin(), sets->distant.end(), true) == sets->distant.end();
  spec->left = sets->stride - 1;
  return std::make_shared<TileLayer>(std::move(context), "sparse_transformer", options, *std::move(spec),
                                     std::make_unique<SetsPattern>(*sets), nullptr);
}

}  // namespace

const Mechanism kSparseTransformer = {"sparse_transformer", kOptions, Create};

}  // namespace lwave::attention
