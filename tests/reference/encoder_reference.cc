// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Naive double-precision encoder. Loops in the order of the formulas; see the header.

#include "encoder_reference.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <thread>

namespace lwave::reference {
namespace {

// work(begin, end) for disjoint ranges of rows that cover [0, rows).
void ForRows(int64_t rows, const std::function<void(int64_t, int64_t)>& work) {
  const int64_t threads = std::clamp<int64_t>(std::thread::hardware_concurrency(), 1, 4);
  if (rows < 16 || threads == 1) return work(0, rows);
  std::vector<std::thread> running;
  for (int64_t t = 0; t < threads; ++t) {
    running.emplace_back(work, rows * t / threads, rows * (t + 1) / threads);
  }
  for (std::thread& thread : running) thread.join();
}

// for r: for o: y[r][o] = bias[o] + sum_k x[r][k] * weight[o][k]    (k ascending)
// x // [rows, inputs]   returns // [rows, outputs]
Values Apply(const Linear& linear, const Values& x, int64_t rows) {
  const int64_t inputs = linear.inputs, outputs = linear.outputs;
  Values y(static_cast<size_t>(rows * outputs));
  // Eight rows at a time, transposed, so that eight sums that do not wait for each other run side by side.
  constexpr int64_t kBlock = 8;
  ForRows((rows + kBlock - 1) / kBlock, [&](int64_t first_block, int64_t last_block) {
    Values columns(static_cast<size_t>(inputs * kBlock));  // [inputs, kBlock]
    for (int64_t block = first_block; block < last_block; ++block) {
      const int64_t first = block * kBlock, count = std::min(kBlock, rows - first);
      for (int64_t k = 0; k < inputs; ++k) {
        for (int64_t r = 0; r < count; ++r) columns[k * kBlock + r] = x[(first + r) * inputs + k];
      }
      for (int64_t o = 0; o < outputs; ++o) {
        const double* w = linear.weight.data() + o * inputs;
        double sum[kBlock] = {};
        for (int64_t k = 0; k < inputs; ++k) {
          for (int64_t r = 0; r < kBlock; ++r) sum[r] += columns[k * kBlock + r] * w[k];
        }
        const double bias = linear.bias.empty() ? 0.0 : linear.bias[o];
        for (int64_t r = 0; r < count; ++r) y[(first + r) * outputs + o] = sum[r] + bias;
      }
    }
  });
  return y;
}

// y = (x - mean) / sqrt(variance + epsilon) * gain + bias, with the biased variance.   x // [rows, width]
Values Apply(const Norm& norm, double epsilon, const Values& x, int64_t width) {
  if (norm.gain.empty()) return x;
  Values y(x.size());
  for (size_t row = 0; row < x.size(); row += width) {
    double mean = 0, variance = 0;
    for (int64_t c = 0; c < width; ++c) mean += x[row + c] / width;
    for (int64_t c = 0; c < width; ++c) variance += (x[row + c] - mean) * (x[row + c] - mean) / width;
    for (int64_t c = 0; c < width; ++c) {
      const double bias = norm.bias.empty() ? 0.0 : norm.bias[c];
      y[row + c] = (x[row + c] - mean) / std::sqrt(variance + epsilon) * norm.gain[c] + bias;
    }
  }
  return y;
}

Values Sum(Values x, const Values& y) {
  for (size_t i = 0; i < x.size(); ++i) x[i] += y[i];
  return x;
}

// Rotary positions.   x // [n, heads, head_dim]
void Turn(const Encoder& encoder, int64_t n, Values& x) {
  const int64_t pairs = static_cast<int64_t>(encoder.frequencies.size()), head_dim = encoder.hidden / encoder.heads;
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t head = 0; head < encoder.heads; ++head) {
      for (int64_t c = 0; c < pairs; ++c) {
        double& a = x[i * encoder.hidden + head * head_dim + c];
        double& b = x[i * encoder.hidden + head * head_dim + c + pairs];
        const double angle = static_cast<double>(i) * encoder.frequencies[c];
        const double turned = a * std::cos(angle) - b * std::sin(angle);
        b = b * std::cos(angle) + a * std::sin(angle);
        a = turned;
      }
    }
  }
}

