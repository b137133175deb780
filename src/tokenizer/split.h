// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Pre-tokenizers that cut words at matches: of a pattern, of a fixed text, or of single characters of some
// kind.

#ifndef LONGWAVE_TOKENIZER_SPLIT_H_
#define LONGWAVE_TOKENIZER_SPLIT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tokenizer/pre_tokenizer.h"
#include "tokenizer/regex.h"

namespace lwave::tokenizer {

// What becomes of matches.
enum class SplitBehavior : uint8_t {
  kRemoved,             // they are dropped
  kIsolated,            // each is a word
  kMergedWithPrevious,  // each goes to the text before it, unless that is a match
  kMergedWithNext,      // each goes to the text behind it, unless that is a match
  kContiguous,          // neighbouring matches are one word
};

// "Removed", ...; Unimplemented for any other.
absl::StatusOr<SplitBehavior> SplitBehaviorOf(absl::string_view name, absl::string_view source);

// By single characters.
using CharacterTest = bool (*)(uint32_t c);
std::unique_ptr<PreTokenizer> MakeCharacterSplit(absl::string_view name, CharacterTest test,
                                                 SplitBehavior behavior);

// By a fixed text, which is not empty.
std::unique_ptr<PreTokenizer> MakeTextSplit(std::string text, SplitBehavior behavior, bool invert);

// By a pattern. With `invert`, what it does not match are the matches.
std::unique_ptr<PreTokenizer> MakePatternSplit(std::unique_ptr<Regex> regex, std::string pattern,
                                               SplitBehavior behavior, bool invert);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_SPLIT_H_
