// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the bits of a state and of what is read from it may depend on: the rows, and nothing else.

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "base/thread_pool.h"
#include "each_target.h"
#include "kernels_state_fixture.h"

namespace lwave {
namespace {

using testing::ForEachTarget;
using testing::LinearAttentionProblem;
using testing::RandomStateProblem;
using testing::SameBits;
using testing::StateRun;
using testing::WorstDifference;

const float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::numeric_limits<float>::quiet_NaN();

LinearAttentionProblem AnyProblem(std::mt19937& random, int64_t most_rows) {
  const int64_t widths[] = {1, 5, 6, 7, 16, 19, 32, 40, 64, 100};
  const int64_t rows = 1 + static_cast<int64_t>(random()) % most_rows;
  LinearAttentionProblem p =
      RandomStateProblem(random, rows, rows, 2, widths[random() % 10], widths[random() % 10]);
  p.normaliser_eps = random() % 2 == 0 ? 0 : 0.01;
  return p;
}

TEST_CASE("any split of the rows into calls gives the same outputs and the same state, to the bit",
          "[kernels][state][laws]") {
  for (uint32_t seed = 0; seed < 25; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const LinearAttentionProblem p = AnyProblem(random, 400);
    ForEachTarget([&] {
      StateRun whole(p);
      whole.Whole();
      for (const int64_t most : {1, 9, 70, 200}) {
        StateRun pieces(p);
        while (pieces.position() < p.rows) {
          const int64_t left = p.rows - pieces.position();
          const int64_t rows = std::min(left, 1 + static_cast<int64_t>(random()) % most);
          const int64_t gap = static_cast<int64_t>(random() % 3);
          if (random() % 2 == 0) {
            pieces.Step(rows, 0, 2, gap);
          } else {
            pieces.Step(rows, 1, 2, gap);
            pieces.Step(rows, 0, 1, gap);
          }
          pieces.Advance(rows);
        }
        REQUIRE(SameBits(whole.output(), pieces.output()));
        REQUIRE(SameBits(whole.State(), pieces.State()));
      }
    });
  }
}

TEST_CASE("appending leaves the same state whether rows are read or not", "[kernels][state][laws]") {
  std::mt19937 random(1);
  const LinearAttentionProblem p = RandomStateProblem(random, 217, 217, 2, 33, 20);
  ForEachTarget([&] {
    StateRun read(p);
    read.Whole();
    StateRun appended(p);
    while (appended.position() < p.rows) {
      const int64_t rows = std::min(p.rows - appended.position(), int64_t{50});
      appended.Append(rows, 0, 2);
      appended.Advance(rows);
    }
    CHECK(SameBits(read.State(), appended.State()));
  });
}

TEST_CASE("a query of the whole state has the bits of the last row that read it", "[kernels][state][laws]") {
  std::mt19937 random(2);
  for (const int64_t rows : {1, 30, 63, 65, 130}) {
    const LinearAttentionProblem p = RandomStateProblem(random, rows, rows, 1, 20, 24);
    ForEachTarget([&] {
      StateRun run(p);
      const std::vector<float> stepped = run.Whole();
      const std::vector<float> before = run.State();
      run.Read(rows - 1, 1, 0, 1);
      CHECK(SameBits(stepped, run.output()));
      CHECK(SameBits(before, run.State()));
    });
  }
}

TEST_CASE("a query's bits do not depend on the queries that come with it", "[kernels][state][laws]") {
  std::mt19937 random(3);
  for (const int64_t keys : {40, 64, 150}) {
    LinearAttentionProblem p = RandomStateProblem(random, 100, keys, 2, 33, 40);
    p.causal = false;
    ForEachTarget([&] {
      StateRun run(p);
      const std::vector<float> whole = run.Whole();
      for (int repeat = 0; repeat < 4; ++repeat) {
        StateRun pieces(p);
        pieces.Append(keys, 0, 2);
        pieces.Advance(keys);
        for (int64_t first = 0; first < p.rows;) {
          const int64_t rows =
              std::min(p.rows - first, 1 + static_cast<int64_t>(random()) % (1 + 9 * repeat));
          pieces.Read(first, rows, 0, 1);
          pieces.Read(first, rows, 1, 2);
          first += rows;
        }
        CHECK(SameBits(whole, pieces.output()));
      }
    });
  }
}

TEST_CASE("a head's bits do not depend on the other heads", "[kernels][state][laws]") {
  std::mt19937 random(4);
  const LinearAttentionProblem p = RandomStateProblem(random, 150, 150, 2, 19, 24);
  LinearAttentionProblem other = p;  // another second head
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t f = 0; f < 19; ++f) {
      other.query[static_cast<size_t>((i * 2 + 1) * 19 + f)] = kNaN;
      other.key[static_cast<size_t>((i * 2 + 1) * 19 + f)] = kInfinity;
    }
  }
  ForEachTarget([&] {
    StateRun run(p), changed(other);
    const std::vector<float>& a = run.Whole();
    const std::vector<float>& b = changed.Whole();
    for (int64_t i = 0; i < p.rows; ++i) {
      REQUIRE(std::equal(a.begin() + i * 48, a.begin() + i * 48 + 24, b.begin() + i * 48));
    }
  });
}

