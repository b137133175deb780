// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix products with packed weights: y = act(x W^T + bias) + residual.
//
// The equivalent serial loop, in every number type:
//   for row: for column:
//     sum = 0; for k: sum += x[row][k] * w[column][k]       (k ascending, one chain per output element)
//     y[row][column] = act(sum + bias[column]) + residual[row][column]
// One output element's chain of operations depends on its row and its column only, never on how many rows
// come with it, which thread computes it or how rows are grouped (the batch and thread laws).

#ifndef LONGWAVE_KERNELS_GEMM_H_
#define LONGWAVE_KERNELS_GEMM_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "base/thread_pool.h"
#include "kernels/types.h"

namespace lwave::kernels {

enum class Activation : int32_t { kNone = 0, kGelu = 1, kGeluTanh = 2, kRelu = 3, kTanh = 4, kSilu = 5 };

// Weights are cut into panels of 32 columns; inside a panel, depth runs outermost, in groups of 1 (f32),
// 2 (bf16) or 4 (int8) numbers that one dot instruction takes:
//   panels  // [ceil(columns / 32)][ceil(depth / group)][32][group], zero where padded
// The layout is the same on every machine, so a file can hold it and be used in place.
inline constexpr int64_t kPanelColumns = 32;
constexpr int64_t PanelGroup(NumberType type) {
  return type == NumberType::kInt8 ? 4 : type == NumberType::kBf16 ? 2 : 1;
}
// Bytes of the panels of a [columns, depth] matrix. kF16 is not a panel type.
int64_t PanelBytes(NumberType type, int64_t columns, int64_t depth);

// Inputs of a matrix at most: sums of int8 products stay exact (65536 x 255 x 127 fits an i32).
inline constexpr int64_t kMostDepth = 65536;

// A view; owns nothing.
struct PackedMatrix {
  NumberType type = NumberType::kF32;
  int64_t columns = 0;  // outputs
  int64_t depth = 0;    // inputs
  const void* panels = nullptr;
  const float* scales = nullptr;         // int8 only: [columns], weight = scale * integer
  const int32_t* column_sums = nullptr;  // int8 only: [columns], sums of the column's integers over depth
};

// Packs columns [first_column, first_column + count) of a row-major matrix; first_column must be a multiple
// of 32. w // [count, depth] f32. kF32 and kBf16 (rounded to nearest even).
void PackPanels(NumberType type, const float* w, int64_t first_column, int64_t count, int64_t depth,
                void* panels);
// The same for int8: scale per column = max |w| / 127, integers rounded to nearest even, in [-127, 127]; a
// column of zeros has scale 1, one with a NaN or Inf has scale NaN (so its products are NaN) and zeros.
void QuantizePanels(const float* w, int64_t first_column, int64_t count, int64_t depth, void* panels,
                    float* scales);
// Reads panels back: w // [columns, depth] f32 (dequantised with scales when int8).
void UnpackPanels(const PackedMatrix& matrix, float* w);
// column_sums // [columns], of int8 panels.
void SumPanelColumns(const void* panels, int64_t columns, int64_t depth, int32_t* column_sums);

// Rows made ready for products of one type. A view into caller-owned memory.
struct PreparedRows {
  NumberType type = NumberType::kF32;
  int64_t rows = 0;
  int64_t depth = 0;
  int64_t stride = 0;              // numbers from row to row; bf16 and u8 rows start at cache lines
  const void* data = nullptr;      // f32: the caller's rows themselves
  const float* scales = nullptr;   // int8 only: [rows]
  const int32_t* zero_points = nullptr;  // int8 only: [rows]; x = scale * (integer - zero_point)
};
// Scratch that PrepareRows needs for up to `rows` rows (0 for f32).
int64_t PreparedRowsBytes(NumberType type, int64_t rows, int64_t depth);
// x // [rows, stride] f32, `depth` numbers of each row are read. u8 quantisation per row: the range always
// includes 0; a row with a NaN or Inf makes every product of that row NaN (scale is NaN), no other row's.
// scratch is aligned to 64 bytes. Threads: splits rows over the runner.
PreparedRows PrepareRows(Runner& runner, NumberType type, const float* x, int64_t rows, int64_t depth,
                         int64_t stride, void* scratch);

// One product of a set that shares its input rows.
struct GemmOutput {
  PackedMatrix weight;
  const float* bias = nullptr;  // [columns] or null
  Activation activation = Activation::kNone;
  const float* residual = nullptr;  // [rows, residual_stride] or null; may be y itself
  int64_t residual_stride = 0;
  float* y = nullptr;  // [rows, y_stride]; only `columns` numbers of each row are written
  int64_t y_stride = 0;
};
// Computes all outputs in one parallel region. Every weight has x.type and x.depth.
void Gemm(Runner& runner, const PreparedRows& x, absl::Span<const GemmOutput> outputs);

}  // namespace lwave::kernels

#endif  // LONGWAVE_KERNELS_GEMM_H_
