// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// nystrom: Nystroemformer (Xiong et al. 2021), approximate. Queries and keys are also averaged over `landmarks` runs of
// tokens, to q~ and k~, and in each head
//   out = softmax(q k~') Z softmax(q~ k') v + conv(v),   Z about the pseudo-inverse of A = softmax(q~ k~')
// Z comes of six steps of Z <- Z/4 (13 - AZ (15 - AZ (7 - AZ))) from Z = A' / c, c the greatest column sum of A over the
// heads: published code takes it over the batch as well, here every sequence is its own. conv is a convolution along the
// tokens, one filter a head (conv_weight [heads, width], width odd).
// It takes exactly `tokens` tokens, a multiple of landmarks. landmarks = tokens: then it is softmax attention and the
// convolution, over any number of tokens.
// As in published code a mask closes tokens in the softmax over tokens alone: averages and convolution count them.
// Costs 2 n landmarks (head_dim + value_dim) products and 24 landmarks^3 a head. Cannot stream: an average, and every row
// by it, depends on the tokens of the whole sequence.

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "attention/attend.h"
#include "attention/late_layer.h"
#include "attention/mechanisms.h"
#include "kernels/rows.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

struct NystromSpec {
  LateSpec late;
  int64_t landmarks = 1, tokens = 1, width = 0;
  float scale = 1;
  std::vector<float> filters;  // [heads, width]

  bool Full() const { return landmarks == tokens; }
};

class NystromLayer : public LateLayer {
 public:
  NystromLayer(ContextPtr context, const Options& options, NystromSpec spec)
      : LateLayer(std::move(context), "nystrom", options, spec.late), spec_(std::move(spec)) {}
  absl::Status CanStream() const override {
    return absl::UnimplementedError("a layer of kind nystrom cannot stream: every row depends on averages over tokens of"
                                    " the whole sequence");
  }
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override { return MakeWhole(arena, 0, 0); }

  const NystromSpec& spec() const { return spec_; }

 private:
  const NystromSpec spec_;
};

// c = a b of m x m matrices, and c = factor * 1 - c where that is not 0.
void Multiply(int64_t m, const double* a, const double* b, double factor, double* c) {
  constexpr int64_t kColumns = 8;  // at a time, in registers
  for (int64_t i = 0; i < m; ++i) {
    double* const row = c + i * m;
    int64_t begin = 0;
    for (; begin + kColumns <= m; begin += kColumns) {
      double sums[kColumns] = {};
      for (int64_t k = 0; k < m; ++k) {
        const double x = a[i * m + k];
        for (int64_t j = 0; j < kColumns; ++j) sums[j] += x * b[k * m + begin + j];
      }
      std::copy_n(sums, kColumns, row + begin);
    }
    for (; begin < m; ++begin) {
      row[begin] = 0;
      for (int64_t k = 0; k < m; ++k) row[begin] += a[i * m + k] * b[k * m + begin];
    }
    if (factor == 0) continue;
    for (int64_t j = 0; j < m; ++j) row[j] = (i == j ? factor : 0.0) - row[j];
  }
}

// A whole sequence.
class NystromState : public LateState {
 public:
  NystromState(const NystromLayer& layer, Arena& arena, int64_t rows)
      : LateState(layer, rows), spec_(layer.spec()), runner_(*layer.context().runner) {
    const int64_t heads = late_.heads, m = spec_.landmarks;
    TakeKeys(arena, rows, &keys_);
    if (!spec_.Full()) {
      TakeKeys(arena, m, &landmark_keys_);
      mean_q_ = arena.Take<float>(m * width_.q);
      mean_k_ = arena.Take<float>(m * width_.k);
      summary_ = arena.Take<float>(m * width_.v);
      mixed_ = arena.Take<float>(m * width_.v);
      kernel_ = arena.Take<double>(heads * m * m);
      largest_ = arena.Take<double>(heads);
      inverse_ = arena.Take<double>(runner_.threads() * 4 * m * m);
    }
    scratch_ = AttendScratch::Take(arena, runner_.threads(),
                                   std::max(keys_.store.ring.slots(), landmark_keys_.store.ring.slots()), nullptr);
  }

