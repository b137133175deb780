// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/window_heads.h"

namespace lwave::attention {

absl::StatusOr<Windows> WindowsFromOptions(const Options& options, int64_t heads) {
  Windows windows;
  windows.causal = options.Flag("causal");
  struct Side {
    const char* name;
    std::vector<int64_t>* list;
    int64_t otherwise;
  };
  for (const Side& side : {Side{"left", &windows.left, 0}, Side{"right", &windows.right, 0},
                           Side{"dilation", &windows.dilation, 1}}) {
    absl::StatusOr<std::vector<int64_t>> list = options.PerHead(side.name, heads, side.otherwise);
    if (!list.ok()) return list.status();
    *side.list = *std::move(list);
  }
  if (windows.causal) std::fill(windows.right.begin(), windows.right.end(), 0);
  return windows;
}

}  // namespace lwave::attention
