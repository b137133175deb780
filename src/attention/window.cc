// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// window: Longformer (Beltagy et al. 2020), exact.
//   a row sees the tokens i + s D_h, -left <= s <= right, and all global tokens, in one softmax; a global row sees
//   every token, with q, k and v of its own where global_projections says that rows hold two sets of heads.
// left, right and dilation are one number or one a head. causal closes what lies ahead for all of them. A global
// token that the mask closes, or that lies behind the end, is none. Global tokens are the layer's (global), or, of at
// most most_globals of them, each sequence's own (SetGlobals). T5's learned bias of buckets of distances may be added
// (Raffel et al. 2020; LongT5's local attention has it, Guo et al. 2022), where no head is dilated.
// Remembers without global tokens max(left D) + max(right D) rows of keys and values; with them, which must see
// everything, all rows (max_tokens), and two-sided rows leave only when the sequence is finished.
// Costs n (left + right) products a head, dilated or not.

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/relative_buckets.h"
#include "attention/tile_layer.h"
#include "attention/window_heads.h"

namespace lwave::attention {
namespace {

using kernels::kQueryTile;

// Row r of a block is tokens[r], which sees everything, or where causal everything up to itself.
class GlobalRows : public Pattern {
 public:
  GlobalRows(absl::Span<const int64_t> tokens, bool causal) : tokens_(tokens), all_(causal) {}
  int64_t NextTile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows,
                   int64_t tile) const override {
    return all_.NextTile(sequence, head, Token(first_row + rows - 1), 1, tile);
  }
  uint64_t Mask(const SequenceView& sequence, int64_t head, int64_t row, int64_t tile) const override {
    return all_.Mask(sequence, head, Token(row), tile);
  }
  bool AllOpen(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t, int64_t tile) const override {
    return all_.AllOpen(sequence, head, Token(first_row), 1, tile);
  }

 private:
  int64_t Token(int64_t row) const { return tokens_[static_cast<size_t>(row)]; }
  const absl::Span<const int64_t> tokens_;  // ascending
  const FullPattern all_;
};

class WindowLayer : public TileLayer {
 public:
  WindowLayer(ContextPtr context, const Options& options, const TileSpec& tile_spec, const Windows& sides,
              std::vector<int64_t> tokens, int64_t most, std::unique_ptr<Bias> bias)
      : TileLayer(std::move(context), "window", options, tile_spec, std::make_unique<LocalPattern>(sides),
                  std::move(bias)),
        windows(sides), globals(std::move(tokens)), most_globals(most) {}

  const Windows windows;
  const std::vector<int64_t> globals;  // ascending
  const int64_t most_globals;          // of a sequence's own

 protected:
  std::unique_ptr<TileState> MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
                                       bool whole) const override;
};

class WindowState : public TileState {
 public:
  WindowState(const WindowLayer& layer, Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
              bool whole)
      : TileState(layer, arena, ring, waiting, chunk, whole), window_layer_(layer) {
    const RowWidths width = layer.widths();
    own_globals_ = arena.Take<int64_t>(std::min(layer.most_globals, ring.slots() * kernels::kKeyTile));
    // Distances are of consecutive rows, so with a bias global rows go one by one, from where they are.
    const int64_t most = std::max(static_cast<int64_t>(layer.globals.size()), layer.most_globals);
    if (layer.bias() == nullptr) {
      gathered_ = arena.Take<float>(std::min(most, kQueryTile) * spec_.heads * spec_.head_dim);
      gathered_out_ = arena.Take<float>(std::min(most, kQueryTile) * width.out);
    }
    view_.globals = layer.globals;
  }

  absl::Status SetGlobals(absl::Span<const int64_t> tokens) override {
    if (window_layer_.most_globals == 0) return TileState::SetGlobals(tokens);
    if (received_ > 0 || finished_) {
      return absl::FailedPreconditionError("global tokens are set before the first row of a sequence");
    }
    const absl::Status status = CheckGlobals(tokens);
    if (status.ok()) UseGlobals(tokens);
    return status;
  }
  bool UsesSecondQuery(int64_t row) const override {
    return std::binary_search(view_.globals.begin(), view_.globals.end(), row);
  }
  bool UsesSecondKeys() const override { return !view_.globals.empty(); }

  absl::Status Save(memory::SnapshotWriter& writer) const override {
    if (window_layer_.most_globals > 0) writer.AddInt64("globals", view_.globals);
    return TileState::Save(writer);
  }
  absl::Status Load(const memory::SnapshotReader& reader) override {
    std::vector<int64_t> tokens;
    if (window_layer_.most_globals > 0) {
      absl::StatusOr<std::vector<int64_t>> saved = reader.Int64("globals", -1);
      if (!saved.ok()) return saved.status();
      tokens = *std::move(saved);
      // Those of the option stand there too, when the sequence has none of its own.
      if (tokens != window_layer_.globals && !CheckGlobals(tokens).ok()) {
        return absl::DataLossError("snapshot: the global tokens contradict the layer");
      }
    }
    const absl::Status status = TileState::Load(reader);
    if (window_layer_.most_globals > 0 && tokens != window_layer_.globals) {
      UseGlobals(tokens);
    } else {
      view_.globals = window_layer_.globals;
    }
    return status;
  }
  absl::Status CopyFrom(const SequenceState& other) override {
    const WindowState& from = static_cast<const WindowState&>(other);
    if (from.view_.globals.data() == from.own_globals_.data() && !from.view_.globals.empty()) {
      UseGlobals(from.view_.globals);
    } else {
      view_.globals = from.view_.globals;
    }
    return TileState::CopyFrom(other);
  }
  void Reset() override {
    TileState::Reset();
    view_.globals = window_layer_.globals;
  }

