// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Building the tables of byte pair encoding, and encoding words with them.

#include "tokenizer/bpe.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tokenizer/aligned_text.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {
namespace {

constexpr uint64_t kEmpty = ~uint64_t{0};
// Words of at most so many symbols are merged by looking through all of them each time.
constexpr uint32_t kShortWord = 24;

uint64_t PairOf(uint32_t first, uint32_t second) { return uint64_t{first} << 32 | second; }

size_t SlotOf(uint64_t pair, size_t mask) {
  pair *= uint64_t{0x9E3779B97F4A7C15};
  return static_cast<size_t>(pair ^ pair >> 32) & mask;
}

size_t TableSize(size_t entries) {
  size_t size = 16;
  while (size < entries * 2) size *= 2;
  return size;
}

// The first or last character of a token's text; for byte-level vocabularies the byte it stands for.
uint32_t Edge(absl::string_view token, bool last, bool byte_level) {
  uint32_t at = 0;
  const uint32_t c = last ? CharacterBefore(token.data(), static_cast<uint32_t>(token.size()))
                          : NextCharacter(token.data(), &at);
  const int byte = byte_level ? ByteOfPrintable(c) : -1;
  return byte >= 0 ? static_cast<uint32_t>(byte) : c;
}

// The form of the unmerged part of a word.
struct Symbol {
  int32_t id;
  uint32_t begin, end;     // bytes of the word
  int32_t previous, next;  // -1: none; next is -2 in a symbol that was joined to another
};

}  // namespace

absl::StatusOr<std::unique_ptr<BpeModel>> BpeModel::Create(const BpeSpec& spec, const Allocator& allocator) {
  const auto malformed = [&spec](absl::string_view what) {
    return absl::DataLossError(absl::StrCat(spec.source, ": ", what));
  };
  for (const VocabularyItem& item : spec.vocabulary) {
    if (!IsValidUtf8(item.text)) {
      return malformed(absl::StrCat("token \"", absl::CHexEscape(item.text.substr(0, 40)), "\" is not UTF-8"));
    }
  }
  std::unique_ptr<BpeModel> made = absl::WrapUnique(new BpeModel);
  // No token begins with this, so none is kept as a continuation.
  constexpr absl::string_view kNoPrefix("\xFF", 1);
  absl::Status status = made->vocabulary_.Build(spec.vocabulary, kNoPrefix, spec.source, allocator);
  if (status.ok()) status = made->merges_.Resize(allocator, TableSize(spec.merges.size()));
  if (status.ok()) status = made->borders_.Resize(allocator, TableSize(spec.merges.size()));
  if (!status.ok()) return status;
  made->byte_level_ = spec.byte_level;
  made->byte_fallback_ = spec.byte_fallback;
  made->fuse_unk_ = spec.fuse_unk;
  made->ignore_merges_ = spec.ignore_merges;
  if (!spec.unk_token.empty()) {
    made->unk_id_ = made->vocabulary_.TokenToId(spec.unk_token);
    if (made->unk_id_ < 0 && !spec.byte_level) {
      return malformed(absl::StrCat("the unknown token \"", absl::CHexEscape(spec.unk_token.substr(0, 40)),
                                    "\" is not in the vocabulary"));
    }
  }
  for (uint32_t byte = 0; byte < 256; ++byte) {
    char name[8];
    size_t length = 0;
    if (spec.byte_level) {
      length = EncodeUtf8(PrintableOfByte(static_cast<uint8_t>(byte)), name);
    } else {
      length = static_cast<size_t>(absl::SNPrintF(name, sizeof(name), "<0x%02X>", byte));
    }
    made->byte_ids_[byte] = made->vocabulary_.TokenToId(absl::string_view(name, length));
  }

  std::fill(made->merges_.begin(), made->merges_.end(), Merge());
  std::fill(made->borders_.begin(), made->borders_.end(), kEmpty);
  uint64_t fingerprint = FingerprintBytes(kFingerprintSeed, "BPE");
  std::string joined;
  for (size_t rank = 0; rank < spec.merges.size(); ++rank) {
    const BpeSpec::Merge& merge = spec.merges[rank];
    joined.assign(merge.first.data(), merge.first.size());
    joined.append(merge.second.data(), merge.second.size());
    const int32_t first = made->vocabulary_.TokenToId(merge.first);
    const int32_t second = made->vocabulary_.TokenToId(merge.second);
    const int32_t id = made->vocabulary_.TokenToId(joined);
    if (first < 0 || second < 0 || id < 0 || merge.first.empty() || merge.second.empty()) {
      return malformed(absl::StrCat("merge ", rank + 1, ": \"", absl::CHexEscape(merge.first.substr(0, 40)),
                                    "\" and \"", absl::CHexEscape(merge.second.substr(0, 40)),
                                    "\" must be tokens, and both together as well"));
    }
    const uint64_t pair = PairOf(static_cast<uint32_t>(first), static_cast<uint32_t>(second));
    size_t at = SlotOf(pair, made->merges_.size() - 1);
    while (made->merges_[at].pair != kEmpty && made->merges_[at].pair != pair) {
      at = (at + 1) & (made->merges_.size() - 1);
    }
    // Of merges that occur twice, the last counts.
    made->merges_[at] = {pair, static_cast<int32_t>(rank), id};
    const uint64_t border =
        PairOf(Edge(merge.first, true, spec.byte_level), Edge(merge.second, false, spec.byte_level));
    at = SlotOf(border, made->borders_.size() - 1);
    while (made->borders_[at] != kEmpty && made->borders_[at] != border) {
      at = (at + 1) & (made->borders_.size() - 1);
    }
    made->borders_[at] = border;
    fingerprint = FingerprintNumber(FingerprintNumber(fingerprint, static_cast<int64_t>(pair)), id);
  }
  fingerprint = FingerprintNumber(fingerprint, made->unk_id_);
  made->fingerprint_ = FingerprintNumber(fingerprint, spec.byte_level | spec.byte_fallback << 1 |
                                                          spec.fuse_unk << 2 | spec.ignore_merges << 3);
  return made;
}