  absl::Status Whole(const InputRows& input, float* out) override {
    const int64_t n = input.rows;
    if (n == 0) return absl::OkStatus();
    if (!spec_.Full() && n != spec_.tokens) {
      return absl::InvalidArgumentError(absl::StrCat("nystrom with ", spec_.landmarks, " landmarks takes exactly ",
                                                     spec_.tokens, " tokens, got ", n));
    }
    keys_.Append(runner_, input.k, width_.k, input.v, width_.v, input.mask, 0, n);
    if (spec_.Full()) {
      Attend(keys_, input.q, n, out);
    } else {
      Mean(input.q, width_.q, mean_q_);
      Mean(input.k, width_.k, mean_k_);
      Attend(keys_, mean_q_.data(), spec_.landmarks, summary_.data());
      MixSummaries();
      landmark_keys_.Append(runner_, mean_k_.data(), width_.k, mixed_.data(), width_.v, nullptr, 0, spec_.landmarks);
      Attend(landmark_keys_, input.q, n, out);
    }
    if (spec_.width > 0) Convolve(input.v, n, out);
    return absl::OkStatus();
  }

  std::vector<memory::Part> Parts() const override { return {}; }

 protected:
  void Keep(const InputRows&) override {}
  absl::Status Close() override { return absl::OkStatus(); }
  void Give(int64_t, int64_t, float*) override {}
  void SaveParts(memory::SnapshotWriter&) const override {}
  absl::Status LoadParts(const memory::SnapshotReader&) override { return absl::OkStatus(); }

 private:
  void TakeKeys(Arena& arena, int64_t keys, KeySet* set) const {
    set->store.shape.kv_heads = late_.heads;
    set->store.shape.head_dim = late_.head_dim;
    set->store.shape.value_dim = late_.value_dim;
    set->store.ring.pinned = (keys + kKeyTile - 1) / kKeyTile;
    set->Take(arena, Use::kScratch);
  }

  // Averages of runs of rows.   mean // [landmarks, width]
  void Mean(const float* rows, int64_t width, absl::Span<float> mean) {
    const int64_t run = spec_.tokens / spec_.landmarks;
    runner_.For(spec_.landmarks, [&](int64_t l, int32_t /*thread*/) {
      for (int64_t c = 0; c < width; ++c) {
        double sum = 0;
        for (int64_t r = 0; r < run; ++r) sum += static_cast<double>(rows[(l * run + r) * width + c]);
        mean[static_cast<size_t>(l * width + c)] = static_cast<float>(sum / static_cast<double>(run));
      }
    });
  }

  void Attend(const KeySet& keys, const float* q, int64_t rows, float* out) {
    const FullPattern pattern(false);
    AttendJob job;
    job.keys = &keys;
    job.pattern = &pattern;
    job.heads = late_.heads;
    job.scale = spec_.scale;
    job.rows = rows;
    job.query = q;
    job.query_stride = width_.q;
    job.output = out;
    job.output_stride = width_.out;
    AttendRows(runner_, job, scratch_);
  }

  // kernel_ = softmax(q~ k~') of a head, and its greatest column sum.
  void Kernel(int64_t head) {
    const int64_t m = spec_.landmarks, d = late_.head_dim;
    double* const kernel = kernel_.data() + head * m * m;
    for (int64_t i = 0; i < m; ++i) {
      double* const row = kernel + i * m;
      double total = 0;
      for (int64_t j = 0; j < m; ++j) {
        const float* const q = mean_q_.data() + i * width_.q + head * d;
        const float* const k = mean_k_.data() + j * width_.k + head * d;
        row[j] = 0;
        for (int64_t c = 0; c < d; ++c) row[j] += static_cast<double>(q[c]) * static_cast<double>(k[c]);
        row[j] *= static_cast<double>(spec_.scale);
      }
      const double top = *std::max_element(row, row + m);
      for (int64_t j = 0; j < m; ++j) total += row[j] = std::exp(row[j] - top);
      for (int64_t j = 0; j < m; ++j) row[j] /= total;
    }
    double largest = 0;
    for (int64_t j = 0; j < m; ++j) {
      double sum = 0;
      for (int64_t i = 0; i < m; ++i) sum += kernel[i * m + j];
      largest = std::max(largest, sum);
    }
    largest_[static_cast<size_t>(head)] = largest;
  }

