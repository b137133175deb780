// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where raw text may be cut.

#include "tokenizer/cut_rules.h"

#include <algorithm>

#include "tokenizer/aligned_text.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {
namespace {

uint64_t PairOf(uint32_t before, uint32_t after) { return uint64_t{before} << 32 | after; }

template <typename T>
void MakeSet(std::vector<T>* values) {
  std::sort(values->begin(), values->end());
  values->erase(std::unique(values->begin(), values->end()), values->end());
}

template <typename T>
bool Holds(const std::vector<T>& set, T value) {
  return !set.empty() && std::binary_search(set.begin(), set.end(), value);
}

}  // namespace

CutRules::CutRules(const Normalizers& normalizers, absl::Span<const AddedTokenSpec> raw,
                   absl::Span<const AddedTokenSpec> normal)
    : normalizers_(&normalizers) {
  // Raw tokens have been cut out before; only the white space before one may still become part of it.
  for (const AddedTokenSpec& token : raw) {
    if (token.strip_left) space_runs_ = false;
  }
  for (const AddedTokenSpec& token : normal) {
    if (token.text.empty()) continue;
    uint32_t at = 0, first = 0, last = 0;
    while (at < token.text.size()) {
      const uint32_t c = NextCharacter(token.text.data(), &at);
      if (first == 0) {
        first = c;
      } else {
        neighbours_.push_back(PairOf(last, c));
      }
      last = c;
    }
    if (token.strip_left || token.strip_right) space_runs_ = false;
    if (token.strip_left || token.single_word) no_cut_before_.push_back(first);
    if (token.strip_right || token.single_word) no_cut_after_.push_back(last);
  }
  MakeSet(&neighbours_);
  MakeSet(&no_cut_before_);
  MakeSet(&no_cut_after_);
}

bool CutRules::CanCut(uint32_t before, uint32_t after) const {
  if (!space_runs_ && IsWhiteSpace(before) && IsWhiteSpace(after)) return false;
  if (Holds(neighbours_, PairOf(before, after)) || Holds(no_cut_before_, after) || Holds(no_cut_after_, before)) {
    return false;
  }
  for (const std::unique_ptr<Normalizer>& step : *normalizers_) {
    if (!step->CanCut(before, after)) return false;
    // The next step is asked about the same characters.
    if (&step != &normalizers_->back() && (!step->Keeps(before) || !step->Keeps(after))) return false;
  }
  return true;
}

}  // namespace lwave::tokenizer
