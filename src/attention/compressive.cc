// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// compressive: Compressive Transformer (Rae et al. 2020), exact for what it defines.
//   rows = [compressed; memory; segment], distances counted in rows; the score is transformer_xl's without clamping
//   (position xl), or (q_i.k_j + q_i.pos[h, t]) / sqrt(d) (position table).
// When a segment ends it joins the memory; the oldest rows beyond mem_len leave in whole groups of `ratio` and are
// compressed (memory_compression.h) to a row each; of these the last cmem_len are kept.
// Remembers (mem_len + ratio - 1 + cmem_len) d_model floats and the open segment; reaches mem_len + ratio cmem_len
// rows back. Costs n (cmem_len + mem_len + segment) products. Two lossy steps, both the paper's: compression, and
// what falls off the compressed memory.
// With loss, the attention reconstruction loss of the last segment is the part "loss": with the segment's queries and
// content scores alone, mean of (A(E) - A(compressed E))^2, A(S) = softmax(q.k_S / sqrt(d)) v_S per head; 0 where
// nothing was compressed. It costs a second attention over the rows that leave.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/memory_compression.h"
#include "attention/relative_positions.h"
#include "attention/segment_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

struct CompressiveSettings {
  int64_t mem_len = 0, cmem_len = 0;
  bool loss = false;
  int64_t table_rows = 0;    // position table
  std::vector<float> table;  // [heads, table_rows, head_dim], row t is for distance t
};

class CompressiveLayer : public SegmentLayer {
 public:
  CompressiveLayer(ContextPtr context, const Options& options, const SegmentSpec& segment_spec,
                   const CompressiveSettings& c)
      : SegmentLayer(std::move(context), "compressive", options, segment_spec), settings(c) {}

  bool HasDistances() const override { return true; }
  void Distances(int64_t count, float* table) const override {
    if (settings.table.empty()) {
      RelativePositions(context(), r, spec().heads, 0, count, table);
      return;
    }
    const int64_t d = spec().head_dim;
    for (int64_t h = 0; h < spec().heads; ++h) {
      for (int64_t s = 0; s < count; ++s) {
        std::copy_n(settings.table.data() + (h * settings.table_rows + count - 1 - s) * d, d,
                    table + (h * count + s) * d);
      }
    }
  }

