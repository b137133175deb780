// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Weights into panels and back. Runs once when a model is loaded or converted, so these are plain loops.
// Element (column, k) of a matrix lies at
//   [column / 32][k / group][column % 32][k % group]

#include <algorithm>
#include <cstring>

#include "kernels/convert.h"
#include "kernels/gemm.h"

namespace lwave::kernels {
namespace {

// Numbers in one panel.
int64_t PanelNumbers(NumberType type, int64_t depth) {
  return RoundUp(depth, PanelGroup(type)) * kPanelColumns;
}

// Copies `depth` numbers of a column, `kGroup` side by side, into its place in a panel.
template <int64_t kGroup, typename T>
void ScatterColumn(const T* column, int64_t depth, T* place) {
  for (int64_t k = 0; k < depth; ++k) {
    place[k / kGroup * kPanelColumns * kGroup + k % kGroup] = column[k];
  }
}

template <int64_t kGroup, typename T>
T* PlaceOf(void* panels, int64_t column, int64_t depth) {
  const int64_t panel_numbers = (depth + kGroup - 1) / kGroup * kGroup * kPanelColumns;
  return static_cast<T*>(panels) + column / kPanelColumns * panel_numbers + column % kPanelColumns * kGroup;
}

// Zeroes the panels that columns [first_column, first_column + count) lie in.
void ClearPanels(NumberType type, int64_t first_column, int64_t count, int64_t depth, void* panels) {
  const int64_t panel_bytes = PanelNumbers(type, depth) * BytesPerNumber(type);
  const int64_t first = first_column / kPanelColumns;
  const int64_t number = (count + kPanelColumns - 1) / kPanelColumns;
  if (number * panel_bytes == 0) return;
  std::memset(static_cast<char*>(panels) + first * panel_bytes, 0, static_cast<size_t>(number * panel_bytes));
}

// Converted columns pass through a piece of this many numbers, so that packing allocates nothing.
constexpr int64_t kPiece = 512;  // a multiple of every group

}  // namespace

int64_t PanelBytes(NumberType type, int64_t columns, int64_t depth) {
  return (columns + kPanelColumns - 1) / kPanelColumns * PanelNumbers(type, depth) * BytesPerNumber(type);
}

void PackPanels(NumberType type, const float* w, int64_t first_column, int64_t count, int64_t depth,
                void* panels) {
  ClearPanels(type, first_column, count, depth, panels);
  for (int64_t c = 0; c < count; ++c) {
    const float* column = w + c * depth;
    if (type == NumberType::kF32) {
      ScatterColumn<1>(column, depth, PlaceOf<1, float>(panels, first_column + c, depth));
    } else if (type == NumberType::kBf16) {
      uint16_t* place = PlaceOf<2, uint16_t>(panels, first_column + c, depth);
      uint16_t piece[kPiece];
      for (int64_t k = 0; k < depth; k += kPiece) {
        const int64_t length = std::min(kPiece, depth - k);
        F32ToBf16(column + k, length, piece);
        ScatterColumn<2>(piece, length, place + k * kPanelColumns);
      }
    }
  }
}

void QuantizePanels(const float* w, int64_t first_column, int64_t count, int64_t depth, void* panels,
                    float* scales) {
  ClearPanels(NumberType::kInt8, first_column, count, depth, panels);
  for (int64_t c = 0; c < count; ++c) {
    const float* column = w + c * depth;
    const float scale = SymmetricScale(column, depth);
    scales[first_column + c] = scale;
    int8_t* place = PlaceOf<4, int8_t>(panels, first_column + c, depth);
    int8_t piece[kPiece];
    for (int64_t k = 0; k < depth; k += kPiece) {
      const int64_t length = std::min(kPiece, depth - k);
      QuantizeByScale(column + k, length, scale, piece);
      ScatterColumn<4>(piece, length, place + k * kPanelColumns);
    }
  }
}

void UnpackPanels(const PackedMatrix& matrix, float* w) {
  const int64_t group = PanelGroup(matrix.type);
  const int64_t panel_numbers = PanelNumbers(matrix.type, matrix.depth);
  for (int64_t c = 0; c < matrix.columns; ++c) {
    const int64_t start = c / kPanelColumns * panel_numbers + c % kPanelColumns * group;
    for (int64_t k = 0; k < matrix.depth; ++k) {
      const int64_t at = start + k / group * kPanelColumns * group + k % group;
      float& value = w[c * matrix.depth + k];
      if (matrix.type == NumberType::kInt8) {
        value = matrix.scales[c] * static_cast<float>(static_cast<const int8_t*>(matrix.panels)[at]);
      } else if (matrix.type == NumberType::kBf16) {
        Bf16ToF32(static_cast<const uint16_t*>(matrix.panels) + at, 1, &value);
      } else {
        value = static_cast<const float*>(matrix.panels)[at];
      }
    }
  }
}

void SumPanelColumns(const void* panels, int64_t columns, int64_t depth, int32_t* column_sums) {
  const int64_t groups = (depth + 3) / 4;
  for (int64_t c = 0; c < columns; ++c) {
    const int8_t* place = static_cast<const int8_t*>(panels) +
                          (c / kPanelColumns * groups * kPanelColumns + c % kPanelColumns) * 4;
    int32_t sum = 0;
    for (int64_t g = 0; g < groups; ++g) {
      const int8_t* four = place + g * kPanelColumns * 4;
      sum += four[0] + four[1] + four[2] + four[3];
    }
    column_sums[c] = sum;
  }
}

}  // namespace lwave::kernels
