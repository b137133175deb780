// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// WordPiece as one would write it down: the whole text in memory, one pass after the other, no state. The
// oracle of the incremental tokenizer. Properties of characters come from the caller, so that this file is
// the algorithm alone.

#ifndef LONGWAVE_TESTS_REFERENCE_WORDPIECE_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_WORDPIECE_REFERENCE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lwave::reference {

struct UnicodeFunctions {
  std::function<bool(char32_t)> is_white_space, is_other, is_nonspacing, is_punctuation, is_cjk;
  std::function<bool(char32_t)> is_closer;                       // closing quote or bracket
  std::function<std::u32string(char32_t)> decompose, lowercase;  // of one character
  std::function<int(char32_t)> combining_class;
};

struct WordPieceModel {
  std::map<std::u32string, int> pieces;  // with their prefix
  std::map<std::u32string, int> added;   // cut out of the raw text, longest first
  std::u32string prefix = U"##";
  int unk = 0;
  size_t max_chars = 100;
  bool clean_text = true, split_cjk = true, strip_accents = true, lowercase = true;
  UnicodeFunctions unicode;
};

struct ReferenceToken {
  int id;
  int64_t begin, end;  // raw bytes
  bool starts_word, space_before, paragraph_before, ends_sentence, ends_cjk_sentence;
};

// A character of the text with the bytes it came from; bad parts of the UTF-8 are U+FFFD.
struct SourceChar {
  char32_t c;
  int64_t begin, end;
};
std::vector<SourceChar> DecodeText(const std::string& bytes);

// All tokens of the text. A byte order mark at its beginning is skipped.
std::vector<ReferenceToken> TokenizeWordPiece(const WordPieceModel& model, const std::string& bytes);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_WORDPIECE_REFERENCE_H_