  const CompressiveSettings settings;
  Projection r;
  Compression compression;

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
    usage_ = arena.Take<double>(memory + segment_rows);
    segment_usage_ = arena.Take<double>(memory);
    if (c_.settings.loss) {
      queries_ = arena.Take<float>(segment_rows * spec_.width());
      loss_scratch_ = arena.Take<float>(4 * (memory + segment_rows) * spec_.width() + 2 * spec_.width() + memory +
                                        segment_rows);
    }
    if (c_.compression.kind() == Compression::Kind::kMostUsed) {
      memory_keys_ = arena.Take<float>(memory * spec_.width());
    }
  }

  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    const float* first = context_.data();
    const int64_t d = spec_.d_model;
    if (name == "compressed") return std::vector<float>(first, first + compressed_count_ * d);
    if (name == "memory") return std::vector<float>(first + compressed_count_ * d, first + context_count_ * d);
    if (name == "usage") return std::vector<float>(usage_.begin(), usage_.begin() + memory_count());
    if (name == "loss" && c_.settings.loss) return std::vector<float>{loss_};
    return SegmentState::ReadPart(name);
  }
  std::string DescribeParts() const override {
    std::string text = "[";
    DescribePart(&text, "compressed", compressed_count_, spec_.d_model);
    DescribePart(&text, "memory", memory_count(), spec_.d_model);
    DescribePart(&text, "segment", count_, spec_.d_model);
    return text + "]";
  }

 protected:
  void AfterAttend(int64_t begin, int64_t rows) override {
    const int64_t width = spec_.width();
    if (c_.settings.loss) std::copy_n(q_.data(), rows * width, queries_.data() + begin * width);
    if (c_.compression.kind() == Compression::Kind::kMostUsed) AddUsage(begin, rows);
  }
  void UpdateContext() override;
  void SaveMore(memory::SnapshotWriter& writer) const override {
    writer.AddInt64("compressed", {compressed_count_});
    writer.AddF64("usage", absl::MakeConstSpan(usage_.data(), static_cast<size_t>(memory_count())));
    writer.AddF64("segment_usage", absl::MakeConstSpan(segment_usage_.data(), static_cast<size_t>(memory_count())));
    writer.AddF32("loss", {loss_});
    writer.AddF32("queries", absl::MakeConstSpan(queries_.data(), c_.settings.loss ? static_cast<size_t>(count_ * spec_.width()) : 0));
  }
  absl::Status LoadMore(const memory::SnapshotReader& reader) override {
    absl::StatusOr<std::vector<int64_t>> count = reader.Int64("compressed", 1);
    if (!count.ok()) return count.status();
    if ((*count)[0] < 0 || (*count)[0] > std::min(c_.settings.cmem_len, context_count_) ||
        context_count_ - (*count)[0] > c_.settings.mem_len + ratio_ - 1) {
      return absl::DataLossError("snapshot: the counters contradict each other");
    }
    compressed_count_ = (*count)[0];
    absl::StatusOr<std::vector<double>> usage = reader.F64("usage", memory_count());
    if (!usage.ok()) return usage.status();
    std::copy(usage->begin(), usage->end(), usage_.begin());
    usage = reader.F64("segment_usage", memory_count());
    if (!usage.ok()) return usage.status();
    std::copy(usage->begin(), usage->end(), segment_usage_.begin());
    absl::StatusOr<std::vector<float>> loss = reader.F32("loss", 1);
    if (!loss.ok()) return loss.status();
    loss_ = (*loss)[0];
    absl::StatusOr<std::vector<float>> queries = reader.F32("queries", c_.settings.loss ? count_ * spec_.width() : 0);
    if (!queries.ok()) return queries.status();
    std::copy(queries->begin(), queries->end(), queries_.begin());
    memory_keys_ready_ = false;
    return absl::OkStatus();
  }

 private:
  int64_t memory_count() const { return context_count_ - compressed_count_; }
  void AddUsage(int64_t begin, int64_t rows);
  // The reconstruction loss of rows // [count, d_model] against their compressed form // [fewer, d_model].
  float Loss(const float* rows, int64_t count, const float* fewer, int64_t fewer_count);

  const CompressiveLayer& c_;
  const int64_t ratio_;
  int64_t compressed_count_ = 0;
  float loss_ = 0;
  absl::Span<float> joined_;        // [memory + segment, d_model]
  absl::Span<float> compressed_;    // [groups, d_model]
  absl::Span<float> next_;          // [cmem_len, d_model]
  absl::Span<float> scratch_rows_;
  absl::Span<double> usage_;          // [memory + segment]; of the memory's rows, up to the last segment's end
  absl::Span<double> segment_usage_;  // [memory]; sums over heads and queries of the open segment
  absl::Span<float> queries_;       // [segment, width]
  absl::Span<float> loss_scratch_;
  absl::Span<float> memory_keys_;   // [memory, width]
  bool memory_keys_ready_ = false;
};

// Every memory row adds the weight it got, averaged over heads and, at the end of the segment, over its queries. The
// kernel does not keep weights, so those of the memory's rows are made again from the scores and the log sums; one
// query at a time, in ascending order, so that chunks are of no account.
void CompressiveState::AddUsage(int64_t begin, int64_t rows) {
  const int64_t d = spec_.head_dim, width = spec_.width();
  if (!memory_keys_ready_) {
    c_.k.Apply(*layer_.context().runner, context_.data() + compressed_count_ * spec_.d_model, memory_count(),
               memory_keys_.data());
    memory_keys_ready_ = true;
  }
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t row = context_count_ + begin + r;
    for (int64_t h = 0; h < spec_.heads; ++h) {
      const float* u = (layer_.bias_u.empty() ? q_.data() : with_u_.data()) + r * width + h * d;
      const float* v = (layer_.bias_v.empty() ? q_.data() : with_v_.data()) + r * width + h * d;
      const double log_sum = static_cast<double>(log_sums_[static_cast<size_t>(r * spec_.heads + h)]);
      for (int64_t j = 0; j < memory_count(); ++j) {
        const int64_t distance = row - (compressed_count_ + j);
        const float* key = memory_keys_.data() + j * width + h * d;
        const float* position = table_.data() + (h * table_rows_ + table_rows_ - 1 - distance) * d;
        double score = 0;
        for (int64_t c = 0; c < d; ++c) {
          score += static_cast<double>(u[c]) * static_cast<double>(key[c]) +
                   static_cast<double>(v[c]) * static_cast<double>(position[c]);
        }
        segment_usage_[static_cast<size_t>(j)] += std::exp(score * static_cast<double>(spec_.scale) - log_sum);
      }
    }
  }
}

