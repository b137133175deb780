// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How far rows of numbers point another way: the cosine of each row with the reference's.

#ifndef LONGWAVE_TESTS_GOLDEN_ROW_COSINES_H_
#define LONGWAVE_TESTS_GOLDEN_ROW_COSINES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lwave::golden {

class RowCosines {
 public:
  // Rows of `width` numbers, of each those that `keep` keeps; a row of which nothing is kept does not count. Throws where
  // the sizes differ.
  void Add(const std::string& name, const std::vector<float>& got, const std::vector<double>& expected, size_t width,
           const std::function<bool(size_t)>& keep);

  int64_t rows() const { return rows_; }
  double mean() const { return rows_ == 0 ? 0 : sum_ / static_cast<double>(rows_); }
  double lowest() const { return lowest_; }
  const std::string& lowest_at() const { return lowest_at_; }  // "case.output[row]"

 private:
  int64_t rows_ = 0;
  double sum_ = 0, lowest_ = 2;
  std::string lowest_at_;
};

}  // namespace lwave::golden

#endif  // LONGWAVE_TESTS_GOLDEN_ROW_COSINES_H_
