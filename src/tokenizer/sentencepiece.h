// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A tokenizer from spiece.model or tokenizer.model: the ids that the SentencePiece library gives. They differ from
// those of tokenizer.json for odd inputs: control tokens such as <s> in a text are ordinary characters here, and
// white space is treated as the library does.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_SENTENCEPIECE_H_
#define LONGWAVE_TOKENIZER_SENTENCEPIECE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"
#include "tokenizer/character_pairs.h"
#include "tokenizer/piece_model.h"
#include "tokenizer/sentencepiece_bpe.h"
#include "tokenizer/sentencepiece_model.h"
#include "tokenizer/unigram_search.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {

// The pieces of a normalised text. A text is taken apart wherever no piece can cross, so that its ids do not
// depend on how it comes. (The library adds a Unigram's scores along the whole text in single precision; for a
// text of many thousand tokens its choice between two nearly equal ways can be a matter of rounding, here it is
// not.)
class SentencePieceModel final : public PieceModel {
 public:
  // DataLoss naming `source` for byte pieces that are missing, Unimplemented for settings that are not supported,
  // ResourceExhausted. The allocator must outlive the model; `file` is needed until Create returns.
  static absl::StatusOr<std::unique_ptr<SentencePieceModel>> Create(const SentencePieceFile& file,
                                                                    absl::string_view source,
                                                                    const Allocator& allocator);

  absl::string_view family() const override { return bpe_ ? "BPE" : "Unigram"; }
  size_t ScratchBytes(size_t word_bytes) const override;
  size_t Encode(absl::string_view word, char* scratch, Piece* pieces) const override;
  bool CanCut(uint32_t before, uint32_t after) const override;
  int32_t vocabulary_size() const override { return vocabulary_.size(); }
  int32_t unk_id() const override { return search_.settings().unk_id; }
  int32_t TokenToId(absl::string_view token) const override { return vocabulary_.TokenToId(token); }
  absl::string_view IdToToken(int32_t id) const override { return vocabulary_.IdToToken(id); }
  uint64_t Fingerprint() const override { return fingerprint_; }
  size_t TableBytes() const override;

 private:
  SentencePieceModel() = default;
  Piece* EncodePart(absl::string_view part, uint32_t begin, char* scratch, Piece* next) const;

  bool bpe_ = false;
  Vocabulary vocabulary_;
  UnigramSearch search_;  // of BPE only its trie and settings are used
  PieceTrie symbols_;     // user-defined ones
  Buffer<float> scores_;  // by id
  CharacterPairs pairs_;
  std::array<int32_t, 256> byte_ids_ = {};
  uint64_t fingerprint_ = 0;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_SENTENCEPIECE_H_
