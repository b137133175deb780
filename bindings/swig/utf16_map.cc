// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "utf16_map.h"

#include <algorithm>

namespace lwave::bindings {

void Utf16Map::Add(const char* text, int64_t bytes) {
  if (lost_) return;
  for (int64_t i = 0; i < bytes; ++i) Byte(static_cast<uint8_t>(text[i]));
}

void Utf16Map::End() {
  if (seen_ > 0) Character(seen_, 1);
  seen_ = missing_ = 0;
}

// UTF-8 as WHATWG decodes it: a bad part is as long as it could have become a character.
void Utf16Map::Byte(uint8_t byte) {
  if (seen_ > 0) {
    if (byte >= low_ && byte <= high_) {
      low_ = 0x80, high_ = 0xBF;
      ++seen_;
      if (--missing_ == 0) {
        Character(seen_, seen_ == 4 ? 2 : 1);
        seen_ = 0;
      }
      return;
    }
    Character(seen_, 1);
    seen_ = missing_ = 0;
  }
  low_ = 0x80, high_ = 0xBF;
  if (byte < 0x80 || byte < 0xC2 || byte > 0xF4) {
    Character(1, 1);
    return;
  }
  seen_ = 1;
  missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  if (byte == 0xE0) low_ = 0xA0;
  if (byte == 0xED) high_ = 0x9F;
  if (byte == 0xF0) low_ = 0x90;
  if (byte == 0xF4) high_ = 0x8F;
}

void Utf16Map::Character(int32_t bytes, int32_t units) {
  if (runs_.empty() || runs_.back().bytes_each != bytes || runs_.back().units_each != units) {
    if (static_cast<int64_t>(runs_.size()) == kMostRuns) runs_.pop_front();
    runs_.push_back({bytes_, units_, bytes, units});
  }
  bytes_ += bytes;
  units_ += units;
}

int64_t Utf16Map::At(int64_t byte) const {
  if (lost_ || byte < 0 || byte > bytes_) return kUnknown;
  if (byte == 0) return 0;
  if (byte == bytes_) return units_;
  const auto next = std::upper_bound(runs_.begin(), runs_.end(), byte,
                                     [](int64_t wanted, const Run& run) { return wanted < run.byte; });
  if (next == runs_.begin()) return kUnknown;
  const Run& run = *std::prev(next);
  return run.unit + (byte - run.byte) / run.bytes_each * run.units_each;
}

void Utf16Map::Forget(int64_t byte) {
  while (runs_.size() > 1 && runs_[1].byte <= byte) runs_.pop_front();
}

void Utf16Map::Lose() {
  *this = Utf16Map();
  lost_ = true;
}

}  // namespace lwave::bindings
