// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Atomic, when memory runs out: whichever allocation fails, of the context's allocator or of operator new, the
// call says OUT_OF_MEMORY, leaks nothing, leaves its handle as it was, and never ends the process.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "failing_new.h"
#include "operations.h"

namespace lwave::test {
namespace {

TEST_CASE("an allocator that refuses its n-th request fails the call cleanly, for every call and n", "[laws]") {
  for (const std::string& directory : TinyModels()) {
    Workbench bench(directory);
    CountingAllocator& allocator = bench.allocator();
    const std::string state = bench.State();
    const int64_t bytes = allocator.bytes();
    for (const Operation& operation : bench.Operations()) {
      for (const bool all_after : {false, true}) {
        for (int64_t n = 1;; ++n) {
          INFO(directory << ", " << operation.name << ", request " << n << (all_after ? " and all after it" : ""));
          const int64_t calls = allocator.calls();
          allocator.FailAt(n, all_after);
          const lwave_status status = operation.run();
          allocator.FailAt(0);
          const bool reached = allocator.calls() - calls >= n;
          REQUIRE(lwave_status_name(status) ==
                  std::string(lwave_status_name(reached ? LWAVE_OUT_OF_MEMORY : operation.expected)));
          REQUIRE(allocator.bytes() == bytes);
          if (!reached) break;
          REQUIRE(n < 1000);
        }
        REQUIRE(bench.State() == state);
      }
    }
    bench.CheckGoesOn();
    bench.Destroy();
    CHECK(allocator.bytes() == 0);
    CHECK(!allocator.misused());
  }
}

TEST_CASE("the shipped model opens and reads after an allocator that refused each request once", "[laws]") {
  CountingAllocator allocator;
  {
    const Context context = allocator.MakeContext(1);
    Model model;
    Error error;
    int64_t refused = 0;
    for (int64_t n = 1; model == nullptr; ++n) {
      lwave_model* made = nullptr;
      const int64_t calls = allocator.calls();
      allocator.FailAt(n);
      const lwave_status status = lwave_model_open(context.get(), kMinilm, &made, error);
      allocator.FailAt(0);
      if (allocator.calls() - calls < n) error.Check(status);
      else {
        REQUIRE(status == LWAVE_OUT_OF_MEMORY);
        REQUIRE(allocator.bytes() == 0);
        ++refused;
      }
      model.reset(made);
    }
    const int64_t opened = allocator.bytes();
    for (int64_t n = 1;; ++n) {
      const int64_t calls = allocator.calls();
      allocator.FailAt(n);
      const lwave_status status = lwave_model_prepare(model.get(), error);
      allocator.FailAt(0);
      if (allocator.calls() - calls < n) {
        error.Check(status);
        break;
      }
      REQUIRE(status == LWAVE_OUT_OF_MEMORY);
      REQUIRE(allocator.bytes() == opened);
      ++refused;
    }
    CHECK(refused > 1);
    CHECK(!ItemsOfText(model, Config(), "It still reads.").empty());
  }
  CHECK(allocator.bytes() == 0);
  CHECK(!allocator.misused());
}

TEST_CASE("operator new that throws at its n-th call fails the call cleanly, for every call and n", "[laws]") {
  for (const std::string& directory : {std::string(kEmbedder), TinyRobertas()[0]}) {
    Workbench bench(directory);
    CountingAllocator& allocator = bench.allocator();
    const std::string state = bench.State();
    const int64_t bytes = allocator.bytes();
    for (const Operation& operation : bench.Operations()) {
      for (const bool all_after : {false, true}) {
        // Long calls (opening reads whole files) are sampled more and more thinly.
        for (int64_t n = 1;; n += 1 + n / 200) {
          INFO(directory << ", " << operation.name << ", call " << n << (all_after ? " and all after it" : ""));
          ArmNew(n, all_after);
          const lwave_status status = operation.run();
          const bool reached = DisarmNew() >= n;
          REQUIRE(lwave_status_name(status) ==
                  std::string(lwave_status_name(reached ? LWAVE_OUT_OF_MEMORY : operation.expected)));
          REQUIRE(allocator.bytes() == bytes);
          if (!reached) break;
        }
        REQUIRE(bench.State() == state);
      }
    }
    bench.CheckGoesOn();
    bench.Destroy();
    CHECK(allocator.bytes() == 0);
  }
}

}  // namespace
}  // namespace lwave::test
