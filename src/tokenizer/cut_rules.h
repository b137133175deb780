// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Between which characters a raw text may be cut, so that both parts on their own are normalised, and
// searched for added tokens, as the whole would be.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_CUT_RULES_H_
#define LONGWAVE_TOKENIZER_CUT_RULES_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tokenizer/added_tokens.h"
#include "tokenizer/normalizer.h"

namespace lwave::tokenizer {

class CutRules {
 public:
  // `normal` are the added tokens that are looked for in normalised text, with that text; `raw` the others.
  // The normalizers must outlive the rules.
  CutRules(const Normalizers& normalizers, absl::Span<const AddedTokenSpec> raw,
           absl::Span<const AddedTokenSpec> normal);

  bool CanCut(uint32_t before, uint32_t after) const;

 private:
  const Normalizers* normalizers_;
  bool space_runs_ = true;           // whether runs of white space may be cut
  std::vector<uint64_t> neighbours_;  // that stand in an added token, sorted
  std::vector<uint32_t> no_cut_before_, no_cut_after_;  // characters, sorted
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_CUT_RULES_H_
