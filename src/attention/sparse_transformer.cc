// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// sparse_transformer: strided and fixed factorised attention (Child et al. 2019), causal, exact. Each head sees a
// local set, a distant set, or their union:
//            strided                              fixed
//   local    i - l < j <= i                       j <= i, floor(j / l) = floor(i / l)
//   distant  j <= i, (i - j) mod l = 0            j <= i, j mod l >= l - c
// Remembers the last l - 1 rows where all heads are local; a distant set keeps every row, so a stream is created for
// max_tokens.
// Costs n (l + n / l) products in the paper; here a tile of 64 keys is visited where one of them is seen, so distant
// strided heads with l below 64 + the query block cost as much as full attention.

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

struct Sets {
  bool fixed = false;
  int64_t stride = 1, summary = 1;
  std::vector<bool> local, distant;  // [heads]
};

int64_t Modulo(int64_t a, int64_t m) { return (a % m + m) % m; }

class SetsPattern : public Pattern {
 public:
  explicit SetsPattern(const Sets& sets) : s_(sets) {}

  int64_t NextTile(const SequenceView&, int64_t head, int64_t first_row, int64_t rows, int64_t tile) const override {
    const int64_t last = first_row + rows - 1;
    int64_t next = kNoTile;
    if (s_.local[static_cast<size_t>(head)]) {
      const int64_t low = std::max<int64_t>(0, LocalBegin(first_row)) / kKeyTile;
      if (std::max(tile, low) <= last / kKeyTile) next = std::max(tile, low);
    }
    if (s_.distant[static_cast<size_t>(head)]) {
      const int64_t key = NextDistant(tile * kKeyTile, first_row, rows);
      if (key <= last) next = std::min(next, key / kKeyTile);
    }
    return next;
  }

  uint64_t Mask(const SequenceView&, int64_t head, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kKeyTile;
    uint64_t mask = 0;
    if (s_.local[static_cast<size_t>(head)]) mask = Bits(LocalBegin(row) - first, row + 1 - first);
    if (!s_.distant[static_cast<size_t>(head)]) return mask;
    const int64_t end = std::min(row + 1, first + kKeyTile);
    for (int64_t key = NextDistant(first, row, 1); key < end; key = NextDistant(key + 1, row, 1)) {
      mask |= uint64_t{1} << (key - first);
    }
    return mask;
  }

 private:
  int64_t LocalBegin(int64_t row) const {
    return s_.fixed ? row / s_.stride * s_.stride : row - s_.stride + 1;
  }
  // The first key at or after `key` in the distant set of one of the rows, whether past or not.
  int64_t NextDistant(int64_t key, int64_t first_row, int64_t rows) const {
    const int64_t l = s_.stride;
    if (s_.fixed) return key + std::max<int64_t>(0, l - s_.summary - key % l);
    const int64_t behind = Modulo(key - first_row, l);
    return behind < rows ? key : key + l - behind;
  }

  const Sets s_;
};

const OptionInfo kOptions[] = {
    {"pattern", OptionType::kText, 0, 0, "strided|fixed"},
    {"stride", OptionType::kInt, 1, 1 << 24},
    {"summary", OptionType::kInt, 1, 1 << 24},
    {"head_sets", OptionType::kText, 0, 0, "local|distant|union", true},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  Sets sets;
  sets.fixed = options.Text("pattern", "strided") == "fixed";
  sets.stride = options.Int("stride", 0);
  if (sets.stride < 1) return absl::InvalidArgumentError("option stride must be set");
  sets.summary = options.Int("summary", 1);
  if (sets.summary > sets.stride) {
    return absl::InvalidArgumentError(
        absl::StrCat("option summary must be at most stride (", sets.stride, "), got ", sets.summary));
  }
  std::vector<std::string> names = options.Texts("head_sets");
  if (names.empty()) names = {"union"};
  if (names.size() == 1) names.resize(static_cast<size_t>(spec->heads), names[0]);
  if (static_cast<int64_t>(names.size()) != spec->heads) {
    return absl::InvalidArgumentError(
        absl::StrCat("option head_sets must be one word or one a head (", spec->heads, "), got ", names.size()));
  }
  spec->bounded = true;
  for (const std::string& name : names) {
    sets.local.push_back(name != "distant");
    sets.distant.push_back(name != "local");
    if (name != "local") spec->bounded = false;
  }
  spec->left = sets.stride - 1;
  return std::make_shared<TileLayer>(std::move(context), "sparse_transformer", options, *std::move(spec),
                                     std::make_unique<SetsPattern>(sets), nullptr);
}

}  // namespace

const Mechanism kSparseTransformer = {"sparse_transformer", kOptions, Create};

}  // namespace lwave::attention
