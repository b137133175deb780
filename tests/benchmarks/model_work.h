// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The work that model_bench measures on one model, through the C interface, and how many operations it takes.

#ifndef LONGWAVE_TESTS_BENCHMARKS_MODEL_WORK_H_
#define LONGWAVE_TESTS_BENCHMARKS_MODEL_WORK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "bench_common.h"
#include "support/api.h"

namespace lwave::bench {

// A model and what its description says of it.
class BenchModel {
 public:
  BenchModel(int32_t threads, const std::string& directory);

  const test::Model& model() const { return model_; }
  const std::string& label() const { return label_; }  // such as "minilm int8"
  const std::string& type() const { return type_; }    // of the products: f32, bf16, f16, int8
  int64_t bytes() const { return mapped_ + packed_; }  // weights as mapped and as packed
  int64_t vocabulary() const { return vocabulary_; }
  int64_t hidden() const { return hidden_; }
  bool windowed() const { return !visible_.empty(); }  // has a long reading
  const std::string& directory() const { return directory_; }

  // Operations (a multiplication or an addition each) for one row: two per weight of the layers, and four per
  // number of every key that a row sees. In full, that is `rows` keys; in a window as its settings say.
  double OperationsInFull(int64_t rows) const;
  double OperationsInWindow() const;

 private:
  std::string directory_;
  test::Context context_;
  test::Model model_;
  std::string label_, type_;
  int64_t layers_ = 0, hidden_ = 0, vocabulary_ = 0, intermediate_ = 0, mapped_ = 0, packed_ = 0;
  std::vector<int64_t> visible_;  // keys seen by a row far inside, for each layer
};

struct WorkResult {
  Timing timing;
  int64_t tokens = 0;     // rows computed in one run
  double operations = 0;  // in one run
  int64_t bytes = 0;      // scratch or state beside the weights
};

// The hidden rows of `batch` texts of `tokens` rows each, at once, in a workspace.
WorkResult RunWhole(const BenchModel& model, int64_t batch, int64_t tokens, double seconds);
// Ids through a memory, piece by piece; rows are taken as they come.
WorkResult StreamIds(const BenchModel& model, int64_t rows, double seconds);
// Text through a stream: tokenizer, passages and vectors included.
WorkResult StreamText(const BenchModel& model, const std::string& text, double seconds);

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_MODEL_WORK_H_