// W_o attention(x) + b_o.   x // [n, hidden]   sees(i, j): may row i see row j
Values Attend(const Encoder& encoder, const EncoderLayer& layer, const Values& x, int64_t n,
              const std::function<bool(int64_t, int64_t)>& sees) {
  const int64_t hidden = encoder.hidden, head_dim = hidden / encoder.heads;
  Values q = Apply(layer.query, x, n);        // [n, heads, head_dim]
  Values k = Apply(layer.key, x, n);          // [n, heads, head_dim]
  const Values v = Apply(layer.value, x, n);  // [n, heads, head_dim]
  Turn(encoder, n, q);
  Turn(encoder, n, k);
  Values context(static_cast<size_t>(n * hidden), 0.0);
  ForRows(n, [&](int64_t first, int64_t last) {
    std::vector<int64_t> keys;
    Values weight;
    for (int64_t i = first; i < last; ++i) {
      keys.clear();
      for (int64_t j = 0; j < n; ++j) {
        if (sees(i, j)) keys.push_back(j);
      }
      weight.resize(keys.size());
      for (int64_t head = 0; head < encoder.heads; ++head) {
        const int64_t at = head * head_dim;
        double largest = -std::numeric_limits<double>::infinity();
        for (size_t j = 0; j < keys.size(); ++j) {
          double score = 0;
          for (int64_t c = 0; c < head_dim; ++c) {
            score += q[i * hidden + at + c] * k[keys[j] * hidden + at + c];
          }
          weight[j] = score / std::sqrt(static_cast<double>(head_dim));
          if (!encoder.alibi_slopes.empty()) {
            weight[j] -= encoder.alibi_slopes[head] * std::abs(static_cast<double>(i - keys[j]));
          }
          largest = std::max(largest, weight[j]);
        }
        double total = 0;
        for (double& w : weight) total += w = std::exp(w - largest);
        for (size_t j = 0; j < keys.size(); ++j) {
          for (int64_t c = 0; c < head_dim; ++c) {
            context[i * hidden + at + c] += weight[j] / total * v[keys[j] * hidden + at + c];
          }
        }
      }
    }
  });
  return Apply(layer.attention_output, context, n);
}

// W_2 act(W_1 x + b_1) + b_2, or gated.   x // [n, hidden]
Values FeedForward(const Encoder& encoder, const EncoderLayer& layer, const Values& x, int64_t n) {
  Values up = Apply(layer.mlp_up, x, n);  // [n, intermediate]
  if (layer.mlp_gate.outputs > 0) {
    const Values gate = Apply(layer.mlp_gate, x, n);
    for (size_t i = 0; i < up.size(); ++i) up[i] *= ActivationOf(encoder.activation, gate[i]);
  } else {
    for (double& value : up) value = ActivationOf(encoder.activation, value);
  }
  return Apply(layer.mlp_down, up, n);
}

// Dense modules and the L2 norm, which follow the pooling.
Values RemainingModules(const Encoder& encoder, Values pooled) {
  for (const DenseModule& module : encoder.dense) {
    pooled = Apply(module.linear, pooled, 1);
    for (double& value : pooled) value = ActivationOf(module.activation, value);
  }
  return encoder.normalize ? Normalized(std::move(pooled)) : pooled;
}

}  // namespace

double ActivationOf(const std::string& name, double x) {
  if (name.empty()) return x;
  if (name == "gelu") return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
  if (name == "gelu_new" || name == "gelu_pytorch_tanh") {
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x)));
  }
  if (name == "relu") return x < 0 ? 0 : x;
  if (name == "silu" || name == "swish") return x / (1 + std::exp(-x));
  if (name == "tanh") return std::tanh(x);
  throw std::runtime_error("activation " + name + " is not known to the reference");
}

int64_t LongReading::Position(int64_t row) const {
  return row < tile ? row : sinks + (row - sinks) % (tile - sinks);
}

bool LongReading::Sees(int64_t layer, int64_t i, int64_t j) const {
  return j < sinks || (-left[layer] <= j - i && j - i <= right[layer]);
}

std::vector<int64_t> PositionRows(const Encoder& encoder, const std::vector<int64_t>& ids,
                                  const LongReading* reading) {
  const int64_t n = static_cast<int64_t>(ids.size());
  const bool windowed = reading != nullptr && n > reading->full_up_to;
  std::vector<int64_t> rows(ids.size());
  int64_t counted = 0;
  for (int64_t i = 0; i < n; ++i) {
    if (windowed) {
      rows[i] = reading->Position(i) + encoder.position_offset;
    } else if (!encoder.positions_by_padding_id) {
      rows[i] = i + encoder.position_offset;
    } else {
      rows[i] = ids[i] == encoder.pad_id ? encoder.pad_id : encoder.pad_id + ++counted;
    }
  }
  return rows;
}

