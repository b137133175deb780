// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Truncation of encoded texts as tokenizer.json files mean it, composed from what the C API gives: the tokens
// of each text without specials, and the template that shows where both are encoded with specials.

#ifndef LONGWAVE_TESTS_GOLDEN_TRUNCATION_H_
#define LONGWAVE_TESTS_GOLDEN_TRUNCATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "support/api.h"

namespace lwave::golden {

struct Truncation {
  int64_t max_length = 0;  // special tokens included
  int64_t stride = 0;      // tokens that two neighbouring windows share
  std::string strategy = "longest_first";  // "only_first", "only_second"
  bool left = false;       // cut at the beginning rather than at the end
};

// The window that is kept, then all further ones in order; one element when nothing is cut. An added token has
// begin and end 0.
std::vector<test::Tokens> EncodeTruncated(const test::Tokenizer& tokenizer, const std::string& text,
                                          const std::string* pair, const Truncation& truncation);

}  // namespace lwave::golden

#endif  // LONGWAVE_TESTS_GOLDEN_TRUNCATION_H_