size_t BpeModel::TableBytes() const { return vocabulary_.bytes() + merges_.bytes() + borders_.bytes(); }

// Symbols, and a heap that holds at most two candidates for each of them.
size_t BpeModel::ScratchBytes(size_t word_bytes) const {
  return AlignUp(word_bytes * sizeof(Symbol)) + AlignUp(2 * word_bytes * sizeof(uint64_t));
}

const BpeModel::Merge* BpeModel::Find(int32_t first, int32_t second) const {
  const uint64_t pair = PairOf(static_cast<uint32_t>(first), static_cast<uint32_t>(second));
  for (size_t at = SlotOf(pair, merges_.size() - 1);; at = (at + 1) & (merges_.size() - 1)) {
    if (merges_[at].pair == pair) return &merges_[at];
    if (merges_[at].pair == kEmpty) return nullptr;
  }
}

bool BpeModel::IsKnown(uint32_t c) const {
  char text[4];
  const size_t length = EncodeUtf8(c, text);
  if (vocabulary_.TokenToId(absl::string_view(text, length)) >= 0) return true;
  if (!byte_fallback_) return false;
  for (size_t i = 0; i < length; ++i) {
    if (byte_ids_[static_cast<uint8_t>(text[i])] < 0) return false;
  }
  return true;
}

bool BpeModel::CanCut(uint32_t before, uint32_t after) const {
  // Such a model looks at the word as a whole.
  if (ignore_merges_) return false;
  if (byte_level_) {
    char text[4];
    before = static_cast<uint8_t>(text[EncodeUtf8(before, text) - 1]);
    EncodeUtf8(after, text);
    after = static_cast<uint8_t>(text[0]);
    if (fuse_unk_ && byte_ids_[before] < 0 && byte_ids_[after] < 0) return false;
  } else if (fuse_unk_ && !IsKnown(before) && !IsKnown(after)) {
    return false;
  }
  const uint64_t border = PairOf(before, after);
  for (size_t at = SlotOf(border, borders_.size() - 1);; at = (at + 1) & (borders_.size() - 1)) {
    if (borders_[at] == border) return false;
    if (borders_[at] == kEmpty) return true;
  }
}

size_t BpeModel::Start(absl::string_view word, Piece* pieces) const {
  size_t count = 0;
  bool fuse = false;  // the last piece is unknown and takes another unknown character
  for (uint32_t at = 0; at < word.size();) {
    const uint32_t begin = at;
    int32_t id;
    if (byte_level_) {
      id = byte_ids_[static_cast<uint8_t>(word[at++])];
    } else {
      NextCharacter(word.data(), &at);
      id = vocabulary_.TokenToId(word.substr(begin, at - begin));
    }
    if (id >= 0) {
      pieces[count++] = {id, begin, at};
      fuse = false;
      continue;
    }
    bool all_bytes = byte_fallback_ && !byte_level_;
    for (uint32_t i = begin; i < at && all_bytes; ++i) all_bytes = byte_ids_[static_cast<uint8_t>(word[i])] >= 0;
    if (all_bytes) {
      for (uint32_t i = begin; i < at; ++i) {
        pieces[count++] = {byte_ids_[static_cast<uint8_t>(word[i])], i, i + 1};
      }
      fuse = false;
    } else if (fuse) {
      pieces[count - 1].end = at;
    } else if (unk_id_ >= 0) {
      pieces[count++] = {unk_id_, begin, at};
      fuse = fuse_unk_;
    }
  }
  return count;
}

