// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/sparse_sets.h"

#include "absl/strings/str_cat.h"

namespace lwave::attention {

absl::StatusOr<Sets> SetsFromOptions(const Options& options, const std::vector<std::string>& names) {
  Sets sets;
  sets.fixed = options.Text("pattern", "strided") == "fixed";
  sets.stride = options.Int("stride", 0);
  if (sets.stride < 1) return absl::InvalidArgumentError("option stride must be set");
  sets.summary = options.Int("summary", 1);
  if (sets.summary > sets.stride) {
    return absl::InvalidArgumentError(
        absl::StrCat("option summary must be at most stride (", sets.stride, "), got ", sets.summary));
  }
  for (const std::string& name : names) {
    sets.local.push_back(name == "local" || name == "union");
    sets.distant.push_back(name == "distant" || name == "union");
  }
  return sets;
}

}  // namespace lwave::attention