std::vector<Values> HiddenStates(const Encoder& encoder, const EncoderInput& input,
                                 const LongReading* reading) {
  const int64_t n = static_cast<int64_t>(input.ids.size()), hidden = encoder.hidden;
  const bool windowed = reading != nullptr && n > reading->full_up_to;
  const auto open = [&](int64_t j) { return input.mask.empty() || input.mask[j] != 0; };

  const std::vector<int64_t> positions = PositionRows(encoder, input.ids, reading);
  Values x(static_cast<size_t>(n * hidden));  // [n, hidden]
  for (int64_t i = 0; i < n; ++i) {
    const int64_t type = input.types.empty() ? 0 : input.types[i];
    for (int64_t c = 0; c < hidden; ++c) {
      x[i * hidden + c] = encoder.word_embedding.at(input.ids[i] * hidden + c);
      if (!encoder.position_embedding.empty()) {
        x[i * hidden + c] += encoder.position_embedding.at(positions[i] * hidden + c);
      }
      if (!encoder.type_embedding.empty()) x[i * hidden + c] += encoder.type_embedding.at(type * hidden + c);
    }
  }
  x = Apply(encoder.embedding_norm, encoder.epsilon, x, hidden);

  std::vector<Values> states = {x};
  for (int64_t l = 0; l < static_cast<int64_t>(encoder.layers.size()); ++l) {
    const EncoderLayer& layer = encoder.layers[l];
    const auto sees = [&](int64_t i, int64_t j) { return open(j) && (!windowed || reading->Sees(l, i, j)); };
    if (encoder.pre_norm) {
      x = Sum(x, Attend(encoder, layer, Apply(layer.attention_norm, encoder.epsilon, x, hidden), n, sees));
      x = Sum(x, FeedForward(encoder, layer, Apply(layer.mlp_norm, encoder.epsilon, x, hidden), n));
    } else {
      x = Apply(layer.attention_norm, encoder.epsilon, Sum(x, Attend(encoder, layer, x, n, sees)), hidden);
      x = Apply(layer.mlp_norm, encoder.epsilon, Sum(x, FeedForward(encoder, layer, x, n)), hidden);
    }
    states.push_back(x);
  }
  if (encoder.pre_norm) states.back() = Apply(encoder.final_norm, encoder.epsilon, x, hidden);
  return states;
}

Values PoolerOutput(const Encoder& encoder, const Values& rows) {
  const Values first(rows.begin(), rows.begin() + encoder.hidden);
  Values pooled = Apply(encoder.pooler, first, 1);
  for (double& value : pooled) value = std::tanh(value);
  return pooled;
}

Values SentenceEmbedding(const Encoder& encoder, const Values& rows, const std::vector<int64_t>& mask) {
  const int64_t hidden = encoder.hidden, n = static_cast<int64_t>(rows.size()) / hidden;
  Values pooled(static_cast<size_t>(hidden), 0.0);
  double count = 0;
  for (int64_t i = 0; i < n; ++i) {
    if (!mask.empty() && mask[i] == 0) continue;
    for (int64_t c = 0; c < hidden; ++c) {
      const double value = rows[i * hidden + c];
      if (encoder.pooling == "cls")
        pooled[c] = count == 0 ? value : pooled[c];
      else if (encoder.pooling == "last")
        pooled[c] = value;
      else if (encoder.pooling == "max")
        pooled[c] = count == 0 ? value : std::max(pooled[c], value);
      else
        pooled[c] += value;
    }
    ++count;
  }
  if (encoder.pooling == "mean") {
    for (double& value : pooled) value /= std::max(count, 1e-9);
  } else if (encoder.pooling == "mean_sqrt_len") {
    for (double& value : pooled) value /= std::sqrt(std::max(count, 1e-9));
  }
  return RemainingModules(encoder, std::move(pooled));
}

Values PassageEmbedding(const Encoder& encoder, const Values& rows, int64_t begin, int64_t end) {
  Values mean(static_cast<size_t>(encoder.hidden), 0.0);
  for (int64_t i = begin; i < end; ++i) {
    for (int64_t c = 0; c < encoder.hidden; ++c) mean[c] += rows[i * encoder.hidden + c] / (end - begin);
  }
  return RemainingModules(encoder, std::move(mean));
}

Values DocumentEmbedding(const std::vector<Values>& passages) {
  Values sum = passages.at(0);
  for (size_t p = 1; p < passages.size(); ++p) sum = Sum(std::move(sum), passages[p]);
  for (double& value : sum) value /= static_cast<double>(passages.size());
  return Normalized(std::move(sum));
}

Values Normalized(Values x) {
  double square = 0;
  for (const double value : x) square += value * value;
  for (double& value : x) value /= std::max(std::sqrt(square), 1e-12);
  return x;
}

double Cosine(const Values& x, const Values& y) {
  if (x.size() != y.size()) throw std::runtime_error("cosine of vectors of different widths");
  double xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    xy += x[i] * y[i];
    xx += x[i] * x[i];
    yy += y[i] * y[i];
  }
  return xy / std::sqrt(xx * yy);
}

}  // namespace lwave::reference
