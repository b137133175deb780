// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Properties of code points, from utf8proc, corrected where the reference's older tables differ.

#include "tokenizer/unicode.h"

#include <algorithm>
#include <iterator>

#include "utf8proc.h"

namespace lwave::tokenizer {
namespace {

struct Range {
  uint32_t first, last;
};

// Characters that became Mn, P* or Cf after Unicode 8. (Found by comparing every code point with the tables
// that the reference library is built with.)
constexpr Range kOrdinaryToReference[] = {
    {0x061D, 0x061D},   {0x07FD, 0x07FD},   {0x0890, 0x0891},   {0x0898, 0x089F},   {0x08CA, 0x08E2},
    {0x09FD, 0x09FE},   {0x0A76, 0x0A76},   {0x0AFA, 0x0AFF},   {0x0B55, 0x0B55},   {0x0C04, 0x0C04},
    {0x0C3C, 0x0C3C},   {0x0C77, 0x0C77},   {0x0C84, 0x0C84},   {0x0D00, 0x0D00},   {0x0D3B, 0x0D3C},
    {0x0D81, 0x0D81},   {0x0EBA, 0x0EBA},   {0x0ECE, 0x0ECE},   {0x1715, 0x1715},   {0x180F, 0x180F},
    {0x1885, 0x1886},   {0x1ABF, 0x1ACE},   {0x1B7D, 0x1B7E},   {0x1DF6, 0x1DFB},   {0x2E43, 0x2E4F},
    {0x2E52, 0x2E5D},   {0xA82C, 0xA82C},   {0xA8C5, 0xA8C5},   {0xA8FF, 0xA8FF},   {0xA9BD, 0xA9BD},
    {0x10D24, 0x10D27}, {0x10EAB, 0x10EAD}, {0x10EFD, 0x10EFF}, {0x10F46, 0x10F50}, {0x10F55, 0x10F59},
    {0x10F82, 0x10F89}, {0x11070, 0x11070}, {0x11073, 0x11074}, {0x110C2, 0x110C2}, {0x110CD, 0x110CD},
    {0x111CF, 0x111CF}, {0x1123E, 0x1123E}, {0x11241, 0x11241}, {0x1133B, 0x1133B}, {0x11438, 0x1143F},
    {0x11442, 0x11444}, {0x11446, 0x11446}, {0x1144B, 0x1144F}, {0x1145A, 0x1145B}, {0x1145D, 0x1145E},
    {0x11660, 0x1166C}, {0x116B9, 0x116B9}, {0x1182F, 0x11837}, {0x11839, 0x1183B}, {0x1193B, 0x1193E},
    {0x11943, 0x11946}, {0x119D4, 0x119D7}, {0x119DA, 0x119DB}, {0x119E0, 0x119E0}, {0x119E2, 0x119E2},
    {0x11A01, 0x11A0A}, {0x11A33, 0x11A38}, {0x11A3B, 0x11A47}, {0x11A51, 0x11A56}, {0x11A59, 0x11A5B},
    {0x11A8A, 0x11A96}, {0x11A98, 0x11A9C}, {0x11A9E, 0x11AA2}, {0x11B00, 0x11B09}, {0x11C30, 0x11C36},
    {0x11C38, 0x11C3D}, {0x11C3F, 0x11C3F}, {0x11C41, 0x11C45}, {0x11C70, 0x11C71}, {0x11C92, 0x11CA7},
    {0x11CAA, 0x11CB0}, {0x11CB2, 0x11CB3}, {0x11CB5, 0x11CB6}, {0x11D31, 0x11D36}, {0x11D3A, 0x11D3A},
    {0x11D3C, 0x11D3D}, {0x11D3F, 0x11D45}, {0x11D47, 0x11D47}, {0x11D90, 0x11D91}, {0x11D95, 0x11D95},
    {0x11D97, 0x11D97}, {0x11EF3, 0x11EF4}, {0x11EF7, 0x11EF8}, {0x11F00, 0x11F01}, {0x11F36, 0x11F3A},
    {0x11F40, 0x11F4F}, {0x11FFF, 0x11FFF}, {0x12FF1, 0x12FF2}, {0x13430, 0x13440}, {0x13447, 0x13455},
    {0x16E97, 0x16E9A}, {0x16F4F, 0x16F4F}, {0x16FE2, 0x16FE2}, {0x16FE4, 0x16FE4}, {0x16FF0, 0x16FF1},
    {0x1CF00, 0x1CF2D}, {0x1CF30, 0x1CF46}, {0x1E000, 0x1E006}, {0x1E008, 0x1E018}, {0x1E01B, 0x1E021},
    {0x1E023, 0x1E024}, {0x1E026, 0x1E02A}, {0x1E08F, 0x1E08F}, {0x1E130, 0x1E136}, {0x1E2AE, 0x1E2AE},
    {0x1E2EC, 0x1E2EF}, {0x1E4EC, 0x1E4EF}, {0x1E944, 0x1E94A}, {0x1E95E, 0x1E95F},
};

struct ClassRange {
  uint32_t first, last;
  uint8_t combining_class;
};

// Characters with a combining class in Unicode 9 that are not Mn in Unicode 8.
constexpr ClassRange kKeptClasses[] = {
    {0x08D4, 0x08E1, 230},   {0x1B44, 0x1B44, 9},     {0x1BAA, 0x1BAA, 9},     {0x1BF2, 0x1BF3, 9},
    {0x1DFB, 0x1DFB, 230},   {0x302E, 0x302F, 224},   {0xA953, 0xA953, 9},     {0xA9C0, 0xA9C0, 9},
    {0x111C0, 0x111C0, 9},   {0x11235, 0x11235, 9},   {0x1134D, 0x1134D, 9},   {0x11442, 0x11442, 9},
    {0x11446, 0x11446, 7},   {0x116B6, 0x116B6, 9},   {0x11C3F, 0x11C3F, 9},   {0x1D165, 0x1D166, 216},
    {0x1D16D, 0x1D16D, 226}, {0x1D16E, 0x1D172, 216}, {0x1E000, 0x1E006, 230}, {0x1E008, 0x1E018, 230},
    {0x1E01B, 0x1E021, 230}, {0x1E023, 0x1E024, 230}, {0x1E026, 0x1E02A, 230}, {0x1E944, 0x1E949, 230},
    {0x1E94A, 0x1E94A, 7},
};

// The range that holds c, or null.
template <typename R, size_t n>
const R* Find(const R (&ranges)[n], uint32_t c) {
  const R* range = std::upper_bound(std::begin(ranges), std::end(ranges), c,
                                    [](uint32_t value, const R& r) { return value < r.first; });
  if (range == std::begin(ranges)) return nullptr;
  --range;
  return c <= range->last ? range : nullptr;
}

bool IsAsciiPunctuation(uint32_t c) {
  return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
}

utf8proc_category_t Category(uint32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

}  // namespace

const char* UnicodeVersion() { return utf8proc_unicode_version(); }

bool IsWhiteSpace(uint32_t c) {
  if (c < 0x80) return c == 0x20 || (c >= 0x09 && c <= 0x0D);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

ReferenceKind ReferenceKindOf(uint32_t c) {
  switch (Category(c)) {
    case UTF8PROC_CATEGORY_MN:
      if (c == 0x111C9) return ReferenceKind::kPunctuation;
      break;
    case UTF8PROC_CATEGORY_MC:
      return c == 0x1734 ? ReferenceKind::kNonspacing : ReferenceKind::kOrdinary;
    case UTF8PROC_CATEGORY_SO:
      return c == 0x166D ? ReferenceKind::kPunctuation : ReferenceKind::kOrdinary;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CO:
      return ReferenceKind::kOther;
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      break;
    default:
      return ReferenceKind::kOrdinary;
  }
  if (Find(kOrdinaryToReference, c) != nullptr) return ReferenceKind::kOrdinary;
  switch (Category(c)) {
    case UTF8PROC_CATEGORY_MN:
      return ReferenceKind::kNonspacing;
    case UTF8PROC_CATEGORY_CF:
      return ReferenceKind::kOther;
    default:
      return ReferenceKind::kPunctuation;
  }
}

bool IsBertPunctuation(uint32_t c) {
  if (c < 0x80) return IsAsciiPunctuation(c);
  return ReferenceKindOf(c) == ReferenceKind::kPunctuation;
}

bool IsBertCjk(uint32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

size_t Decompose(uint32_t c, uint32_t out[kMaxDecomposition]) {
  out[0] = c;
  // U+11938 came after the reference's tables.
  if (c < 0xC0 || c == 0x11938 || !IsScalarValue(c)) return 1;
  utf8proc_int32_t parts[kMaxDecomposition];
  int boundary_class = 0;
  const utf8proc_ssize_t count = utf8proc_decompose_char(
      static_cast<utf8proc_int32_t>(c), parts, kMaxDecomposition, UTF8PROC_DECOMPOSE, &boundary_class);
  if (count < 1 || count > static_cast<utf8proc_ssize_t>(kMaxDecomposition)) return 1;
  for (utf8proc_ssize_t i = 0; i < count; ++i) out[i] = static_cast<uint32_t>(parts[i]);
  return static_cast<size_t>(count);
}

uint8_t CombiningClassOfMark(uint32_t c) {
  return static_cast<uint8_t>(utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class);
}

uint8_t CombiningClassOfKept(uint32_t c) {
  if (c < kKeptClasses[0].first) return 0;
  const ClassRange* range = Find(kKeptClasses, c);
  return range == nullptr ? 0 : range->combining_class;
}

size_t Lowercase(uint32_t c, uint32_t out[kMaxLowercase]) {
  if (c < 0x80) {
    out[0] = c >= 'A' && c <= 'Z' ? c + 32 : c;
    return 1;
  }
  if (c == 0x130) {
    out[0] = 'i';
    out[1] = 0x307;
    return 2;
  }
  out[0] = static_cast<uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
  return 1;
}

uint8_t SentenceBits(uint32_t c) {
  switch (c) {
    case '.':
    case '!':
    case '?':
      return kSentenceTerminator;
    case '"':
    case '\'':
      return kSentenceCloser;
    case 0x3002:
    case 0xFF01:
    case 0xFF1F:
    case 0xFF0E:
    case 0xFF61:
      return kSentenceCjkEnd;
    default:
      break;
  }
  const utf8proc_category_t category = Category(c);
  return category == UTF8PROC_CATEGORY_PE || category == UTF8PROC_CATEGORY_PF ? uint8_t{kSentenceCloser}
                                                                              : uint8_t{0};
}

size_t EncodeUtf8(uint32_t c, char out[4]) {
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  const auto tail = [c](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x800) {
    out[0] = static_cast<char>(0xC0 | (c >> 6));
    out[1] = tail(0);
    return 2;
  }
  if (c < 0x10000) {
    out[0] = static_cast<char>(0xE0 | (c >> 12));
    out[1] = tail(6);
    out[2] = tail(0);
    return 3;
  }
  out[0] = static_cast<char>(0xF0 | (c >> 18));
  out[1] = tail(12);
  out[2] = tail(6);
  out[3] = tail(0);
  return 4;
}

uint32_t DecodeUtf8(absl::string_view text, size_t* position) {
  utf8proc_int32_t c = -1;
  const utf8proc_ssize_t length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + *position,
                       static_cast<utf8proc_ssize_t>(text.size() - *position), &c);
  if (length < 1 || c < 0) {
    ++*position;
    return kReplacementCharacter;
  }
  *position += static_cast<size_t>(length);
  return static_cast<uint32_t>(c);
}

bool IsValidUtf8(absl::string_view text) {
  size_t position = 0;
  while (position < text.size()) {
    utf8proc_int32_t c = -1;
    const utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + position,
                         static_cast<utf8proc_ssize_t>(text.size() - position), &c);
    if (length < 1 || c < 0) return false;
    position += static_cast<size_t>(length);
  }
  return true;
}

}  // namespace lwave::tokenizer
