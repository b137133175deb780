// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// compressive: Compressive Transformer (Rae et al. 2020), exact for what it defines.
//   rows = [compressed; memory; segment], distances counted in rows; the score is transformer_xl's without clamping
//   (position xl), or (q_i.k_j + q_i.pos[h, t]) / sqrt(d) (position table).
// When a segment ends it joins the memory; the oldest rows beyond mem_len leave in whole groups of `ratio` and are
// compressed (memory_compression.h) to a row each; of these the last cmem_len are kept.
// Remembers, when a segment has ended, mem_len + cmem_len rows of d_model floats (fewer until that many have come), up to
// ratio - 1 rows that wait for the rest of their group, and with most_used the use of each memory row, a double; within
// a segment its rows as well. Reaches mem_len + ratio cmem_len rows back. Costs n (cmem_len + mem_len + segment)
// products, twice for the scores. Two lossy steps, both the paper's: compression, and what falls off the compressed
// memory.
// Auxiliary losses of the last segment, where `loss` lists them, of the rows E that left and C = compressed E; 0 where
// nothing was compressed:
//   attention, part "loss": with the segment's queries and content scores alone, mean of (A(E) - A(C))^2 over queries
//     and channels, A(S) = softmax(q.k_S / sqrt(d)) v_S per head. Costs a second attention over E and C.
//   autoencoding, part "autoencoding_loss": mean of (E - g(C))^2 over rows and channels. The paper leaves the form of
//     the learned decoder g open; here it is a linear map from each row of C to the rows of its group:
//     g(C)[i ratio + s] = decoder_bias + decoder_weight[:, :, s] C_i     (decoder_weight [d_model, d_model, ratio])
// With statistics, the parts mass and segment_mass [compressed, memory, segment; heads] (segment_layer.h).
// Cannot: look ahead, rewind, take a mask.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/memory_compression.h"
#include "attention/relative_positions.h"
#include "attention/segment_layer.h"
#include "kernels/rows.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

struct CompressiveSettings {
  int64_t mem_len = 0, cmem_len = 0;
  bool attention_loss = false, autoencoding_loss = false;
  int64_t table_rows = 0;    // position table
  std::vector<float> table;  // [heads, table_rows, head_dim], row t is for distance t
};

class CompressiveLayer : public SegmentLayer {
 public:
  CompressiveLayer(ContextPtr context, const Options& options, const SegmentSpec& segment_spec,
                   const CompressiveSettings& c)
      : SegmentLayer(std::move(context), "compressive", options, segment_spec), settings(c) {}

  int64_t OwnBytes() const override {
    return SegmentLayer::OwnBytes() + r.bytes() + decoder.bytes() + compression.bytes();
  }
  bool HasDistances() const override { return true; }
  void Distances(int64_t count, int64_t rows, float* sinusoids, float* projected, float* table) const override {
    if (settings.table.empty()) {
      RelativePositions(context(), r, 0, 0, count, rows, sinusoids, projected, table);
      return;
    }
    const int64_t d = spec().head_dim, stride = DistanceTable::Stride(count);
    for (int64_t h = 0; h < spec().heads; ++h) {
      for (int64_t s = 0; s < count; ++s) {
        const float* from = settings.table.data() + (h * settings.table_rows + count - 1 - s) * d;
        for (int64_t c = 0; c < d; ++c) table[(h * d + c) * stride + s] = from[c];
      }
    }
  }

  const CompressiveSettings settings;
  Projection r;
  Compression compression;
  Projection decoder;  // [ratio d_model, d_model], the output of tap s behind that of tap s - 1

 protected:
  std::unique_ptr<SegmentState> MakeState(Arena& arena, int64_t segment_rows, int64_t chunk) const override;
};

class CompressiveState : public SegmentState {
 public:
  CompressiveState(const CompressiveLayer& layer, Arena& arena, int64_t segment_rows, int64_t chunk)
      : SegmentState(layer, arena, segment_rows, chunk), c_(layer), ratio_(layer.compression.ratio()) {
    const int64_t d = spec_.d_model;
    const int64_t memory = c_.settings.mem_len + ratio_ - 1;
    joined_ = arena.Take<float>((memory + segment_rows) * d);
    compressed_ = arena.Take<float>((memory + segment_rows) / ratio_ * d);
    next_ = arena.Take<float>(c_.settings.cmem_len * d);
    scratch_rows_ = arena.Take<float>(c_.compression.ScratchFloats(memory + segment_rows));
    if (c_.settings.attention_loss) exact_ = arena.Take<float>(segment_rows * spec_.width());
    if (c_.settings.autoencoding_loss) decoded_ = arena.Take<float>((memory + segment_rows) * d);
    if (MostUsed()) {
      usage_ = arena.Take<double>(memory + segment_rows, Use::kPayload);
      segment_usage_ = arena.Take<double>(memory, Use::kPending);
      const int64_t tiles = memory / kKeyTile + 2;
      weights_ = arena.Take<float>(tiles * 2 * kKeyTile);
    }
  }

