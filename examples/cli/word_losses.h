// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From losses of tokens to losses of words, and these by how often a word comes.

#ifndef LONGWAVE_EXAMPLES_CLI_WORD_LOSSES_H_
#define LONGWAVE_EXAMPLES_CLI_WORD_LOSSES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lwave::cli {

using WordCounts = std::unordered_map<std::string, int64_t>;

// Words between white space.
void CountWords(std::string_view text, WordCounts& counts);
// Lines "WORD COUNT" or "COUNT WORD", as `sort | uniq -c` writes them. Throws Failure.
WordCounts ReadCounts(const std::string& file);

struct TokenLoss {
  int64_t begin = 0, end = 0;  // bytes
  double loss = 0;             // -ln p
  bool scored = true;
};

// Words that begin with frequency 10^decade.
struct Bucket {
  int64_t decade = -1;  // 0: 1 to 9 times, 1: 10 to 99, ...; -1: not in the counts
  int64_t words = 0;
  double loss = 0;  // of all of them
};

struct WordLosses {
  int64_t words = 0;  // all of whose tokens are scored
  double loss = 0;    // of these
  std::vector<Bucket> buckets;  // rarest first
};

// A token counts to the word in which its first byte that is no white space lies; a token over several words to the
// first of them.
WordLosses LossesOfWords(std::string_view text, const std::vector<TokenLoss>& tokens, const WordCounts& counts);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_WORD_LOSSES_H_
