// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// xlnet: the content stream of XLNet (Yang et al. 2019), exact. Keys are those of a memory and of the rows themselves,
// which are the last; t = i - j is negative for keys ahead:
//   score = ((q_i + u).k_j + (q_i + v).r(t) + (q_i + s).e) / sqrt(head_dim)
//   r(t) = w_r [sin(t f_0) .., cos(t f_0) ..],  t cut to -clamp_len .. clamp_len where that is not 0
//   e = seg_embed 0 where the token types of i and j are the same, else 1; keys of the memory have type 0
// A row sees every key, or where causal those up to itself. Rows of q, k and v come from the caller (q: the rows alone,
// k and v: memory and rows), and so do types, for whole sequences.
// Costs n (memory + n) products, twice for the scores, and the product of w_r for memory + 2 n distances. Cannot
// stream, as rows see those ahead and all distances count from the row.

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/relative_positions.h"
#include "attention/tile_layer.h"
#include "kernels/rows.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

class XlnetLayer : public TileLayer {
 public:
  XlnetLayer(ContextPtr context, const Options& options, const TileSpec& tile_spec, bool causal)
      : TileLayer(std::move(context), "xlnet", options, tile_spec, std::make_unique<FullPattern>(causal), nullptr) {}
  absl::Status CanStream() const override {
    return absl::UnimplementedError("a layer of kind xlnet cannot stream: a segment is attended as a whole");
  }

  int64_t OwnBytes() const override { return r.bytes(); }

  Projection r;
  int64_t clamp = 0;
  std::vector<float> bias_u, bias_v, bias_s;  // [heads * head_dim]
  std::vector<float> segments;                // [2, heads * head_dim], or empty

 protected:
  std::unique_ptr<TileState> MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
                                       bool whole) const override;
};

// Distances, and what a query says of tokens of its own type and of another.
class XlnetBias : public Bias {
 public:
  // types_scores // [rows, heads, 2] of the rows from first_row on, or null
  XlnetBias(const DistanceTable& table, int64_t heads, int64_t head_dim, float scale, const float* type_scores,
            int64_t first_row)
      : distances_(table, head_dim, scale), heads_(heads), type_scores_(type_scores), first_row_(first_row) {}
  bool ByDistance() const override { return false; }
  bool Tile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows, int64_t tile,
            const float* query, int64_t query_stride, float* table) const override {
    distances_.Tile(sequence, head, first_row, rows, tile, query, query_stride, table);
    if (type_scores_ == nullptr) return true;
    const int64_t first = tile * kKeyTile, count = std::min(kKeyTile, sequence.total - first);
    for (int64_t r = 0; r < rows; ++r) {
      const float* const scores = type_scores_ + ((first_row - first_row_ + r) * heads_ + head) * 2;
      const int32_t own = sequence.types[static_cast<size_t>(first_row + r)];
      for (int64_t k = 0; k < count; ++k) {
        table[r * kKeyTile + k] += scores[sequence.types[static_cast<size_t>(first + k)] == own ? 0 : 1];
      }
    }
    return true;
  }

 private:
  const DistanceBias distances_;
  const int64_t heads_;
  const float* const type_scores_;
  const int64_t first_row_;
};

constexpr int64_t kRows = 192;  // of distances at a time

class XlnetState : public TileState {
 public:
  XlnetState(const XlnetLayer& layer, Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
             bool whole)
      : TileState(layer, arena, ring, waiting, chunk, whole), x_(layer) {
    const int64_t width = spec_.heads * spec_.head_dim;
    // There are no more rows than keys.
    most_keys_ = ring.pinned * kKeyTile;
    sinusoids_ = arena.Take<float>(kRows * layer.r.depth());
    projected_ = arena.Take<float>(kRows * width);
    table_ = arena.Take<float>(width * DistanceTable::Stride(2 * most_keys_));
    with_u_ = arena.Take<float>(chunk * width);
    with_v_ = arena.Take<float>(chunk * width);
    if (!layer.segments.empty()) {
      types_ = arena.Take<int32_t>(most_keys_);
      type_scores_ = arena.Take<float>(chunk * spec_.heads * 2);
    }
    const XlnetBias bias({}, spec_.heads, spec_.head_dim, spec_.scale, nullptr, 0);
    bias_scratch_ = AttendScratch::Take(arena, layer.context().runner->threads(), ring.slots(), &bias);
  }

  absl::Status WholeBegin(int64_t rows, int64_t keys) override {
    const absl::Status status = TileState::WholeBegin(rows, keys);
    if (!status.ok()) return status;
    distances_ = {table_.data(), keys + rows, rows};
    RelativePositions(layer_.context(), x_.r, x_.clamp, rows, keys + rows, kRows, sinusoids_.data(), projected_.data(),
                      table_.data());
    view_.types = types_.subspan(0, types_.empty() ? 0 : static_cast<size_t>(keys));
    return status;
  }
  void WholeKeys(const InputRows& piece) override {
    if (!types_.empty()) {
      // Without types all tokens have the same.
      for (int64_t r = 0; r < piece.keys; ++r) {
        types_[static_cast<size_t>(received_ + r)] = piece.types == nullptr ? 0 : piece.types[r];
      }
    }
    TileState::WholeKeys(piece);
  }

