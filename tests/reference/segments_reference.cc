// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "segments_reference.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace lwave::reference {
namespace {

using Vector = std::vector<double>;

// y = x W^T + b.   weight // [outputs, inputs]   bias // [outputs] or empty
Vector Linear(const Vector& x, const float* weight, int64_t outputs, const std::vector<float>& bias) {
  Vector y;
  for (int64_t o = 0; o < outputs; ++o) {
    double sum = bias.empty() ? 0.0 : static_cast<double>(bias[static_cast<size_t>(o)]);
    for (size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(weight[static_cast<size_t>(o) * x.size() + i]) * x[i];
    y.push_back(sum);
  }
  return y;
}

Matrix Linear(const Matrix& x, const float* weight, int64_t outputs, const std::vector<float>& bias) {
  Matrix y;
  for (const Vector& row : x) y.push_back(Linear(row, weight, outputs, bias));
  return y;
}

// The part of a vector that belongs to a head.
double HeadDot(const Vector& a, const Vector& b, int64_t head, int64_t d) {
  double sum = 0;
  for (int64_t c = head * d; c < (head + 1) * d; ++c) sum += a[static_cast<size_t>(c)] * b[static_cast<size_t>(c)];
  return sum;
}

Matrix Joined(const Matrix& a, const Matrix& b) {
  Matrix both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

Matrix Last(const Matrix& rows, int64_t count) {
  const int64_t kept = std::min(count, static_cast<int64_t>(rows.size()));
  return Matrix(rows.end() - kept, rows.end());
}

struct Attended {
  Matrix result;                // [queries][width]
  std::vector<Matrix> weights;  // [heads][queries][keys]
};

// Query i sees key j where open(i, j).
Attended Attend(const SegmentProblem& p, int64_t queries, const Matrix& v,
                const std::function<double(int64_t h, int64_t i, int64_t j)>& score,
                const std::function<bool(int64_t i, int64_t j)>& open) {
  const int64_t keys = static_cast<int64_t>(v.size());
  Attended all;
  all.result.assign(static_cast<size_t>(queries), Vector(static_cast<size_t>(p.heads * p.head_dim), 0.0));
  for (int64_t h = 0; h < p.heads; ++h) {
    Matrix weights;
    for (int64_t i = 0; i < queries; ++i) {
      Vector scores(static_cast<size_t>(keys), -std::numeric_limits<double>::infinity());
      for (int64_t j = 0; j < keys; ++j) {
        if (open(i, j)) scores[static_cast<size_t>(j)] = score(h, i, j);
      }
      const double highest = keys == 0 ? 0 : *std::max_element(scores.begin(), scores.end());
      Vector weight;
      double sum = 0;
      for (double s : scores) weight.push_back(s == -std::numeric_limits<double>::infinity() ? 0 : std::exp(s - highest));
      for (double w : weight) sum += w;
      for (double& w : weight) w = sum > 0 ? w / sum : 0;
      for (int64_t c = h * p.head_dim; c < (h + 1) * p.head_dim; ++c) {
        for (int64_t j = 0; j < keys; ++j) {
          all.result[static_cast<size_t>(i)][static_cast<size_t>(c)] +=
              weight[static_cast<size_t>(j)] * v[static_cast<size_t>(j)][static_cast<size_t>(c)];
        }
      }
      weights.push_back(weight);
    }
    all.weights.push_back(weights);
  }
  return all;
}

// The mean weight that keys [begin, end) get from a query, for each head.
Vector Mass(const Attended& attended, int64_t begin, int64_t end) {
  Vector mass;
  for (const Matrix& weights : attended.weights) {
    double sum = 0;
    for (const Vector& weight : weights) {
      for (int64_t j = begin; j < end; ++j) sum += weight[static_cast<size_t>(j)];
    }
    mass.push_back(weights.empty() ? 0 : sum / static_cast<double>(weights.size()));
  }
  return mass;
}

// w_r R(t), R(t) = [sin(t f_0), .., cos(t f_0), ..], f_s = 10000^(-2s / d_model).
Vector ProjectedSinusoid(const std::vector<float>& w_r, int64_t outputs, int64_t d_model, int64_t t) {
  Vector sinusoid(static_cast<size_t>(d_model), 0.0);
  for (int64_t s = 0; s < d_model / 2; ++s) {
    const double frequency = std::pow(10000.0, -2.0 * static_cast<double>(s) / static_cast<double>(d_model));
    sinusoid[static_cast<size_t>(s)] = std::sin(static_cast<double>(t) * frequency);
    sinusoid[static_cast<size_t>(d_model / 2 + s)] = std::cos(static_cast<double>(t) * frequency);
  }
  return Linear(sinusoid, w_r.data(), outputs, {});
}

Vector Plus(Vector a, const std::vector<float>& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] += static_cast<double>(b[i]);
  return a;
}

Vector Norm(const Vector& x, const std::vector<float>& gain, const std::vector<float>& shift, double epsilon) {
  double mean = 0, variance = 0;
  for (double value : x) mean += value / static_cast<double>(x.size());
  for (double value : x) variance += (value - mean) * (value - mean) / static_cast<double>(x.size());
  Vector y;
  for (size_t c = 0; c < x.size(); ++c) {
    y.push_back((x[c] - mean) / std::sqrt(variance + epsilon) * static_cast<double>(gain[c]) + static_cast<double>(shift[c]));
  }
  return y;
}

// Calls f with the rows of one segment after another.
void ForSegments(const SegmentProblem& p, const std::function<void(const Matrix& segment)>& f) {
  size_t at = 0;
  for (int64_t length : p.segments) {
    Matrix segment;
    for (int64_t i = 0; i < length; ++i, at += static_cast<size_t>(p.d_model)) {
      segment.emplace_back(p.x.begin() + static_cast<int64_t>(at), p.x.begin() + static_cast<int64_t>(at) + p.d_model);
    }
    f(segment);
  }
}

struct Projected {
  Matrix q, k, v;
};
Projected Qkv(const SegmentProblem& p, const Matrix& rows, const std::vector<float>& w_qkv) {
  const int64_t width = p.heads * p.head_dim;
  return {Linear(rows, w_qkv.data(), width, {}), Linear(rows, w_qkv.data() + width * p.d_model, width, {}),
          Linear(rows, w_qkv.data() + 2 * width * p.d_model, width, {})};
}

}  // namespace

SegmentTrace TransformerXl(const XlProblem& p) {
  SegmentTrace trace;
  const int64_t width = p.heads * p.head_dim;
  Matrix memory;
  if (p.zeros) memory.assign(static_cast<size_t>(p.mem_len), Vector(static_cast<size_t>(p.d_model), 0.0));
  ForSegments(p, [&](const Matrix& segment) {
    const int64_t m = static_cast<int64_t>(memory.size()), length = static_cast<int64_t>(segment.size());
    const Matrix rows = Joined(memory, segment);
    Matrix read = rows;
    if (p.wrap == "pre_norm") {
      for (Vector& row : read) row = Norm(row, p.ln_weight, p.ln_bias, p.ln_eps);
    }
    const Projected projected = Qkv(p, read, p.w_qkv);
    Matrix r;
    for (int64_t t = 0; t < m + length; ++t) {
      r.push_back(ProjectedSinusoid(p.w_r, width, p.d_model, p.clamp_len > 0 ? std::min(t, p.clamp_len) : t));
    }
    const auto score = [&](int64_t h, int64_t i, int64_t j) {
      const Vector& q = projected.q[static_cast<size_t>(m + i)];
      return (HeadDot(Plus(q, p.bias_u), projected.k[static_cast<size_t>(j)], h, p.head_dim) +
              HeadDot(Plus(q, p.bias_v), r[static_cast<size_t>(m + i - j)], h, p.head_dim)) /
             std::sqrt(static_cast<double>(p.head_dim));
    };
    const auto open = [&](int64_t i, int64_t j) {
      const int64_t t = m + i - j;
      return t >= 0 && (!p.same_length || t < p.mem_len);
    };
    const Attended attended = Attend(p, length, projected.v, score, open);
    for (int64_t i = 0; i < length; ++i) {
      const Vector& x = segment[static_cast<size_t>(i)];
      Vector out = Linear(attended.result[static_cast<size_t>(i)], p.w_o.data(), p.d_model, {});
      for (size_t c = 0; c < out.size() && p.wrap != "none"; ++c) out[c] += x[c];
      trace.out.push_back(p.wrap == "post_norm" ? Norm(out, p.ln_weight, p.ln_bias, p.ln_eps) : out);
    }
    memory = Last(rows, p.mem_len);
    SegmentResult result;
    result.rows = memory;
    result.mass = {Mass(attended, 0, m), Mass(attended, m, m + length)};
    trace.segments.push_back(result);
  });
  return trace;
}

namespace {

double Weight(const CompressiveProblem::Convolution& layer, size_t d, size_t out, size_t in, int64_t tap) {
  return static_cast<double>(layer.weight[(out * d + in) * static_cast<size_t>(layer.kernel) + static_cast<size_t>(tap)]);
}

// pad rows of zeros in front and behind; y_g = bias + sum_s W_s x[g stride + s dilation].
Matrix Convolve(const Matrix& x, const CompressiveProblem::Convolution& layer, int64_t pad) {
  const size_t d = x[0].size();
  Matrix padded(static_cast<size_t>(pad), Vector(d, 0.0));
  padded = Joined(Joined(padded, x), Matrix(static_cast<size_t>(pad), Vector(d, 0.0)));
  Matrix y;
  for (int64_t first = 0; first + layer.dilation * (layer.kernel - 1) < static_cast<int64_t>(padded.size());
       first += layer.stride) {
    Vector row(d, 0.0);
    for (size_t out = 0; out < d; ++out) {
      row[out] = static_cast<double>(layer.bias[out]);
      for (int64_t tap = 0; tap < layer.kernel; ++tap) {
        for (size_t in = 0; in < d; ++in) {
          row[out] += Weight(layer, d, out, in, tap) * padded[static_cast<size_t>(first + tap * layer.dilation)][in];
        }
      }
    }
    y.push_back(row);
  }
  return y;
}

Matrix Compress(const CompressiveProblem& p, const Matrix& rows, const Vector& usage) {
  const size_t ratio = static_cast<size_t>(p.ratio), groups = rows.size() / ratio;
  if (p.function == "conv") return Convolve(rows, p.convolutions[0], 0);
  if (p.function == "dilated_conv") {
    Matrix y = rows;
    for (const CompressiveProblem::Convolution& layer : p.convolutions) {
      y = Convolve(y, layer, layer.dilation * (layer.kernel - 1) / 2);
    }
    return y;
  }
  Matrix fewer;
  if (p.function == "most_used") {
    std::vector<size_t> order;
    for (size_t i = 0; i < rows.size(); ++i) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return usage[a] > usage[b]; });
    order.resize(groups);
    std::sort(order.begin(), order.end());
    for (size_t i : order) fewer.push_back(rows[i]);
    return fewer;
  }
  for (size_t g = 0; g < groups; ++g) {
    Vector row = rows[g * ratio];
    for (size_t s = 1; s < ratio; ++s) {
      for (size_t c = 0; c < row.size(); ++c) {
        const double other = rows[g * ratio + s][c];
        row[c] = p.function == "max" ? std::max(row[c], other) : row[c] + other;
      }
    }
    for (double& value : row) value = p.function == "max" ? value : value / static_cast<double>(ratio);
    fewer.push_back(row);
  }
  return fewer;
}

