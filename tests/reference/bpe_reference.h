// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Byte pair encoding by the letter of its definition: look for the first merge of the list that applies anywhere,
// join its leftmost place, start over.

#ifndef LONGWAVE_TESTS_REFERENCE_BPE_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_BPE_REFERENCE_H_

#include <string>
#include <utility>
#include <vector>

namespace lwave::reference {

// `word` as its symbols before any merge.
std::vector<std::string> BytePairs(std::vector<std::string> word,
                                   const std::vector<std::pair<std::string, std::string>>& merges);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_BPE_REFERENCE_H_