TEST_CASE("any number of threads gives the same bits", "[kernels][state][laws][threads]") {
  std::mt19937 random(5);
  const LinearAttentionProblem p = RandomStateProblem(random, 300, 300, 8, 40, 24);
  StateRun alone(p);
  alone.Whole();
  for (const int32_t threads : {1, 2, 3, 8}) {
    const std::unique_ptr<Runner> runner = MakeThreadPool(threads);
    std::vector<float> state(static_cast<size_t>(alone.shape().Floats()));
    kernels::ClearState(alone.shape(), state.data());
    std::vector<float> output(alone.output().size());
    kernels::StateRows task;
    task.shape = alone.shape();
    task.state = state.data();
    task.rows = p.rows;
    task.query = p.query.data();
    task.key = p.key.data();
    task.value = p.value.data();
    task.output = output.data();
    task.query_stride = task.key_stride = p.heads * p.features;
    task.value_stride = task.output_stride = p.heads * p.value_dim;
    runner->For(p.heads, [&](int64_t head, int32_t) { kernels::AppendAndReadState(task, head, head + 1); });
    CHECK(SameBits(alone.output(), output));
    CHECK(SameBits(alone.State(), state));
    // Queries of a state may be shared out by rows as well.
    task.position = p.rows;
    std::vector<float> shared(output.size());
    kernels::ReadState(task, 0, p.heads);
    runner->For(30, [&](int64_t index, int32_t) {
      kernels::StateRows part = task;
      part.rows = 10;
      part.query += index * 10 * task.query_stride;
      part.output = shared.data() + index * 10 * task.output_stride;
      kernels::ReadState(part, 0, p.heads);
    });
    CHECK(SameBits(output, shared));
  }
}

TEST_CASE("a copied state goes on with the bits of the one it was copied from", "[kernels][state][laws]") {
  std::mt19937 random(6);
  const LinearAttentionProblem p = RandomStateProblem(random, 200, 200, 2, 30, 17);
  ForEachTarget([&] {
    StateRun whole(p);
    whole.Whole();
    for (const int64_t cut : {0, 1, 64, 100, 191}) {
      StateRun first(p), second(p);
      first.Step(cut, 0, 2);
      second.SetState(first.State(), cut);
      second.Step(p.rows - cut, 0, 2);
      const auto rest = static_cast<std::ptrdiff_t>(cut * 2 * 17);
      CHECK(std::equal(whole.output().begin() + rest, whole.output().end(), second.output().begin() + rest));
      CHECK(SameBits(whole.State(), second.State()));
    }
  });
}

TEST_CASE("what pending places hold beyond the last row never shows", "[kernels][state][laws]") {
  std::mt19937 random(7);
  const LinearAttentionProblem p = RandomStateProblem(random, 100, 100, 1, 20, 17);
  ForEachTarget([&] {
    StateRun clean(p), spoilt(p);
    const kernels::StateHead parts = kernels::HeadOfState(spoilt.shape(), spoilt.state(), 0);
    std::fill_n(parts.keys, 20 * kernels::kStateBlock, kNaN);
    for (int64_t r = 0; r < kernels::kStateBlock; ++r) {
      std::fill_n(parts.values + r * spoilt.shape().ValueStride(), 17, r % 2 == 0 ? kNaN : kInfinity);
    }
    for (StateRun* run : {&clean, &spoilt}) {
      for (const int64_t rows : {1, 6, 2, 50, 41}) {
        run->Step(rows, 0, 1);
        run->Advance(rows);
      }
    }
    CHECK(SameBits(clean.output(), spoilt.output()));
  });
}

TEST_CASE("a row that is not finite reaches the rows that see it and no other", "[kernels][state][laws]") {
  for (const float poison : {kNaN, kInfinity, -kInfinity}) {
    for (int kind = 0; kind < 3; ++kind) {
      for (const int64_t place : {3, 63, 64, 90}) {
        INFO("poison " << poison << " kind " << kind << " place " << place);
        std::mt19937 random(8);
        const LinearAttentionProblem clean = RandomStateProblem(random, 200, 200, 1, 32, 24);
        LinearAttentionProblem p = clean;
        float& spot = kind == 0   ? p.query[static_cast<size_t>(place * 32 + 5)]
                      : kind == 1 ? p.key[static_cast<size_t>(place * 32 + 5)]
                                  : p.value[static_cast<size_t>(place * 24 + 5)];
        spot = poison;
        const std::vector<double> expected = reference::LinearAttention(p);
        ForEachTarget([&] {
          StateRun before(clean), after(p), single(p);
          before.Whole();
          after.Whole();
          for (int64_t i = 0; i < p.rows; ++i) {
            single.Step(1, 0, 1);
            single.Advance(1);
          }
          CHECK(SameBits(after.output(), single.output()));
          CHECK(WorstDifference(after.output(), expected) < 4e-6);
          for (int64_t i = 0; i < p.rows; ++i) {
            for (int64_t c = 0; c < 24; ++c) {
              const size_t at = static_cast<size_t>(i * 24 + c);
              const bool sees = kind == 0 ? i == place : kind == 1 ? i >= place : i >= place && c == 5;
              if (!sees) REQUIRE(before.output()[at] == after.output()[at]);
              // Infinity stays infinity where the reference has it, also in the sums of full blocks.
              REQUIRE(std::isnan(after.output()[at]) == std::isnan(expected[at]));
              if (std::isinf(expected[at])) {
                REQUIRE(static_cast<double>(after.output()[at]) == expected[at]);
              }
            }
          }
        });
      }
    }
  }
}

}  // namespace
}  // namespace lwave
