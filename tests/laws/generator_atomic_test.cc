// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Generators when memory runs out or somebody cancels: whichever allocation fails, and wherever a call is stopped, the
// calls that follow give every token and every byte of text once, as if nothing had happened.

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <vector>

#include "failing_new.h"
#include "generator_support.h"
#include "host.h"

namespace lwave::test {
namespace {

// A generator's work, call by call; what came out so far.
class Work {
 public:
  Work(const Model& model, const Config& config, const std::vector<int32_t>& first, const std::vector<int32_t>& second,
       bool text, const std::string& stop)
      : generator_(MakeGenerator(model, config)), text_(text) {
    const auto push = [this](std::vector<int32_t> ids) {
      calls_.push_back([this, ids] {
        return lwave_generator_push_ids(get(), ids.data(), static_cast<int64_t>(ids.size()), error_);
      });
    };
    if (!stop.empty()) {
      calls_.push_back([this, stop] {
        return lwave_generator_add_stop(get(), stop.data(), static_cast<int64_t>(stop.size()), error_);
      });
    }
    const std::vector<int32_t> begin(first.begin(), first.begin() + 3), end(first.begin() + 3, first.end());
    push(begin);
    if (text) calls_.push_back([this] { return lwave_generator_push_text(get(), "The work of", 11, 0, error_); });
    push(end);
    Turn();
    if (!second.empty()) {
      push(second);
      Turn();
    }
  }

  size_t calls() const { return calls_.size(); }
  // What a call gave is taken over when it has succeeded.
  lwave_status Run(size_t call) {
    finished_ = 1;
    taken_ = 0;
    return calls_[call]();
  }
  void Keep() {
    if (finished_ == 0) {
      out.ids.push_back(id_);
      out.logs.push_back(log_);
    }
    out_text.append(buffer_, static_cast<size_t>(taken_));
  }
  lwave_generator* get() const { return generator_.get(); }

  Generated out;
  std::string out_text;

 private:
  void Turn() {
    for (int i = 0; i < 8; ++i) {
      calls_.push_back([this] { return lwave_generator_next(get(), &id_, &log_, &finished_, error_); });
      if (!text_) continue;
      calls_.push_back([this] {
        int64_t needed = 0;
        const lwave_status status = lwave_generator_text(get(), buffer_, sizeof(buffer_), &needed, error_);
        if (status == LWAVE_OK) taken_ = needed - 1;
        return status;
      });
    }
  }

