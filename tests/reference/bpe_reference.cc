// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See the header.

#include "reference/bpe_reference.h"

#include <cstddef>

namespace lwave::reference {

std::vector<std::string> BytePairs(std::vector<std::string> word,
                                   const std::vector<std::pair<std::string, std::string>>& merges) {
  for (bool joined = true; joined;) {
    joined = false;
    for (size_t rank = 0; rank < merges.size() && !joined; ++rank) {
      for (size_t i = 0; i + 1 < word.size() && !joined; ++i) {
        if (word[i] != merges[rank].first || word[i + 1] != merges[rank].second) continue;
        word[i] += word[i + 1];
        word.erase(word.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        joined = true;
      }
    }
  }
  return word;
}

}  // namespace lwave::reference
