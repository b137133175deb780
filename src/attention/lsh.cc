// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// lsh: attention within buckets of a locality-sensitive hash (Kitaev et al. 2020, Reformer); q and k are one and the
// same, k with its length taken off. Approximate: a row sees what was hashed near it.
//   y = x rotations; a bucket is the argmax of [y, -y] for each factor. The items of all rounds are sorted by (round,
//   bucket, position) and cut into chunks of L; a chunk sees its neighbours, around the whole list's ends as well.
//   In a round o = softmax over the open keys, z = ln sum exp(scores);  out = sum_r o_r exp(z_r) / sum_r exp(z_r)
// A token sees itself only where it sees nothing else (its score is self_value). At most L tokens: one chunk, no hash.
// Remembers all rows until the sequence is finished, as sorting needs them (a stream needs max_tokens).
// Costs n n_hashes (chunks_before + 1 + chunks_after) L products a head, and the sort.
// Sorted items are the places of one key set: a pattern of chunks, and the tile engine does the rest.

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "attention/attend.h"
#include "attention/layer.h"
#include "attention/mechanisms.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

struct LshSpec {
  int64_t heads = 1, head_dim = 1, value_dim = 1, max_tokens = 0;
  bool causal = false, rms = true;
  int64_t chunk = 1, before = 1, after = 0, rounds = 1, columns = 0;
  std::vector<int64_t> factors;
  std::vector<float> rotations;  // [heads, head_dim, rounds, columns]
  float score_scale = 1, self_value = -1e5f;

  bool Hashed(int64_t n) const { return n > chunk; }
  int64_t Padded(int64_t n) const { return Hashed(n) ? (n + chunk - 1) / chunk * chunk : n; }
  int64_t Items(int64_t n) const { return Hashed(n) ? rounds * Padded(n) : n; }
};

// What the items of one head are.
struct SortedItems {
  const int64_t* token = nullptr;  // [items]; those beyond the end are closed tokens
  int64_t items = 0, chunk = 1, before = 0, after = 0;
  bool causal = false;

  int64_t chunks() const { return chunk > 0 ? std::max<int64_t>(1, items / chunk) : 1; }
  // How often a row of chunk c sees chunk other.
  int64_t Count(int64_t c, int64_t other) const {
    const int64_t all = chunks();
    if (all == 1) return 1;
    int64_t count = 0;
    for (int64_t step = -before; step <= after; ++step) count += ((c + step) % all + all) % all == other;
    return count;
  }
};

class ChunkPattern : public Pattern {
 public:
  explicit ChunkPattern(const SortedItems& items) : s_(items) {}
  int64_t NextTile(const SequenceView&, int64_t, int64_t first_row, int64_t rows, int64_t tile) const override {
    int64_t next = kNoTile;
    for (int64_t c = first_row / s_.chunk; c <= (first_row + rows - 1) / s_.chunk; ++c) {
      const int64_t all = s_.chunks();
      for (int64_t step = -s_.before; step <= s_.after; ++step) {
        const int64_t other = ((c + step) % all + all) % all;
        const int64_t low = other * s_.chunk / kKeyTile, high = ((other + 1) * s_.chunk - 1) / kKeyTile;
        if (tile <= high) next = std::min(next, std::max(tile, low));
      }
    }
    return next;
  }
  uint64_t Mask(const SequenceView&, int64_t, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kKeyTile, end = std::min(first + kKeyTile, s_.items);
    const int64_t own = s_.token[row];
    uint64_t mask = 0;
    for (int64_t item = first; item < end;) {
      const int64_t stop = std::min(end, (item / s_.chunk + 1) * s_.chunk);
      if (s_.Count(row / s_.chunk, item / s_.chunk) > 0) {
        for (int64_t i = item; i < stop; ++i) {
          const int64_t token = s_.token[i];
          if (token != own && (!s_.causal || token < own)) mask |= uint64_t{1} << (i - first);
        }
      }
      item = stop;
    }
    return mask;
  }

 private:
  const SortedItems& s_;
};

// Few chunks: a neighbour on both sides counts twice.
class ChunkBias : public Bias {
 public:
  explicit ChunkBias(const SortedItems& items) : s_(items) {}
  bool ByDistance() const override { return false; }
  bool Tile(const SequenceView&, int64_t, int64_t first_row, int64_t rows, int64_t tile, const float*, int64_t,
            float* table) const override {
    if (s_.before + s_.after + 1 <= s_.chunks()) return false;
    const int64_t first = tile * kKeyTile;
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t k = 0; k < kKeyTile; ++k) {
        const int64_t count = first + k < s_.items ? s_.Count((first_row + r) / s_.chunk, (first + k) / s_.chunk) : 0;
        table[r * kKeyTile + k] = count > 1 ? std::log(static_cast<float>(count)) : 0.0f;
      }
    }
    return true;
  }
  int64_t MostTiles(int64_t tiles) const override {
    return std::min(tiles, (s_.before + s_.after + 1) * s_.chunk / kKeyTile + 2);
  }

 private:
  const SortedItems& s_;
};

