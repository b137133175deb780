// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Linear attention over a state against the double reference, on every SIMD target, over sizes and options,
// and after very many rows.

#include <catch2/catch_test_macros.hpp>

#include "each_target.h"
#include "kernels_state_fixture.h"

namespace lwave {
namespace {

using kernels::kStateBlock;
using testing::ForEachTarget;
using testing::LinearAttentionProblem;
using testing::RandomStateProblem;
using testing::StateRun;
using testing::WorstDifference;

constexpr double kTolerance = 4e-6;

void CheckProblem(const LinearAttentionProblem& p) {
  INFO("rows " << p.rows << " keys " << p.keys << " causal " << p.causal << " heads " << p.heads
               << " features " << p.features << " value_dim " << p.value_dim);
  const std::vector<double> expected = reference::LinearAttention(p);
  // Sums without a normaliser grow with the rows; so does what rounding may take.
  double scale = 1;
  if (!p.normalised) {
    for (const double x : expected) scale = std::max(scale, std::abs(x));
  }
  ForEachTarget([&] {
    StateRun run(p);
    CHECK(WorstDifference(run.Whole(), expected) < kTolerance * scale);
  });
}

TEST_CASE("causal linear attention agrees with double for any number of rows", "[kernels][state]") {
  std::mt19937 random(1);
  for (const int64_t rows : {0, 1, 2, 3, 4, 5, 6, 7, 11, 13, 63, 64, 65, 127, 128, 129, 200, 517}) {
    CheckProblem(RandomStateProblem(random, rows, rows, 1, 32, 32));
  }
}

TEST_CASE("linear attention of all keys agrees with double for any number of rows and keys",
          "[kernels][state]") {
  std::mt19937 random(2);
  for (const int64_t rows : {0, 1, 2, 5, 6, 7, 8, 65}) {
    for (const int64_t keys : {0, 1, 63, 64, 65, 200}) {
      LinearAttentionProblem p = RandomStateProblem(random, rows, keys, 2, 24, 16);
      p.causal = false;
      CheckProblem(p);
    }
  }
}

TEST_CASE("linear attention agrees with double for any number of features up to 1024", "[kernels][state]") {
  std::mt19937 random(3);
  for (const int64_t features :
       {1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 31, 33, 64, 65, 127, 266, 512, 1023, 1024}) {
    CheckProblem(RandomStateProblem(random, 70, 70, 1, features, 16));
  }
}

TEST_CASE("linear attention agrees with double for any value width up to 256", "[kernels][state]") {
  std::mt19937 random(4);
  for (const int64_t value_dim :
       {1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 48, 63, 64, 65, 80, 129, 255, 256}) {
    CheckProblem(RandomStateProblem(random, 70, 70, 1, 20, value_dim));
  }
}

TEST_CASE("linear attention agrees with double for random shapes and options", "[kernels][state]") {
  for (uint32_t seed = 0; seed < 25; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const int64_t rows = 1 + static_cast<int64_t>(random() % 200);
    const int64_t keys = random() % 2 == 0 ? rows : 1 + static_cast<int64_t>(random() % 200);
    LinearAttentionProblem p = RandomStateProblem(random, rows, keys, 1 + static_cast<int64_t>(random() % 4),
                                                  1 + static_cast<int64_t>(random() % 100),
                                                  1 + static_cast<int64_t>(random() % 100));
    p.normalised = random() % 4 != 0;
    p.denominator_eps = random() % 2 == 0 ? 0 : 0.5;
    p.normaliser_eps = random() % 2 == 0 ? 0 : 0.125;
    CheckProblem(p);
  }
}

TEST_CASE("features of either sign agree with double where the denominator does not vanish",
          "[kernels][state]") {
  std::mt19937 random(5);
  LinearAttentionProblem p = RandomStateProblem(random, 150, 150, 2, 48, 40);
  for (std::vector<float>* x : {&p.query, &p.key}) {
    for (size_t i = 0; i < x->size(); i += 7) (*x)[i] = -(*x)[i] / 8;
  }
  CheckProblem(p);
}

TEST_CASE("a denominator too small to invert still divides", "[kernels][state]") {
  std::mt19937 random(6);
  LinearAttentionProblem p = RandomStateProblem(random, 70, 70, 1, 8, 8);
  for (float& x : p.query) x *= 0x1p-100f;
  for (float& x : p.key) x *= 0x1p-24f;
  CheckProblem(p);
  // No weight at all is 0 / 0, as in the reference.
  std::fill(p.query.begin(), p.query.end(), 0.0f);
  ForEachTarget([&] {
    StateRun run(p);
    for (const float x : run.Whole()) REQUIRE(std::isnan(x));
  });
}

TEST_CASE("a state sums to what the recurrence gives in double", "[kernels][state]") {
  std::mt19937 random(7);
  for (const int64_t rows : {0, 1, 63, 64, 65, 200}) {
    const LinearAttentionProblem p = RandomStateProblem(random, rows, rows, 1, 13, 9);
    reference::LinearState expected(13, 9);
    for (int64_t i = 0; i < rows; ++i) expected.Append(p.key.data() + i * 13, p.value.data() + i * 9);
    ForEachTarget([&] {
      StateRun run(p);
      run.Whole();
      std::vector<double> sums(13 * 9), normaliser(13);
      kernels::SumState(run.shape(), rows, run.state(), sums.data(), normaliser.data());
      for (size_t i = 0; i < sums.size(); ++i) {
        REQUIRE(std::abs(sums[i] - expected.sums[i]) <= 1e-6 * static_cast<double>(rows) * 10);
      }
      for (size_t i = 0; i < normaliser.size(); ++i) {
        REQUIRE(std::abs(normaliser[i] - expected.normaliser[i]) <= 1e-6 * expected.normaliser[i]);
      }
    });
  }
}

TEST_CASE("the bytes of a state do not depend on the rows", "[kernels][state]") {
  const kernels::StateShape shape = {12, 256, 64};
  // S and z twice each, and a block of keys and values.
  CHECK(shape.Bytes() == 12 * (2 * 256 * 64 + 2 * 256 + kStateBlock * (256 + 64)) * 4);
  const kernels::StateShape plain = {12, 256, 64, false};
  CHECK(plain.Bytes() == 12 * (2 * 256 * 64 + kStateBlock * (256 + 64)) * 4);
}

// Relative errors after `total` rows of 4 features and 3 values: of the worst number of S and z, and of the
// output of a last query. `plain` is what one f32 sum for each number of z would have lost.
struct Drift {
  double state = 0;
  double output = 0;
  double plain = 0;
};

Drift DriftAfter(int64_t total) {
  constexpr int64_t kFeatures = 4;
  constexpr int64_t kValues = 3;
  constexpr int64_t kChunk = 1000;
  std::mt19937 random(8);
  const kernels::StateShape shape = {1, kFeatures, kValues};
  std::vector<float> state(static_cast<size_t>(shape.Floats()));
  kernels::ClearState(shape, state.data());
  reference::LinearState expected(kFeatures, kValues);
  std::vector<float> plain(kFeatures, 0.0f);
  std::vector<float> key(kChunk * kFeatures), value(kChunk * kValues), output(kValues);
  kernels::StateRows task;
  task.shape = shape;
  task.state = state.data();
  task.query = task.key = key.data();
  task.query_stride = task.key_stride = kFeatures;
  task.value = value.data();
  task.value_stride = task.output_stride = kValues;
  task.output = output.data();
  std::uniform_real_distribution<float> uniform(0.0f, 1.0f);
  for (int64_t row = 0; row < total; row += task.rows) {
    task.position = row;
    task.rows = std::min(kChunk, total - row);
    for (float& x : key) x = uniform(random);
    for (float& x : value) x = uniform(random) - 0.25f;
    kernels::AppendState(task, 0, 1);
    for (int64_t r = 0; r < task.rows; ++r) {
      expected.Append(key.data() + r * kFeatures, value.data() + r * kValues);
      for (size_t f = 0; f < kFeatures; ++f) plain[f] += key[static_cast<size_t>(r) * kFeatures + f];
    }
  }
  Drift drift;
  const auto worst = [](double& of, double got, double want) {
    of = std::max(of, std::abs(got - want) / std::abs(want));
  };
  std::vector<double> sums(kFeatures * kValues), normaliser(kFeatures);
  kernels::SumState(shape, total, state.data(), sums.data(), normaliser.data());
  for (size_t i = 0; i < sums.size(); ++i) worst(drift.state, sums[i], expected.sums[i]);
  for (size_t f = 0; f < kFeatures; ++f) {
    worst(drift.state, normaliser[f], expected.normaliser[f]);
    worst(drift.plain, static_cast<double>(plain[f]), expected.normaliser[f]);
  }
  task.position = total;
  task.rows = 1;
  kernels::ReadState(task, 0, 1);
  const std::vector<double> want = expected.Read(key.data());
  const double denominator = expected.Denominator(key.data());
  for (size_t c = 0; c < kValues; ++c) {
    worst(drift.output, static_cast<double>(output[c]), want[c] / denominator);
  }
  return drift;
}

TEST_CASE("a state of a hundred thousand rows has not drifted", "[kernels][state]") {
  ForEachTarget([&] {
    const Drift drift = DriftAfter(100003);
    CHECK(drift.state < 1e-7);
    CHECK(drift.output < 1e-6);
    CHECK(drift.plain > 1e-6);  // the test would see a drift
  });
}

TEST_CASE("a state of ten million rows has not drifted", "[kernels][state][slow]") {
  const Drift drift = DriftAfter(10000003);
  INFO("state " << drift.state << " output " << drift.output << " plain sums " << drift.plain);
  CHECK(drift.state < 1e-7);
  CHECK(drift.output < 1e-6);
  CHECK(drift.plain > 1e-5);
}

}  // namespace
}  // namespace lwave
