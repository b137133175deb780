// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/small_normalizers.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/numbers.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocabulary.h"
#include "utf8proc.h"

namespace lwave::tokenizer {
namespace {

uint64_t FingerprintOf(absl::string_view kind) { return FingerprintBytes(kFingerprintSeed, kind); }

uint64_t FingerprintOf(absl::string_view kind, absl::string_view first, absl::string_view second) {
  return FingerprintBytes(FingerprintNumber(FingerprintBytes(FingerprintOf(kind), first), 0), second);
}

struct Range {
  uint32_t first, last;
};

// Category M today, but not (or not yet) in Unicode 9.
constexpr Range kNoMark[] = {
    {0x07FD, 0x07FD},   {0x0898, 0x089F},   {0x08CA, 0x08D3},   {0x09FE, 0x09FE},   {0x0AFA, 0x0AFF},
    {0x0B55, 0x0B55},   {0x0C04, 0x0C04},   {0x0C3C, 0x0C3C},   {0x0CF3, 0x0CF3},   {0x0D00, 0x0D00},
    {0x0D3B, 0x0D3C},   {0x0D81, 0x0D81},   {0x0EBA, 0x0EBA},   {0x0ECE, 0x0ECE},   {0x1715, 0x1715},
    {0x180F, 0x180F},   {0x1ABF, 0x1ACE},   {0x1CF7, 0x1CF7},   {0x1DF6, 0x1DFA},   {0xA82C, 0xA82C},
    {0xA8FF, 0xA8FF},   {0x10D24, 0x10D27}, {0x10EAB, 0x10EAC}, {0x10EFD, 0x10EFF}, {0x10F46, 0x10F50},
    {0x10F82, 0x10F85}, {0x11070, 0x11070}, {0x11073, 0x11074}, {0x110C2, 0x110C2}, {0x11145, 0x11146},
    {0x111C9, 0x111C9}, {0x111CE, 0x111CF}, {0x11241, 0x11241}, {0x1133B, 0x1133B}, {0x1145E, 0x1145E},
    {0x1182C, 0x1183A}, {0x11930, 0x11935}, {0x11937, 0x11938}, {0x1193B, 0x1193E}, {0x11940, 0x11940},
    {0x11942, 0x11943}, {0x119D1, 0x119D7}, {0x119DA, 0x119E0}, {0x119E4, 0x119E4}, {0x11A01, 0x11A0A},
    {0x11A33, 0x11A39}, {0x11A3B, 0x11A3E}, {0x11A47, 0x11A47}, {0x11A51, 0x11A5B}, {0x11A8A, 0x11A99},
    {0x11D31, 0x11D36}, {0x11D3A, 0x11D3A}, {0x11D3C, 0x11D3D}, {0x11D3F, 0x11D45}, {0x11D47, 0x11D47},
    {0x11D8A, 0x11D8E}, {0x11D90, 0x11D91}, {0x11D93, 0x11D97}, {0x11EF3, 0x11EF6}, {0x11F00, 0x11F01},
    {0x11F03, 0x11F03}, {0x11F34, 0x11F3A}, {0x11F3E, 0x11F42}, {0x13440, 0x13440}, {0x13447, 0x13455},
    {0x16F4F, 0x16F4F}, {0x16F7F, 0x16F87}, {0x16FE4, 0x16FE4}, {0x16FF0, 0x16FF1}, {0x1CF00, 0x1CF2D},
    {0x1CF30, 0x1CF46}, {0x1E08F, 0x1E08F}, {0x1E130, 0x1E136}, {0x1E2AE, 0x1E2AE}, {0x1E2EC, 0x1E2EF},
    {0x1E4EC, 0x1E4EF},
};

bool IsMark(uint32_t c) {
  if (c < 0x300) return false;
  if (c == 0x1CF2 || c == 0x1CF3) return true;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      break;
    default:
      return false;
  }
  const Range* range = std::upper_bound(std::begin(kNoMark), std::end(kNoMark), c,
                                        [](uint32_t value, const Range& r) { return value < r.first; });
  return range == std::begin(kNoMark) || c > range[-1].last;
}

constexpr uint32_t kDropped = 0xFFFFFFFF;

uint32_t NmtOf(uint32_t c) {
  if ((c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F) {
    return kDropped;
  }
  if (c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 || (c >= 0x200B && c <= 0x200F) ||
      c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD) {
    return ' ';
  }
  return c;
}

// Where the trimmed text begins and ends.
void Trim(const AlignedText& in, bool left, bool right, uint32_t* begin, uint32_t* end) {
  *begin = 0;
  *end = in.size;
  for (uint32_t next = 0; left && *begin < *end; *begin = next) {
    if (!IsWhiteSpace(NextCharacter(in.bytes, &next))) break;
  }
  while (right && *end > *begin && IsWhiteSpace(CharacterBefore(in.bytes, *end))) {
    do --*end;
    while ((static_cast<uint8_t>(in.bytes[*end]) & 0xC0) == 0x80);
  }
}

}  // namespace

bool LowercaseNormalizer::Apply(const AlignedText& in, const TextEdges&, AlignedText* out) const {
  for (uint32_t at = 0; at < in.size;) {
    const uint32_t begin = at;
    uint32_t lower[kMaxLowercase];
    const size_t count = Lowercase(NextCharacter(in.bytes, &at), lower);
    for (size_t i = 0; i < count; ++i) {
      char bytes[4];
      if (!out->Append(absl::string_view(bytes, EncodeUtf8(lower[i], bytes)), in.begins[begin], in.ends[begin])) {
        return false;
      }
    }
  }
  return true;
}

bool LowercaseNormalizer::Keeps(uint32_t c) const {
  uint32_t lower[kMaxLowercase];
  return Lowercase(c, lower) == 1 && lower[0] == c;
}

uint64_t LowercaseNormalizer::Fingerprint() const { return FingerprintOf("Lowercase"); }

bool StripAccents::Apply(const AlignedText& in, const TextEdges&, AlignedText* out) const {
  for (uint32_t at = 0, begin = 0; at < in.size; begin = at) {
    if (!IsMark(NextCharacter(in.bytes, &at)) && !out->Copy(in, begin, at)) return false;
  }
  return true;
}

bool StripAccents::Keeps(uint32_t c) const { return !IsMark(c); }

uint64_t StripAccents::Fingerprint() const { return FingerprintOf("StripAccents"); }

bool Nmt::Apply(const AlignedText& in, const TextEdges&, AlignedText* out) const {
  for (uint32_t at = 0, begin = 0; at < in.size; begin = at) {
    const uint32_t c = NextCharacter(in.bytes, &at);
    const uint32_t made = NmtOf(c);
    if (made == kDropped) continue;
    if (!(made == c ? out->Copy(in, begin, at) : out->Append(" ", in.begins[begin], in.ends[begin]))) return false;
  }
  return true;
}

bool Nmt::Keeps(uint32_t c) const { return NmtOf(c) == c; }

uint64_t Nmt::Fingerprint() const { return FingerprintOf("Nmt"); }

bool Strip::Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const {
  uint32_t begin, end;
  Trim(in, left_ && edges.segment_begin, right_ && edges.segment_end, &begin, &end);
  return out->Copy(in, begin, end);
}

bool Strip::CanCut(uint32_t before, uint32_t) const { return (!left_ && !right_) || !IsWhiteSpace(before); }

uint64_t Strip::Fingerprint() const { return FingerprintNumber(FingerprintOf("Strip"), left_ * 2 + right_); }

bool Prepend::Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const {
  if (edges.segment_begin && in.size > 0 && !out->Append(text_, in.begins[0], in.ends[0])) return false;
  return out->Copy(in, 0, in.size);
}

uint64_t Prepend::Fingerprint() const { return FingerprintOf("Prepend", text_, ""); }

bool ReplaceText::Apply(const AlignedText& in, const TextEdges&, AlignedText* out) const {
  const absl::string_view text = in.text();
  for (size_t at = 0;;) {
    const size_t found = text.find(pattern_, at);
    const size_t end = found == absl::string_view::npos ? text.size() : found;
    if (!out->Copy(in, static_cast<uint32_t>(at), static_cast<uint32_t>(end))) return false;
    if (found == absl::string_view::npos) return true;
    at = found + pattern_.size();
    if (!out->Append(content_, in.begins[at - 1], in.ends[at - 1])) return false;
  }
}

bool ReplaceText::CanCut(uint32_t before, uint32_t after) const {
  uint32_t at = 0, size = static_cast<uint32_t>(pattern_.size());
  uint32_t previous = NextCharacter(pattern_.data(), &at);
  while (at < size) {
    const uint32_t next = NextCharacter(pattern_.data(), &at);
    if (previous == before && next == after) return false;
    previous = next;
  }
  return true;
}

bool ReplaceText::Keeps(uint32_t c) const {
  for (uint32_t at = 0; at < pattern_.size();) {
    if (NextCharacter(pattern_.data(), &at) == c) return false;
  }
  return true;
}

uint64_t ReplaceText::Fingerprint() const { return FingerprintOf("ReplaceText", pattern_, content_); }

bool ReplaceRun::Parse(absl::string_view expression, uint32_t* c, int64_t* least) {
  if (expression.empty() || !IsValidUtf8(expression)) return false;
  size_t at = 0;
  *c = DecodeUtf8(expression, &at);
  if (absl::string_view("\\^$.|?*+()[]{}").find(expression[0]) != absl::string_view::npos) return false;
  absl::string_view rest = expression.substr(at);
  if (rest == "+") {
    *least = 1;
    return true;
  }
  if (rest.size() < 4 || rest.front() != '{' || rest.substr(rest.size() - 2) != ",}") return false;
  rest = rest.substr(1, rest.size() - 3);
  return std::all_of(rest.begin(), rest.end(), [](char d) { return d >= '0' && d <= '9'; }) &&
         absl::SimpleAtoi(rest, least) && *least >= 1;
}

bool ReplaceRun::Apply(const AlignedText& in, const TextEdges&, AlignedText* out) const {
  for (uint32_t at = 0, begin = 0; at < in.size; begin = at) {
    int64_t count = 0;
    uint32_t next = at;
    while (next < in.size && NextCharacter(in.bytes, &next) == c_) {
      at = next;
      ++count;
    }
    if (count == 0) {
      at = next;
    } else if (count >= least_) {
      if (!out->Append(content_, in.begins[at - 1], in.ends[at - 1])) return false;
      continue;
    }
    if (!out->Copy(in, begin, at)) return false;
  }
  return true;
}

uint64_t ReplaceRun::Fingerprint() const {
  return FingerprintNumber(FingerprintNumber(FingerprintOf("ReplaceRun", content_, ""), c_), least_);
}

}  // namespace lwave::tokenizer
