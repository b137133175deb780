// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Kernels that work row by row: norms, softmax, activations, sums, dot products. Each row's result depends on
// that row alone. Plain functions: call them for disjoint rows from any thread.

#ifndef LONGWAVE_KERNELS_ROWS_H_
#define LONGWAVE_KERNELS_ROWS_H_

#include <cstdint>

#include "kernels/gemm.h"
#include "kernels/types.h"

namespace lwave::kernels {

// y = (x - mean) / sqrt(variance + epsilon) * gain + bias, variance biased (divided by width), two passes.
//   x // [rows, x_stride]   y // [rows, y_stride], may be x   gain, bias // [width]; bias may be null
void LayerNormRows(const float* x, int64_t x_stride, int64_t rows, int64_t width, const float* gain,
                   const float* bias, float epsilon, float* y, int64_t y_stride);

// y = x / sqrt(mean of x^2 + epsilon) * gain (Zhang and Sennrich 2019).
//   x // [rows, x_stride]   y // [rows, y_stride], may be x   gain // [width] or null
void RmsNormRows(const float* x, int64_t x_stride, int64_t rows, int64_t width, const float* gain, float epsilon,
                 float* y, int64_t y_stride);

// In place, over the first `width` numbers of each row: x / max(|x|, epsilon).
void L2NormalizeRows(float* x, int64_t stride, int64_t rows, int64_t width, float epsilon);

// In place softmax of each row; NaN stays NaN; a row of width 0 is nothing.
void SoftmaxRows(float* x, int64_t stride, int64_t rows, int64_t width);

// y = act(x), element by element.   x, y // [count]; y may be x
void Activate(Activation activation, const float* x, int64_t count, float* y);

// y += x.   // [count]
void AddTo(const float* x, int64_t count, float* y);

// y *= x.   // [count]
void MultiplyTo(const float* x, int64_t count, float* y);

// y *= factor.   // [count]
void ScaleBy(float factor, int64_t count, float* y);

// sum[c] += x[c], in double, so that long documents do not drift.   x, sum // [width]
void AccumulateRow(const float* x, int64_t width, double* sum);

// Dot products of one query with rows: score[r] = sum_c query[c] * x[r][c]. The order of summation is fixed:
// 64 chains (element c goes to chain c mod 64), then a fixed tree, the same on every target up to FMA.
void DotRows(const float* query, const float* x, int64_t stride, int64_t rows, int64_t width, float* score);

// y[c] = scale * sum_r weight[r] * x[r][c]: one chain for each c, r ascending, so that a number's bits do not depend on
// which columns are asked for.   weight // [rows]   x // [rows, stride]   y // [width]
void WeightedSumOfRows(const float* weight, const float* x, int64_t stride, int64_t rows, int64_t width, float scale,
                       float* y);

// y = e^(x - subtract), element by element; NaN stays NaN.   x, y // [count]; y may be x
void ExpDifference(const float* x, float subtract, int64_t count, float* y);

// One row of a table of any storage type as f32.   table // [rows, width]   y // [width]
// scales // [rows], int8 only: the row's integers are multiplied by scales[row]; else it may be null
// Adds to y when `add`, else overwrites.
void LoadRow(NumberType type, const void* table, const float* scales, int64_t row, int64_t width, bool add,
             float* y);

}  // namespace lwave::kernels

#endif  // LONGWAVE_KERNELS_ROWS_H_
