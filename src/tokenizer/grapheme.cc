// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From utf8proc, with the characters that joined the class Extend since its Unicode version.

#include "tokenizer/grapheme.h"

#include <algorithm>
#include <iterator>

#include "utf8proc.h"

namespace lwave::tokenizer {
namespace {

struct Range {
  uint32_t first, last;
};

// Unicode 16 and 17.
constexpr Range kNewExtend[] = {
    {0x0897, 0x0897},   {0x1ACF, 0x1ADD},   {0x1AE0, 0x1AEB},   {0x10D69, 0x10D6D}, {0x10EFA, 0x10EFC},
    {0x113B8, 0x113C0}, {0x113C2, 0x113C2}, {0x113C5, 0x113C5}, {0x113C7, 0x113CA}, {0x113CC, 0x113D0},
    {0x113D2, 0x113D2}, {0x113E1, 0x113E2}, {0x11B60, 0x11B67}, {0x11F5A, 0x11F5A}, {0x1611E, 0x1612F},
    {0x1E5EE, 0x1E5EF}, {0x1E6E3, 0x1E6E3}, {0x1E6E6, 0x1E6E6}, {0x1E6EE, 0x1E6EF}, {0x1E6F5, 0x1E6F5},
};
constexpr uint32_t kSomeExtend = 0x301;  // stands in for them

utf8proc_int32_t Known(uint32_t c) {
  if (c >= kNewExtend[0].first) {
    const Range* range = std::upper_bound(std::begin(kNewExtend), std::end(kNewExtend), c,
                                          [](uint32_t value, const Range& r) { return value < r.first; });
    if (range != std::begin(kNewExtend) && c <= range[-1].last) c = kSomeExtend;
  }
  return static_cast<utf8proc_int32_t>(c);
}

// Nothing before such a character matters for what follows it, and it does not join what is before it.
bool IsPlain(uint32_t c) {
  if (c < 0x300) return c != '\r' && c != '\n';
  switch (utf8proc_get_property(Known(c))->boundclass) {
    case UTF8PROC_BOUNDCLASS_OTHER:
    case UTF8PROC_BOUNDCLASS_CONTROL:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool GraphemeBreaks::Ask(uint32_t previous, uint32_t next) {
  return utf8proc_grapheme_break_stateful(Known(previous), Known(next), &state_) != 0;
}

bool GraphemeBreaks::AlwaysBreaks(uint32_t before, uint32_t after) {
  if (before == '\r' || before == '\n') return after != '\n' && IsPlain(after);
  if (after == '\r' || after == '\n') return true;
  return IsPlain(before) && IsPlain(after);
}

}  // namespace lwave::tokenizer
