// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Restore, for layers: a memory saved anywhere goes on in another process, which makes the layer anew.

#include <catch2/catch_test_macros.hpp>

#include "layer_laws.h"
#include "other_process.h"

namespace lwave::test {
namespace {

TEST_CASE("a layer's memory saved anywhere goes on in another process to the same bits", "[laws][layers]") {
  const Context context = MakeContext(2);
  for (const std::string& mechanism : AllMechanisms()) {
    INFO(mechanism);
    OtherProcess other;
    int64_t streamed = 0;
    for (uint64_t seed = 11000; seed < 11000 + kShapes; ++seed) {
      Random random(seed);
      const RandomLayer layer = MakeRandomLayer(mechanism, random);
      const Attention attention = MakeAttention(context, layer.config);
      if (AttentionInt(attention, "streams") == 0) continue;
      ++streamed;
      const Rows rows = Sequence(layer.rows, 0);
      const std::vector<float> whole = Forward(attention, rows);
      const int64_t at = Between(random, 0, rows.keys);
      const Memory memory = MakeMemory(attention);
      std::vector<float> out;
      StepRandomly(attention, memory.get(), rows, 0, at, random, out);
      // Room for few rows: finished ones wait inside and are saved with the rest.
      int64_t taken = at;
      if (at < rows.keys && Between(random, 0, 2) == 0) taken += StepWithoutRoom(attention, memory.get(), rows, at);
      other.Add(Save(memory.get()), std::to_string(seed) + " " + std::to_string(taken),
                ToBytes(std::vector<float>(whole.begin() + Size(out), whole.end())),
                "seed " + std::to_string(seed) + " after " + std::to_string(taken) + " of " + std::to_string(rows.keys));
    }
    // These take whole sequences only.
    const bool whole_only = mechanism == "transient_global" || mechanism == "nystrom" || mechanism == "xlnet";
    CHECK((streamed > 0) != whole_only);
    if (!whole_only) other.RunAndCheck(mechanism, "layers");
  }
}

}  // namespace
}  // namespace lwave::test