 protected:
  void AttendChunk(const float* q, int64_t first_row, int64_t rows, float* out) override {
    const int64_t width = spec_.heads * spec_.head_dim;
    const auto shifted = [&](const std::vector<float>& by, absl::Span<float> to) {
      std::copy_n(q, rows * width, to.data());
      for (int64_t r = 0; r < rows; ++r) kernels::AddTo(by.data(), width, to.data() + r * width);
    };
    shifted(x_.bias_u, with_u_);
    shifted(x_.bias_v, with_v_);
    if (!types_.empty()) ScoreTypes(q, rows);
    const XlnetBias bias(distances_, spec_.heads, spec_.head_dim, spec_.scale,
                         types_.empty() ? nullptr : type_scores_.data(), first_row);
    AttendJob job = Job(0, layer_.pattern(), with_u_.data(), first_row, rows, out);
    job.bias = &bias;
    job.bias_query = with_v_.data();
    AttendRows(*layer_.context().runner, job, bias_scratch_);
  }

 private:
  // type_scores_ = scale (q + s).seg_embed
  void ScoreTypes(const float* q, int64_t rows) {
    const int64_t d = spec_.head_dim, width = spec_.heads * d;
    layer_.context().runner->For(rows, [&](int64_t r, int32_t /*thread*/) {
      for (int64_t i = 0; i < 2 * spec_.heads; ++i) {
        const int64_t at = i / 2 * d;
        double sum = 0;
        for (int64_t c = at; c < at + d; ++c) {
          sum += (static_cast<double>(q[r * width + c]) + static_cast<double>(x_.bias_s[static_cast<size_t>(c)])) *
                 static_cast<double>(x_.segments[static_cast<size_t>(i % 2 * width + c)]);
        }
        type_scores_[static_cast<size_t>(r * 2 * spec_.heads + i)] =
            static_cast<float>(sum * static_cast<double>(spec_.scale));
      }
    });
  }

  const XlnetLayer& x_;
  int64_t most_keys_ = 0;
  DistanceTable distances_;
  absl::Span<float> sinusoids_, projected_, table_, with_u_, with_v_, type_scores_;
  absl::Span<int32_t> types_;  // [keys]
  AttendScratch bias_scratch_;
};

std::unique_ptr<TileState> XlnetLayer::MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting,
                                                 int64_t chunk, bool whole) const {
  return std::make_unique<XlnetState>(*this, arena, ring, waiting, chunk, whole);
}

const OptionInfo kOptions[] = {
    {"causal", OptionType::kInt, 0, 1},
    {"d_position", OptionType::kInt, 2, 1 << 20},
    {"clamp_len", OptionType::kInt, 0, 1 << 24},
    {"w_r", OptionType::kFloats},
    {"bias_u", OptionType::kFloats},
    {"bias_v", OptionType::kFloats},
    {"bias_s", OptionType::kFloats},
    {"seg_embed", OptionType::kFloats},
    {"store", OptionType::kText, 0, 0, "f32|bf16"},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  if (spec->kv_heads != spec->heads) return absl::UnimplementedError("xlnet with fewer key heads than query heads");
  const int64_t width = spec->heads * spec->head_dim, depth = options.Int("d_position", width);
  if (depth % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("option d_position must be even, for sines and cosines of distances; got ", depth));
  }
  if (options.Has("seg_embed") != options.Has("bias_s")) {
    return absl::InvalidArgumentError("options seg_embed and bias_s are set together");
  }
  spec->queries_are_last = true;
  spec->late = true;
  auto layer = std::make_shared<XlnetLayer>(std::move(context), options, *spec, options.Flag("causal"));
  layer->clamp = options.Int("clamp_len", 0);
  for (const auto& [name, numbers, to] :
       {std::tuple("bias_u", width, &layer->bias_u), std::tuple("bias_v", width, &layer->bias_v),
        std::tuple("bias_s", width, &layer->bias_s), std::tuple("seg_embed", 2 * width, &layer->segments)}) {
    if (!options.Has("seg_embed") && (to == &layer->bias_s || to == &layer->segments)) continue;
    absl::StatusOr<std::vector<float>> tensor = options.Tensor(name, numbers);
    if (!tensor.ok()) return tensor.status();
    *to = *std::move(tensor);
  }
  absl::StatusOr<std::vector<float>> weight = options.Tensor("w_r", width * depth);
  if (!weight.ok()) return weight.status();
  const absl::Status status = layer->r.Pack(layer->context().allocator, *weight, {}, width, depth);
  if (!status.ok()) return status;
  return layer;
}

}  // namespace

const Mechanism kXlnet = {"xlnet", kOptions, Create};

}  // namespace lwave::attention
