// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stack_reference.h"

#include <cmath>

namespace lwave::reference {
namespace {

const std::vector<float>* Find(const Stack& stack, const std::string& name) {
  const auto found = stack.tensors.find(name);
  return found == stack.tensors.end() ? nullptr : &found->second;
}

// The norm `name`, or x where there is none.
Values Normed(const Stack& stack, const std::string& name, Values x) {
  const std::vector<float>* gain = Find(stack, name + ".weight");
  const std::vector<float>* bias = Find(stack, name + ".bias");
  if (gain == nullptr) return x;
  const size_t width = static_cast<size_t>(stack.hidden);
  for (size_t row = 0; row < x.size(); row += width) {
    double mean = 0, square = 0;
    for (size_t c = 0; c < width; ++c) mean += x[row + c] / static_cast<double>(width);
    if (stack.rms) mean = 0;
    for (size_t c = 0; c < width; ++c) square += (x[row + c] - mean) * (x[row + c] - mean) / static_cast<double>(width);
    for (size_t c = 0; c < width; ++c) {
      x[row + c] = (x[row + c] - mean) / std::sqrt(square + stack.epsilon) * static_cast<double>((*gain)[c]);
      if (bias != nullptr) x[row + c] += static_cast<double>((*bias)[c]);
    }
  }
  return x;
}

void Turn(const Stack& stack, int64_t heads, std::vector<float>& x) {
  const int64_t d = stack.head_dim;
  if (stack.rotary_theta == 0) return;
  for (int64_t row = 0; row * heads * d < static_cast<int64_t>(x.size()); ++row) {
    for (int64_t h = 0; h < heads; ++h) {
      float* head = x.data() + (row * heads + h) * d;
      for (int64_t t = 0; t < d / 2; ++t) {
        const double angle = static_cast<double>(row) * std::pow(stack.rotary_theta, -2.0 * static_cast<double>(t) / static_cast<double>(d));
        const double a = static_cast<double>(head[t]), b = static_cast<double>(head[t + d / 2]);
        head[t] = static_cast<float>(a * std::cos(angle) - b * std::sin(angle));
        head[t + d / 2] = static_cast<float>(b * std::cos(angle) + a * std::sin(angle));
      }
    }
  }
}

Values Mlp(const Stack& stack, const std::string& layer, const Values& x, int64_t rows) {
  Values middle = ApplyNamed(stack, layer + "mlp.up", x, rows, stack.inner);
  if (stack.gated) {
    const Values gate = ApplyNamed(stack, layer + "mlp.gate", x, rows, stack.inner);
    for (size_t i = 0; i < middle.size(); ++i) middle[i] *= ActivationOf(stack.activation, gate[i]);
  } else {
    for (double& m : middle) m = ActivationOf(stack.activation, m);
  }
  return ApplyNamed(stack, layer + "mlp.down", middle, rows, stack.hidden);
}

void Add(const Values& y, Values& x) {
  for (size_t i = 0; i < x.size(); ++i) x[i] += y[i];
}

}  // namespace

Values ApplyNamed(const Stack& stack, const std::string& name, const Values& x, int64_t rows, int64_t outputs) {
  const std::vector<float>& weight = stack.tensors.at(name + ".weight");
  const std::vector<float>* bias = Find(stack, name + ".bias");
  const int64_t inputs = static_cast<int64_t>(weight.size()) / outputs;
  Values y(static_cast<size_t>(rows * outputs));
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t o = 0; o < outputs; ++o) {
      double sum = bias == nullptr ? 0.0 : static_cast<double>((*bias)[static_cast<size_t>(o)]);
      for (int64_t k = 0; k < inputs; ++k) {
        sum += x[static_cast<size_t>(r * inputs + k)] * static_cast<double>(weight[static_cast<size_t>(o * inputs + k)]);
      }
      y[static_cast<size_t>(r * outputs + o)] = sum;
    }
  }
  return y;
}

Heads ProjectHeads(const Stack& stack, int64_t layer, const Values& rows) {
  const int64_t n = static_cast<int64_t>(rows.size()) / stack.hidden;
  const std::string name = "layers." + std::to_string(layer) + ".attention.";
  const auto project = [&](const std::string& which, int64_t heads) {
    const Values y = ApplyNamed(stack, name + which, rows, n, heads * stack.head_dim);
    std::vector<float> single(y.begin(), y.end());
    if (which != "value") Turn(stack, heads, single);
    return single;
  };
  return {project("query", stack.heads), project("key", stack.kv_heads), project("value", stack.kv_heads)};
}

Values ProjectOutput(const Stack& stack, int64_t layer, const std::vector<double>& heads) {
  const int64_t n = static_cast<int64_t>(heads.size()) / (stack.heads * stack.head_dim);
  return ApplyNamed(stack, "layers." + std::to_string(layer) + ".attention.output", heads, n, stack.hidden);
}

std::vector<Values> StackStates(const Stack& stack, const std::vector<int64_t>& ids, const std::vector<int64_t>& types,
                                const LayerAttention& attention) {
  const int64_t n = static_cast<int64_t>(ids.size());
  Values x(static_cast<size_t>(n * stack.hidden), 0.0);
  const auto add = [&](const std::string& name, int64_t i, int64_t row) {
    const std::vector<float>* table = Find(stack, name);
    for (int64_t c = 0; table != nullptr && c < stack.hidden; ++c) {
      x[static_cast<size_t>(i * stack.hidden + c)] += static_cast<double>((*table)[static_cast<size_t>(row * stack.hidden + c)]);
    }
  };
  for (int64_t i = 0; i < n; ++i) {
    add("embeddings.words", i, ids[static_cast<size_t>(i)]);
    add("embeddings.positions", i, i);
    add("embeddings.types", i, types.empty() ? 0 : types[static_cast<size_t>(i)]);
  }
  x = Normed(stack, "embeddings.norm", std::move(x));
  std::vector<Values> states = {x};
  for (int64_t l = 0; l < stack.layers; ++l) {
    const std::string layer = "layers." + std::to_string(l) + ".";
    Add(attention(l, stack.pre_norm ? Normed(stack, layer + "attention.norm", x) : x), x);
    if (!stack.pre_norm) x = Normed(stack, layer + "attention.norm", std::move(x));
    Add(Mlp(stack, layer, stack.pre_norm ? Normed(stack, layer + "mlp.norm", x) : x, n), x);
    if (!stack.pre_norm) x = Normed(stack, layer + "mlp.norm", std::move(x));
    if (l + 1 == stack.layers) x = Normed(stack, "final_norm", std::move(x));
    states.push_back(x);
  }
  return states;
}

Values StackLogits(const Stack& stack, const Values& rows) {
  const std::vector<float>& words = stack.tensors.at("embeddings.words");
  const std::vector<float>* bias = Find(stack, "head.bias");
  Values logits;
  for (size_t row = 0; row < rows.size(); row += static_cast<size_t>(stack.hidden)) {
    for (int64_t w = 0; w < stack.vocabulary; ++w) {
      double sum = bias == nullptr ? 0.0 : static_cast<double>((*bias)[static_cast<size_t>(w)]);
      for (int64_t c = 0; c < stack.hidden; ++c) {
        sum += rows[row + static_cast<size_t>(c)] * static_cast<double>(words[static_cast<size_t>(w * stack.hidden + c)]);
      }
      logits.push_back(sum);
    }
  }
  return logits;
}

}  // namespace lwave::reference