class LshLayer : public Layer {
 public:
  LshLayer(ContextPtr context, const Options& options, LshSpec lsh_spec)
      : Layer(std::move(context), "lsh", options), spec(std::move(lsh_spec)) {}
  RowWidths widths() const override {
    return {spec.heads * spec.head_dim, 0, spec.heads * spec.value_dim, spec.heads * spec.value_dim};
  }
  absl::Status CanStream() const override {
    if (spec.max_tokens > 0) return absl::OkStatus();
    return absl::UnimplementedError("lsh sorts the whole sequence: it streams only where its option max_tokens bounds it");
  }
  LayerPlan Latency() const override {
    LayerPlan plan;
    plan.first_rows = plan.steady_rows = -1;
    return plan;
  }
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override;

  const LshSpec spec;
};

class LshState : public SequenceState {
 public:
  LshState(const LshLayer& layer, Arena& arena, int64_t most, bool stream)
      : layer_(layer), spec_(layer.spec), most_(most) {
    // A sequence on either side of one chunk: the longer list of the two.
    const int64_t items = std::max(spec_.Items(most), std::min(most, spec_.chunk));
    keys_.store.shape.kv_heads = 1;
    keys_.store.shape.head_dim = spec_.head_dim;
    keys_.store.shape.value_dim = spec_.value_dim;
    keys_.store.ring.pinned = (items + kKeyTile - 1) / kKeyTile;
    keys_.Take(arena, Use::kScratch);
    token_ = arena.Take<int64_t>(items);
    buckets_ = arena.Take<int64_t>(spec_.heads * spec_.rounds * spec_.Padded(most));
    sorted_x_ = arena.Take<float>(items * spec_.head_dim);
    sorted_k_ = arena.Take<float>(items * spec_.head_dim);
    sorted_v_ = arena.Take<float>(items * spec_.value_dim);
    open_ = arena.Take<int32_t>(items);
    outputs_ = arena.Take<float>(items * spec_.value_dim);
    log_sums_ = arena.Take<float>(items);
    place_ = arena.Take<int64_t>(items);
    if (stream) {
      qk_ = arena.Take<float>(most * layer.widths().q, Use::kPayload);
      v_ = arena.Take<float>(most * layer.widths().v, Use::kPayload);
      mask_ = arena.Take<int32_t>(most);
      results_ = arena.Take<float>(most * layer.widths().out, Use::kPending);
    }
    items_.causal = spec_.causal;
    items_.chunk = spec_.chunk;
    items_.before = spec_.before;
    items_.after = spec_.after;
    const ChunkBias bias(items_);
    scratch_ = AttendScratch::Take(arena, layer.context().runner->threads(), keys_.store.ring.slots(), &bias);
  }

  absl::Status Whole(const InputRows& input, float* out) override {
    if (spec_.Hashed(input.rows) && spec_.rotations.empty()) {
      return absl::InvalidArgumentError("more than chunk_length tokens need the options rotations and bucket_factors");
    }
    received_ = input.rows;
    for (int64_t h = 0; h < spec_.heads; ++h) Head(input, h, out);
    return absl::OkStatus();
  }
  absl::Status Step(const InputRows& input, int64_t* taken, float*, int64_t, int64_t* written, bool* full) override {
    *taken = *written = 0;
    *full = false;
    if (finished_) return absl::FailedPreconditionError("the sequence is finished; nothing can be pushed");
    if (received_ + input.rows > most_) {
      return absl::OutOfRangeError(absl::StrCat("the memory was made for ", most_, " rows, has ", received_,
                                                ", got another ", input.rows));
    }
    const RowWidths width = layer_.widths();
    std::copy_n(input.q, input.rows * width.q, qk_.data() + received_ * width.q);
    std::copy_n(input.v, input.rows * width.v, v_.data() + received_ * width.v);
    for (int64_t r = 0; r < input.rows; ++r) {
      mask_[static_cast<size_t>(received_ + r)] = input.mask == nullptr ? 1 : input.mask[r];
    }
    received_ += input.rows;
    *taken = input.rows;
    return absl::OkStatus();
  }
  absl::Status Finish(float* out, int64_t capacity, int64_t* written, bool* full) override {
    const RowWidths width = layer_.widths();
    if (!finished_) {
      const InputRows input = {qk_.data(), nullptr, v_.data(), mask_.data(), received_, received_};
      const absl::Status status = Whole(input, results_.data());
      if (!status.ok()) return status;
      finished_ = true;
    }
    *written = std::min(capacity, received_ - emitted_);
    std::copy_n(results_.data() + emitted_ * width.out, *written * width.out, out);
    emitted_ += *written;
    *full = emitted_ < received_;
    return absl::OkStatus();
  }