  // Which of them are compressed, rows alone do not say.
  absl::Status SetMemory(absl::Span<const float> rows) override { return SequenceState::SetMemory(rows); }

  // Sums of its own beside the rows: through a snapshot.
  absl::Status CopyFrom(const SequenceState& other) override { return SequenceState::CopyFrom(other); }
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    const float* first = context_.data();
    const int64_t d = spec_.d_model;
    if (name == "compressed") return std::vector<float>(first, first + compressed_count_ * d);
    if (name == "memory") return std::vector<float>(first + compressed_count_ * d, first + context_count_ * d);
    if (name == "usage" && MostUsed()) return std::vector<float>(usage_.begin(), usage_.begin() + memory_count());
    if (name == "loss" && c_.settings.attention_loss) return std::vector<float>{loss_};
    if (name == "autoencoding_loss" && c_.settings.autoencoding_loss) return std::vector<float>{autoencoding_loss_};
    return SegmentState::ReadPart(name);
  }
  absl::StatusOr<int64_t> PartSize(absl::string_view name, int64_t rows, int64_t remembered) const override {
    const ContextRows context = ContextBehind(rows, remembered);
    if (name == "compressed") return context.compressed * spec_.d_model;
    if (name == "memory") return context.recent * spec_.d_model;
    if (name == "usage" && MostUsed()) return context.recent;
    if (name == "loss" && c_.settings.attention_loss) return 1;
    if (name == "autoencoding_loss" && c_.settings.autoencoding_loss) return 1;
    return SegmentState::PartSize(name, rows, remembered);
  }

 protected:
  std::vector<memory::Part> ContextParts() const override {
    const memory::Part recent = ContextPart("memory", compressed_count_, memory_count());
    memory::Part compressed = ContextPart("compressed", 0, compressed_count_);
    compressed.oldest = recent.oldest - compressed_count_ * ratio_;  // a row stands for `ratio` of them
    if (!MostUsed()) return {compressed, recent};
    const int64_t rows = memory_count(), row_bytes = sizeof(double);
    return {compressed, recent, {"usage", Use::kPayload, rows, row_bytes, recent.oldest},
            {"segment_usage", Use::kPending, rows, row_bytes, recent.oldest}};
  }
  void ResetMore() override {
    compressed_count_ = 0;
    loss_ = autoencoding_loss_ = 0;
    std::fill(usage_.begin(), usage_.end(), 0.0);
    std::fill(segment_usage_.begin(), segment_usage_.end(), 0.0);
  }
  void AfterAttend(int64_t begin, int64_t rows) override {
    if (MostUsed()) AddUsage(begin, rows);
  }
  ContextRows Context() const override { return {compressed_count_, memory_count()}; }
  ContextRows ContextAfter(const ContextRows& before, int64_t rows) const override {
    const int64_t all = before.recent + rows, groups = Leaving(all) / ratio_;
    return {std::min(c_.settings.cmem_len, before.compressed + groups), all - groups * ratio_};
  }
  int64_t PartOf(int64_t place) const override { return place < compressed_count_ ? 0 : 1; }
  void UpdateContext() override;
  void SaveMore(memory::SnapshotWriter& writer) const override {
    writer.AddInt64("compressed", {compressed_count_});
    writer.AddF32("loss", {loss_, autoencoding_loss_});
    if (!MostUsed()) return;
    writer.AddF64("usage", absl::MakeConstSpan(usage_.data(), static_cast<size_t>(memory_count())));
    writer.AddF64("segment_usage", absl::MakeConstSpan(segment_usage_.data(), static_cast<size_t>(memory_count())));
  }
  absl::Status LoadMore(const memory::SnapshotReader& reader) override {
    absl::StatusOr<std::vector<int64_t>> count = reader.Int64("compressed", 1);
    if (!count.ok()) return count.status();
    if ((*count)[0] < 0 || (*count)[0] > std::min(c_.settings.cmem_len, context_count_) ||
        context_count_ - (*count)[0] > c_.settings.mem_len + ratio_ - 1) {
      return absl::DataLossError("snapshot: the counters contradict each other");
    }
    compressed_count_ = (*count)[0];
    absl::StatusOr<std::vector<float>> loss = reader.F32("loss", 2);
    if (!loss.ok()) return loss.status();
    loss_ = (*loss)[0];
    autoencoding_loss_ = (*loss)[1];
    if (!MostUsed()) return absl::OkStatus();
    absl::StatusOr<std::vector<double>> usage = reader.F64("usage", memory_count());
    if (!usage.ok()) return usage.status();
    std::copy(usage->begin(), usage->end(), usage_.begin());
    usage = reader.F64("segment_usage", memory_count());
    if (!usage.ok()) return usage.status();
    std::copy(usage->begin(), usage->end(), segment_usage_.begin());
    return absl::OkStatus();
  }

 private:
  int64_t memory_count() const { return context_count_ - compressed_count_; }
  // Of so many rows of memory and segment, those that are compressed.
  int64_t Leaving(int64_t all) const { return std::max<int64_t>(0, all - c_.settings.mem_len) / ratio_ * ratio_; }
  bool MostUsed() const { return c_.compression.kind() == Compression::Kind::kMostUsed; }
  void AddUsage(int64_t begin, int64_t rows);
  // The content attention of the segment's rows to the stored keys at places [begin, end): exact_ = it, or the sum of
  // its squared differences from exact_ in double.
  double ContentAttention(int64_t begin, int64_t end, bool compare);
  double SquaredDifferences(const float* a, const float* b, int64_t count) const;

  const CompressiveLayer& c_;
  const int64_t ratio_;
  int64_t compressed_count_ = 0;
  float loss_ = 0, autoencoding_loss_ = 0;
  absl::Span<float> joined_;        // [memory + segment, d_model]
  absl::Span<float> compressed_;    // [groups, d_model]
  absl::Span<float> next_;          // [cmem_len, d_model]
  absl::Span<float> scratch_rows_;
  absl::Span<double> usage_;          // [memory + segment]; of the memory's rows, up to the last segment's end
  absl::Span<double> segment_usage_;  // [memory]; sums over heads and queries of the open segment
  absl::Span<float> exact_;           // [segment, width], attention loss
  absl::Span<float> decoded_;         // [memory + segment, d_model], autoencoding loss
  absl::Span<float> weights_;         // [tiles, 2, 64], most_used
};

