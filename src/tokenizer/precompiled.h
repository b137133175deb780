// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The normalizer "Precompiled": a charsmap applied as the reference library applies it. That library goes by what
// a reader takes for one character (extended grapheme clusters, Unicode Standard Annex 29): a cluster of less
// than 6 bytes that begins with an entry is replaced as a whole, by the shortest such entry; in all others each
// code point is looked up on its own. Where a text begins with characters that are replaced by nothing, that library
// forgets them, and all that follows gets ranges too early by so many characters; so it does here when the whole
// text comes in one stretch, and not in a longer one. (SentencePiece itself takes the longest entry: sentencepiece_normalizer.h.)

#ifndef LONGWAVE_TOKENIZER_PRECOMPILED_H_
#define LONGWAVE_TOKENIZER_PRECOMPILED_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"
#include "tokenizer/charsmap.h"
#include "tokenizer/normalizer.h"

namespace lwave::tokenizer {

class Precompiled final : public Normalizer {
 public:
  // Errors as Charsmap::Build.
  static absl::StatusOr<std::unique_ptr<Precompiled>> Create(absl::string_view blob, absl::string_view source,
                                                             const Allocator& allocator);

  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const override;
  bool CanCut(uint32_t before, uint32_t after) const override;
  bool Keeps(uint32_t c) const override;
  uint64_t Fingerprint() const override;
  size_t TableBytes() const override { return map_.bytes(); }

 private:
  Precompiled() = default;
  Charsmap map_;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_PRECOMPILED_H_