  int64_t Room() const override { return most_ - received_; }
  int64_t position() const override { return received_; }
  int64_t emitted() const override { return emitted_; }
  bool finished() const override { return finished_ && emitted_ == received_; }

  absl::Status Save(memory::SnapshotWriter& writer) const override {
    if (finished_) return absl::FailedPreconditionError("the sequence is finished; save before finish");
    const RowWidths width = layer_.widths();
    writer.AddInt64("state", {received_});
    writer.AddF32("qk", qk_.subspan(0, static_cast<size_t>(received_ * width.q)));
    writer.AddF32("v", v_.subspan(0, static_cast<size_t>(received_ * width.v)));
    writer.AddInt32("mask", mask_.subspan(0, static_cast<size_t>(received_)));
    return absl::OkStatus();
  }
  absl::Status Load(const memory::SnapshotReader& reader) override {
    const RowWidths width = layer_.widths();
    absl::StatusOr<std::vector<int64_t>> state = reader.Int64("state", 1);
    if (!state.ok()) return state.status();
    if ((*state)[0] < 0 || (*state)[0] > most_) return absl::DataLossError("snapshot: the position is out of range");
    absl::StatusOr<std::vector<float>> qk = reader.F32("qk", (*state)[0] * width.q);
    if (!qk.ok()) return qk.status();
    absl::StatusOr<std::vector<float>> v = reader.F32("v", (*state)[0] * width.v);
    if (!v.ok()) return v.status();
    absl::StatusOr<std::vector<int32_t>> mask = reader.Int32("mask", (*state)[0]);
    if (!mask.ok()) return mask.status();
    received_ = (*state)[0];
    emitted_ = 0;
    finished_ = false;
    std::copy(qk->begin(), qk->end(), qk_.begin());
    std::copy(v->begin(), v->end(), v_.begin());
    std::copy(mask->begin(), mask->end(), mask_.begin());
    return absl::OkStatus();
  }
  std::vector<memory::Part> Parts() const override {
    const RowWidths width = layer_.widths();
    constexpr int64_t kFloat = sizeof(float);
    return {{"qk", Use::kPayload, received_, width.q * kFloat, 0},
            {"values", Use::kPayload, received_, width.v * kFloat, 0},
            {"results", Use::kPending, finished_ ? received_ - emitted_ : 0, width.out * kFloat, emitted_}};
  }
  void Reset() override {
    received_ = emitted_ = 0;
    finished_ = false;
  }
  // buckets [heads, rounds, tokens], once the sequence is finished and was longer than a chunk
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    if (name != "buckets" || !finished_ || !spec_.Hashed(received_)) return SequenceState::ReadPart(name);
    std::vector<float> part;
    for (int64_t row = 0; row < spec_.heads * spec_.rounds; ++row) {
      for (int64_t i = 0; i < received_; ++i) {
        part.push_back(static_cast<float>(buckets_[static_cast<size_t>(row * spec_.Padded(received_) + i)]));
      }
    }
    return part;
  }

 private:
  // The bucket of a vector in a round; sums in double, in ascending order of channels.
  int64_t Bucket(const float* x, int64_t head, int64_t round) const {
    int64_t bucket = 0, scale = 1, column = 0;
    for (int64_t factor : spec_.factors) {
      int64_t best = 0;
      double highest = -std::numeric_limits<double>::infinity();
      for (int64_t sign = 0; sign < 2; ++sign) {
        for (int64_t f = 0; f < factor / 2; ++f) {
          double y = 0;
          for (int64_t c = 0; c < spec_.head_dim; ++c) {
            y += static_cast<double>(x[c]) *
                 static_cast<double>(spec_.rotations[static_cast<size_t>(
                     ((head * spec_.head_dim + c) * spec_.rounds + round) * spec_.columns + column + f)]);
          }
          if (sign != 0) y = -y;
          if (y > highest) highest = y, best = sign * (factor / 2) + f;
        }
      }
      bucket += scale * best;
      scale *= factor;
      column += factor / 2;
    }
    return bucket;
  }

  // Fills token_: the items of a head in order.
  void Sort(const InputRows& input, int64_t head) {
    const int64_t n = input.rows, padded = spec_.Padded(n);
    items_.items = spec_.Items(n);
    items_.token = token_.data();
    if (!spec_.Hashed(n)) {
      items_.chunk = std::max<int64_t>(1, n);
      items_.before = items_.after = 0;
      std::iota(token_.begin(), token_.begin() + n, int64_t{0});
      return;
    }
    items_.chunk = spec_.chunk;
    items_.before = spec_.before;
    items_.after = spec_.after;
    int64_t last = 1;
    for (int64_t factor : spec_.factors) last *= factor;
    layer_.context().runner->For(spec_.rounds, [&](int64_t round, int32_t /*thread*/) {
      int64_t* bucket = buckets_.data() + (head * spec_.rounds + round) * padded;
      for (int64_t i = 0; i < padded; ++i) {
        const bool real = i < n && (input.mask == nullptr || input.mask[i] != 0);
        bucket[i] = real ? Bucket(input.q + i * layer_.widths().q + head * spec_.head_dim, head, round) : last;
      }
      int64_t* const token = token_.data() + round * padded;
      std::iota(token, token + padded, int64_t{0});
      std::sort(token, token + padded,
                [&](int64_t a, int64_t b) { return bucket[a] != bucket[b] ? bucket[a] < bucket[b] : a < b; });
    });
  }

  void Head(const InputRows& input, int64_t head, float* out) {
    const RowWidths width = layer_.widths();
    const int64_t n = input.rows, d = spec_.head_dim, dv = spec_.value_dim;
    if (n == 0) return;
    Sort(input, head);
    for (int64_t i = 0; i < items_.items; ++i) {
      const int64_t token = token_[static_cast<size_t>(i)];
      float* x = sorted_x_.data() + i * d;
      float* k = sorted_k_.data() + i * d;
      open_[static_cast<size_t>(i)] = token < n && (input.mask == nullptr || input.mask[token] != 0);
      if (token >= n) {
        std::fill_n(x, d, 0.0f);
        std::fill_n(k, d, 0.0f);
        std::fill_n(sorted_v_.data() + i * dv, dv, 0.0f);
        continue;
      }
      std::copy_n(input.q + token * width.q + head * d, d, x);
      std::copy_n(input.v + token * width.v + head * dv, dv, sorted_v_.data() + i * dv);
      double squares = 0;
      for (int64_t c = 0; c < d; ++c) squares += static_cast<double>(x[c]) * static_cast<double>(x[c]);
      const double width_d = static_cast<double>(d);
      const double factor = spec_.rms ? 1 / (std::sqrt(squares / width_d + 1e-6) * std::sqrt(width_d))
                                      : 1 / std::max(std::sqrt(squares), 1e-12);
      for (int64_t c = 0; c < d; ++c) k[c] = static_cast<float>(static_cast<double>(x[c]) * factor);
    }
    keys_.end = 0;
    keys_.Append(*layer_.context().runner, sorted_k_.data(), d, sorted_v_.data(), dv, open_.data(), 0, items_.items);
    const ChunkPattern pattern(items_);
    const ChunkBias bias(items_);
    AttendJob job;
    job.keys = &keys_;
    job.pattern = &pattern;
    job.bias = &bias;
    job.heads = 1;
    job.scale = spec_.score_scale;
    job.rows = items_.items;
    job.query = sorted_x_.data();
    job.query_stride = d;
    job.output = outputs_.data();
    job.output_stride = dv;
    job.log_sums = log_sums_.data();
    AttendRows(*layer_.context().runner, job, scratch_);
    Combine(input, head, out);
  }

  // The rounds of every token in one; a round that opened nothing gives the token itself.
  void Combine(const InputRows& input, int64_t head, float* out) {
    const RowWidths width = layer_.widths();
    const int64_t n = input.rows, dv = spec_.value_dim;
    const int64_t padded = spec_.Padded(n), rounds = items_.items / padded;
    for (int64_t i = 0; i < items_.items; ++i) {
      place_[static_cast<size_t>(i / padded * padded + token_[static_cast<size_t>(i)])] = i;
    }
    layer_.context().runner->For(n, [&](int64_t token, int32_t /*thread*/) {
      float* to = out + token * width.out + head * dv;
      std::fill_n(to, dv, 0.0f);
      if (input.mask != nullptr && input.mask[token] == 0) return;
      const auto sum_of = [&](int64_t round) {
        const float sum = log_sums_[static_cast<size_t>(place_[static_cast<size_t>(round * padded + token)])];
        return sum == -std::numeric_limits<float>::infinity() ? spec_.self_value : sum;
      };
      float top = sum_of(0);
      for (int64_t round = 1; round < rounds; ++round) top = std::max(top, sum_of(round));
      float total = 0;
      for (int64_t round = 0; round < rounds; ++round) {
        const int64_t item = place_[static_cast<size_t>(round * padded + token)];
        const bool alone = log_sums_[static_cast<size_t>(item)] == -std::numeric_limits<float>::infinity();
        const float* from = alone ? input.v + token * width.v + head * dv : outputs_.data() + item * dv;
        const float weight = std::exp(sum_of(round) - top);
        total += weight;
        for (int64_t c = 0; c < dv; ++c) to[c] += weight * from[c];
      }
      for (int64_t c = 0; c < dv; ++c) to[c] /= total;
    });
  }

  const LshLayer& layer_;
  const LshSpec& spec_;
  int64_t most_;
  KeySet keys_;
  SortedItems items_;
  absl::Span<int64_t> token_, buckets_, place_;
  absl::Span<float> sorted_x_, sorted_k_, sorted_v_, outputs_, log_sums_, qk_, v_, results_;
  absl::Span<int32_t> open_, mask_;
  AttendScratch scratch_;
  int64_t received_ = 0, emitted_ = 0;
  bool finished_ = false;
};

