// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Atomic, for layers: whichever allocation fails, of the context's allocator or of operator new, every call says
// OUT_OF_MEMORY, leaks nothing and leaves the memory as it was; so does a call with a bad argument.

#include <catch2/catch_test_macros.hpp>

#include "failing_new.h"
#include "layer_laws.h"
#include "operations.h"

namespace lwave::test {
namespace {

// A layer with a memory in the middle of a sequence. Operations allocate nothing themselves.
class LayerBench {
 public:
  LayerBench(const RandomLayer& layer, Random& random)
      : layer_(layer), context_(allocator_.MakeContext(1)), attention_(MakeAttention(context_, layer.config)) {
    streams_ = AttentionInt(attention_, "streams") != 0;
    result_.resize(static_cast<size_t>(layer.rows.batch * layer.rows.queries * AttentionInt(attention_, "out_width")));
    if (!streams_) return;
    rows_ = Sequence(layer.rows, 0);
    memory_ = MakeMemory(attention_);
    at_ = Between(random, 0, rows_.keys);
    StepRandomly(attention_, memory_.get(), rows_, 0, at_, random, out_);
    snapshot_ = broken_ = Save(memory_.get());
    broken_[broken_.size() / 2] ^= 1;
    buffer_.resize(snapshot_.size() + (1 << 16));
  }

  std::string State() const { return streams_ ? Save(memory_.get()) : ""; }
  CountingAllocator& allocator() { return allocator_; }

  std::vector<Operation> Operations() {
    std::vector<Operation> all;
    const auto add = [&](const char* name, std::function<lwave_status(lwave_error*)> run,
                         lwave_status expected = LWAVE_OK) {
      all.push_back({name, [run = std::move(run)] {
                       lwave_error error = {};
                       return run(&error);
                     },
                     expected});
    };
    const auto size = [](const std::string& bytes) { return static_cast<int64_t>(bytes.size()); };
    add("attention create", [this](lwave_error* error) {
      lwave_attention* made = nullptr;
      const lwave_status status = lwave_attention_create(context_.get(), layer_.config.get(), &made, error);
      lwave_attention_destroy(made);
      return status;
    });
    add("attention describe", [this](lwave_error* error) {
      int64_t needed = 0;
      return lwave_attention_describe(attention_.get(), nullptr, 0, &needed, error);
    });
    add("workspace create", [this](lwave_error* error) {
      lwave_workspace* made = nullptr;
      const lwave_status status = lwave_workspace_create_for_attention(attention_.get(), layer_.rows.queries,
                                                                       layer_.rows.keys, &made, error);
      lwave_workspace_destroy(made);
      return status;
    });
    add("forward", [this](lwave_error* error) { return Forward(static_cast<int64_t>(result_.size()), error); });
    add("forward into a buffer of another size",
        [this](lwave_error* error) { return Forward(static_cast<int64_t>(result_.size()) + 1, error); },
        LWAVE_INVALID_ARGUMENT);
    if (!streams_) return all;
    add("memory create", [this](lwave_error* error) {
      lwave_memory* made = nullptr;
      const lwave_status status = lwave_memory_create_for_attention(attention_.get(), &made, error);
      lwave_memory_destroy(made);
      return status;
    });
    add("memory load", [this, size](lwave_error* error) {
      return lwave_memory_load(memory_.get(), snapshot_.data(), size(snapshot_), error);
    });
    add("memory load of a broken snapshot", [this, size](lwave_error* error) {
      return lwave_memory_load(memory_.get(), broken_.data(), size(broken_), error);
    }, LWAVE_CORRUPT_DATA);
    add("memory save", [this, size](lwave_error* error) {
      int64_t needed = 0;
      return lwave_memory_save(memory_.get(), buffer_.data(), size(buffer_), &needed, error);
    });
    add("memory fork", [this](lwave_error* error) {
      lwave_memory* made = nullptr;
      const lwave_status status = lwave_memory_fork(memory_.get(), &made, error);
      lwave_memory_destroy(made);
      return status;
    });
    add("memory describe", [this](lwave_error* error) {
      int64_t needed = 0;
      return lwave_memory_describe(memory_.get(), nullptr, 0, &needed, error);
    });
    add("a part of a wrong name", [this](lwave_error* error) {
      int64_t needed = 0;
      return lwave_memory_read_part(memory_.get(), "no part of any mechanism has this name", nullptr, 0, &needed, error);
    }, LWAVE_NOT_FOUND);
    add("step of half a row", [this](lwave_error* error) {
      int64_t taken = 0, written = 0;
      return lwave_memory_step(memory_.get(), layer_.rows.q.data(), 0, nullptr, 0, nullptr, 0, nullptr, 0, 1, &taken,
                               nullptr, 0, &written, error);
    }, LWAVE_INVALID_ARGUMENT);
    return all;
  }