  // mixed_ = Z summary_
  void MixSummaries() {
    const int64_t m = spec_.landmarks, dv = late_.value_dim;
    runner_.For(late_.heads, [&](int64_t head, int32_t /*thread*/) { Kernel(head); });
    const double largest = *std::max_element(largest_.begin(), largest_.end());
    runner_.For(late_.heads, [&](int64_t head, int32_t thread) {
      const double* const a = kernel_.data() + head * m * m;
      double* z = inverse_.data() + thread * 4 * m * m;
      double *const az = z + m * m, *x = az + m * m, *y = x + m * m;
      for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < m; ++j) z[i * m + j] = a[j * m + i] / largest;
      }
      for (int step = 0; step < 6; ++step) {
        Multiply(m, a, z, 0, az);
        std::copy_n(az, m * m, x);
        for (int64_t i = 0; i < m * m; ++i) x[i] = (i % (m + 1) == 0 ? 7.0 : 0.0) - x[i];
        Multiply(m, az, x, 15, y);
        Multiply(m, az, y, 13, x);
        Multiply(m, z, x, 0, y);
        for (int64_t i = 0; i < m * m; ++i) z[i] = 0.25 * y[i];
      }
      for (int64_t i = 0; i < m; ++i) {
        for (int64_t c = 0; c < dv; ++c) {
          double sum = 0;
          for (int64_t j = 0; j < m; ++j) {
            sum += z[i * m + j] * static_cast<double>(summary_[static_cast<size_t>(j * width_.v + head * dv + c)]);
          }
          mixed_[static_cast<size_t>(i * width_.v + head * dv + c)] = static_cast<float>(sum);
        }
      }
    });
  }

  void Convolve(const float* v, int64_t n, float* out) {
    const int64_t dv = late_.value_dim, half = spec_.width / 2;
    runner_.For(n, [&](int64_t i, int32_t /*thread*/) {
      float sums[kernels::kMaxHeadDim];
      const int64_t begin = std::max<int64_t>(0, half - i), end = std::min(spec_.width, n + half - i);
      for (int64_t head = 0; head < late_.heads; ++head) {
        kernels::WeightedSumOfRows(spec_.filters.data() + head * spec_.width + begin,
                                   v + (i + begin - half) * width_.v + head * dv, width_.v, end - begin, dv, 1, sums);
        kernels::AddTo(sums, dv, out + i * width_.out + head * dv);
      }
    });
  }

  const NystromSpec& spec_;
  Runner& runner_;
  KeySet keys_, landmark_keys_;
  absl::Span<float> mean_q_, mean_k_, summary_, mixed_;  // [landmarks, width]
  absl::Span<double> kernel_;   // [heads, landmarks, landmarks]
  absl::Span<double> largest_;  // [heads]
  absl::Span<double> inverse_;  // [threads, 4, landmarks, landmarks]
  AttendScratch scratch_;
};

std::unique_ptr<SequenceState> NystromLayer::MakeWhole(Arena& arena, int64_t rows, int64_t) const {
  return std::make_unique<NystromState>(*this, arena, rows);
}

const OptionInfo kOptions[] = {
    {"landmarks", OptionType::kInt, 1, 4096},
    {"tokens", OptionType::kInt, 1, 1 << 24},
    {"conv_weight", OptionType::kFloats},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  NystromSpec spec;
  absl::StatusOr<LateSpec> late = ReadLateSpec(options, "nystrom");
  if (!late.ok()) return late.status();
  spec.late = *late;
  spec.landmarks = options.Int("landmarks", 0);
  if (spec.landmarks < 1) return absl::InvalidArgumentError("option landmarks must be set");
  spec.tokens = options.Int("tokens", spec.landmarks);
  if (spec.tokens % spec.landmarks != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("option landmarks (", spec.landmarks, ") must divide tokens (", spec.tokens, ")"));
  }
  spec.scale = static_cast<float>(options.Float("scale", 1.0 / std::sqrt(static_cast<double>(late->head_dim))));
  spec.filters = options.Floats("conv_weight");
  const int64_t numbers = static_cast<int64_t>(spec.filters.size());
  spec.width = numbers / late->heads;
  if (numbers % late->heads != 0 || (numbers > 0 && spec.width % 2 == 0)) {
    return absl::InvalidArgumentError(absl::StrCat("option conv_weight must be [heads (", late->heads,
                                                   "), an odd width], has ", numbers, " numbers"));
  }
  return std::make_shared<NystromLayer>(std::move(context), options, std::move(spec));
}

}  // namespace

const Mechanism kNystrom = {"nystrom", kOptions, Create};

}  // namespace lwave::attention
