// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// No list of characters is kept: a run of marks is read once for every combining class in it, and what waits for
// its starter to settle waits in the output.

#include "tokenizer/unicode_form.h"

#include <algorithm>
#include <bitset>
#include <iterator>

#include "tokenizer/transform.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocabulary.h"
#include "utf8proc.h"

namespace lwave::tokenizer {
namespace {

struct Range {
  uint32_t first, last;
};

// Characters with a decomposition that came after the reference's tables.
constexpr Range kWhole[] = {
    {0x32FF, 0x32FF},   {0xA7F2, 0xA7F4},   {0xAB69, 0xAB69},   {0x10781, 0x10785}, {0x10787, 0x107B0},
    {0x107B2, 0x107BA}, {0x11938, 0x11938}, {0x1E030, 0x1E06D}, {0x1F16C, 0x1F16C}, {0x1FBF0, 0x1FBF9},
};

// Marks that came after the reference's tables: of class 0 there.
constexpr Range kClassless[] = {
    {0x07FD, 0x07FD},   {0x0897, 0x089F},   {0x08CA, 0x08D3},   {0x09FE, 0x09FE},   {0x0C3C, 0x0C3C},
    {0x0D3B, 0x0D3C},   {0x0EBA, 0x0EBA},   {0x1715, 0x1715},   {0x1ABF, 0x1ACE},   {0x1DF6, 0x1DFA},
    {0xA82C, 0xA82C},   {0x10D24, 0x10D27}, {0x10D69, 0x10D6D}, {0x10EAB, 0x10EAC}, {0x10EFD, 0x10EFF},
    {0x10F46, 0x10F50}, {0x10F82, 0x10F85}, {0x11070, 0x11070}, {0x1133B, 0x1133B}, {0x113CE, 0x113D0},
    {0x1145E, 0x1145E}, {0x11839, 0x1183A}, {0x1193D, 0x1193E}, {0x11943, 0x11943}, {0x119E0, 0x119E0},
    {0x11A34, 0x11A34}, {0x11A47, 0x11A47}, {0x11A99, 0x11A99}, {0x11D42, 0x11D42}, {0x11D44, 0x11D45},
    {0x11D97, 0x11D97}, {0x11F41, 0x11F42}, {0x1612F, 0x1612F}, {0x16FF0, 0x16FF1}, {0x1E08F, 0x1E08F},
    {0x1E130, 0x1E136}, {0x1E2AE, 0x1E2AE}, {0x1E2EC, 0x1E2EF}, {0x1E4EC, 0x1E4EF}, {0x1E5EE, 0x1E5EF},
};

template <size_t n>
bool In(const Range (&ranges)[n], uint32_t c) {
  if (c < ranges[0].first) return false;
  const Range* range = std::upper_bound(std::begin(ranges), std::end(ranges), c,
                                        [](uint32_t value, const Range& r) { return value < r.first; });
  return c <= range[-1].last;
}

const utf8proc_property_t* Property(uint32_t c) {
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
}

uint8_t CombiningClass(uint32_t c) {
  if (c < 0x300 || In(kClassless, c)) return 0;
  return static_cast<uint8_t>(Property(c)->combining_class);
}

// The longest decomposition (of U+FDFA).
constexpr size_t kMaxParts = 18;

size_t Parts(uint32_t c, bool compatibility, uint32_t out[kMaxParts]) {
  out[0] = c;
  if (c < 0xA0 || In(kWhole, c)) return 1;
  utf8proc_int32_t parts[kMaxParts];
  int boundary_class = 0;
  const int options = UTF8PROC_DECOMPOSE | (compatibility ? UTF8PROC_COMPAT : 0);
  const utf8proc_ssize_t count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts, kMaxParts,
                                                         static_cast<utf8proc_option_t>(options), &boundary_class);
  if (count < 1 || count > static_cast<utf8proc_ssize_t>(kMaxParts)) return 1;
  for (utf8proc_ssize_t i = 0; i < count; ++i) out[i] = static_cast<uint32_t>(parts[i]);
  return static_cast<size_t>(count);
}

// The character that two make, or 0.
uint32_t Compose(uint32_t first, uint32_t second) {
  if (second < 0x300) return 0;
  utf8proc_int32_t pair[3] = {static_cast<utf8proc_int32_t>(first), static_cast<utf8proc_int32_t>(second), 0};
  const utf8proc_ssize_t count =
      utf8proc_normalize_utf32(pair, 2, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (count != 1 || In(kWhole, static_cast<uint32_t>(pair[0]))) return 0;
  return static_cast<uint32_t>(pair[0]);
}

// A place in the decomposed text.
class Cursor {
 public:
  Cursor(const AlignedText& in, bool compatibility) : in_(&in), compatibility_(compatibility) { Load(); }

  bool done() const { return count_ == 0; }
  uint32_t c() const { return parts_[index_]; }
  uint8_t combining_class() const { return CombiningClass(c()); }
  // 0 for the first part of a character, 1 for the others.
  int32_t change() const { return index_ == 0 ? 0 : 1; }
  void Advance() {
    if (++index_ == count_) Load();
  }
  bool operator==(const Cursor& other) const { return next_ == other.next_ && index_ == other.index_ && count_ == other.count_; }

 private:
  void Load() {
    index_ = count_ = 0;
    if (next_ < in_->size) count_ = Parts(NextCharacter(in_->bytes, &next_), compatibility_, parts_);
  }

  const AlignedText* in_;
  bool compatibility_;
  uint32_t next_ = 0;
  size_t index_ = 0, count_ = 0;
  uint32_t parts_[kMaxParts];
};

// Calls sink(c, change) for every character in canonical order, until it says false.
template <typename Sink>
bool Decompose(const AlignedText& in, bool compatibility, Sink&& sink) {
  Cursor at(in, compatibility);
  while (!at.done()) {
    if (at.combining_class() == 0) {
      if (!sink(at.c(), at.change())) return false;
      at.Advance();
      continue;
    }
    // Marks are sorted by class; those of one class keep their order.
    const Cursor begin = at;
    std::bitset<256> classes;
    bool sorted = true;
    uint8_t last = 0;
    for (; !at.done(); at.Advance()) {
      const uint8_t mark = at.combining_class();
      if (mark == 0) break;
      sorted &= last <= mark;
      last = mark;
      classes.set(mark);
    }
    for (size_t mark = 1; mark < 256; ++mark) {
      if (!sorted && !classes.test(mark)) continue;
      for (Cursor i = begin; !(i == at); i.Advance()) {
        if ((sorted || i.combining_class() == mark) && !sink(i.c(), i.change())) return false;
      }
      if (sorted) break;
    }
  }
  return true;
}

// Joins what Decompose gives.
class Composer {
 public:
  Composer(const AlignedText& in, AlignedText* out) : transform_(in, out), out_(out) {}

  bool operator()(uint32_t c, int32_t change) {
    const uint8_t mark = CombiningClass(c);
    if (!waiting_) return mark != 0 ? transform_.Emit(c, change) : Begin(c, change);
    if (last_ < mark || last_ == 0) {
      const uint32_t joined = Compose(starter_, c);
      if (joined != 0) {
        starter_ = joined;
        change_ += change - 1;
        return true;
      }
    }
    if (mark == 0) return Flush() && Begin(c, change);
    last_ = mark;
    return Wait(c, change);
  }

  bool Flush() {
    if (!waiting_) return true;
    waiting_ = false;
    // The waiting marks stand behind the place of the starter; all move to where they belong.
    const uint32_t end = out_->size;
    out_->size = place_;
    if (!transform_.Emit(starter_, change_)) return false;
    for (uint32_t at = place_ + kStarterBytes; at < end;) {
      const int32_t change = static_cast<int32_t>(out_->begins[at]);
      if (!transform_.Emit(NextCharacter(out_->bytes, &at), change)) return false;
    }
    return true;
  }

 private:
  static constexpr uint32_t kStarterBytes = 4;

  bool Begin(uint32_t c, int32_t change) {
    waiting_ = true;
    starter_ = c;
    change_ = change;
    last_ = 0;
    place_ = out_->size;
    return out_->Append(absl::string_view("\0\0\0\0", kStarterBytes), 0, 0);
  }

  bool Wait(uint32_t c, int32_t change) {
    char bytes[4];
    return out_->Append(absl::string_view(bytes, EncodeUtf8(c, bytes)), static_cast<uint32_t>(change), 0);
  }

  Transform transform_;
  AlignedText* out_;
  bool waiting_ = false;
  uint32_t starter_ = 0;
  int32_t change_ = 0;
  uint8_t last_ = 0;  // class of the last waiting mark, 0: none
  uint32_t place_ = 0;
};

// Whether no composition ends in this character.
bool NeverSecond(uint32_t c) {
  if (c < 0x300) return true;
  if (c >= 0x1100 && c <= 0x11FF) return false;  // the letters of Hangul
  switch (Property(c)->category) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return false;
    default:
      return true;
  }
}

// Whether no composition begins with this character; false where that is not plain to see.
bool NeverFirst(uint32_t c) {
  if (c < 0x80) return !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && c != '<' && c != '=' && c != '>';
  return (c >= 0x2000 && c < 0x2190) || c == 0x2581 || (c >= 0x3400 && c < 0xA000);
}

}  // namespace

