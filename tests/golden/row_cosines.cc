// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "row_cosines.h"

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "model_cases.h"
#include "support/temporary_folder.h"

namespace lwave::golden {
namespace {

// What a weight type promises.
double Floor(const std::string& weights) {
  if (weights.rfind("int8", 0) == 0) return 0.99;
  // Packed, the head's products run in bf16 as well, whose logits are rows of large numbers in the small models.
  if (weights == "bf16-packed") return 0.998;
  return weights.rfind("f32", 0) == 0 ? 0.999999 : 0.999;
}

}  // namespace

void RowCosines::Add(const std::string& name, const std::vector<float>& got, const std::vector<double>& expected,
                     size_t width, const std::function<bool(size_t)>& keep) {
  if (got.size() != expected.size()) {
    throw std::runtime_error(name + " has " + std::to_string(got.size()) + " numbers, expected " +
                             std::to_string(expected.size()));
  }
  for (size_t row = 0; row * width < got.size(); ++row) {
    double dot = 0, ours = 0, theirs = 0;
    bool any = false;
    for (size_t i = row * width; i < (row + 1) * width; ++i) {
      if (!keep(i)) continue;
      const double x = static_cast<double>(got[i]);
      any = true;
      dot += x * expected[i], ours += x * x, theirs += expected[i] * expected[i];
    }
    if (!any) continue;
    const bool zero = ours == 0 && theirs == 0;
    const double cosine = zero ? 1 : ours == 0 || theirs == 0 ? 0 : dot / std::sqrt(ours * theirs);
    sum_ += cosine;
    ++rows_;
    if (!(cosine >= lowest_)) lowest_ = cosine, lowest_at_ = name + "[" + std::to_string(row) + "]";
  }
}

void RunWithWeights(const std::string& folder, const std::string& weights, const Sink& sink) {
  sink(RunCase(BaseName(folder) + " " + weights, [&](CaseReport& report) {
    const test::TemporaryFolder temporary;
    const std::string converted = temporary.path() + "/" + BaseName(folder);
    test::Error error;
    error.Check(lwave_model_convert(folder.c_str(), converted.c_str(), weights.c_str(), nullptr, error));
    RowCosines cosines;
    CollectCosines(folder, converted, &cosines, [&](const CaseResult& result) {
      if (result.verdict == Verdict::kFail) report.Fail(result.name + ": " + result.detail);
      for (const std::string& part : result.unsupported) report.Unsupported(part, result.detail);
    });
    char text[160];
    std::snprintf(text, sizeof(text), "mean cosine %.7f over %lld rows, lowest %.7f at ", cosines.mean(),
                  static_cast<long long>(cosines.rows()), cosines.lowest());
    report.Note(text + cosines.lowest_at());
    report.Require(cosines.rows() > 0, "no row was compared");
    report.Require(cosines.mean() >= Floor(weights), "the mean cosine must be at least " + std::to_string(Floor(weights)));
  }));
}

}  // namespace lwave::golden
