// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the SentencePiece library does to a text before it looks for pieces: the longest entry of the charsmap
// at each place is replaced, user-defined symbols stay as they are, spaces become U+2581, runs of them one, those
// at the ends none, and one is put before the text.

#ifndef LONGWAVE_TOKENIZER_SENTENCEPIECE_NORMALIZER_H_
#define LONGWAVE_TOKENIZER_SENTENCEPIECE_NORMALIZER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"
#include "tokenizer/character_pairs.h"
#include "tokenizer/charsmap.h"
#include "tokenizer/normalizer.h"
#include "tokenizer/piece_trie.h"
#include "tokenizer/sentencepiece_model.h"

namespace lwave::tokenizer {

class SentencePieceNormalizer final : public Normalizer {
 public:
  // Errors as Charsmap::Build.
  static absl::StatusOr<std::unique_ptr<SentencePieceNormalizer>> Create(const SentencePieceFile& file,
                                                                         absl::string_view source,
                                                                         const Allocator& allocator);

  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const override;
  bool CanCut(uint32_t before, uint32_t after) const override;
  bool Keeps(uint32_t c) const override;
  uint64_t Fingerprint() const override;
  size_t TableBytes() const override { return map_.bytes() + symbols_.bytes() + symbol_pairs_.bytes(); }

 private:
  SentencePieceNormalizer() = default;
  // Bytes at the beginning of `text` (not empty) that are replaced together, and what by.
  size_t Prefix(absl::string_view text, absl::string_view* replacement) const;
  absl::string_view space() const { return escape_ ? absl::string_view("\xE2\x96\x81") : absl::string_view(" "); }

  Charsmap map_;
  PieceTrie symbols_;            // user-defined ones
  CharacterPairs symbol_pairs_;  // between these a symbol would be cut
  bool prefix_ = true, suffix_ = false, collapse_ = true, escape_ = true;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_SENTENCEPIECE_NORMALIZER_H_
