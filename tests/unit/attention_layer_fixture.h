// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Attention layers and their states without the C interface, for what only models use.

#ifndef LONGWAVE_TESTS_UNIT_ATTENTION_LAYER_FIXTURE_H_
#define LONGWAVE_TESTS_UNIT_ATTENTION_LAYER_FIXTURE_H_

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "attention/mechanisms.h"
#include "attention/projected_layer.h"
#include "base/context.h"

namespace lwave::attention {

struct OptionSetting {
  template <typename T>
    requires std::is_integral_v<T>
  OptionSetting(const char* key, T number) : name(key), value(std::vector<int64_t>{static_cast<int64_t>(number)}) {}
  template <typename T>
    requires(!std::is_integral_v<T>)
  OptionSetting(const char* key, T setting) : name(key), value(std::move(setting)) {}

  std::string name;
  std::variant<std::vector<int64_t>, std::vector<float>, double, std::string> value;
};

inline std::vector<float> Normals(uint32_t seed, int64_t count) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> numbers(static_cast<size_t>(count));
  for (float& x : numbers) x = normal(random);
  return numbers;
}

inline ContextPtr TwoThreads() {
  auto context = std::make_shared<Context>();
  context->runner = MakeThreadPool(2);
  return context;
}

inline absl::StatusOr<LayerPtr> TryLayer(const char* kind, const std::vector<OptionSetting>& settings) {
  const Mechanism* mechanism = FindMechanism(kind);
  REQUIRE(mechanism != nullptr);
  Options options;
  const std::vector<OptionInfo> all = OptionsOf(*mechanism);
  for (const OptionSetting& setting : settings) {
    INFO("option " << setting.name);
    const auto info = std::find_if(all.begin(), all.end(), [&](const OptionInfo& o) { return o.name == setting.name; });
    REQUIRE(info != all.end());
    absl::Status status;
    if (const auto* ints = std::get_if<0>(&setting.value)) status = options.SetInts(*info, *ints);
    if (const auto* floats = std::get_if<1>(&setting.value)) status = options.SetFloats(*info, *floats);
    if (const auto* number = std::get_if<2>(&setting.value)) status = options.SetFloat(*info, *number);
    if (const auto* text = std::get_if<3>(&setting.value)) status = options.SetText(*info, *text);
    REQUIRE(status.ok());
  }
  return CreateLayer(*mechanism, TwoThreads(), options);
}

inline LayerPtr MakeLayer(const char* kind, const std::vector<OptionSetting>& settings) {
  absl::StatusOr<LayerPtr> layer = TryLayer(kind, settings);
  INFO(layer.status());
  REQUIRE(layer.ok());
  return *layer;
}

// A state with the bytes it lives on: for Whole, or for Step.
class OwnedState {
 public:
  OwnedState(const Layer& layer, int64_t rows, int64_t keys) : layer_(layer.shared_from_this()) {
    Place([&](Arena& arena) { return layer.MakeWhole(arena, rows, keys); });
  }
  explicit OwnedState(const Layer& layer) : layer_(layer.shared_from_this()) {
    Place([&](Arena& arena) { return layer.MakeStream(arena); });
  }
  SequenceState* operator->() const { return state_.get(); }
  SequenceState& operator*() const { return *state_; }

 private:
  template <typename Make>
  void Place(const Make& make) {
    Arena measure;
    make(measure);
    REQUIRE(bytes_.Resize(Allocator::Default(), static_cast<size_t>(measure.used())).ok());
    Arena arena(absl::MakeSpan(bytes_.data(), bytes_.size()));
    state_ = make(arena);
  }

  LayerPtr layer_;
  Buffer<std::byte> bytes_;
  std::unique_ptr<SequenceState> state_;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_TESTS_UNIT_ATTENTION_LAYER_FIXTURE_H_