 protected:
  void AttendChunk(const float* q, int64_t first_row, int64_t rows, float* out) override {
    TileState::AttendChunk(q, first_row, rows, out);
    const auto begin = std::lower_bound(view_.globals.begin(), view_.globals.end(), first_row);
    const auto end = std::lower_bound(begin, view_.globals.end(), first_row + rows);
    const int64_t count = end - begin, each = layer_.bias() == nullptr ? kQueryTile : 1;
    for (int64_t done = 0; done < count; done += each) {
      AttendGlobals(absl::MakeConstSpan(&*begin + done, static_cast<size_t>(std::min(each, count - done))), q, first_row,
                    out);
    }
  }

 private:
  // Tokens of a chunk, of which q and out are the rows from first_row on.
  void AttendGlobals(absl::Span<const int64_t> tokens, const float* q, int64_t first_row, float* out) {
    const RowWidths width = layer_.widths();
    const int64_t own = spec_.heads * spec_.head_dim, count = static_cast<int64_t>(tokens.size());
    const size_t set = spec_.two_sets ? 1 : 0;
    const float* query = q + (spec_.two_sets ? own : 0);
    if (count == 1) {
      const int64_t row = tokens[0] - first_row;
      AttendSet(set, FullPattern(window_layer_.windows.causal), query + row * width.q, tokens[0], 1,
                out + row * width.out);
      return;
    }
    for (int64_t r = 0; r < count; ++r) {
      std::copy_n(query + (tokens[static_cast<size_t>(r)] - first_row) * width.q, own, gathered_.data() + r * own);
    }
    const GlobalRows pattern(tokens, window_layer_.windows.causal);
    AttendJob job = Job(set, pattern, gathered_.data(), 0, count, gathered_out_.data());
    job.query_stride = own;
    AttendRows(*layer_.context().runner, job, scratch_);
    for (int64_t r = 0; r < count; ++r) {
      std::copy_n(gathered_out_.data() + r * width.out, width.out,
                  out + (tokens[static_cast<size_t>(r)] - first_row) * width.out);
    }
  }

  absl::Status CheckGlobals(absl::Span<const int64_t> tokens) const {
    const int64_t room = std::min(window_layer_.most_globals, static_cast<int64_t>(own_globals_.size()));
    if (static_cast<int64_t>(tokens.size()) > room) {
      return absl::InvalidArgumentError(
          absl::StrCat("a sequence has at most ", room, " global tokens here, got ", tokens.size()));
    }
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i] >= 0 && (i == 0 || tokens[i] > tokens[i - 1])) continue;
      return absl::InvalidArgumentError("global tokens must be numbers from 0 on in ascending order");
    }
    return absl::OkStatus();
  }
  void UseGlobals(absl::Span<const int64_t> tokens) {
    std::copy(tokens.begin(), tokens.end(), own_globals_.begin());
    view_.globals = own_globals_.subspan(0, tokens.size());
  }

  const WindowLayer& window_layer_;
  absl::Span<int64_t> own_globals_;  // [most_globals]
  absl::Span<float> gathered_;       // [kQueryTile, heads * head_dim]
  absl::Span<float> gathered_out_;   // [kQueryTile, out width]
};

std::unique_ptr<TileState> WindowLayer::MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting,
                                                  int64_t chunk, bool whole) const {
  return std::make_unique<WindowState>(*this, arena, ring, waiting, chunk, whole);
}

const OptionInfo kOptions[] = {
    {"left", OptionType::kInts, 0, 1 << 24},
    {"right", OptionType::kInts, 0, 1 << 24},
    {"dilation", OptionType::kInts, 1, 1 << 12},
    {"global", OptionType::kInts, 0, kMostTokens},
    {"global_projections", OptionType::kInt, 0, 1},
    {"causal", OptionType::kInt, 0, 1},
    {"most_globals", OptionType::kInt, 0, kMostTokens},
    {"relative_buckets", OptionType::kInt, 2, 1 << 16},
    {"relative_max_distance", OptionType::kInt, 2, 1 << 16},
    {"relative_bias", OptionType::kFloats},
    {"store", OptionType::kText, 0, 0, "f32|bf16"},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  absl::StatusOr<Windows> made = WindowsFromOptions(options, spec->heads);
  if (!made.ok()) return made.status();
  Windows& windows = *made;
  std::vector<int64_t> globals = options.Ints("global");
  std::sort(globals.begin(), globals.end());
  if (std::adjacent_find(globals.begin(), globals.end()) != globals.end()) {
    return absl::InvalidArgumentError("option global names a token twice");
  }
  const int64_t most_globals = options.Int("most_globals", 0);
  windows.globals = !globals.empty() || most_globals > 0;
  for (int64_t head = 0; head < spec->heads; ++head) {
    spec->left = std::max(spec->left, windows.Behind(head));
    spec->right = std::max(spec->right, windows.Ahead(head));
  }
  absl::StatusOr<std::unique_ptr<Bias>> bias = BucketBiasFromOptions(options, spec->heads, windows.causal);
  if (!bias.ok()) return bias.status();
  const bool dilated = *std::max_element(windows.dilation.begin(), windows.dilation.end()) > 1;
  if (dilated && (*bias != nullptr || spec->store != kernels::NumberType::kF32)) {
    return absl::UnimplementedError(
        absl::StrCat("option ", *bias != nullptr ? "relative_bias" : "store", " with a dilation above 1"));
  }
  spec->two_sets = options.Flag("global_projections");
  spec->bounded = !windows.globals;
  spec->late = !spec->bounded && !windows.causal;
  return std::make_shared<WindowLayer>(std::move(context), options, *spec, windows, std::move(globals), most_globals,
                                       *std::move(bias));
}

}  // namespace

const Mechanism kWindow = {"window", kOptions, Create};

}  // namespace lwave::attention
