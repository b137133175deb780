// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A unit of the double array: bits 0 to 7 its label, bit 8 "an entry ends here", bits 10 to 31 the distance to
// its children, counted in 256s when bit 9 is set; a unit with bit 31 holds the place of a replacement instead.

#include "tokenizer/charsmap.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {
namespace {

// Keys of published tables have a few characters.
constexpr size_t kMaxDepth = 64;

uint32_t Label(uint32_t unit) { return unit & 0x800000FF; }
bool EndsEntry(uint32_t unit) { return (unit & 0x100) != 0; }
uint32_t Distance(uint32_t unit) { return (unit >> 10) << ((unit & 0x200) >> 6); }
uint32_t Place(uint32_t unit) { return unit & 0x7FFFFFFF; }

uint32_t ReadU32(const char* bytes) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

absl::Status Malformed(absl::string_view source, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(source, ": precompiled_charsmap: ", what));
}

}  // namespace

absl::Status Charsmap::Build(absl::string_view blob, absl::string_view source, const Allocator& allocator) {
  Charsmap made;
  if (!blob.empty()) {
    if (blob.size() < 4) return Malformed(source, absl::StrCat(blob.size(), " bytes are too few"));
    if (blob.size() > kMaxCharsmapBytes) {
      return Malformed(source, absl::StrCat(blob.size(), " bytes exceed ", kMaxCharsmapBytes));
    }
    const size_t array = ReadU32(blob.data());
    if (array == 0 || array % 4 != 0 || array > blob.size() - 4) {
      return Malformed(source, absl::StrCat("a double array of ", array, " bytes does not fit ", blob.size()));
    }
    absl::Status status = made.units_.Resize(allocator, array / 4);
    if (status.ok()) status = made.text_.Resize(allocator, blob.size() - 4 - array);
    if (!status.ok()) return status;
    for (size_t i = 0; i < made.units_.size(); ++i) made.units_[i] = ReadU32(blob.data() + 4 + 4 * i);
    std::copy(blob.begin() + 4 + static_cast<ptrdiff_t>(array), blob.end(), made.text_.begin());
    status = made.Check(source, allocator);
    if (!status.ok()) return status;
    made.FindLaterLeads();
  }
  *this = std::move(made);
  return absl::OkStatus();
}

// Visits every unit that a walk from the root can reach, depth first. Entries may share their ends, so a unit
// can have several ways to it; a way that leads back to itself is refused.
absl::Status Charsmap::Check(absl::string_view source, const Allocator& allocator) {
  absl::Status status = grows_.Resize(allocator, (units_.size() + 7) / 8);
  if (!status.ok()) return status;
  struct Open {
    uint32_t unit, children, next_byte;
    uint8_t height;  // bytes of the longest way on
  };
  constexpr uint8_t kUnseen = 0xFF, kOnThePath = 0xFE;
  static_assert(kMaxDepth < kOnThePath);
  std::vector<uint8_t> below(units_.size(), kUnseen);  // bytes of the longest way on from this unit
  std::vector<Open> path;
  const auto enter = [&](uint32_t at) -> absl::Status {
    const uint32_t children = at ^ Distance(units_[at]);
    // Any byte may come next.
    if ((children | 0xFF) >= units_.size()) return Malformed(source, absl::StrCat("children of unit ", at, " lie outside"));
    if (path.size() > kMaxDepth) return Malformed(source, absl::StrCat("an entry exceeds ", kMaxDepth, " bytes"));
    if (EndsEntry(units_[at]) && at != 0) {
      const size_t place = Place(units_[children]);
      const char* begin = text_.data() + place;
      const void* end = place < text_.size() ? std::memchr(begin, 0, text_.size() - place) : nullptr;
      if (end == nullptr) return Malformed(source, absl::StrCat("the replacement at ", place, " lies outside"));
      const absl::string_view text(begin, static_cast<size_t>(static_cast<const char*>(end) - begin));
      if (!IsValidUtf8(text)) return Malformed(source, absl::StrCat("the replacement at ", place, " is not UTF-8"));
      longest_replacement_ = std::max(longest_replacement_, text.size());
    }
    below[at] = kOnThePath;
    path.push_back({at, children, 1, 0});
    return absl::OkStatus();
  };
  status = enter(0);
  while (status.ok() && !path.empty()) {
    Open& top = path.back();
    if (top.next_byte == 256) {
      const uint8_t height = top.height;
      below[top.unit] = height;
      if (height > 0) grows_[top.unit / 8] |= static_cast<uint8_t>(1 << top.unit % 8);
      path.pop_back();
      if (path.empty()) {
        longest_key_ = height;
      } else {
        path.back().height = std::max<uint8_t>(path.back().height, static_cast<uint8_t>(height + 1));
      }
      continue;
    }
    const uint32_t byte = top.next_byte++;
    const uint32_t at = top.children ^ byte;
    if (Label(units_[at]) != byte) continue;
    if (below[at] == kOnThePath) return Malformed(source, absl::StrCat("unit ", at, " leads back to itself"));
    if (below[at] == kUnseen) {
      status = enter(at);
    } else {
      top.height = std::max<uint8_t>(top.height, static_cast<uint8_t>(below[at] + 1));
      if (path.size() + below[at] > kMaxDepth) {
        return Malformed(source, absl::StrCat("an entry exceeds ", kMaxDepth, " bytes"));
      }
    }
  }
  return status;
}

