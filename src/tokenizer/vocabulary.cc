// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Building and reading the vocabulary's arrays.

#include "tokenizer/vocabulary.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace lwave::tokenizer {
namespace {

uint64_t HashOf(Vocabulary::Use use, absl::string_view text) {
  uint64_t hash = Vocabulary::Seed(use);
  for (const char c : text) hash = Vocabulary::Step(hash, c);
  return hash;
}

absl::Status Malformed(absl::string_view source, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(source, ": ", what));
}

}  // namespace

bool Vocabulary::Equals(const Entry& entry, Use use, const char* text, size_t length) const {
  return entry.length == length && entry.use == use &&
         (length == 0 || std::memcmp(text_.data() + entry.offset, text, length) == 0);
}

Vocabulary::Slot* Vocabulary::SlotFor(Use use, absl::string_view text) {
  const uint64_t mixed = Mix(HashOf(use, text));
  size_t at = static_cast<size_t>(mixed >> shift_);
  while (slots_[at].entry >= 0) {
    if (slots_[at].tag == static_cast<uint32_t>(mixed) &&
        Equals(entries_[static_cast<size_t>(slots_[at].entry)], use, text.data(), text.size())) {
      return &slots_[at];
    }
    at = (at + 1) & mask_;
  }
  slots_[at].tag = static_cast<uint32_t>(mixed);
  return &slots_[at];
}

absl::Status Vocabulary::Build(absl::Span<const VocabularyItem> items, absl::string_view continuation_prefix,
                               absl::string_view source, const Allocator& allocator) {
  if (items.empty()) return Malformed(source, "the vocabulary is empty");
  size_t text_bytes = 0, entry_count = 0;
  int64_t largest = -1;
  for (const VocabularyItem& item : items) {
    if (item.id < 0 || item.id >= kMaxVocabulary) {
      return Malformed(source, absl::StrCat("token \"", absl::CHexEscape(item.text.substr(0, 40)),
                                            "\" has id ", item.id, ", expected 0 to ", kMaxVocabulary - 1));
    }
    largest = std::max(largest, item.id);
    text_bytes += item.text.size();
    entry_count += absl::StartsWith(item.text, continuation_prefix) ? 2 : 1;
  }
  if (largest >= static_cast<int64_t>(items.size()) + kMaxVocabularyHoles) {
    return Malformed(source, absl::StrCat("the largest id is ", largest, ", but there are only ",
                                          items.size(), " tokens"));
  }
  if (text_bytes > UINT32_MAX / 2) return Malformed(source, "the vocabulary's text is larger than 2 GiB");

  Vocabulary fresh;
  int bits = 4;
  while ((size_t{1} << bits) < entry_count * 2) ++bits;
  absl::Status status = fresh.text_.Resize(allocator, text_bytes);
  if (status.ok()) status = fresh.entries_.Resize(allocator, entry_count);
  if (status.ok()) status = fresh.slots_.Resize(allocator, size_t{1} << bits);
  if (status.ok()) status = fresh.id_to_entry_.Resize(allocator, static_cast<size_t>(largest) + 1);
  if (!status.ok()) return status;
  fresh.shift_ = 64 - bits;
  fresh.mask_ = (size_t{1} << bits) - 1;
  for (Slot& slot : fresh.slots_) slot.entry = -1;
  for (int32_t& entry : fresh.id_to_entry_) entry = -1;

  size_t offset = 0, next = 0;
  for (const VocabularyItem& item : items) {
    int32_t& back = fresh.id_to_entry_[static_cast<size_t>(item.id)];
    if (back >= 0) {
      return Malformed(source, absl::StrCat("id ", item.id, " is given to two tokens, \"",
                                            absl::CHexEscape(fresh.IdToToken(static_cast<int32_t>(item.id))),
                                            "\" and \"", absl::CHexEscape(item.text.substr(0, 40)), "\""));
    }
    if (!item.text.empty()) std::memcpy(fresh.text_.data() + offset, item.text.data(), item.text.size());
    const bool continues = absl::StartsWith(item.text, continuation_prefix);
    for (const Use use : {kBeginning, kContinuation}) {
      if (use == kContinuation && !continues) break;
      const size_t skip = use == kContinuation ? continuation_prefix.size() : 0;
      const absl::string_view text = item.text.substr(skip);
      Slot* slot = fresh.SlotFor(use, text);
      if (slot->entry >= 0) {
        return Malformed(
            source, absl::StrCat("token \"", absl::CHexEscape(item.text.substr(0, 40)), "\" occurs twice"));
      }
      slot->entry = static_cast<int32_t>(next);
      if (use == kBeginning) back = static_cast<int32_t>(next);
      Entry& entry = fresh.entries_[next++];
      entry.offset = static_cast<uint32_t>(offset + skip);
      entry.length = static_cast<uint32_t>(text.size());
      entry.use = use;
      entry.id = static_cast<int32_t>(item.id);
      fresh.longest_[use] = std::max(fresh.longest_[use], text.size());
    }
    offset += item.text.size();
  }
  *this = std::move(fresh);
  return absl::OkStatus();
}

int32_t Vocabulary::TokenToId(absl::string_view token) const {
  if (slots_.empty()) return -1;
  return Find(kBeginning, HashOf(kBeginning, token), token.data(), token.size());
}

absl::string_view Vocabulary::IdToToken(int32_t id) const {
  if (id < 0 || id >= size() || id_to_entry_[static_cast<size_t>(id)] < 0) return absl::string_view();
  const Entry& entry = entries_[static_cast<size_t>(id_to_entry_[static_cast<size_t>(id)])];
  return absl::string_view(text_.data() == nullptr ? "" : text_.data() + entry.offset, entry.length);
}

uint64_t Vocabulary::Fingerprint() const {
  uint64_t hash = kFingerprintSeed;
  for (int32_t id = 0; id < size(); ++id) {
    const absl::string_view token = IdToToken(id);
    if (token.data() == nullptr) continue;
    hash = FingerprintNumber(hash, id);
    hash = FingerprintBytes(hash, token);
  }
  return hash;
}

size_t Vocabulary::bytes() const {
  return text_.bytes() + entries_.bytes() + slots_.bytes() + id_to_entry_.bytes();
}

uint64_t FingerprintNumber(uint64_t seed, int64_t number) {
  seed = (seed ^ static_cast<uint64_t>(number)) * uint64_t{0x9E3779B97F4A7C15};
  return seed ^ (seed >> 29);
}

uint64_t FingerprintBytes(uint64_t seed, absl::string_view bytes) {
  seed = FingerprintNumber(seed, static_cast<int64_t>(bytes.size()));
  for (const char c : bytes) seed = (seed ^ static_cast<uint8_t>(c)) * uint64_t{0x100000001B3};
  return seed;
}

}  // namespace lwave::tokenizer