  const Generator generator_;
  const bool text_;
  std::vector<std::function<lwave_status()>> calls_;
  Error error_;
  int32_t id_ = 0, finished_ = 1;
  float log_ = 0;
  int64_t taken_ = 0;
  char buffer_[4096];
};

struct Case {
  const char* model;
  const char* way;
  bool text;
  bool more;  // a second turn
};
constexpr Case kCases[] = {
    {"gpt2-base", "greedy", true, true},   {"gpt2-base", "drawn", true, true},     {"gpt2-base", "beams", true, true},
    {"gpt2-base", "penalty", true, true},  {"gpt2-base", "ngram", true, true},     {"qwen3-lm", "greedy", true, true},
    {"bart-base", "greedy", false, false}, {"bart-base", "beams", false, false},   {"transfoxl-base", "drawn", false, true},
    {"transfoxl-plain", "beams", false, true}, {"reformer-lm", "drawn", false, true}, {"reformer-lm", "beams", false, false},
};

Config ConfigOf(const std::string& way) {
  Config config = MakeConfig("generation");
  Set(config, "max_new_tokens", int64_t{6});
  Set(config, "stop_at_end", int64_t{0});
  if (way == "drawn") {
    Set(config, "sample", int64_t{1});
    SetFloat(config, "temperature", 2.0);
  }
  if (way == "beams") Set(config, "beams", int64_t{3});
  if (way == "penalty") SetFloat(config, "repetition_penalty", 1.4);
  if (way == "ngram") Set(config, "no_repeat_ngram", int64_t{2});
  return config;
}

// Runs the work with `fail` before each attempt of a call; after(n) says whether the n-th failure was reached.
template <typename Fail, typename Reached>
void RunFailing(Work& work, int64_t thin, const Fail& fail, const Reached& reached) {
  for (size_t call = 0; call < work.calls(); ++call) {
    for (int64_t n = 1;; n += 1 + n / thin) {
      INFO("call " << call << ", allocation " << n);
      fail(n);
      const lwave_status status = work.Run(call);
      const bool failed = reached(n);
      REQUIRE(lwave_status_name(status) == std::string(lwave_status_name(failed ? LWAVE_OUT_OF_MEMORY : LWAVE_OK)));
      if (!failed) break;
    }
    work.Keep();
  }
}

TEST_CASE("a generator that runs out of memory anywhere loses and repeats no token and no text", "[laws][generator]") {
  for (const Case& one : kCases) {
    for (const std::string stop : {"", "xyz", "e"}) {
      if (!one.text && !stop.empty()) continue;
      CountingAllocator allocator;
      const Context context = allocator.MakeContext(1);
      const Model model = OpenModel(context, Folder(one.model));
      const Config config = ConfigOf(one.way);
      Random random(7);
      const std::vector<int32_t> first = RandomIds(random, model, 9);
      const std::vector<int32_t> second = one.more ? RandomIds(random, model, 4) : std::vector<int32_t>();
      Work undisturbed(model, config, first, second, one.text, stop);
      for (size_t call = 0; call < undisturbed.calls(); ++call) {
        REQUIRE(undisturbed.Run(call) == LWAVE_OK);
        undisturbed.Keep();
      }
      INFO(one.model << ", " << one.way << ", stop string '" << stop << "'");
      REQUIRE(!undisturbed.out.ids.empty());
      REQUIRE((!one.text || stop == "e" || !undisturbed.out_text.empty()));
      // Long calls (beams, a stack that is run anew) are sampled more and more thinly.
      const int64_t thin = kSanitized ? 5 : 20;
      Work new_fails(model, config, first, second, one.text, stop);
      RunFailing(new_fails, thin, [](int64_t n) { ArmNew(n); }, [](int64_t n) { return DisarmNew() >= n; });
      CHECK(new_fails.out == undisturbed.out);
      CHECK(new_fails.out_text == undisturbed.out_text);
      Work allocator_fails(model, config, first, second, one.text, stop);
      int64_t calls = 0;
      RunFailing(allocator_fails, thin,
                 [&](int64_t n) {
                   calls = allocator.calls();
                   allocator.FailAt(n);
                 },
                 [&](int64_t n) {
                   allocator.FailAt(0);
                   return allocator.calls() - calls >= n;
                 });
      CHECK(allocator_fails.out == undisturbed.out);
      CHECK(allocator_fails.out_text == undisturbed.out_text);
    }
  }
}

TEST_CASE("a generator that ran out of memory can be saved and forked before it goes on", "[laws][generator]") {
  for (const Case& one : kCases) {
    INFO(one.model << ", " << one.way);
    const Context context = MakeContext(1);
    const Model model = OpenModel(context, Folder(one.model));
    const Config config = ConfigOf(one.way);
    Random random(8);
    const std::vector<int32_t> ids = RandomIds(random, model, 9);
    const Generator whole = MakeGenerator(model, config);
    Push(whole, ids);
    const Generated expected = All(whole);
    const Generator generator = MakeGenerator(model, config);
    Push(generator, ids);
    for (int64_t n = 1;; n += 1 + n / 10) {
      int32_t id = 0, finished = 0;
      float log = 0;
      ArmNew(n);
      const lwave_status status = lwave_generator_next(generator.get(), &id, &log, &finished, nullptr);
      if (DisarmNew() < n) {
        CHECK(status == LWAVE_OK);
        break;
      }
      INFO("allocation " << n);
      CHECK(All(Restored(model, Save(generator))) == expected);
      CHECK(All(Forked(generator)) == expected);
    }
  }
}

// A runner that cancels a generator at its n-th region.
struct Canceller {
  lwave_generator* generator = nullptr;
  int64_t left = 0;
  static int32_t Run(void* opaque, int64_t count, lwave_task_function task, void* state) {
    auto& self = *static_cast<Canceller*>(opaque);
    if (self.generator != nullptr && --self.left == 0) lwave_generator_cancel(self.generator);
    for (int64_t i = 0; i < count; ++i) task(state, i, static_cast<int32_t>(i));
    return 0;
  }
};

TEST_CASE("a cancel while a prompt, a source or beams are read loses nothing", "[laws][generator]") {
  for (const Case& one : kCases) {
    INFO(one.model << ", " << one.way);
    Canceller canceller;
    Error error;
    lwave_context* made = nullptr;
    error.Check(lwave_context_create_with(2, nullptr, nullptr, nullptr, Canceller::Run, &canceller, nullptr, nullptr,
                                          &made, error));
    const Context context(made);
    const Model model = OpenModel(context, Folder(one.model));
    const Config config = ConfigOf(one.way);
    const bool gpt2 = one.model == std::string("gpt2-base");
    if (gpt2) {
      Set(config, "left", int64_t{16});
      Set(config, "sinks", int64_t{2});
    }
    Random random(9);
    // Of gpt2 with a window, several blocks of rows.
    const std::vector<int32_t> ids = RandomIds(random, model, gpt2 ? 300 : 40);
    const Generator whole = MakeGenerator(model, config);
    Push(whole, ids);
    const Generated expected = All(whole);
    int64_t cancelled_pushes = 0, cancelled = 0;
    for (int64_t n = 1; n < 10000; n += 1 + n / (kSanitized ? 2 : 8)) {
      INFO("region " << n);
      const Generator generator = MakeGenerator(model, config);
      canceller = {generator.get(), n};
      lwave_status status = lwave_generator_push_ids(generator.get(), ids.data(), static_cast<int64_t>(ids.size()), error);
      if (status == LWAVE_CANCELLED) {
        ++cancelled_pushes;
      } else {
        REQUIRE(status == LWAVE_OK);
      }
      const bool decoder = one.model == std::string("bart-base");
      CHECK(Number(generator, "prompt_tokens") == (decoder ? 1 : static_cast<int64_t>(ids.size())));
      canceller.generator = nullptr;
      CHECK(All(Restored(model, Save(generator))) == expected);
      canceller.generator = generator.get();
      Generated tokens;
      for (int32_t finished = 0; finished == 0;) {
        int32_t id = 0;
        float log = 0;
        status = lwave_generator_next(generator.get(), &id, &log, &finished, error);
        if (status == LWAVE_CANCELLED) {
          ++cancelled;
          finished = 0;
          continue;
        }
        REQUIRE(status == LWAVE_OK);
        if (finished != 0) break;
        tokens.ids.push_back(id);
        tokens.logs.push_back(log);
      }
      CHECK(tokens == expected);
      const bool reached = canceller.left <= 0;
      canceller.generator = nullptr;
      if (!reached) break;
    }
    CHECK(cancelled > 0);
    CHECK((cancelled_pushes > 0) == gpt2);
  }
}

}  // namespace
}  // namespace lwave::test
