// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The pieces of a vocabulary in four flat arrays: their text, one entry a piece, an open-addressing hash
// table, and the way back from ids. A piece is found by a hash that grows byte by byte, so the hashes of all
// beginnings of a word cost one pass; pieces that continue a word ("##ing") are also kept without their
// prefix, under another seed.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_VOCABULARY_H_
#define LONGWAVE_TOKENIZER_VOCABULARY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/allocator.h"

namespace lwave::tokenizer {

// A piece on its way into the vocabulary; the text is not owned.
struct VocabularyItem {
  absl::string_view text;
  int64_t id = -1;
};

// Ids at or above this are refused, and so are vocabularies whose ids leave more holes than this.
inline constexpr int64_t kMaxVocabulary = int64_t{1} << 24;
inline constexpr int64_t kMaxVocabularyHoles = 65536;

class Vocabulary {
 public:
  // The way a piece may be used: at the beginning of a word (its text as it is), or inside (text without
  // prefix).
  enum Use : uint32_t { kBeginning = 0, kContinuation = 1 };

  // Replaces the contents. DataLoss naming `source` for an id or text that occurs twice, an id out of range
  // or a vocabulary that is empty; ResourceExhausted when the allocator fails.
  absl::Status Build(absl::Span<const VocabularyItem> items, absl::string_view continuation_prefix,
                     absl::string_view source, const Allocator& allocator);

  static uint64_t Seed(Use use) {
    return use == kBeginning ? uint64_t{0xCBF29CE484222325} : uint64_t{0x84222325CBF29CE4};
  }
  static uint64_t Step(uint64_t hash, char byte) {
    return (hash ^ static_cast<uint8_t>(byte)) * uint64_t{0x100000001B3};
  }

  // The id of the piece whose bytes are `text` and whose hash (Seed, then Step over the bytes) is `hash`, or
  // -1.
  int32_t Find(Use use, uint64_t hash, const char* text, size_t length) const {
    const uint64_t mixed = Mix(hash);
    const uint32_t tag = static_cast<uint32_t>(mixed);
    for (size_t at = static_cast<size_t>(mixed >> shift_);; at = (at + 1) & mask_) {
      const Slot slot = slots_[at];
      if (slot.entry < 0) return -1;
      if (slot.tag == tag && Equals(entries_[static_cast<size_t>(slot.entry)], use, text, length)) {
        return entries_[static_cast<size_t>(slot.entry)].id;
      }
    }
  }

  int32_t TokenToId(absl::string_view token) const;
  absl::string_view IdToToken(int32_t id) const;                              // data() == nullptr: no such id
  int32_t size() const { return static_cast<int32_t>(id_to_entry_.size()); }  // largest id + 1

  // Bytes of the longest piece of each use (without the prefix).
  size_t LongestPiece(Use use) const { return longest_[use]; }

  uint64_t Fingerprint() const;  // of the pairs of id and text
  size_t bytes() const;          // taken from the allocator

 private:
  struct Entry {
    uint32_t offset = 0;  // into text_
    uint32_t length = 0;
    uint32_t use = 0;
    int32_t id = -1;
  };
  struct Slot {
    uint32_t tag = 0;
    int32_t entry = -1;
  };

  static uint64_t Mix(uint64_t hash) {
    hash ^= hash >> 32;
    return hash * uint64_t{0x9E3779B97F4A7C15};
  }
  bool Equals(const Entry& entry, Use use, const char* text, size_t length) const;
  // The slot of an entry with this text, or the free slot where it belongs.
  Slot* SlotFor(Use use, absl::string_view text);

  Buffer<char> text_;
  Buffer<Entry> entries_;
  Buffer<Slot> slots_;
  Buffer<int32_t> id_to_entry_;  // -1: no such id
  int shift_ = 63;
  size_t mask_ = 0;
  size_t longest_[2] = {0, 0};
};

// The hash of fingerprints: FNV-1a over bytes, one multiplication a number.
uint64_t FingerprintBytes(uint64_t seed, absl::string_view bytes);
uint64_t FingerprintNumber(uint64_t seed, int64_t number);
inline constexpr uint64_t kFingerprintSeed = 0xCBF29CE484222325;

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_VOCABULARY_H_
