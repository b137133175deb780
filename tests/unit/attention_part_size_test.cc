// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How many numbers a part of a layer has behind a sequence, said before there is one.

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "attention_layer_fixture.h"

namespace lwave::attention {
namespace {

constexpr int64_t kWidth = 8;  // 2 heads of 4

struct Kind {
  const char* name;
  std::vector<OptionSetting> options;
  std::vector<std::string> parts;
  int64_t remembered = -1;  // rows of SetMemory
};

std::vector<Kind> Kinds() {
  const auto square = [](uint32_t seed, int64_t times) { return Normals(seed, times * kWidth * kWidth); };
  std::vector<OptionSetting> heads = {{"heads", 2}, {"head_dim", 4}, {"value_dim", 4}};
  const auto with = [](std::vector<OptionSetting> options, std::vector<OptionSetting> more) {
    options.insert(options.end(), more.begin(), more.end());
    return options;
  };
  const std::vector<OptionSetting> hidden = {{"heads", 2}, {"d_model", kWidth}, {"statistics", 1}};
  const std::vector<OptionSetting> relative = with(
      hidden, {{"w_qkv", square(1, 3)}, {"w_o", square(2, 1)}, {"w_r", square(3, 1)}, {"bias_u", Normals(4, kWidth)},
               {"bias_v", Normals(5, kWidth)}});
  const std::vector<std::string> masses = {"mass", "segment_mass"};
  const auto and_masses = [&](std::vector<std::string> parts) {
    parts.insert(parts.end(), masses.begin(), masses.end());
    return parts;
  };
  std::vector<Kind> kinds;
  kinds.push_back({"favor", with(heads, {{"features", 6}, {"seed", 1}, {"kernel", std::string("relu")},
                                         {"projection_kind", std::string("iid")}, {"causal", 1}}),
                   {"state_s", "state_z"}});
  kinds.push_back({"lsh", with(heads, {{"chunk_length", 8}, {"n_hashes", 3}, {"chunks_before", 1}, {"seed", 2},
                                       {"bucket_factors", 4}, {"causal", 1}}),
                   {"buckets"}});
  kinds.push_back({"sink_window", with(heads, {{"sinks", 3}, {"window", 7}, {"segment", 5}}),
                   {"cache_k", "cache_v", "cache_index"}});
  for (const int64_t remembered : {-1, 0, 4}) {
    for (const char* begins : {"empty", "zeros"}) {
      kinds.push_back({"transformer_xl",
                       with(relative, {{"segment", 6}, {"mem_len", 10}, {"initial_memory", std::string(begins)}}),
                       and_masses({"memory"}), remembered});
    }
  }
  kinds.push_back({"pia", with(hidden, {{"segment", 6}, {"cache_len", 9}, {"pos", Normals(6, 15 * kWidth)},
                                        {"w_q", square(7, 1)}, {"w_k", square(8, 1)}, {"w_v", square(9, 1)},
                                        {"w_o", square(10, 1)}}),
                   and_masses({"cache"})});
  for (const char* function : {"mean", "most_used"}) {
    kinds.push_back({"compressive",
                     with(relative, {{"segment", 5}, {"mem_len", 7}, {"cmem_len", 4}, {"ratio", 3},
                                     {"function", std::string(function)}, {"loss", std::string("attention")}}),
                     and_masses({"compressed", "memory", "usage", "loss", "autoencoding_loss"})});
  }
  return kinds;
}

TEST_CASE("the size of a part is known before the sequence is read, and is what comes then", "[unit][attention]") {
  for (const Kind& kind : Kinds()) {
    const LayerPtr layer = MakeLayer(kind.name, kind.options);
    const RowWidths width = layer->widths();
    for (const int64_t rows : {0, 1, 2, 5, 6, 8, 9, 12, 17, 24, 41}) {
      const std::vector<float> q = Normals(20, rows * width.q), k = Normals(21, rows * width.k), v = Normals(22, rows * width.v);
      OwnedState state(*layer, rows, rows);
      if (kind.remembered >= 0) {
        REQUIRE(state->SetMemory(Normals(23, kind.remembered * kWidth)).ok());
      }
      std::vector<float> out(static_cast<size_t>(rows * width.out));
      REQUIRE(state->Whole({q.data(), k.data(), v.data(), nullptr, rows, rows}, out.data()).ok());
      Arena measure;
      const std::unique_ptr<SequenceState> measured = layer->MakeWhole(measure, rows, rows);
      for (const std::string& part : kind.parts) {
        INFO(kind.name << ", " << rows << " rows, " << part << ", remembered " << kind.remembered);
        const absl::StatusOr<std::vector<float>> numbers = state->ReadPart(part);
        const absl::StatusOr<int64_t> size = measured->PartSize(part, rows, kind.remembered);
        REQUIRE(size.ok() == numbers.ok());
        if (size.ok()) CHECK(*size == static_cast<int64_t>(numbers->size()));
      }
      CHECK(measured->PartSize("no such part", rows, -1).status().code() == absl::StatusCode::kNotFound);
    }
  }
}

}  // namespace
}  // namespace lwave::attention
