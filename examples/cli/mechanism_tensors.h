// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The tensors that a picture of a mechanism needs and its caller does not give: seeded where they are random, and such
// that a layer with projections passes values on and nothing else.

#ifndef LONGWAVE_EXAMPLES_CLI_MECHANISM_TENSORS_H_
#define LONGWAVE_EXAMPLES_CLI_MECHANISM_TENSORS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lwave::cli {

struct TensorRequest {
  int64_t heads = 1, head_dim = 1, tokens = 1;
  int64_t columns = 1;  // of values, and d_model
  int64_t head = 0;     // whose values a layer with projections gives
  // Options that are set.
  std::function<int64_t(const char* key, int64_t otherwise)> number;
  std::function<std::vector<int64_t>(const char* key)> numbers;
  std::function<std::string(const char* key)> word;
};

// Empty where the option is better left unset.
std::vector<float> MakeTensor(const std::string& mechanism, const std::string& key, const TensorRequest& wanted);
std::vector<int64_t> MakeList(const std::string& mechanism, const std::string& key, const TensorRequest& wanted);

// Queries or keys of a made-up text // [tokens, heads, head_dim]: a few topics that come back, and noise, so that what
// belongs together scores high. Keys and queries of the same head share their topics.
std::vector<float> MakeRows(int64_t tokens, int64_t heads, int64_t head_dim, bool queries);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_MECHANISM_TENSORS_H_