bool UnicodeForm::Apply(const AlignedText& in, const TextEdges&, AlignedText* out) const {
  const bool plain = std::all_of(in.bytes, in.bytes + in.size, [](char byte) { return (byte & 0x80) == 0; });
  if (plain) return out->Copy(in, 0, in.size);
  if (!compose_) {
    Transform transform(in, out);
    return Decompose(in, compatibility_,
                     [&transform](uint32_t c, int32_t change) { return transform.Emit(c, change); });
  }
  Composer composer(in, out);
  return Decompose(in, compatibility_, composer) && composer.Flush();
}

bool UnicodeForm::CanCut(uint32_t, uint32_t after) const {
  uint32_t parts[kMaxParts];
  Parts(after, compatibility_, parts);
  return CombiningClass(parts[0]) == 0 && (!compose_ || (NeverSecond(parts[0]) && NeverSecond(after)));
}

bool UnicodeForm::Keeps(uint32_t c) const {
  uint32_t parts[kMaxParts];
  if (Parts(c, compatibility_, parts) != 1 || parts[0] != c || CombiningClass(c) != 0) return false;
  return !compose_ || (NeverFirst(c) && NeverSecond(c));
}

uint64_t UnicodeForm::Fingerprint() const {
  return FingerprintNumber(FingerprintBytes(kFingerprintSeed, "UnicodeForm"), compatibility_ * 2 + compose_);
}

}  // namespace lwave::tokenizer