// Visits every unit once for each thing that its way says about the next byte: how many bytes the character in
// hand still has, and whether it is the first.
void Charsmap::FindLaterLeads() {
  struct Open {
    uint32_t unit;
    uint8_t missing, later;
  };
  std::vector<uint8_t> seen(units_.size());
  std::vector<Open> open = {{0, 0, 0}};
  while (!open.empty()) {
    const Open top = open.back();
    open.pop_back();
    const uint32_t children = top.unit ^ Distance(units_[top.unit]);
    for (uint32_t byte = 1; byte < 256; ++byte) {
      const uint32_t at = children ^ byte;
      if (Label(units_[at]) != byte) continue;
      Open next = {at, 0, 1};
      if (top.missing > 0) {
        next.missing = static_cast<uint8_t>(top.missing - 1);
        next.later = next.missing == 0 || top.later != 0;
      } else {
        if (top.later != 0) later_leads_.set(byte);
        next.missing = byte < 0xC0 ? 0 : byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
        next.later = top.later != 0 || next.missing == 0;
      }
      const uint8_t mark = static_cast<uint8_t>(1 << (next.missing + 4 * next.later));
      if ((seen[at] & mark) != 0) continue;
      seen[at] |= mark;
      open.push_back(next);
    }
  }
}

bool Charsmap::GoesOnWith(uint32_t c) const {
  char bytes[4];
  EncodeUtf8(c, bytes);
  return later_leads_.test(static_cast<uint8_t>(bytes[0]));
}

size_t Charsmap::Walk(absl::string_view text, bool shortest, bool* grows, absl::string_view* replacement) const {
  *grows = false;
  if (units_.empty()) return 0;
  size_t length = 0;
  uint32_t place = 0, node = 0;
  uint32_t at = Distance(units_[0]);
  size_t i = 0;
  for (; i < text.size(); ++i) {
    const uint32_t byte = static_cast<uint8_t>(text[i]);
    if (byte == 0 || Label(units_[at ^ byte]) != byte) break;
    node = at ^ byte;
    at = node ^ Distance(units_[node]);
    if (!EndsEntry(units_[node])) continue;
    length = i + 1;
    place = Place(units_[at]);
    if (shortest) break;
  }
  *grows = i == text.size() && (grows_[node / 8] >> node % 8 & 1) != 0;
  if (length > 0) *replacement = absl::string_view(text_.data() + place);
  return length;
}

size_t Charsmap::Longest(absl::string_view text, absl::string_view* replacement) const {
  bool grows;
  return Walk(text, false, &grows, replacement);
}

size_t Charsmap::Shortest(absl::string_view text, absl::string_view* replacement) const {
  bool grows;
  return Walk(text, true, &grows, replacement);
}

bool Charsmap::CouldGrow(absl::string_view text) const {
  bool grows;
  absl::string_view replacement;
  Walk(text, false, &grows, &replacement);
  return grows;
}

uint64_t Charsmap::Fingerprint() const {
  uint64_t hash = kFingerprintSeed;
  for (const uint32_t unit : units_) hash = FingerprintNumber(hash, unit);
  return FingerprintBytes(hash, absl::string_view(text_.data(), text_.size()));
}

}  // namespace lwave::tokenizer
