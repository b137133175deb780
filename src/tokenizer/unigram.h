// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The Unigram model of a tokenizer.json: unigram_search.h over its vocabulary, in double precision.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_UNIGRAM_H_
#define LONGWAVE_TOKENIZER_UNIGRAM_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"
#include "tokenizer/character_pairs.h"
#include "tokenizer/json_tree.h"
#include "tokenizer/piece_model.h"
#include "tokenizer/unigram_search.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {

// What a file says. The texts live until Create returns.
struct UnigramSpec {
  struct Scored {
    absl::string_view text;
    double score = 0;
  };
  std::vector<Scored> vocabulary;  // by id
  int64_t unk_id = -1;
  bool byte_fallback = false;
  std::string source;  // the file, for messages
};

class UnigramModel final : public PieceModel {
 public:
  // DataLoss naming the source for a vocabulary that does not make sense, Unimplemented for one without an unknown
  // token, ResourceExhausted. The allocator must outlive the model.
  static absl::StatusOr<std::unique_ptr<UnigramModel>> Create(const UnigramSpec& spec, const Allocator& allocator);

  absl::string_view family() const override { return "Unigram"; }
  size_t ScratchBytes(size_t word_bytes) const override;
  size_t Encode(absl::string_view word, char* scratch, Piece* pieces) const override;
  bool CanCut(uint32_t before, uint32_t after) const override;
  int32_t vocabulary_size() const override { return vocabulary_.size(); }
  int32_t unk_id() const override { return search_.settings().unk_id; }
  int32_t TokenToId(absl::string_view token) const override { return vocabulary_.TokenToId(token); }
  absl::string_view IdToToken(int32_t id) const override { return vocabulary_.IdToToken(id); }
  uint64_t Fingerprint() const override { return fingerprint_; }
  size_t TableBytes() const override { return vocabulary_.bytes() + search_.bytes() + pairs_.bytes(); }

 private:
  UnigramModel() = default;

  Vocabulary vocabulary_;
  UnigramSearch search_;
  CharacterPairs pairs_;
  uint64_t fingerprint_ = 0;
};

// The model of a tokenizer.json. Errors as Create, and for settings of a wrong type.
absl::StatusOr<std::unique_ptr<PieceModel>> ReadUnigram(const JsonObject& model, const TokenizerJson& file,
                                                        const Allocator& allocator);

// The ids of "<0x00>" to "<0xFF>", -1 where there is none.
std::array<int32_t, 256> BytePieceIds(const Vocabulary& vocabulary);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_UNIGRAM_H_
