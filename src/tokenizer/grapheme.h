// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Borders of extended grapheme clusters (Unicode Standard Annex 29).

#ifndef LONGWAVE_TOKENIZER_GRAPHEME_H_
#define LONGWAVE_TOKENIZER_GRAPHEME_H_

#include <cstdint>

namespace lwave::tokenizer {

class GraphemeBreaks {
 public:
  // Begins with a character that a border stands before.
  explicit GraphemeBreaks(uint32_t first) : previous_(first) {}

  // Takes the next character; true when a border stands before it.
  bool Before(uint32_t next) {
    const uint32_t previous = previous_;
    previous_ = next;
    // All of these stand alone, but for CR LF.
    if (previous < 0x300 && next < 0x300 && previous != '\r' && state_ == 0) return true;
    return Ask(previous, next);
  }

  // Whether a border stands between these two whatever is around them; false where that depends.
  static bool AlwaysBreaks(uint32_t before, uint32_t after);

 private:
  bool Ask(uint32_t previous, uint32_t next);

  uint32_t previous_;
  int32_t state_ = 0;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_GRAPHEME_H_
