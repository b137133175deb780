// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The WordLevel model: a word is a token or unknown (Transformer-XL).
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_WORD_LEVEL_H_
#define LONGWAVE_TOKENIZER_WORD_LEVEL_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "tokenizer/json_tree.h"
#include "tokenizer/piece_model.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {

class WordLevelModel final : public PieceModel {
 public:
  // DataLoss naming `source` for a vocabulary that does not make sense, Unimplemented when `unk_token` is not in
  // it, ResourceExhausted. The allocator must outlive the model.
  static absl::StatusOr<std::unique_ptr<WordLevelModel>> Create(absl::Span<const VocabularyItem> vocabulary,
                                                                absl::string_view unk_token,
                                                                absl::string_view source,
                                                                const Allocator& allocator);

  absl::string_view family() const override { return "WordLevel"; }
  size_t ScratchBytes(size_t) const override { return 0; }
  size_t Encode(absl::string_view word, char* scratch, Piece* pieces) const override;
  bool CanCut(uint32_t, uint32_t) const override { return false; }
  int32_t vocabulary_size() const override { return vocabulary_.size(); }
  int32_t unk_id() const override { return unk_id_; }
  int32_t TokenToId(absl::string_view token) const override { return vocabulary_.TokenToId(token); }
  absl::string_view IdToToken(int32_t id) const override { return vocabulary_.IdToToken(id); }
  uint64_t Fingerprint() const override;
  size_t TableBytes() const override { return vocabulary_.bytes(); }

 private:
  WordLevelModel() = default;

  Vocabulary vocabulary_;
  int32_t unk_id_ = -1;
};

// The model of a tokenizer.json. Errors as Create, and for settings of a wrong type.
absl::StatusOr<std::unique_ptr<PieceModel>> ReadWordLevel(const JsonObject& model, const TokenizerJson& file,
                                                          const Allocator& allocator);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_WORD_LEVEL_H_