  void CheckGoesOn() {
    if (!streams_) return;
    StepRows(attention_, memory_.get(), rows_, at_, rows_.keys - at_, 7, out_);
    FinishRows(memory_.get(), AttentionInt(attention_, "out_width"), 7, out_);
    REQUIRE(Difference(test::Forward(attention_, rows_), out_) == "");
  }

 private:
  lwave_status Forward(int64_t count, lwave_error* error) {
    const Rows& r = layer_.rows;
    return lwave_attention_forward(attention_.get(), nullptr, r.q.data(), Size(r.q), r.k.data(), Size(r.k), r.v.data(),
                                   Size(r.v), r.mask.data(), static_cast<int64_t>(r.mask.size()), r.batch, r.queries,
                                   r.keys, result_.data(), count, error);
  }

  const RandomLayer& layer_;
  CountingAllocator allocator_;
  Context context_;
  Attention attention_;
  bool streams_ = false;
  Rows rows_;
  Memory memory_;
  int64_t at_ = 0;
  std::vector<float> out_, result_;
  std::string snapshot_, broken_, buffer_;
};

// fail(operation, n, all_after, reached) runs it with its n-th allocation failing and says whether it came to that.
template <typename Fail>
void CheckFailure(LayerBench& bench, const Operation& operation, int64_t bytes, const Fail& fail, int64_t n,
                  bool all_after, bool* reached) {
  INFO(operation.name << ", allocation " << n << (all_after ? " and all after it" : ""));
  const lwave_status status = fail(operation, n, all_after, reached);
  REQUIRE(lwave_status_name(status) ==
          std::string(lwave_status_name(*reached ? LWAVE_OUT_OF_MEMORY : operation.expected)));
  REQUIRE(bench.allocator().bytes() == bytes);
}

TEST_CASE("a layer's call whose n-th request the allocator refuses fails cleanly, for every n", "[laws][layers]") {
  ForRandomLayers(11200, [&](const RandomLayer& layer, Random& random) {
    LayerBench bench(layer, random);
    const std::string state = bench.State();
    const int64_t bytes = bench.allocator().bytes();
    const auto fail = [&](const Operation& operation, int64_t n, bool all_after, bool* reached) {
      const int64_t calls = bench.allocator().calls();
      bench.allocator().FailAt(n, all_after);
      const lwave_status status = operation.run();
      bench.allocator().FailAt(0);
      *reached = bench.allocator().calls() - calls >= n;
      return status;
    };
    const bool all_after = Between(random, 0, 1) == 1;
    for (const Operation& operation : bench.Operations()) {
      bool reached = true;
      for (int64_t n = 1; reached; ++n) CheckFailure(bench, operation, bytes, fail, n, all_after, &reached);
      REQUIRE(bench.State() == state);
    }
    bench.CheckGoesOn();
    REQUIRE(!bench.allocator().misused());
  });
}

TEST_CASE("a layer's call in which operator new throws at its n-th call fails cleanly", "[laws][layers]") {
  ForRandomLayers(11400, [&](const RandomLayer& layer, Random& random) {
    LayerBench bench(layer, random);
    const std::string state = bench.State();
    const int64_t bytes = bench.allocator().bytes();
    const auto fail = [&](const Operation& operation, int64_t n, bool all_after, bool* reached) {
      ArmNew(n, all_after);
      const lwave_status status = operation.run();
      *reached = DisarmNew() >= n;
      return status;
    };
    // A random step through the n of every call; all of them come up over the shapes.
    const bool all_after = Between(random, 0, 1) == 1;
    for (const Operation& operation : bench.Operations()) {
      bool reached = true;
      for (int64_t n = Between(random, 1, 3); reached; n += Between(random, 1, 1 + n / 2)) {
        CheckFailure(bench, operation, bytes, fail, n, all_after, &reached);
      }
      REQUIRE(bench.State() == state);
    }
    bench.CheckGoesOn();
  });
}

}  // namespace
}  // namespace lwave::test
