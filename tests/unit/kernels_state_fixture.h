// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a linear attention problem of the reference through the state kernels, in pieces, with buffers of
// exactly the stated size, so that the address sanitizer sees a read or write past any end.

#ifndef LONGWAVE_TESTS_UNIT_KERNELS_STATE_FIXTURE_H_
#define LONGWAVE_TESTS_UNIT_KERNELS_STATE_FIXTURE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "kernels/state.h"
#include "kernels_tile_attention_fixture.h"
#include "reference/state_reference.h"

namespace lwave::testing {

using reference::LinearAttentionProblem;

// Positive features, as feature maps give them, and values of either sign around 0.25.
inline LinearAttentionProblem RandomStateProblem(std::mt19937& random, int64_t rows, int64_t keys,
                                                 int64_t heads, int64_t features, int64_t value_dim) {
  LinearAttentionProblem p;
  p.rows = rows;
  p.keys = keys;
  p.heads = heads;
  p.features = features;
  p.value_dim = value_dim;
  p.causal = rows == keys;
  std::normal_distribution<float> normal(0.0f, 1.0f);
  const auto fill = [&](std::vector<float>& x, int64_t count, bool positive) {
    x.resize(static_cast<size_t>(count));
    for (float& number : x) number = positive ? std::exp(normal(random)) : 0.25f + normal(random);
  };
  fill(p.query, rows * heads * features, true);
  fill(p.key, keys * heads * features, true);
  fill(p.value, keys * heads * value_dim, false);
  return p;
}

// The state of one problem's sequence as it goes through the kernels.
class StateRun {
 public:
  explicit StateRun(const LinearAttentionProblem& problem)
      : problem_(problem),
        shape_{problem.heads, problem.features, problem.value_dim, problem.normalised},
        state_(Copy(nullptr, shape_.Floats())),
        output_(static_cast<size_t>(problem.rows * problem.heads * problem.value_dim), 77.0f) {
    kernels::ClearState(shape_, state_.get());
  }

  // The next `rows` rows, appended and read. Strides may be wider than the numbers used.
  void Step(int64_t rows, int64_t head_begin, int64_t head_end, int64_t gap = 0) {
    Call(position_, position_, position_, rows, head_begin, head_end, gap, kernels::AppendAndReadState);
  }
  void Append(int64_t rows, int64_t head_begin, int64_t head_end) {
    Call(position_, 0, position_, rows, head_begin, head_end, 0, kernels::AppendState);
  }
  // Rows [first, first + rows) of the queries.
  void Read(int64_t first, int64_t rows, int64_t head_begin, int64_t head_end) {
    Call(position_, first, 0, rows, head_begin, head_end, 0, kernels::ReadState);
  }
  void Advance(int64_t rows) { position_ += rows; }

  // All rows in one call, for all heads.
  const std::vector<float>& Whole() {
    if (problem_.causal) {
      Step(problem_.rows, 0, problem_.heads);
      Advance(problem_.rows);
    } else {
      Append(problem_.keys, 0, problem_.heads);
      Advance(problem_.keys);
      Read(0, problem_.rows, 0, problem_.heads);
    }
    return output_;
  }

  const std::vector<float>& output() const { return output_; }
  std::vector<float> State() const { return {state_.get(), state_.get() + shape_.Floats()}; }
  void SetState(const std::vector<float>& state, int64_t position) {
    std::copy(state.begin(), state.end(), state_.get());
    position_ = position;
  }
  int64_t position() const { return position_; }
  const kernels::StateShape& shape() const { return shape_; }
  float* state() { return state_.get(); }

 private:
  // x, or zeros; exactly `count` numbers.
  static std::unique_ptr<float[]> Copy(const float* x, int64_t count) {
    std::unique_ptr<float[]> copy(new float[static_cast<size_t>(count)]());
    if (x != nullptr) std::copy_n(x, count, copy.get());
    return copy;
  }
  // `rows` rows of `width` numbers, `gap` more between two rows.
  static std::unique_ptr<float[]> Spread(const float* x, int64_t rows, int64_t width, int64_t gap) {
    auto copy = Copy(nullptr, std::max<int64_t>(rows * (width + gap) - gap, 0));
    for (int64_t r = 0; r < rows; ++r) std::copy_n(x + r * width, width, copy.get() + r * (width + gap));
    return copy;
  }

  template <typename Function>
  void Call(int64_t position, int64_t query_row, int64_t key_row, int64_t rows, int64_t head_begin,
            int64_t head_end, int64_t gap, const Function& function) {
    const LinearAttentionProblem& p = problem_;
    const int64_t feature_width = p.heads * p.features;
    const int64_t value_width = p.heads * p.value_dim;
    const bool reads = query_row + rows <= p.rows;
    const bool appends = key_row + rows <= p.keys;
    const auto query =
        Spread(p.query.data() + query_row * feature_width, reads ? rows : 0, feature_width, gap);
    const auto key = Spread(p.key.data() + key_row * feature_width, appends ? rows : 0, feature_width, gap);
    const auto value = Spread(p.value.data() + key_row * value_width, appends ? rows : 0, value_width, gap);
    const auto output = Spread(output_.data() + query_row * value_width, reads ? rows : 0, value_width, gap);
    kernels::StateRows task;
    task.shape = shape_;
    task.state = state_.get();
    task.position = position;
    task.rows = rows;
    task.query = query.get();
    task.key = key.get();
    task.value = value.get();
    task.output = output.get();
    task.query_stride = task.key_stride = feature_width + gap;
    task.value_stride = task.output_stride = value_width + gap;
    task.denominator_eps = static_cast<float>(p.denominator_eps);
    task.normaliser_eps = static_cast<float>(p.normaliser_eps);
    function(task, head_begin, head_end);
    for (int64_t r = 0; reads && r < rows; ++r) {
      std::copy_n(output.get() + r * (value_width + gap), value_width,
                  output_.data() + (query_row + r) * value_width);
    }
  }

  const LinearAttentionProblem& problem_;
  kernels::StateShape shape_;
  int64_t position_ = 0;
  std::unique_ptr<float[]> state_;
  std::vector<float> output_;  // [rows, heads, value_dim]
};

}  // namespace lwave::testing

#endif  // LONGWAVE_TESTS_UNIT_KERNELS_STATE_FIXTURE_H_