std::unique_ptr<SequenceState> LshLayer::MakeWhole(Arena& arena, int64_t rows, int64_t) const {
  return std::make_unique<LshState>(*this, arena, rows, false);
}
std::unique_ptr<SequenceState> LshLayer::MakeStream(Arena& arena) const {
  return std::make_unique<LshState>(*this, arena, spec.max_tokens, true);
}

const OptionInfo kOptions[] = {
    {"causal", OptionType::kInt, 0, 1},
    {"chunk_length", OptionType::kInt, 1, 1 << 24},
    {"chunks_before", OptionType::kInt, 0, 1024},
    {"chunks_after", OptionType::kInt, 0, 1024},
    {"n_hashes", OptionType::kInt, 1, 256},
    {"bucket_factors", OptionType::kInts, 2, 1 << 20},
    {"key_norm", OptionType::kText, 0, 0, "rms|l2"},
    {"score_scale", OptionType::kFloat, -kAnyFloat, kAnyFloat},
    {"self_value", OptionType::kFloat, -kAnyFloat, 0},
    {"rotations", OptionType::kFloats},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  LshSpec spec;
  spec.heads = options.Int("heads", 0);
  spec.head_dim = options.Int("head_dim", 0);
  if (spec.heads < 1 || spec.head_dim < 1) return absl::InvalidArgumentError("options heads and head_dim must be set");
  if (options.Int("kv_heads", spec.heads) != spec.heads) return absl::UnimplementedError("lsh with fewer key heads");
  spec.value_dim = options.Int("value_dim", spec.head_dim);
  spec.max_tokens = options.Int("max_tokens", 0);
  spec.causal = options.Flag("causal");
  spec.chunk = options.Int("chunk_length", 0);
  if (spec.chunk < 1) return absl::InvalidArgumentError("option chunk_length must be set");
  spec.before = options.Int("chunks_before", 1);
  spec.after = options.Int("chunks_after", 0);
  spec.rounds = options.Int("n_hashes", 1);
  spec.rms = options.Text("key_norm", "rms") == "rms";
  spec.score_scale = static_cast<float>(options.Float("score_scale", 1));
  spec.self_value = static_cast<float>(options.Float("self_value", -1e5));
  spec.factors = options.Ints("bucket_factors");
  for (int64_t factor : spec.factors) {
    if (factor % 2 != 0) return absl::InvalidArgumentError(absl::StrCat("option bucket_factors must be even, got ", factor));
    spec.columns += factor / 2;
  }
  if (options.Has("rotations")) {
    absl::StatusOr<std::vector<float>> rotations =
        options.Tensor("rotations", spec.heads * spec.head_dim * spec.rounds * spec.columns);
    if (!rotations.ok()) return rotations.status();
    spec.rotations = *std::move(rotations);
  }
  return std::make_shared<LshLayer>(std::move(context), options, std::move(spec));
}

}  // namespace

const Mechanism kLsh = {"lsh", kOptions, Create};

}  // namespace lwave::attention
