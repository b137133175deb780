// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Classes of characters for splitting text, and GPT-2's way to write bytes as characters.

#include <array>

#include "tokenizer/unicode.h"
#include "utf8proc.h"

namespace lwave::tokenizer {
namespace {

utf8proc_category_t CategoryOf(uint32_t c) {
  return c < 0x110000 ? utf8proc_category(static_cast<utf8proc_int32_t>(c)) : UTF8PROC_CATEGORY_CN;
}

struct NewRange {
  uint32_t first, last;
  CharacterClass is;
};

// Letters and numbers of Unicode 15.1 and 16, which the reference's patterns know. (Found by comparing every code
// point with its splitter.)
constexpr NewRange kNewRanges[] = {
    {0x1C89, 0x1C8A, CharacterClass::kLetter}, {0xA7CB, 0xA7CD, CharacterClass::kLetter},
    {0xA7DA, 0xA7DC, CharacterClass::kLetter}, {0x105C0, 0x105F3, CharacterClass::kLetter},
    {0x10D40, 0x10D49, CharacterClass::kNumber}, {0x10D4A, 0x10D65, CharacterClass::kLetter},
    {0x10D6F, 0x10D85, CharacterClass::kLetter}, {0x10EC2, 0x10EC4, CharacterClass::kLetter},
    {0x11380, 0x11389, CharacterClass::kLetter}, {0x1138B, 0x1138B, CharacterClass::kLetter},
    {0x1138E, 0x1138E, CharacterClass::kLetter}, {0x11390, 0x113B5, CharacterClass::kLetter},
    {0x113B7, 0x113B7, CharacterClass::kLetter}, {0x113D1, 0x113D1, CharacterClass::kLetter},
    {0x113D3, 0x113D3, CharacterClass::kLetter}, {0x116D0, 0x116E3, CharacterClass::kNumber},
    {0x11BC0, 0x11BE0, CharacterClass::kLetter}, {0x11BF0, 0x11BF9, CharacterClass::kNumber},
    {0x13460, 0x143FA, CharacterClass::kLetter}, {0x16100, 0x1611D, CharacterClass::kLetter},
    {0x16130, 0x16139, CharacterClass::kNumber}, {0x16D40, 0x16D6C, CharacterClass::kLetter},
    {0x16D70, 0x16D79, CharacterClass::kNumber}, {0x18CFF, 0x18CFF, CharacterClass::kLetter},
    {0x1CCF0, 0x1CCF9, CharacterClass::kNumber}, {0x1E5D0, 0x1E5ED, CharacterClass::kLetter},
    {0x1E5F0, 0x1E5F0, CharacterClass::kLetter}, {0x1E5F1, 0x1E5FA, CharacterClass::kNumber},
    {0x2EBF0, 0x2EE5D, CharacterClass::kLetter},
};

CharacterClass Look(uint32_t c) {
  if (IsWhiteSpace(c)) return CharacterClass::kSpace;
  switch (CategoryOf(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return CharacterClass::kLetter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return CharacterClass::kNumber;
    case UTF8PROC_CATEGORY_CN:
      for (const NewRange& range : kNewRanges) {
        if (c >= range.first && c <= range.last) return range.is;
      }
      return CharacterClass::kOther;
    default:
      return CharacterClass::kOther;
  }
}

struct AsciiClasses {
  std::array<CharacterClass, 128> of;
  AsciiClasses() {
    for (uint32_t c = 0; c < 128; ++c) of[c] = Look(c);
  }
};

// Bytes that are printable characters of Latin-1 stand for themselves, the others, in order, for U+0100 on.
bool IsItself(uint32_t byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
}

struct Printables {
  std::array<uint32_t, 256> of_byte;
  std::array<int16_t, 512> bytes;
  Printables() {
    bytes.fill(-1);
    uint32_t next = 0x100;
    for (uint32_t byte = 0; byte < 256; ++byte) {
      of_byte[byte] = IsItself(byte) ? byte : next++;
      bytes[of_byte[byte]] = static_cast<int16_t>(byte);
    }
  }
};

const Printables& GetPrintables() {
  static const Printables printables;
  return printables;
}

}  // namespace

CharacterClass CharacterClassOf(uint32_t c) {
  static const AsciiClasses ascii;
  return c < 128 ? ascii.of[c] : Look(c);
}

bool IsWordCharacter(uint32_t c) {
  if (c == 0x200C || c == 0x200D) return true;
  switch (CategoryOf(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    case UTF8PROC_CATEGORY_CN:
      return CharacterClassOf(c) != CharacterClass::kOther;
    default:  // Alphabetic beyond the categories above: circled letters and the like
      return (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149) ||
             (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189);
  }
}

int ByteOfPrintable(uint32_t c) { return c < 512 ? GetPrintables().bytes[c] : -1; }

uint32_t PrintableOfByte(uint8_t byte) { return GetPrintables().of_byte[byte]; }

}  // namespace lwave::tokenizer