double MeanSquare(const Matrix& a, const Matrix& b) {
  double sum = 0;
  size_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t c = 0; c < a[i].size(); ++c, ++count) sum += (a[i][c] - b[i][c]) * (a[i][c] - b[i][c]);
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

// A(S) = softmax(q k_S / sqrt(d)) v_S, no mask and no positions.
Matrix ContentAttention(const CompressiveProblem& p, const Matrix& q, const Matrix& rows) {
  const Projected projected = Qkv(p, rows, p.w_qkv);
  const auto score = [&](int64_t h, int64_t i, int64_t j) {
    return HeadDot(q[static_cast<size_t>(i)], projected.k[static_cast<size_t>(j)], h, p.head_dim) /
           std::sqrt(static_cast<double>(p.head_dim));
  };
  return Attend(p, static_cast<int64_t>(q.size()), projected.v, score, [](int64_t, int64_t) { return true; }).result;
}

// The rows of a group from its one row.
Matrix Decode(const CompressiveProblem& p, const Matrix& fewer) {
  Matrix rows;
  const size_t d = static_cast<size_t>(p.d_model), ratio = static_cast<size_t>(p.ratio);
  for (const Vector& from : fewer) {
    for (size_t s = 0; s < ratio; ++s) {
      Vector row;
      for (size_t out = 0; out < d; ++out) {
        double sum = p.decoder_bias.empty() ? 0 : static_cast<double>(p.decoder_bias[out]);
        for (size_t in = 0; in < d; ++in) sum += static_cast<double>(p.decoder_weight[(out * d + in) * ratio + s]) * from[in];
        row.push_back(sum);
      }
      rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace

SegmentTrace Compressive(const CompressiveProblem& p) {
  SegmentTrace trace;
  Matrix memory, compressed;
  Vector usage;
  ForSegments(p, [&](const Matrix& segment) {
    const int64_t old = static_cast<int64_t>(compressed.size()), recent = static_cast<int64_t>(memory.size());
    const int64_t m = old + recent, length = static_cast<int64_t>(segment.size()), width = p.heads * p.head_dim;
    const Projected projected = Qkv(p, Joined(Joined(compressed, memory), segment), p.w_qkv);
    Matrix r;
    for (int64_t t = 0; t < m + length && !p.table; ++t) r.push_back(ProjectedSinusoid(p.w_r, width, p.d_model, t));
    const int64_t distances = static_cast<int64_t>(p.pos.size()) / width;
    const auto score = [&](int64_t h, int64_t i, int64_t j) {
      const Vector& q = projected.q[static_cast<size_t>(m + i)];
      const Vector& k = projected.k[static_cast<size_t>(j)];
      const int64_t t = m + i - j;
      double sum = 0;
      if (p.table) {
        sum = HeadDot(q, k, h, p.head_dim);
        for (int64_t c = 0; c < p.head_dim; ++c) {
          sum += q[static_cast<size_t>(h * p.head_dim + c)] *
                 static_cast<double>(p.pos[static_cast<size_t>((h * distances + t) * p.head_dim + c)]);
        }
      } else {
        sum = HeadDot(Plus(q, p.bias_u), k, h, p.head_dim) +
              HeadDot(Plus(q, p.bias_v), r[static_cast<size_t>(t)], h, p.head_dim);
      }
      return sum / std::sqrt(static_cast<double>(p.head_dim));
    };
    const Attended attended =
        Attend(p, length, projected.v, score, [&](int64_t i, int64_t j) { return j <= m + i; });
    for (const Vector& row : attended.result) trace.out.push_back(Linear(row, p.w_o.data(), p.d_model, p.b_o));

    SegmentResult result;
    result.mass = {Mass(attended, 0, old), Mass(attended, old, m), Mass(attended, m, m + length)};
    for (int64_t j = 0; j < recent; ++j) {
      for (double mass : Mass(attended, old + j, old + j + 1)) {
        usage[static_cast<size_t>(j)] += mass / static_cast<double>(p.heads);
      }
    }
    memory = Joined(memory, segment);
    usage.resize(memory.size(), 0.0);
    Matrix left;
    Vector left_usage;
    while (static_cast<int64_t>(memory.size()) >= p.mem_len + p.ratio) {
      for (int64_t s = 0; s < p.ratio; ++s) {
        left.push_back(memory.front());
        left_usage.push_back(usage.front());
        memory.erase(memory.begin());
        usage.erase(usage.begin());
      }
    }
    if (!left.empty()) {
      const Matrix fewer = Compress(p, left, left_usage);
      const Matrix queries(projected.q.begin() + m, projected.q.end());
      result.loss = MeanSquare(ContentAttention(p, queries, left), ContentAttention(p, queries, fewer));
      if (!p.decoder_weight.empty()) result.autoencoding_loss = MeanSquare(left, Decode(p, fewer));
      compressed = Last(Joined(compressed, fewer), p.cmem_len);
    }
    result.rows = memory;
    result.compressed = compressed;
    result.usage = usage;
    trace.segments.push_back(result);
  });
  return trace;
}

SegmentTrace Pia(const PiaProblem& p) {
  SegmentTrace trace;
  const int64_t width = p.heads * p.head_dim;
  Matrix cache;
  ForSegments(p, [&](const Matrix& segment) {
    const int64_t m = static_cast<int64_t>(cache.size()), length = static_cast<int64_t>(segment.size());
    const Matrix rows = Joined(cache, segment);
    Matrix placed = rows;
    for (size_t place = 0; place < rows.size(); ++place) {
      for (size_t c = 0; c < rows[place].size(); ++c) {
        placed[place][c] += static_cast<double>(p.pos[place * rows[place].size() + c]);
      }
    }
    const Matrix q = Linear(placed, p.w_q.data(), width, p.b_q);
    const Matrix k = Linear(placed, p.w_k.data(), width, p.b_k);
    const Matrix v = Linear(rows, p.w_v.data(), width, p.b_v);
    const auto score = [&](int64_t h, int64_t i, int64_t j) {
      return HeadDot(q[static_cast<size_t>(m + i)], k[static_cast<size_t>(j)], h, p.head_dim) /
             std::sqrt(static_cast<double>(p.head_dim));
    };
    const Attended attended = Attend(p, length, v, score, [&](int64_t i, int64_t j) { return j <= m + i; });
    for (const Vector& row : attended.result) trace.out.push_back(Linear(row, p.w_o.data(), p.d_model, p.b_o));
    cache = Last(rows, p.cache_len);
    SegmentResult result;
    result.rows = cache;
    result.mass = {Mass(attended, 0, m), Mass(attended, m, m + length)};
    trace.segments.push_back(result);
  });
  return trace;
}

}  // namespace lwave::reference
