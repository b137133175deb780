// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The classes behind the languages, owned, for tests in C++.

#ifndef LONGWAVE_TESTS_BINDINGS_BINDING_SUPPORT_H_
#define LONGWAVE_TESTS_BINDINGS_BINDING_SUPPORT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "swig/attention.h"
#include "swig/call.h"
#include "swig/config.h"
#include "swig/context.h"
#include "swig/files.h"
#include "swig/functions.h"
#include "swig/memory.h"
#include "swig/model.h"
#include "swig/stream.h"
#include "swig/tokenizer.h"
#include "swig/workspace.h"

namespace lwave::bindings::test {

inline NameIn AsName(std::string_view text) { return {text.data(), static_cast<int64_t>(text.size())}; }
inline TextIn AsText(std::string_view text) { return {text.data(), static_cast<int64_t>(text.size())}; }
inline Utf16In AsUtf16(std::u16string_view text) { return {text.data(), static_cast<int64_t>(text.size())}; }
inline FloatsIn In(const std::vector<float>& values) { return {values.data(), static_cast<int64_t>(values.size())}; }
inline FloatsOut Out(std::vector<float>& values) { return {values.data(), static_cast<int64_t>(values.size())}; }
template <size_t count>
LongsOut Out(int64_t (&values)[count]) {
  return {values, static_cast<int64_t>(count)};
}

// What a language's collector holds: deleted when nothing refers to it.
template <typename Object>
std::unique_ptr<Object> Own(Object* object) {
  INFO(LastMessage());
  REQUIRE(object != nullptr);
  return std::unique_ptr<Object>(object);
}

// "full", one head of eight numbers.
inline std::unique_ptr<Attention> SmallLayer(Context& context) {
  const auto config = Own(Config::Create(AsName("full")));
  config->SetInt(AsName("heads"), 1);
  config->SetInt(AsName("head_dim"), 8);
  config->SetInt(AsName("causal"), 1);
  config->SetInt(AsName("max_tokens"), 64);
  return Own(Attention::Create(&context, config.get()));
}

inline std::unique_ptr<Model> TinyModel(Context& context) {
  return Own(Model::Open(&context, AsName(LWAVE_TEST_DATA "/models/tiny/bert-minilm")));
}

// A "stream" config that reads any model's long texts passage by passage.
inline std::unique_ptr<Config> Alone(int64_t passage_tokens, int64_t queue) {
  auto config = Own(Config::Create(AsName("stream")));
  config->SetText(AsName("long"), AsName("alone"));
  config->SetInt(AsName("passage_tokens"), passage_tokens);
  config->SetInt(AsName("queue"), queue);
  REQUIRE(LastStatus() == LWAVE_OK);
  return config;
}

struct Item {
  int32_t kind = LWAVE_ITEM_NONE;
  std::vector<int64_t> numbers;
  std::vector<float> vector;
  bool operator==(const Item&) const = default;
};

// Reads all that waits.
inline void Drain(Stream& stream, int64_t width, std::vector<Item>& items) {
  for (;;) {
    Item item;
    item.vector.resize(static_cast<size_t>(width));
    int64_t numbers[7] = {};
    item.kind = stream.Read(Out(item.vector), Out(numbers));
    REQUIRE(LastStatus() == LWAVE_OK);
    if (item.kind == LWAVE_ITEM_NONE) return;
    item.numbers.assign(numbers, numbers + 7);
    items.push_back(item);
  }
}

inline void Finish(Stream& stream, int64_t width, std::vector<Item>& items) {
  int32_t stop = LWAVE_OUTPUT_FULL;
  while (stop != LWAVE_OK) {
    stop = stream.Finish();
    INFO(LastMessage());
    REQUIRE(LastStatus() == LWAVE_OK);
    Drain(stream, width, items);
  }
}

}  // namespace lwave::bindings::test

#endif  // LONGWAVE_TESTS_BINDINGS_BINDING_SUPPORT_H_
