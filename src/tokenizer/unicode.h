// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Properties of code points. Two views of Unicode are needed side by side: the present one, and the one that
// published tokenizers were built with (the reference library's category tables are those of Unicode 8, its
// decompositions those of Unicode 9). A character assigned later is an ordinary letter to the reference.
//
// All functions: any thread, any value (out of range reads as unassigned).

#ifndef LONGWAVE_TOKENIZER_UNICODE_H_
#define LONGWAVE_TOKENIZER_UNICODE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace lwave::tokenizer {

inline constexpr uint32_t kReplacementCharacter = 0xFFFD;
inline constexpr uint32_t kByteOrderMark = 0xFEFF;
inline constexpr bool IsScalarValue(uint32_t c) { return c < 0xD800 || (c >= 0xE000 && c < 0x110000); }

// The version of the Unicode data underneath, as "15.0.0".
const char* UnicodeVersion();

// The property White_Space.
bool IsWhiteSpace(uint32_t c);

// Roles that the reference distinguishes by general category.
enum class ReferenceKind : uint8_t {
  kOrdinary,     // none of the below
  kOther,        // Cc, Cf, Co (not Cn: unassigned characters are ordinary)
  kNonspacing,   // Mn
  kPunctuation,  // P*
};
ReferenceKind ReferenceKindOf(uint32_t c);

// Punctuation for BERT: P*, or an ASCII symbol.
bool IsBertPunctuation(uint32_t c);

// A character that BERT isolates by spaces, with the gap (2B820..2B91F) that the reference has.
bool IsBertCjk(uint32_t c);

// Canonical decomposition in full (NFD of the single character), at most kMaxDecomposition code points.
inline constexpr size_t kMaxDecomposition = 4;
size_t Decompose(uint32_t c, uint32_t out[kMaxDecomposition]);

// Canonical combining class of a nonspacing mark, and of those characters that survive when the reference
// strips nonspacing marks (it knows 83 with a class other than 0).
uint8_t CombiningClassOfMark(uint32_t c);
uint8_t CombiningClassOfKept(uint32_t c);

// Full lower case of a character on its own, at most 2 code points (two for U+0130 only).
inline constexpr size_t kMaxLowercase = 2;
size_t Lowercase(uint32_t c, uint32_t out[kMaxLowercase]);

// The classes that patterns for splitting text are made of.
enum class CharacterClass : uint8_t { kOther, kLetter, kNumber, kSpace };  // L*, N*, White_Space
CharacterClass CharacterClassOf(uint32_t c);

// \w of regular expressions: Alphabetic (letters, marks, letter numbers), decimal digits, connectors and joiners.
bool IsWordCharacter(uint32_t c);

// The byte that GPT-2's table writes as this character, -1 for any other character; and the other way round.
int ByteOfPrintable(uint32_t c);
uint32_t PrintableOfByte(uint8_t byte);

// What a character means for the end of a sentence.
enum SentenceBit : uint8_t {
  kSentenceTerminator = 1,  // . ! ?
  kSentenceCloser = 2,      // ASCII quotes, Pe, Pf
  kSentenceCjkEnd = 4,      // U+3002, U+FF01, U+FF1F, U+FF0E, U+FF61
};
uint8_t SentenceBits(uint32_t c);

// Writes the UTF-8 form of a scalar value and returns its length (1 to 4).
size_t EncodeUtf8(uint32_t c, char out[4]);

// Reads one code point of valid UTF-8 at *position and moves on; U+FFFD and one byte on at anything invalid.
uint32_t DecodeUtf8(absl::string_view text, size_t* position);

// Whether the whole text is valid UTF-8.
bool IsValidUtf8(absl::string_view text);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_UNICODE_H_
