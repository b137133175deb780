// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What each query takes from each key, found by asking the layer: where column c of the values is 1 in row j and 0
// elsewhere, column c of the output is what each query takes from key j.

#ifndef LONGWAVE_EXAMPLES_CLI_ATTENTION_WEIGHTS_H_
#define LONGWAVE_EXAMPLES_CLI_ATTENTION_WEIGHTS_H_

#include <cstdint>
#include <vector>

#include "mechanism.h"

namespace lwave::cli {

struct AttentionWeights {
  int64_t heads = 0, tokens = 0;
  std::vector<float> values;  // [heads, tokens, tokens]: of a query, over keys

  const float* Row(int64_t head, int64_t query) const { return values.data() + (head * tokens + query) * tokens; }
};

// q, k  // [tokens, heads, head_dim], or empty: then zeros, so that every key that is seen weighs the same but for what
// the mechanism adds to scores, or made-up rows where what is seen depends on them.
// Throws UsageError: the layer cannot be made, or not read at this length.
AttentionWeights FindWeights(const Mechanism& mechanism, lwave_context* context, const std::vector<float>& q,
                             const std::vector<float>& k);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_ATTENTION_WEIGHTS_H_