size_t BpeModel::Encode(absl::string_view word, char* scratch, Piece* pieces) const {
  if (ignore_merges_) {
    int32_t id = -1;
    if (byte_level_) {
      // Tokens are written in printable characters, which take at most two bytes each.
      char text[2 * 256];
      if (word.size() <= 256) {
        size_t length = 0;
        for (const char byte : word) {
          length += EncodeUtf8(PrintableOfByte(static_cast<uint8_t>(byte)), text + length);
        }
        id = vocabulary_.TokenToId(absl::string_view(text, length));
      }
    } else {
      id = vocabulary_.TokenToId(word);
    }
    if (id >= 0) {
      pieces[0] = {id, 0, static_cast<uint32_t>(word.size())};
      return 1;
    }
  }
  const size_t count = Start(word, pieces);
  if (count < 2) return count;
  return count <= kShortWord ? MergeShort(pieces, count) : MergeLong(pieces, count, scratch);
}

size_t BpeModel::MergeShort(Piece* pieces, size_t count) const {
  const Merge* merges[kShortWord];  // of each piece with the next
  for (size_t i = 0; i + 1 < count; ++i) merges[i] = Find(pieces[i].id, pieces[i + 1].id);
  for (;;) {
    size_t best = count;
    int32_t rank = INT32_MAX;
    for (size_t i = 0; i + 1 < count; ++i) {
      if (merges[i] != nullptr && merges[i]->rank < rank) {
        rank = merges[i]->rank;
        best = i;
      }
    }
    if (best == count) return count;
    pieces[best].id = merges[best]->id;
    pieces[best].end = pieces[best + 1].end;
    --count;
    for (size_t i = best + 1; i < count; ++i) {
      pieces[i] = pieces[i + 1];
      merges[i - 1] = merges[i];
    }
    if (best > 0) merges[best - 1] = Find(pieces[best - 1].id, pieces[best].id);
    if (best + 1 < count) merges[best] = Find(pieces[best].id, pieces[best + 1].id);
  }
}

// Candidates wait in a heap of rank and place; one that no longer fits its symbols is passed over.
size_t BpeModel::MergeLong(Piece* pieces, size_t count, char* scratch) const {
  Symbol* const symbols = reinterpret_cast<Symbol*>(scratch);
  uint64_t* const heap = reinterpret_cast<uint64_t*>(scratch + AlignUp(count * sizeof(Symbol)));
  size_t waiting = 0;
  const auto later = [](uint64_t a, uint64_t b) { return a > b; };
  const auto candidate = [&](int32_t at) -> uint64_t {
    const int32_t next = symbols[at].next;
    if (next < 0) return kEmpty;
    const Merge* merge = Find(symbols[at].id, symbols[next].id);
    return merge == nullptr ? kEmpty : PairOf(static_cast<uint32_t>(merge->rank), static_cast<uint32_t>(at));
  };
  for (size_t i = 0; i < count; ++i) {
    symbols[i] = {pieces[i].id, pieces[i].begin, pieces[i].end, static_cast<int32_t>(i) - 1,
                  i + 1 < count ? static_cast<int32_t>(i) + 1 : -1};
  }
  for (size_t i = 0; i + 1 < count; ++i) {
    const uint64_t entry = candidate(static_cast<int32_t>(i));
    if (entry != kEmpty) heap[waiting++] = entry;
  }
  std::make_heap(heap, heap + waiting, later);
  const auto push = [&](int32_t at) {
    const uint64_t entry = candidate(at);
    if (entry == kEmpty) return;
    if (waiting == 2 * count) {  // throw out what no longer fits; at most one a symbol does
      waiting = static_cast<size_t>(std::remove_if(heap, heap + waiting,
                                                   [&](uint64_t old) {
                                                     const int32_t place = static_cast<int32_t>(old & 0xFFFFFFFF);
                                                     return symbols[place].next == -2 || candidate(place) != old;
                                                   }) -
                                    heap);
      std::sort(heap, heap + waiting);  // equal ones lie side by side; a sorted array is a heap
      waiting = static_cast<size_t>(std::unique(heap, heap + waiting) - heap);
    }
    heap[waiting++] = entry;
    std::push_heap(heap, heap + waiting, later);
  };
  while (waiting > 0) {
    const uint64_t entry = heap[0];
    std::pop_heap(heap, heap + waiting, later);
    --waiting;
    const int32_t at = static_cast<int32_t>(entry & 0xFFFFFFFF);
    if (symbols[at].next < 0 || candidate(at) != entry) continue;
    Symbol& joined = symbols[at];
    Symbol& gone = symbols[joined.next];
    joined.id = Find(joined.id, gone.id)->id;
    joined.end = gone.end;
    joined.next = gone.next;
    gone.next = -2;
    if (joined.next >= 0) symbols[joined.next].previous = at;
    push(at);
    if (joined.previous >= 0) push(joined.previous);
  }
  size_t out = 0;
  for (int32_t at = 0; at >= 0; at = symbols[at].next) {
    pieces[out++] = {symbols[at].id, symbols[at].begin, symbols[at].end};
  }
  return out;
}

}  // namespace lwave::tokenizer
