// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Byte pair encoding: a word falls into characters (or bytes); then, again and again, the neighbours that come
// first in the list of merges are joined, leftmost first, until no merge applies.
//   R. Sennrich, B. Haddow, A. Birch, Neural Machine Translation of Rare Words with Subword Units, ACL 2016.
//
// A word of n characters takes O(n log n) steps.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_BPE_H_
#define LONGWAVE_TOKENIZER_BPE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"
#include "tokenizer/piece_model.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {

// What a file says. The texts live until Create returns.
struct BpeSpec {
  std::vector<VocabularyItem> vocabulary;
  struct Merge {
    absl::string_view first, second;
  };
  std::vector<Merge> merges;  // the earlier, the sooner
  // Words are raw bytes, written in the vocabulary as printable characters (GPT-2's table).
  bool byte_level = false;
  // A character without a token becomes its bytes' tokens "<0x00>" to "<0xFF>", when all of them exist.
  bool byte_fallback = false;
  std::string unk_token;       // empty: none; unknown characters are then left out
  bool fuse_unk = false;       // neighbouring unknown characters become one unknown token
  bool ignore_merges = false;  // a word that is a token becomes it, whatever the merges say
  std::string source;          // the file, for messages
};

class BpeModel final : public PieceModel {
 public:
  // DataLoss naming the source for a vocabulary that does not make sense, a merge of parts that are no tokens
  // or give none; ResourceExhausted. The allocator must outlive the model.
  static absl::StatusOr<std::unique_ptr<BpeModel>> Create(const BpeSpec& spec, const Allocator& allocator);

  absl::string_view family() const override { return "BPE"; }
  size_t ScratchBytes(size_t word_bytes) const override;
  size_t Encode(absl::string_view word, char* scratch, Piece* pieces) const override;
  bool CanCut(uint32_t before, uint32_t after) const override;
  int32_t vocabulary_size() const override { return vocabulary_.size(); }
  int32_t unk_id() const override { return unk_id_; }
  int32_t TokenToId(absl::string_view token) const override { return vocabulary_.TokenToId(token); }
  absl::string_view IdToToken(int32_t id) const override { return vocabulary_.IdToToken(id); }
  uint64_t Fingerprint() const override { return fingerprint_; }
  size_t TableBytes() const override;

 private:
  // The merge of two ids, found by hashing the pair.
  struct Merge {
    uint64_t pair = ~uint64_t{0};
    int32_t rank = -1, id = -1;
  };

  BpeModel() = default;

  const Merge* Find(int32_t first, int32_t second) const;  // null: they are not merged
  bool IsKnown(uint32_t c) const;
  // The characters or bytes of a word, before any merge.
  size_t Start(absl::string_view word, Piece* pieces) const;
  size_t MergeShort(Piece* pieces, size_t count) const;
  size_t MergeLong(Piece* pieces, size_t count, char* scratch) const;

  Vocabulary vocabulary_;
  Buffer<Merge> merges_;      // open addressing
  Buffer<uint64_t> borders_;  // pairs of last and first character over which some merge goes, likewise
  bool byte_level_ = false, byte_fallback_ = false, fuse_unk_ = false, ignore_merges_ = false;
  int32_t unk_id_ = -1;
  int32_t byte_ids_[256] = {};  // of "<0x..>", or of the bytes' characters when byte_level; -1: none
  uint64_t fingerprint_ = 0;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_BPE_H_
