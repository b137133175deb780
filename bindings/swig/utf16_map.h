// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From offsets in UTF-8 to offsets in UTF-16, for languages whose strings are UTF-16.
//
// The text goes by once; remembered are runs of characters of one width, and only behind what was read last: plain
// ASCII is one run however long. At most kMostRuns are kept (6 MiB, never reached by text that has words); beyond that
// the oldest are forgotten, and offsets in them are unknown.

#ifndef LONGWAVE_BINDINGS_UTF16_MAP_H_
#define LONGWAVE_BINDINGS_UTF16_MAP_H_

#include <cstdint>
#include <deque>

namespace lwave::bindings {

class Utf16Map {
 public:
  static constexpr int64_t kUnknown = -1;
  static constexpr int64_t kMostRuns = 1 << 18;

  // More text, cut anywhere. Bad parts count as the one U+FFFD each that the library reads in their place.
  void Add(const char* text, int64_t bytes);
  // No more text: what a character lacks at the end will not come.
  void End();

  // The offset in UTF-16 units of a character's first byte, or of the end of the text; kUnknown where it was forgotten.
  int64_t At(int64_t byte) const;
  // Nothing before this byte will be asked for any more, but byte 0.
  void Forget(int64_t byte);
  // Nothing is known, whatever follows: text went by unseen.
  void Lose();

 private:
  struct Run {
    int64_t byte, unit;  // where it begins; it ends where the next one does
    int32_t bytes_each, units_each;
  };
  void Character(int32_t bytes, int32_t units);
  void Byte(uint8_t byte);

  std::deque<Run> runs_;
  int64_t bytes_ = 0, units_ = 0;  // whole characters
  bool lost_ = false;
  // The character that is half read.
  int32_t seen_ = 0, missing_ = 0;
  uint8_t low_ = 0x80, high_ = 0xBF;
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_UTF16_MAP_H_
