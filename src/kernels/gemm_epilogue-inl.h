// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What happens to a tile of sums before it is written: scale (int8), bias, activation, residual.
//   y = act(sum + bias) + residual                                                           f32, bf16
//   y = act(row_scale * column_scale * (sum - zero_point * column_sum) + bias) + residual    int8
// Elements are independent and their arithmetic does not depend on where the tile begins.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/gemm.h"
#include "simd/hwy-inl.h"
#include "simd/math-inl.h"

#if defined(LONGWAVE_KERNELS_GEMM_EPILOGUE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_KERNELS_GEMM_EPILOGUE_INL_H_
#undef LONGWAVE_KERNELS_GEMM_EPILOGUE_INL_H_
#else
#define LONGWAVE_KERNELS_GEMM_EPILOGUE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave {
namespace HWY_NAMESPACE {

// What belongs to the columns of one panel; at the last columns copied, so that whole vectors can be read.
struct PanelColumns {
  static constexpr size_t kColumns = static_cast<size_t>(kernels::kPanelColumns);

  void Load(const kernels::GemmOutput& output, int64_t panel) {
    const size_t first = static_cast<size_t>(panel) * kColumns;
    begin = first;
    count = std::min(kColumns, static_cast<size_t>(output.weight.columns) - first);
    bias = Whole(output.bias, first, bias_copy);
    scales = Whole(output.weight.scales, first, scales_copy);
    sums = Whole(output.weight.column_sums, first, sums_copy);
  }

  size_t begin = 0;
  size_t count = 0;
  const float* bias;    // [kColumns], like the others
  const float* scales;
  const int32_t* sums;

 private:
  template <typename T>
  const T* Whole(const T* values, size_t first, T* copy) const {
    if (values != nullptr && count == kColumns) return values + first;
    for (size_t c = 0; c < kColumns; ++c) copy[c] = values != nullptr && c < count ? values[first + c] : T{0};
    return copy;
  }

  float bias_copy[kColumns];
  float scales_copy[kColumns];
  int32_t sums_copy[kColumns];
};

// kCoarse: the products are of bf16 or int8 numbers, whose rounding is a hundred times the error of the cheaper form.
template <kernels::Activation kActivation, bool kCoarse, class D, class V = hn::Vec<D>>
HWY_INLINE V ApplyActivation(D d, V v) {
  using kernels::Activation;
  if constexpr (kActivation == Activation::kGelu) {
    return kCoarse ? GeluCoarse(d, v) : Gelu(d, v);
  } else if constexpr (kActivation == Activation::kGeluTanh) {
    return GeluTanh(d, v);
  } else if constexpr (kActivation == Activation::kRelu) {
    return hn::IfThenZeroElse(hn::Lt(v, hn::Zero(d)), v);  // NaN stays
  } else if constexpr (kActivation == Activation::kTanh) {
    return Tanh(d, v);
  } else if constexpr (kActivation == Activation::kSilu) {
    return Silu(d, v);
  } else {
    return v;
  }
}

// One vector of sums as f32, before the bias is added, plus the bias.
template <class D, typename Sum>
HWY_INLINE hn::Vec<D> SumPlusBias(D d, const Sum* HWY_RESTRICT sums, const PanelColumns& columns, size_t c,
                                  float row_scale, int32_t zero_point) {
  const auto bias = hn::LoadU(d, columns.bias + c);
  if constexpr (std::is_same_v<Sum, int32_t>) {
    const hn::RebindToSigned<D> di;
    const auto shift = hn::Mul(hn::Set(di, zero_point), hn::LoadU(di, columns.sums + c));
    const auto value = hn::ConvertTo(d, hn::Sub(hn::Load(di, sums), shift));
    const auto scale = hn::Mul(hn::Set(d, row_scale), hn::LoadU(d, columns.scales + c));
    return hn::MulAdd(value, scale, bias);
  } else {
    return hn::Add(hn::Load(d, sums), bias);
  }
}

template <kernels::Activation kActivation, bool kCoarse, typename Sum>
HWY_NOINLINE void FinishRows(const kernels::PreparedRows& x, const kernels::GemmOutput& output,
                             const PanelColumns& columns, int64_t first_row, size_t rows,
                             const Sum* HWY_RESTRICT tile) {
  const FloatTag d;
  const size_t lanes = hn::Lanes(d);
  for (size_t r = 0; r < rows; ++r) {
    const int64_t row = first_row + static_cast<int64_t>(r);
    const float row_scale = x.scales != nullptr ? x.scales[row] : 1.0f;
    const int32_t zero_point = x.zero_points != nullptr ? x.zero_points[row] : 0;
    float* y = output.y + row * output.y_stride + columns.begin;
    const float* residual =
        output.residual == nullptr ? nullptr : output.residual + row * output.residual_stride + columns.begin;
    const Sum* sums = tile + r * PanelColumns::kColumns;
    size_t c = 0;
    for (; c + lanes <= columns.count; c += lanes) {
      auto v = ApplyActivation<kActivation, kCoarse>(d, SumPlusBias(d, sums + c, columns, c, row_scale, zero_point));
      if (residual != nullptr) v = hn::Add(v, hn::LoadU(d, residual + c));
      hn::StoreU(v, d, y + c);
    }
    if (c < columns.count) {
      const size_t rest = columns.count - c;
      auto v = ApplyActivation<kActivation, kCoarse>(d, SumPlusBias(d, sums + c, columns, c, row_scale, zero_point));
      if (residual != nullptr) v = hn::Add(v, hn::LoadN(d, residual + c, rest));
      hn::StoreN(v, d, y + c, rest);
    }
  }
}

// tile // [rows][32], rows first_row .. of y and the columns of one panel.
template <bool kCoarse, typename Sum>
HWY_INLINE void FinishTile(const kernels::PreparedRows& x, const kernels::GemmOutput& output,
                           const PanelColumns& columns, int64_t first_row, size_t rows, const Sum* tile) {
  using kernels::Activation;
  switch (output.activation) {
    case Activation::kNone:
      return FinishRows<Activation::kNone, kCoarse>(x, output, columns, first_row, rows, tile);
    case Activation::kGelu:
      return FinishRows<Activation::kGelu, kCoarse>(x, output, columns, first_row, rows, tile);
    case Activation::kGeluTanh:
      return FinishRows<Activation::kGeluTanh, kCoarse>(x, output, columns, first_row, rows, tile);
    case Activation::kRelu:
      return FinishRows<Activation::kRelu, kCoarse>(x, output, columns, first_row, rows, tile);
    case Activation::kTanh:
      return FinishRows<Activation::kTanh, kCoarse>(x, output, columns, first_row, rows, tile);
    case Activation::kSilu:
      return FinishRows<Activation::kSilu, kCoarse>(x, output, columns, first_row, rows, tile);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace lwave
HWY_AFTER_NAMESPACE();

#endif  // include guard