// Every memory row adds the weight it got, averaged over heads and, at the end of the segment, over its queries. The
// kernel does not keep weights, so those of the memory's rows are made again from the scores and the log sums; tiles
// of keys are the tasks, and a key's queries come in ascending order, so that chunks are of no account.
void CompressiveState::AddUsage(int64_t begin, int64_t rows) {
  const int64_t d = spec_.head_dim, width = spec_.width();
  const float* content = (layer_.bias_u.empty() ? q_ : with_u_).data();
  const float* positions = (layer_.bias_v.empty() ? q_ : with_v_).data();
  const DistanceBias bias(distances_, d, spec_.scale);
  if (memory_count() == 0) return;
  const int64_t first_tile = compressed_count_ / kKeyTile, tiles = (context_count_ - 1) / kKeyTile + 1 - first_tile;
  layer_.context().runner->For(tiles, [&](int64_t index, int32_t) {
    const int64_t tile = first_tile + index;
    const int64_t from = std::max(compressed_count_, tile * kKeyTile);
    const int64_t to = std::min(context_count_, (tile + 1) * kKeyTile);
    const int64_t at = from - tile * kKeyTile, count = to - from;
    const float* keys = reinterpret_cast<const float*>(keys_.store.KeySlot(tile));  // [heads][slots][head_dim, 64]
    float* scores = weights_.data() + index * 2 * kKeyTile;
    float* distances = scores + kKeyTile;
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t h = 0; h < spec_.heads; ++h) {
        kernels::WeightedSumOfRows(content + r * width + h * d, keys + h * keys_.store.shape.KeyHeadNumbers() + at,
                                   kKeyTile, d, count, spec_.scale, scores);
        bias.Tile(SequenceView(), h, context_count_ + begin + r, 1, tile, positions + r * width + h * d, width,
                  distances);
        kernels::AddTo(distances + at, count, scores);
        kernels::ExpDifference(scores, log_sums_[static_cast<size_t>(r * spec_.heads + h)], count, scores);
        kernels::AccumulateRow(scores, count, segment_usage_.data() + from - compressed_count_);
      }
    }
  });
}

