// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A tokenizer made of steps: normalizers, pre-tokenizers, a piece model, a decoder. Every family but
// WordPiece is one of these.
//
// Text is taken in chunks. Words that have settled are encoded; the rest is kept and read again together
// with what follows, at most StreamOptions::held_back_bytes of it. Where no word settles (a model that
// takes the whole text as one word), the chunk is cut where no piece can cross.

#ifndef LONGWAVE_TOKENIZER_PIPELINE_H_
#define LONGWAVE_TOKENIZER_PIPELINE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "tokenizer/added_tokens.h"
#include "tokenizer/cut_rules.h"
#include "tokenizer/decoder.h"
#include "tokenizer/normalizer.h"
#include "tokenizer/piece_model.h"
#include "tokenizer/pre_tokenizer.h"
#include "tokenizer/tokenizer.h"

namespace lwave::tokenizer {

// All that a file says, ready to use.
struct PipelineSpec {
  Normalizers normalizers;
  PreTokenizers pre_tokenizers;
  std::unique_ptr<PieceModel> model;
  DecoderSteps decoder;
  bool trim_offsets = false;             // white space at the ends of a token is left out of its range
  bool trim_keeps_prefix_space = false;  // ... but for the first space of the first token
  std::vector<AddedTokenSpec> added_tokens;
  Template single_template, pair_template;
  SpecialIds special_ids;
  std::string source;  // the file, for messages
};

// Where the parts of a stream lie in its block.
struct PipelineLayout {
  size_t held_back = 0;                   // most bytes of text in work
  size_t unit = 0;                        // how much is gathered before it is worked on
  size_t capacity = 0;                    // of each text
  size_t source = 0, normal[2] = {}, words[2] = {};  // AlignedText; 0: not needed
  size_t pending = 0, pending_bytes = 0;  // of a possible added token
  size_t pieces = 0, scratch = 0;
  size_t bytes = 0;  // of the block
};

class PipelineTokenizer final : public Tokenizer {
 public:
  // DataLoss or Unimplemented naming spec.source when it does not make sense, ResourceExhausted when the
  // allocator (which must outlive the tokenizer) has no memory.
  static absl::StatusOr<std::unique_ptr<PipelineTokenizer>> Create(PipelineSpec spec,
                                                                   const Allocator& allocator);

  absl::string_view family() const override { return spec_.model->family(); }
  int32_t vocabulary_size() const override;
  int32_t TokenToId(absl::string_view token) const override;
  absl::string_view IdToToken(int32_t id) const override;
  bool IsSpecial(int32_t id) const override;
  std::string Decode(absl::Span<const int32_t> ids, bool skip_special) const override;
  uint64_t Fingerprint() const override { return fingerprint_; }
  size_t TableBytes() const override;
  size_t StreamBytes(const StreamOptions& options) const override { return LayoutFor(options).bytes; }
  size_t MaxSavedBytes(const StreamOptions& options) const override;
  absl::StatusOr<TokenStreamPtr> NewStream(const StreamOptions& options,
                                           const Allocator& allocator) const override;

  PipelineLayout LayoutFor(const StreamOptions& options) const;
  const Normalizers& normalizers() const { return spec_.normalizers; }
  const PreTokenizers& pre_tokenizers() const { return spec_.pre_tokenizers; }
  const PieceModel& model() const { return *spec_.model; }
  const CutRules& cuts() const { return *cuts_; }
  // Looked for in raw text, and in normalised text.
  const AddedTokens& raw_tokens() const { return added_; }
  const AddedTokens& normal_tokens() const { return normal_; }
  // Spaces at the beginning and end of a token that its range leaves out.
  bool trims() const { return spec_.trim_offsets; }
  bool keeps_prefix_space() const { return spec_.trim_keeps_prefix_space; }
  void SpacesOf(int32_t id, uint32_t* leading, uint32_t* trailing) const {
    *leading = spaces_[2 * static_cast<size_t>(id)];
    *trailing = spaces_[2 * static_cast<size_t>(id) + 1];
  }

 private:
  PipelineTokenizer() = default;
  absl::Status CheckTokens() const;
  absl::Status CountSpaces(const Allocator& allocator);
  void MakeFingerprint();

  PipelineSpec spec_;
  AddedTokens added_;   // all of them; those of normalised text are not looked for here
  AddedTokens normal_;  // those that are looked for in normalised text, as they read there
  std::unique_ptr<CutRules> cuts_;
  Buffer<uint8_t> spaces_;  // [2 * ids] when offsets are trimmed
  uint64_t fingerprint_ = 0;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_PIPELINE_H_
