// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Snapshots of every kind with lies in them that no checksum shows: they are refused with a message, or they are loaded and
// then what is loaded works, wherever that leads: it takes input, gives numbers, is saved and ends.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <vector>

#include "law_support.h"
#include "lying_snapshot.h"
#include "random_layer.h"
#include "support/scores.h"

namespace lwave::test {
namespace {

std::string Folder(const std::string& name) { return LWAVE_TEST_DATA "/models/tiny/" + name; }

int64_t Size(const std::string& bytes) { return static_cast<int64_t>(bytes.size()); }

// Loads a snapshot and, where that succeeds, works with what it gave.
using LoadAndUse = std::function<lwave_status(const std::string& snapshot, lwave_error* error)>;

struct Counts {
  int64_t accepted = 0, refused = 0;
};

// Every lie about a snapshot, and that it loads without one.
void CheckLies(const std::string& snapshot, uint64_t seed, const LoadAndUse& load) {
  Counts counts;
  Random random(seed);
  lwave_error error = {};
  REQUIRE(load(SealSnapshot(OpenSnapshot(snapshot)), &error) == LWAVE_OK);
  const auto refused = [&](lwave_status status) {
    if (status == LWAVE_OK) return ++counts.accepted, false;
    ++counts.refused;
    REQUIRE(error.message[0] != '\0');
    REQUIRE(std::string(error.message).find('\n') == std::string::npos);
    return true;
  };
  ForEachLie(snapshot, random, [&](const std::string& lying, const std::string& what) {
    INFO(what);
    const lwave_status status = load(lying, &error);
    INFO(error.message);
    if (refused(status)) REQUIRE((status == LWAVE_CORRUPT_DATA || status == LWAVE_MISMATCH));
  });
  ForEachHeaderLie(snapshot, [&](const std::string& lying, const std::string& what) {
    INFO(what);
    const lwave_status status = load(lying, &error);
    INFO(error.message);
    if (refused(status)) REQUIRE((status != LWAVE_INTERNAL && status != LWAVE_CANCELLED));
  });
  REQUIRE(counts.refused > 20);
}

// Whether a call gave something. It may say why it cannot, but not that something inside went wrong.
bool Works(lwave_status status) {
  REQUIRE(status != LWAVE_INTERNAL);
  return status == LWAVE_OK;
}

// Two calls of a getter of bytes, as one makes them; the state may be one that is not saved.
template <typename Get>
void Saved(const Get& get) {
  int64_t needed = 0;
  const lwave_status status = get(nullptr, 0, &needed);
  if (!Works(status)) return;
  std::string bytes(static_cast<size_t>(needed), '\0');
  REQUIRE(get(bytes.data(), needed, &needed) == LWAVE_OK);
}

void Use(const Scorer& scorer, bool text) {
  const int32_t ids[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3};
  lwave_error error = {};
  for (int i = 0; i < 4; ++i) {
    int64_t taken = 0, count = 0;
    double sum = 0;
    const lwave_status status = text ? lwave_scorer_push_text(scorer.get(), "a word, ", 8, &taken, &error)
                                     : lwave_scorer_push_ids(scorer.get(), ids, 10, &taken, &error);
    (void)Works(status);
    for (const char* key : {"bits_per_byte", "perplexity"}) (void)Works(lwave_scorer_get_float(scorer.get(), key, &sum, &error));
    (void)Works(lwave_scorer_get_int(scorer.get(), "scored_bytes", &count, &error));
    if (i == 2) {
      Saved([&](void* data, int64_t capacity, int64_t* needed) {
        return lwave_scorer_save(scorer.get(), data, capacity, needed, &error);
      });
    }
    int32_t read[5];
    float logs[5];
    int64_t ranges[10];
    (void)Works(lwave_scorer_read(scorer.get(), read, logs, ranges, 5, &count, &error));
    if (i >= 2) (void)Works(lwave_scorer_finish(scorer.get(), &error));
  }
}

TEST_CASE("a scorer's snapshot that lies is refused, or gives a scorer that works", "[bad-input][snapshots]") {
  const Context context = MakeContext(1);
  struct Case {
    const char* model;
    const char* mode;
    bool text, window;
  };
  for (const Case& one : {Case{"gpt2-base", "sliding", true, false}, Case{"gpt2-base", "segment", false, false},
                          Case{"gpt2-base", "stream", true, true}, Case{"qwen3-lm", "stream", true, true},
                          Case{"transfoxl-base", "stream", false, false}}) {
    INFO(one.model << ", " << one.mode);
    const Model model = OpenModel(context, Folder(one.model));
    const Config config = MakeConfig("scoring");
    Set(config, "mode", one.mode);
    Set(config, "length", int64_t{12});
    Set(config, "queue", int64_t{40});
    if (one.text) Set(config, "begin", int64_t{1});
    if (one.window) Set(config, "left", int64_t{6}), Set(config, "sinks", int64_t{2});
    const Scorer scorer = MakeScorer(model, config);
    Error error;
    int64_t taken = 0;
    Random random(1);
    const std::vector<int32_t> ids = RandomIds(random, model, 27);
    const std::string text = HandbookText(2000, 60) + " \xE2\x82";
    error.Check(one.text ? lwave_scorer_push_text(scorer.get(), text.data(), Size(text), &taken, error)
                         : lwave_scorer_push_ids(scorer.get(), ids.data(), 27, &taken, error));
    CheckLies(Save(scorer), 1, [&](const std::string& snapshot, lwave_error* why) {
      lwave_scorer* made = nullptr;
      const lwave_status status = lwave_scorer_restore(model.get(), snapshot.data(), Size(snapshot), &made, why);
      const Scorer restored(made);
      if (status == LWAVE_OK) Use(restored, one.text);
      return status;
    });
  }
}

void Use(const Generator& generator) {
  const int32_t ids[] = {3, 1};
  lwave_error error = {};
  for (int i = 0; i < 4; ++i) {
    int32_t id = 0, finished = 0;
    float log = 0;
    (void)Works(lwave_generator_next(generator.get(), &id, &log, &finished, &error));
    if (i == 1) {
      Saved([&](void* data, int64_t capacity, int64_t* needed) {
        return lwave_generator_save(generator.get(), data, capacity, needed, &error);
      });
      (void)Works(lwave_generator_push_ids(generator.get(), ids, 2, &error));
    }
    Saved([&](void* data, int64_t capacity, int64_t* needed) {
      return lwave_generator_text(generator.get(), static_cast<char*>(data), capacity, needed, &error);
    });
    for (const char* key : {"prompt_tokens", "generated_tokens", "finish_reason", "bytes"}) {
      int64_t value = 0;
      (void)Works(lwave_generator_get_int(generator.get(), key, &value, &error));
    }
  }
}

TEST_CASE("a generator's snapshot with a longer source than its encoder reads is refused", "[bad-input][snapshots]") {
  const Context context = MakeContext(1);
  for (const char* name : {"bart-base", "led-base"}) {
    INFO(name);
    const Model model = OpenModel(context, Folder(name));
    const int64_t most = ModelInt(model, "positions");
    REQUIRE(most > 0);
    const Generator generator = MakeGenerator(model, MakeConfig("generation"));
    Random random(4);
    Push(generator, RandomIds(random, model, 9));
    const SnapshotFile file = OpenSnapshot(Save(generator));
    for (const int64_t count : {most, most + 1, most + 4000}) {
      SnapshotFile lying = file;
      for (SnapshotSection& section : lying.sections) {
        if (section.name != "source") continue;
        const std::vector<int32_t> ids(static_cast<size_t>(count), 5);
        section.data.assign(reinterpret_cast<const char*>(ids.data()), ids.size() * sizeof(int32_t));
      }
      const std::string bytes = SealSnapshot(lying);
      lwave_error error = {};
      lwave_generator* made = nullptr;
      const lwave_status status = lwave_generator_restore(model.get(), bytes.data(), Size(bytes), &made, &error);
      const Generator restored(made);
      CHECK(status == (count <= most ? LWAVE_OK : LWAVE_CORRUPT_DATA));
      if (status == LWAVE_OK) Use(restored);
    }
  }
}

TEST_CASE("a generator's snapshot that lies is refused, or gives a generator that works", "[bad-input][snapshots]") {
  const Context context = MakeContext(1);
  struct Case {
    const char* model;
    int64_t beams, sample, left;
    int tokens;  // that are taken before it is saved
  };
  for (const Case& one : {Case{"gpt2-base", 1, 1, 0, 3}, Case{"gpt2-base", 2, 0, 0, 0}, Case{"gpt2-base", 2, 0, 0, 2},
                          Case{"gpt2-base", 1, 0, 5, 1}, Case{"qwen3-lm", 1, 0, 6, 2}, Case{"bart-base", 1, 0, 0, 2},
                          Case{"bart-base", 2, 0, 0, 1}, Case{"led-base", 1, 0, 0, 0}, Case{"led-base", 1, 1, 0, 2}}) {
    INFO(one.model << ", " << one.beams << " beams, " << one.tokens << " tokens");
    const Model model = OpenModel(context, Folder(one.model));
    const Config config = MakeConfig("generation");
    Set(config, "max_new_tokens", int64_t{5});
    if (one.beams > 1) Set(config, "beams", one.beams);
    Set(config, "sample", one.sample);
    if (one.left > 0) Set(config, "left", one.left), Set(config, "sinks", int64_t{2});
    const Generator generator = MakeGenerator(model, config);
    Error error;
    if (ModelInt(model, "has_tokenizer") != 0) {
      error.Check(lwave_generator_add_stop(generator.get(), "and so on", 9, error));
      error.Check(lwave_generator_add_stop(generator.get(), ".\n", 2, error));
    }
    Random random(2);
    Push(generator, RandomIds(random, model, 9));
    for (int i = 0; i < one.tokens; ++i) {
      int32_t id = 0, finished = 0;
      error.Check(lwave_generator_next(generator.get(), &id, nullptr, &finished, error));
    }
    CheckLies(Save(generator), 2, [&](const std::string& snapshot, lwave_error* why) {
      lwave_generator* made = nullptr;
      const lwave_status status = lwave_generator_restore(model.get(), snapshot.data(), Size(snapshot), &made, why);
      const Generator restored(made);
      if (status == LWAVE_OK) Use(restored);
      return status;
    });
  }
}

void Use(const Stream& stream, bool text, int64_t width) {
  const int32_t ids[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3};
  lwave_error error = {};
  std::vector<float> vector(static_cast<size_t>(width));
  for (int i = 0; i < 5; ++i) {
    int64_t taken = 0;
    if (text) {
      (void)Works(lwave_stream_push_text(stream.get(), "A word. And\n\n", 13, &taken, &error));
    } else {
      (void)Works(lwave_stream_push_ids(stream.get(), ids, 10, &taken, &error));
    }
    if (i == 1) {
      Saved([&](void* data, int64_t capacity, int64_t* needed) {
        return lwave_stream_save(stream.get(), data, capacity, needed, &error);
      });
    }
    Saved([&](void* data, int64_t capacity, int64_t* needed) {
      return lwave_stream_describe(stream.get(), static_cast<char*>(data), capacity, needed, &error);
    });
    int32_t kind = LWAVE_ITEM_NONE, has_vector = 0;
    int64_t ranges[4];
    for (int k = 0; k < 3; ++k) {
      (void)Works(lwave_stream_read(stream.get(), &kind, vector.data(), width, ranges, &has_vector, &error));
    }
    if (i >= 2) (void)Works(lwave_stream_finish(stream.get(), &error));
  }
}

TEST_CASE("a stream's snapshot that lies is refused, or gives a stream that works", "[bad-input][snapshots]") {
  const Context context = MakeContext(1);
  struct Case {
    const char* model;
    const char* reading;
    bool text;
    size_t bytes;
  };
  for (const Case& one : {Case{"bert-minilm", "window", true, 40}, Case{"bert-minilm", "window", true, 400},
                          Case{"bert-minilm", "alone", true, 200}, Case{"bert-minilm", "truncate", true, 300},
                          Case{"roberta-mlm", "window", false, 90}, Case{"gpt2-base", "refuse", true, 60},
                          Case{"modernbert-base", "refuse", true, 60}, Case{"gpt2-base", "alone", false, 50},
                          Case{"qwen3-embed", "refuse", true, 60}}) {
    INFO(one.model << ", " << one.reading << ", " << one.bytes);
    const Model model = OpenModel(context, Folder(one.model));
    Window window;
    window.specials = one.text;
    const bool windowed = std::string(one.reading) == "window";
    const Config config = windowed ? ToConfig(window) : MakeConfig();
    Set(config, "long", one.reading);
    Set(config, "passage_tokens", int64_t{12});
    Set(config, "queue", int64_t{16});
    if (!windowed) Set(config, "add_special_tokens", int64_t{one.text});
    const Stream stream = MakeStream(model, config);
    Error error;
    int64_t taken = 0;
    Random random(3);
    const std::vector<int32_t> ids = RandomIds(random, model, static_cast<int64_t>(one.bytes));
    const std::string text = HandbookText(3000, one.bytes) + " \xE2\x82";
    const lwave_status pushed =
        one.text ? lwave_stream_push_text(stream.get(), text.data(), Size(text), &taken, error)
                 : lwave_stream_push_ids(stream.get(), ids.data(), static_cast<int64_t>(ids.size()), &taken, error);
    if (pushed != LWAVE_OUTPUT_FULL) error.Check(pushed);
    const int64_t width = ModelInt(model, "embedding_width");
    CheckLies(Save(stream.get()), 3, [&](const std::string& snapshot, lwave_error* why) {
      lwave_stream* made = nullptr;
      const lwave_status status = lwave_stream_restore(model.get(), snapshot.data(), Size(snapshot), &made, why);
      const Stream restored(made);
      if (status == LWAVE_OK) Use(restored, one.text, width);
      return status;
    });
  }
}

// push(rows, capacity, written): one push.
template <typename Push>
void UseMemory(lwave_memory* memory, int64_t width, const Push& push) {
  lwave_error error = {};
  std::vector<float> rows(static_cast<size_t>(7 * width));
  for (int i = 0; i < 4; ++i) {
    int64_t written = 0;
    push(rows.data(), static_cast<int64_t>(rows.size()), &written);
    Saved([&](void* data, int64_t capacity, int64_t* needed) {
      return i < 2 ? lwave_memory_save(memory, data, capacity, needed, &error)
                   : lwave_memory_describe(memory, static_cast<char*>(data), capacity, needed, &error);
    });
    if (i == 1) (void)Works(lwave_memory_end_segment(memory, &error));
    if (i >= 2) (void)Works(lwave_memory_finish(memory, rows.data(), static_cast<int64_t>(rows.size()), &written, &error));
  }
}

TEST_CASE("a model's memory refuses a snapshot that lies, or works with it", "[bad-input][snapshots]") {
  const Context context = MakeContext(1);
  struct Case {
    const char* model;
    bool window;
    int64_t ids, capacity;
  };
  for (const Case& one : {Case{"bert-base", true, 20, 0}, Case{"bert-base", true, 100, 3}, Case{"bert-mlm", false, 30, 0},
                          Case{"roberta-mlm", true, 70, 100}, Case{"gpt2-base", false, 40, 4},
                          Case{"modernbert-base", false, 40, 4}, Case{"gemma3-embed", false, 40, 4},
                          Case{"longt5-local", false, 40, 4}}) {
    INFO(one.model << ", " << one.ids << " ids");
    const Model model = OpenModel(context, Folder(one.model));
    const Config config = one.window ? ToConfig(Window()) : MakeConfig();
    if (one.window && ModelInt(model, "has_tokenizer") == 0) Set(config, "add_special_tokens", int64_t{0});
    const Memory memory = MakeMemory(model, config);
    const int64_t width = ModelInt(model, "hidden");
    Random random(4);
    const std::vector<int32_t> ids = RandomIds(random, model, one.ids);
    std::vector<float> rows(static_cast<size_t>(one.capacity * width));
    Error error;
    int64_t taken = 0, written = 0;
    const lwave_status pushed =
        lwave_memory_push(memory.get(), ids.data(), one.ids, &taken, rows.data(), one.capacity * width, &written, error);
    if (pushed != LWAVE_OUTPUT_FULL) error.Check(pushed);
    CheckLies(Save(memory.get()), 4, [&](const std::string& snapshot, lwave_error* why) {
      const Memory other = MakeMemory(model, config);
      const lwave_status status = lwave_memory_load(other.get(), snapshot.data(), Size(snapshot), why);
      if (status == LWAVE_OK) {
        UseMemory(other.get(), width, [&](float* to, int64_t capacity, int64_t* given) {
          lwave_error ignored = {};
          (void)Works(lwave_memory_push(other.get(), ids.data(), 10, &taken, to, capacity, given, &ignored));
        });
      }
      return status;
    });
  }
}

TEST_CASE("a layer's memory of any mechanism refuses a snapshot that lies, or works with it", "[bad-input][snapshots]") {
  const Context context = MakeContext(1);
  for (const std::string& mechanism : AllMechanisms()) {
    for (uint64_t seed = 11000, streamed = 0; streamed < (kSanitized ? 2 : 3) && seed < 11100; ++seed) {
      Random random(seed);
      const RandomLayer layer = MakeRandomLayer(mechanism, random);
      const Attention attention = MakeAttention(context, layer.config);
      if (AttentionInt(attention, "streams") == 0) continue;
      const Rows rows = Sequence(layer.rows, 0);
      if (rows.keys < 3 || rows.keys > 80) continue;
      ++streamed;
      INFO(mechanism << " seed " << seed << ": " << rows.keys << " rows");
      const int64_t at = std::max(rows.keys / 2, rows.keys - 10);
      const Memory memory = MakeMemory(attention);
      std::vector<float> out;
      StepRows(attention, memory.get(), rows, 0, at, 16, out);
      const int64_t width = AttentionInt(attention, "out_width");
      CheckLies(Save(memory.get()), seed, [&](const std::string& snapshot, lwave_error* why) {
        const Memory other = MakeMemory(attention);
        const lwave_status status = lwave_memory_load(other.get(), snapshot.data(), Size(snapshot), why);
        if (status != LWAVE_OK) return status;
        for (const char* part : {"state_s", "buckets", "cache", "memory", "mass", "segment_mass", "sink_keys", "keys",
                                 "values", "index", "compressed"}) {
          int64_t count = 0;
          (void)Works(lwave_memory_read_part(other.get(), part, nullptr, 0, &count, nullptr));
        }
        UseMemory(other.get(), width, [&](float* to, int64_t capacity, int64_t* given) {
          const int64_t q = AttentionInt(attention, "q_width"), k = AttentionInt(attention, "k_width");
          const int64_t v = AttentionInt(attention, "v_width"), n = std::min<int64_t>(2, rows.keys - at);
          lwave_error ignored = {};
          int64_t taken = 0;
          (void)Works(lwave_memory_step(other.get(), rows.q.data() + at * q, n * q, k == 0 ? nullptr : rows.k.data() + at * k,
                                  n * k, v == 0 ? nullptr : rows.v.data() + at * v, n * v,
                                  rows.mask.empty() ? nullptr : rows.mask.data() + at, rows.mask.empty() ? 0 : n, n, &taken,
                                  to, capacity, given, &ignored));
        });
        return status;
      });
    }
  }
}

}  // namespace
}  // namespace lwave::test
