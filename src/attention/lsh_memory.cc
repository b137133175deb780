// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The running state of a Reformer layer: all rows until the sequence is finished, then head after head: sort, attend,
// put the rounds together.

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "attention/attend.h"
#include "attention/lsh_items.h"
#include "attention/lsh_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

constexpr int64_t kTokens = 64;            // of a task
constexpr int64_t kMostItems = 1LL << 30;  // they are numbered in 32 bits

class LshState : public LateState {
 public:
  LshState(const LshLayer& layer, Arena& arena, int64_t most, bool stream)
      : LateState(layer, most), spec_(layer.spec()), hash_(layer.hash()), runner_(*layer.context().runner) {
    const int64_t rounds = hash_.shape().rounds;
    // A sequence on either side of one chunk: the longer list of the two.
    const int64_t items = std::max(spec_.Items(most, rounds), std::min(most, spec_.chunk));
    const int64_t d = late_.head_dim, dv = late_.value_dim, threads = runner_.threads();
    keys_.store.shape.kv_heads = 1;
    keys_.store.shape.head_dim = d;
    keys_.store.shape.value_dim = dv;
    keys_.store.ring.pinned = (items + kKeyTile - 1) / kKeyTile;
    keys_.Take(arena, Use::kScratch);
    items_ = SortedItems::Take(arena, items, spec_.causal);
    if (spec_.Hashed(most)) {
      buckets_ = arena.Take<int32_t>(late_.heads * rounds * spec_.Padded(most));
      hash_scratch_ = arena.Take<float>(threads * hash_.ScratchFloats());
      sort_scratch_ = arena.Take<int32_t>(threads * (kSortCounts + spec_.Padded(most)));
    }
    factors_ = arena.Take<float>(most);
    queries_ = arena.Take<float>(items * d);
    tiles_ = arena.Take<float>(threads * kKeyTile * (d + dv));
    outputs_ = arena.Take<float>(items * dv);
    log_sums_ = arena.Take<float>(items);
    if (stream) {
      qk_ = arena.Take<float>(most * width_.q, Use::kPayload);
      v_ = arena.Take<float>(most * width_.v, Use::kPayload);
      mask_ = arena.Take<int32_t>(most);
      results_ = arena.Take<float>(most * width_.out, Use::kPending);
    }
    items_.chunk = spec_.chunk;
    items_.before = spec_.before;
    items_.after = spec_.after;
    const ChunkBias bias(items_);
    scratch_ = AttendScratch::Take(arena, runner_.threads(), keys_.store.ring.slots(), &bias);
  }

  absl::Status Whole(const InputRows& input, float* out) override {
    const int64_t n = input.rows;
    if (n > kMostItems / hash_.shape().rounds) {
      return absl::InvalidArgumentError("lsh takes at most 2^30 tokens, each counted once a round");
    }
    if (given_ > 0 && given_ != n) {
      return absl::InvalidArgumentError(absl::StrCat("buckets were given for ", given_, " tokens, got ", n));
    }
    if (spec_.Hashed(n) && hash_.empty() && given_ == 0) {
      return absl::InvalidArgumentError(
          "more than chunk_length tokens need the options bucket_factors and rotations or seed");
    }
    received_ = n;
    if (n == 0) return absl::OkStatus();
    if (spec_.Hashed(n) && given_ == 0) {
      hash_.Buckets(runner_, input.q, width_.q, input.mask, n, spec_.Padded(n), hash_scratch_, buckets_);
    }
    for (int64_t h = 0; h < late_.heads; ++h) {
      Sort(n, h);
      Gather(input, h);
      Attend();
      Combine(input, h, out);
    }
    hashed_ = spec_.Hashed(n);
    return absl::OkStatus();
  }