// Plain loops in double: once a segment, over the rows that leave and no others.
float CompressiveState::Loss(const float* rows, int64_t count, const float* fewer, int64_t fewer_count) {
  Runner& runner = *layer_.context().runner;
  const int64_t width = spec_.width(), d = spec_.head_dim;
  float* keys[2] = {loss_scratch_.data(), loss_scratch_.data() + 2 * count * width};
  const int64_t counts[2] = {count, fewer_count};
  const float* from[2] = {rows, fewer};
  float* const results = loss_scratch_.data() + 4 * count * width;  // [2, width]
  float* const scores = results + 2 * width;                        // [count]
  for (int i = 0; i < 2; ++i) {
    c_.k.Apply(runner, from[i], counts[i], keys[i]);
    c_.v.Apply(runner, from[i], counts[i], keys[i] + counts[i] * width);
  }
  double sum = 0;
  for (int64_t row = 0; row < count_; ++row) {
    for (int i = 0; i < 2; ++i) {
      for (int64_t h = 0; h < spec_.heads; ++h) {
        const float* query = queries_.data() + row * width + h * d;
        float top = -std::numeric_limits<float>::infinity();
        for (int64_t j = 0; j < counts[i]; ++j) {
          double score = 0;
          for (int64_t c = 0; c < d; ++c) score += static_cast<double>(query[c]) * static_cast<double>(keys[i][j * width + h * d + c]);
          scores[j] = static_cast<float>(score * static_cast<double>(spec_.scale));
          top = std::max(top, scores[j]);
        }
        double total = 0;
        for (int64_t j = 0; j < counts[i]; ++j) total += std::exp(static_cast<double>(scores[j] - top));
        for (int64_t c = 0; c < d; ++c) {
          double value = 0;
          for (int64_t j = 0; j < counts[i]; ++j) {
            value += std::exp(static_cast<double>(scores[j] - top)) *
                     static_cast<double>(keys[i][(counts[i] + j) * width + h * d + c]);
          }
          results[i * width + h * d + c] = static_cast<float>(value / total);
        }
      }
    }
    for (int64_t c = 0; c < width; ++c) {
      const double difference = static_cast<double>(results[c]) - static_cast<double>(results[width + c]);
      sum += difference * difference;
    }
  }
  return static_cast<float>(sum / static_cast<double>(count_ * width));
}

void CompressiveState::UpdateContext() {
  const int64_t d = spec_.d_model;
  const int64_t memory = memory_count();
  const int64_t all = memory + count_;
  std::copy_n(context_.data() + compressed_count_ * d, memory * d, joined_.data());
  std::copy_n(rows_.data(), count_ * d, joined_.data() + memory * d);
  const double weights = static_cast<double>(spec_.heads * std::max<int64_t>(count_, 1));
  for (int64_t j = 0; j < memory; ++j) usage_[static_cast<size_t>(j)] += segment_usage_[static_cast<size_t>(j)] / weights;
  std::fill(usage_.begin() + memory, usage_.begin() + all, 0.0);
  const int64_t leaving = all > c_.settings.mem_len ? (all - c_.settings.mem_len) / ratio_ * ratio_ : 0;
  const int64_t groups = leaving / ratio_;
  loss_ = 0;
  if (groups > 0) {
    c_.compression.Compress(*layer_.context().runner, joined_.data(), leaving, usage_.data(), scratch_rows_.data(),
                            compressed_.data());
    if (c_.settings.loss && count_ > 0) loss_ = Loss(joined_.data(), leaving, compressed_.data(), groups);
  }
  // The last cmem_len of the compressed rows, old and new.
  const int64_t kept = std::min(c_.settings.cmem_len, compressed_count_ + groups);
  const int64_t from_new = std::min(kept, groups);
  const int64_t from_old = kept - from_new;
  std::copy_n(context_.data() + (compressed_count_ - from_old) * d, from_old * d, next_.data());
  std::copy_n(compressed_.data() + (groups - from_new) * d, from_new * d, next_.data() + from_old * d);
  std::copy_n(next_.data(), kept * d, context_.data());
  compressed_count_ = kept;
  const int64_t rest = all - leaving;
  std::copy_n(joined_.data() + leaving * d, rest * d, context_.data() + kept * d);
  std::copy(usage_.begin() + leaving, usage_.begin() + all, usage_.begin());
  context_count_ = kept + rest;
  memory_keys_ready_ = false;
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
    {"loss", OptionType::kInt, 0, 1},
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
  absl::StatusOr<SegmentSpec> spec = SegmentSpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  CompressiveSettings settings;
  settings.mem_len = options.Int("mem_len", 0);
  settings.cmem_len = options.Int("cmem_len", 0);
  settings.loss = options.Flag("loss");
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
  if (!status.ok()) return status;
  return layer;
}

}  // namespace

const Mechanism kCompressive = {"compressive", kOptions, Create};

}  // namespace lwave::attention
