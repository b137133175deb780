// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Random attention layers of every mechanism, with rows to feed them, and for those that are softmax attention over a
// set of keys the set itself for the oracle.

#ifndef LONGWAVE_TESTS_LAWS_RANDOM_LAYER_H_
#define LONGWAVE_TESTS_LAWS_RANDOM_LAYER_H_

#include <functional>
#include <string>
#include <vector>

#include "law_support.h"
#include "patterns_reference.h"
#include "support/layers.h"

namespace lwave::test {

struct RandomLayer {
  std::string mechanism;
  Config config;
  Rows rows;
  bool masked = false;             // rows.mask is set
  bool closed_rows_zero = true;    // the mask makes a row zeros as well
  bool closed_rows_count = false;  // what closed keys hold still matters: averages and convolutions count them
  int64_t landmarks = 0;           // of nystrom, 0 where it is softmax attention
  std::vector<float> convolution;  // of nystrom
  bool wider = false;              // what a row may see is more than the whole sequence
  int64_t heads = 1, kv_heads = 1, head_dim = 1, value_dim = 1;
  reference::Listing listing;      // null: the oracle does not cover it
  reference::ScoreBias bias;
  // Bytes that the mechanism remembers of n rows, as its header comment says; null where it does not stream.
  std::function<int64_t(int64_t n)> payload;
  int64_t RowBytes() const { return kv_heads * (head_dim + value_dim) * int64_t{sizeof(float)}; }  // of keys and values
  reference::RotaryPlaces rotary;
};

const std::vector<std::string>& AllMechanisms();
// "projected X" is a layer of X with projection weights: hidden rows in and out.
const std::vector<std::string>& MechanismsWithoutWeights();
// Lengths from 0 on, heads from 1 on, widths that are no multiple of 16, windows longer than the sequence.
RandomLayer MakeRandomLayer(const std::string& mechanism, Random& random);
std::vector<float> RandomFloats(Random& random, int64_t count);

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_LAWS_RANDOM_LAYER_H_