  absl::Status SetBuckets(absl::Span<const int64_t> buckets) override {
    const int64_t rows = late_.heads * hash_.shape().rounds, n = static_cast<int64_t>(buckets.size()) / rows;
    if (!qk_.empty() || received_ > 0) {
      return absl::FailedPreconditionError("buckets are given to a whole sequence, before its first row");
    }
    if (n == 0 || n > most_ || n * rows != static_cast<int64_t>(buckets.size()) || !spec_.Hashed(n)) {
      return absl::InvalidArgumentError(
          absl::StrCat("buckets must be [heads (", late_.heads, "), n_hashes (", hash_.shape().rounds, "), ",
                       spec_.chunk + 1, " to ", most_, " tokens], got ", buckets.size(), " numbers"));
    }
    for (int64_t bucket : buckets) {
      if (bucket >= 0 && bucket <= hash_.shape().buckets) continue;
      return absl::InvalidArgumentError(absl::StrCat("a bucket must be 0 to ", hash_.shape().buckets,
                                                     " (of closed tokens), got ", bucket));
    }
    // Tokens that are not there have the last one.
    std::fill(buckets_.begin(), buckets_.end(), hash_.shape().buckets);
    for (int64_t row = 0; row < rows; ++row) {
      std::copy_n(buckets.begin() + row * n, n, buckets_.begin() + row * spec_.Padded(n));
    }
    given_ = n;
    return absl::OkStatus();
  }