double CompressiveState::SquaredDifferences(const float* a, const float* b, int64_t count) const {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

double CompressiveState::ContentAttention(int64_t begin, int64_t end, bool compare) {
  const RangePattern pattern(begin, end);
  const int64_t width = spec_.width();
  double sum = 0;
  for (int64_t row = 0; row < count_; row += chunk_) {
    const int64_t rows = std::min(chunk_, count_ - row);
    layer_.q.Apply(*layer_.context().runner, rows_.data() + row * spec_.d_model, rows, q_.data());
    Attend(pattern, nullptr, q_.data(), nullptr, 0, rows);
    for (int64_t r = 0; r < rows; ++r) {
      const float* result = attended_.data() + r * width;
      float* exact = exact_.data() + (row + r) * width;
      if (compare) sum += SquaredDifferences(exact, result, width);
      if (!compare) std::copy_n(result, width, exact);
    }
  }
  return sum;
}

void CompressiveState::UpdateContext() {
  const int64_t d = spec_.d_model;
  const int64_t memory = memory_count();
  const int64_t all = memory + count_;
  std::copy_n(context_.data() + compressed_count_ * d, memory * d, joined_.data());
  std::copy_n(rows_.data(), count_ * d, joined_.data() + memory * d);
  const double weights = static_cast<double>(spec_.heads * std::max<int64_t>(count_, 1));
  for (int64_t j = 0; j < memory && MostUsed(); ++j) {
    usage_[static_cast<size_t>(j)] += segment_usage_[static_cast<size_t>(j)] / weights;
  }
  if (MostUsed()) std::fill(usage_.begin() + memory, usage_.begin() + all, 0.0);
  bool keys_are_there = true;
  const int64_t leaving = Leaving(all);
  const int64_t groups = leaving / ratio_;
  loss_ = autoencoding_loss_ = 0;
  if (groups > 0) {
    Runner& runner = *layer_.context().runner;
    c_.compression.Compress(runner, joined_.data(), leaving, usage_.data(), scratch_rows_.data(), compressed_.data());
    if (c_.settings.attention_loss && count_ > 0) {
      ContentAttention(compressed_count_, compressed_count_ + leaving, false);
      keys_are_there = false;  // the segment is over: they make room for those of the compressed rows
      Project(compressed_.data(), 0, groups, false);
      loss_ = static_cast<float>(ContentAttention(0, groups, true) / static_cast<double>(count_ * spec_.width()));
    }
    if (c_.settings.autoencoding_loss) {
      c_.decoder.Apply(runner, compressed_.data(), groups, decoded_.data());
      autoencoding_loss_ = static_cast<float>(SquaredDifferences(joined_.data(), decoded_.data(), leaving * d) /
                                              static_cast<double>(leaving * d));
    }
  }
  // The last cmem_len of the compressed rows, old and new.
  const int64_t kept = std::min(c_.settings.cmem_len, compressed_count_ + groups);
  const int64_t from_new = std::min(kept, groups);
  const int64_t from_old = kept - from_new;
  if (keys_are_there) {
    Stay(compressed_count_ - from_old, 0, from_old);
    Stay(compressed_count_ + leaving, kept, all - leaving);
  }
  std::copy_n(context_.data() + (compressed_count_ - from_old) * d, from_old * d, next_.data());
  std::copy_n(compressed_.data() + (groups - from_new) * d, from_new * d, next_.data() + from_old * d);
  std::copy_n(next_.data(), kept * d, context_.data());
  compressed_count_ = kept;
  const int64_t rest = all - leaving;
  std::copy_n(joined_.data() + leaving * d, rest * d, context_.data() + kept * d);
  if (MostUsed()) std::copy(usage_.begin() + leaving, usage_.begin() + all, usage_.begin());
  context_count_ = kept + rest;
  std::fill(segment_usage_.begin(), segment_usage_.end(), 0.0);
}

std::unique_ptr<SegmentState> CompressiveLayer::MakeState(Arena& arena, int64_t segment_rows, int64_t chunk) const {
  return std::make_unique<CompressiveState>(*this, arena, segment_rows, chunk);
}

const OptionInfo kOptions[] = {
    {"d_model", OptionType::kInt, 1, 1 << 20},
    {"segment", OptionType::kInt, 1, 1 << 24, "explicit"},
    {"mem_len", OptionType::kInt, 0, 1 << 24},
    {"cmem_len", OptionType::kInt, 0, 1 << 24},
    {"ratio", OptionType::kInt, 1, 1 << 16},
    {"function", OptionType::kText, 0, 0, "mean|max|conv|dilated_conv|most_used"},
    {"position", OptionType::kText, 0, 0, "xl|table"},
    {"remainder", OptionType::kText, 0, 0, "hold"},
    {"loss", OptionType::kInt, 0, 1, "none|attention|autoencoding", true},  // 1: attention
    {"statistics", OptionType::kInt, 0, 1},
    {"decoder_weight", OptionType::kFloats},
    {"decoder_bias", OptionType::kFloats},
    {"w_qkv", OptionType::kFloats},
    {"w_o", OptionType::kFloats},
    {"b_o", OptionType::kFloats},
    {"w_r", OptionType::kFloats},
    {"bias_u", OptionType::kFloats},
    {"bias_v", OptionType::kFloats},
    {"pos", OptionType::kFloats},
    {"conv_weight", OptionType::kFloats},
    {"conv_bias", OptionType::kFloats},
    {"conv_layers.kernel", OptionType::kInts, 1, 1 << 16},
    {"conv_layers.stride", OptionType::kInts, 1, 1 << 16},
    {"conv_layers.dilation", OptionType::kInts, 1, 1 << 16},
    {"conv_weight_0", OptionType::kFloats}, {"conv_bias_0", OptionType::kFloats},
    {"conv_weight_1", OptionType::kFloats}, {"conv_bias_1", OptionType::kFloats},
    {"conv_weight_2", OptionType::kFloats}, {"conv_bias_2", OptionType::kFloats},
    {"conv_weight_3", OptionType::kFloats}, {"conv_bias_3", OptionType::kFloats},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<SegmentSpec> spec = SegmentSpecFromOptions(options, 2);
  if (!spec.ok()) return spec.status();
  CompressiveSettings settings;
  settings.mem_len = options.Int("mem_len", 0);
  settings.cmem_len = options.Int("cmem_len", 0);
  const std::vector<std::string> losses = options.Texts("loss");
  const auto asked = [&](const char* loss) { return std::find(losses.begin(), losses.end(), loss) != losses.end(); };
  settings.attention_loss = options.Flag("loss") || asked("attention");
  settings.autoencoding_loss = asked("autoencoding");
  if (asked("none") && losses.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat("option loss: none stands alone, got ", options.Text("loss", "")));
  }
  const int64_t ratio = options.Int("ratio", 0);
  if (ratio < 1) return absl::InvalidArgumentError("option ratio must be set");
  spec->context_rows = settings.cmem_len + settings.mem_len + ratio - 1;
  const bool table = options.Text("position", "xl") == "table";
  if (table) {
    settings.table = options.Floats("pos");
    if (settings.table.empty() || static_cast<int64_t>(settings.table.size()) % spec->width() != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("option pos must be [heads, distances, head_dim], has ", settings.table.size(), " numbers"));
    }
    settings.table_rows = spec->most_places = static_cast<int64_t>(settings.table.size()) / spec->width();
  }
  auto layer = std::make_shared<CompressiveLayer>(std::move(context), options, *spec, settings);
  absl::Status status = layer->PackFused(options, "w_qkv", "w_o", "b_o");
  if (status.ok() && !table) status = ReadRelativePositions(options, *layer, &layer->r);
  if (status.ok()) status = layer->compression.Read(layer->context().allocator, options, spec->d_model, ratio);
  if (status.ok() && settings.autoencoding_loss) {
    status = ReadTaps(layer->context().allocator, options, "decoder_weight", "decoder_bias", spec->d_model, ratio,
                      TapOrder::kOutputs, &layer->decoder);
  }
  if (status.ok()) status = layer->KeepDistances();
  if (!status.ok()) return status;
  return layer;
}

}  // namespace

const Mechanism kCompressive = {"compressive", kOptions, Create};

}  // namespace lwave::attention
