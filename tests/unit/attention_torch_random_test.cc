// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Numbers of PyTorch 2 on a CPU: torch.manual_seed(s), torch.randn(n).

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <vector>

#include "attention/torch_random.h"

namespace lwave::attention {
namespace {

void CheckNormals(uint32_t seed, size_t count, const std::vector<double>& first) {
  std::vector<float> numbers(count);
  TorchNormals(seed, absl::MakeSpan(numbers));
  for (size_t i = 0; i < first.size(); ++i) {
    INFO("seed " << seed << ", " << count << " numbers, number " << i);
    CHECK(std::abs(static_cast<double>(numbers[i]) - first[i]) < 2e-6);
  }
}

}  // namespace

TEST_CASE("normals after a seed are those of torch, whether or not they fill blocks of 16", "[attention]") {
  CheckNormals(0, 48, {-1.1258398294448853, -1.152360200881958, -0.2505785822868347, -0.4338788390159607});
  CheckNormals(0, 40, {-1.1258398294448853, -1.152360200881958, -0.2505785822868347, -0.4338788390159607,
                       0.8487103581428528, 0.6920092105865479, -0.31601276993751526, -2.1152195930480957});
  CheckNormals(7, 20, {-0.8201345205307007, 0.39563092589378357, 0.8989079594612122,  -1.3884040117263794,
                       0.19844405353069305, 0.7820726633071899,  1.0391076803207397,  -0.7245113253593445,
                       -0.848908543586731,  -1.21692955493927,   -0.08102158457040787, 1.3614851236343384,
                       -2.0614778995513916, 0.6741006970405579,  -1.3233457803726196, -1.3597685098648071,
                       -0.866701602935791,  -0.5640063881874084, -2.056462526321411,  -0.35672253370285034});
  CheckNormals(4294967295u, 16, {-2.664297580718994, -1.0910485982894897, 0.45144736766815186});
}

}  // namespace lwave::attention