  std::vector<memory::Part> Parts() const override {
    constexpr int64_t kFloat = sizeof(float);
    return {{"qk", Use::kPayload, received_, width_.q * kFloat, 0},
            {"values", Use::kPayload, received_, width_.v * kFloat, 0},
            {"results", Use::kPending, finished_ ? received_ - emitted_ : 0, width_.out * kFloat, emitted_}};
  }
  // buckets [heads, rounds, tokens], once the sequence is finished and was longer than a chunk
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    if (name != "buckets" || !hashed_) return SequenceState::ReadPart(name);
    std::vector<float> part;
    for (int64_t row = 0; row < late_.heads * hash_.shape().rounds; ++row) {
      const auto from = buckets_.begin() + row * spec_.Padded(received_);
      part.insert(part.end(), from, from + received_);
    }
    return part;
  }
  absl::StatusOr<int64_t> PartSize(absl::string_view name, int64_t rows, int64_t remembered) const override {
    if (name != "buckets" || !spec_.Hashed(rows)) return SequenceState::PartSize(name, rows, remembered);
    return late_.heads * hash_.shape().rounds * rows;
  }

 protected:
  void Keep(const InputRows& input) override {
    std::copy_n(input.q, input.rows * width_.q, qk_.data() + received_ * width_.q);
    std::copy_n(input.v, input.rows * width_.v, v_.data() + received_ * width_.v);
    for (int64_t r = 0; r < input.rows; ++r) {
      mask_[static_cast<size_t>(received_ + r)] = input.mask == nullptr ? 1 : input.mask[r];
    }
    received_ += input.rows;
  }
  absl::Status Close() override {
    return Whole({qk_.data(), nullptr, v_.data(), mask_.data(), received_, received_}, results_.data());
  }
  void Give(int64_t first, int64_t rows, float* out) override {
    std::copy_n(results_.data() + first * width_.out, rows * width_.out, out);
  }
  void SaveParts(memory::SnapshotWriter& writer) const override {
    writer.AddF32("qk", qk_.subspan(0, static_cast<size_t>(received_ * width_.q)));
    writer.AddF32("v", v_.subspan(0, static_cast<size_t>(received_ * width_.v)));
    writer.AddInt32("mask", mask_.subspan(0, static_cast<size_t>(received_)));
  }
  void ResetParts() override { hashed_ = false; }
  absl::Status LoadParts(const memory::SnapshotReader& reader) override {
    hashed_ = false;
    absl::StatusOr<std::vector<float>> qk = reader.F32("qk", received_ * width_.q);
    if (!qk.ok()) return qk.status();
    absl::StatusOr<std::vector<float>> v = reader.F32("v", received_ * width_.v);
    if (!v.ok()) return v.status();
    absl::StatusOr<std::vector<int32_t>> mask = reader.Int32("mask", received_);
    if (!mask.ok()) return mask.status();
    std::copy(qk->begin(), qk->end(), qk_.begin());
    std::copy(v->begin(), v->end(), v_.begin());
    std::copy(mask->begin(), mask->end(), mask_.begin());
    return absl::OkStatus();
  }

 private:
  // What the items of a head are.
  void Sort(int64_t n, int64_t head) {
    const int64_t padded = items_.tokens = spec_.Padded(n);
    if (!spec_.Hashed(n)) {
      items_.rounds = 1;
      items_.chunk = n;
      items_.before = items_.after = 0;
      std::iota(items_.token.begin(), items_.token.begin() + n, 0);
      return;
    }
    items_.rounds = hash_.shape().rounds;
    items_.chunk = spec_.chunk;
    items_.before = spec_.before;
    items_.after = spec_.after;
    runner_.For(items_.rounds, [&](int64_t round, int32_t thread) {
      SortByBucket(buckets_.data() + (head * items_.rounds + round) * padded, padded, hash_.shape().buckets,
                   sort_scratch_.data() + thread * (kSortCounts + padded), items_.token.data() + round * padded);
    });
  }

  // Rows of a head in the order of its items: queries, and keys and values as tiles.
  void Gather(const InputRows& input, int64_t head) {
    const int64_t n = input.rows, d = late_.head_dim, dv = late_.value_dim;
    const float* const x = input.q + head * d;
    runner_.For((n + kTokens - 1) / kTokens, [&](int64_t index, int32_t /*thread*/) {
      for (int64_t i = index * kTokens; i < std::min(n, (index + 1) * kTokens); ++i) {
        factors_[static_cast<size_t>(i)] = KeyFactor(x + i * width_.q);
      }
    });
    const int64_t items = items_.items();
    runner_.For((items + kKeyTile - 1) / kKeyTile, [&](int64_t tile, int32_t thread) {
      items_.Index(tile);
      float* const keys = tiles_.data() + thread * kKeyTile * (d + dv);
      float* const values = keys + kKeyTile * d;
      uint64_t open = 0;
      const int64_t begin = tile * kKeyTile, count = std::min(kKeyTile, items - begin);
      for (int64_t i = 0; i < count; ++i) {
        const int64_t token = items_.token[static_cast<size_t>(begin + i)];
        float* const query = queries_.data() + (begin + i) * d;
        if (token >= n) {
          std::fill_n(query, d, 0.0f);
          std::fill_n(keys + i * d, d, 0.0f);
          std::fill_n(values + i * dv, dv, 0.0f);
          continue;
        }
        if (input.mask == nullptr || input.mask[token] != 0) open |= uint64_t{1} << i;
        const float* const row = x + token * width_.q;
        const float factor = factors_[static_cast<size_t>(token)];
        for (int64_t c = 0; c < d; ++c) {
          query[c] = row[c];
          keys[i * d + c] = row[c] * factor;
        }
        std::copy_n(input.v + token * width_.v + head * dv, dv, values + i * dv);
      }
      kernels::StoreTileRows(keys_.store.shape, keys, d, values, dv, 0, count, keys_.store.KeySlot(tile),
                             keys_.store.ValueSlot(tile));
      keys_.open[keys_.store.ring.Slot(tile)] = open;
    });
    keys_.end = items;
  }

  float KeyFactor(const float* x) const {
    double squares = 0;
    for (int64_t c = 0; c < late_.head_dim; ++c) squares += static_cast<double>(x[c]) * static_cast<double>(x[c]);
    const double d = static_cast<double>(late_.head_dim);
    return static_cast<float>(spec_.rms ? 1 / (std::sqrt(squares / d + 1e-6) * std::sqrt(d))
                                        : 1 / std::max(std::sqrt(squares), 1e-12));
  }

  void Attend() {
    const ChunkPattern pattern(items_);
    const ChunkBias bias(items_);
    AttendJob job;
    job.keys = &keys_;
    job.pattern = &pattern;
    job.bias = &bias;
    job.heads = 1;
    job.scale = spec_.score_scale;
    job.rows = items_.items();
    job.query = queries_.data();
    job.query_stride = late_.head_dim;
    job.output = outputs_.data();
    job.output_stride = late_.value_dim;
    job.log_sums = log_sums_.data();
    AttendRows(runner_, job, scratch_);
  }

  // The rounds of every token in one; a round that opened nothing gives the token itself.
  void Combine(const InputRows& input, int64_t head, float* out) {
    const int64_t n = input.rows;
    runner_.For((n + kTokens - 1) / kTokens, [&](int64_t index, int32_t /*thread*/) {
      for (int64_t token = index * kTokens; token < std::min(n, (index + 1) * kTokens); ++token) {
        float* const to = out + token * width_.out + head * late_.value_dim;
        std::fill_n(to, late_.value_dim, 0.0f);
        if (input.mask == nullptr || input.mask[token] != 0) {
          CombineToken(token, input.v + token * width_.v + head * late_.value_dim, to);
        }
      }
    });
  }

  // own: the token's value   to // [value_dim] zeros
  void CombineToken(int64_t token, const float* own, float* to) const {
    const int64_t dv = late_.value_dim;
    constexpr float kNothing = -std::numeric_limits<float>::infinity();
    const auto place = [&](int64_t round) {
      return static_cast<int64_t>(items_.place[static_cast<size_t>(round * items_.tokens + token)]);
    };
    const auto sum_of = [&](int64_t round) {
      const float sum = log_sums_[static_cast<size_t>(place(round))];
      return sum == kNothing ? spec_.self_value : sum;
    };
    float top = sum_of(0);
    for (int64_t round = 1; round < items_.rounds; ++round) top = std::max(top, sum_of(round));
    float total = 0;
    for (int64_t round = 0; round < items_.rounds; ++round) {
      const int64_t item = place(round);
      const float* from = log_sums_[static_cast<size_t>(item)] == kNothing ? own : outputs_.data() + item * dv;
      const float weight = std::exp(sum_of(round) - top);
      total += weight;
      for (int64_t c = 0; c < dv; ++c) to[c] += weight * from[c];
    }
    for (int64_t c = 0; c < dv; ++c) to[c] /= total;
  }

  const LshSpec& spec_;
  const LshHash& hash_;
  Runner& runner_;
  KeySet keys_;        // of a head's items
  SortedItems items_;  // of a head
  absl::Span<int32_t> buckets_;  // [heads, rounds, padded]
  int64_t given_ = 0;            // tokens whose buckets were given
  bool hashed_ = false;          // buckets_ are those of the sequence
  absl::Span<float> hash_scratch_, tiles_;  // [threads, ...]
  absl::Span<int32_t> sort_scratch_;        // [threads, ...]
  absl::Span<float> factors_;               // [tokens], a key's over its row
  absl::Span<float> queries_, outputs_, log_sums_;  // [items, ...] of a head
  absl::Span<float> qk_, v_, results_;              // [tokens, ...] of a stream
  absl::Span<int32_t> mask_;
  AttendScratch scratch_;
};

}  // namespace

std::unique_ptr<SequenceState> LshLayer::MakeWhole(Arena& arena, int64_t rows, int64_t) const {
  return std::make_unique<LshState>(*this, arena, rows, false);
}
std::unique_ptr<SequenceState> LshLayer::MakeStream(Arena& arena) const {
  return std::make_unique<LshState>(*this, arena, late().max_tokens, true);
}

}  // namespace lwave::attention
