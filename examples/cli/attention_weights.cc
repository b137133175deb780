// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// As many keys at a time as values are wide at most.

#include "attention_weights.h"

#include <algorithm>

#include "diagnostics.h"
#include "mechanism_tensors.h"

namespace lwave::cli {
namespace {

constexpr int64_t kMostColumns = 256;  // of values, and of a head

int64_t Width(const AttentionHandle& layer, const char* key) {
  int64_t width = 0;
  lwave_error error;
  if (lwave_attention_get_int(layer.get(), key, &width, &error) != LWAVE_OK) throw UsageError(error.message);
  return width;
}

// Rows [tokens, width]: sets of `columns` numbers side by side, all with a 1 in column j - first of row j.
std::vector<float> Indicators(int64_t tokens, int64_t width, int64_t columns, int64_t first) {
  std::vector<float> rows(static_cast<size_t>(tokens * width), 0.0f);
  for (int64_t j = first; j < std::min(tokens, first + columns); ++j) {
    for (int64_t set = 0; set < width / columns; ++set) {
      rows[static_cast<size_t>(j * width + set * columns + j - first)] = 1;
    }
  }
  return rows;
}

// Rows as a layer wants them, which may take several sets of heads one behind the other, or fewer heads of keys.
std::vector<float> Fitted(const std::vector<float>& rows, int64_t tokens, int64_t width) {
  std::vector<float> fitted(static_cast<size_t>(tokens * width), 0.0f);
  const int64_t given = tokens == 0 ? 0 : static_cast<int64_t>(rows.size()) / tokens;
  for (int64_t i = 0; i < tokens && given > 0; ++i) {
    for (int64_t c = 0; c < width; ++c) {
      fitted[static_cast<size_t>(i * width + c)] = rows[static_cast<size_t>(i * given + c % given)];
    }
  }
  return fitted;
}

std::vector<float> Forward(const Mechanism& mechanism, const AttentionHandle& layer, const std::vector<float>& q,
                           const std::vector<float>& k, const std::vector<float>& v) {
  const int64_t tokens = mechanism.tokens();
  std::vector<float> out(static_cast<size_t>(tokens * Width(layer, "out_width")));
  const auto size = [](const std::vector<float>& rows) { return static_cast<int64_t>(rows.size()); };
  lwave_error error;
  if (lwave_attention_forward(layer.get(), nullptr, q.data(), size(q), k.empty() ? nullptr : k.data(), size(k),
                              v.empty() ? nullptr : v.data(), size(v), nullptr, 0, 1, tokens, tokens, out.data(),
                              size(out), &error) != LWAVE_OK) {
    throw UsageError("--mechanism " + mechanism.name() + ": " + error.message);
  }
  return out;
}

}  // namespace

AttentionWeights FindWeights(const Mechanism& mechanism, lwave_context* context, const std::vector<float>& q,
                             const std::vector<float>& k) {
  AttentionWeights weights;
  const int64_t n = weights.tokens = mechanism.tokens(), heads = weights.heads = mechanism.heads();
  weights.values.assign(static_cast<size_t>(heads * n * n), 0.0f);
  const int64_t columns = std::min(n, kMostColumns);
  const auto keep = [&](const std::vector<float>& out, int64_t width, int64_t head, int64_t offset, int64_t first) {
    for (int64_t i = 0; i < n; ++i) {
      const float* from = out.data() + i * width + offset;
      std::copy_n(from, std::min(columns, n - first), weights.values.data() + (head * n + i) * n + first);
    }
  };
  if (mechanism.takes_hidden_rows()) {
    for (int64_t h = 0; h < heads; ++h) {
      const AttentionHandle layer = mechanism.MakeLayer(context, columns, h);
      for (int64_t first = 0; first < n; first += columns) {
        CheckInterrupted();
        keep(Forward(mechanism, layer, Indicators(n, columns, columns, first), {}, {}), columns, h, 0, first);
      }
    }
    return weights;
  }
  const AttentionHandle layer = mechanism.MakeLayer(context, columns, 0);
  const auto rows = [&](const std::vector<float>& given, bool queries, int64_t width) {
    if (!given.empty() || !mechanism.depends_on_rows()) return Fitted(given, n, width);
    return Fitted(MakeRows(n, heads, mechanism.head_dim(), queries), n, width);
  };
  const std::vector<float> queries = rows(q, true, Width(layer, "q_width")),
                           keys = rows(k, false, Width(layer, "k_width"));
  for (int64_t first = 0; first < n; first += columns) {
    CheckInterrupted();
    const std::vector<float> out =
        Forward(mechanism, layer, queries, keys, Indicators(n, Width(layer, "v_width"), columns, first));
    for (int64_t h = 0; h < heads; ++h) keep(out, heads * columns, h, h * columns, first);
  }
  return weights;
}

}  // namespace lwave::cli
