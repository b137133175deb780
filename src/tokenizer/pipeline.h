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
  bool trim_offsets = false;              // white space at the ends of a token is left out of its range
  bool trim_keeps_prefix_space = false;   // ... but for the first space of the first token
  std::vector<AddedTokenSpec> added_tokens;
  Template single_template, pair_template;
  SpecialIds special_ids;
  std::string source;  // the file, for messages
};

class PipelineTokenizer final : public Tokenizer {
 public:
  // DataLoss or Unimplemented naming spec.source when it does not make sense, ResourceExhausted when the
  // allocator (which must outlive the tokenizer) has no memory.
  static absl::StatusOr<std::unique_ptr<PipelineTokenizer>> Create(PipelineSpec spec, const Allocator& allocator);

  absl::string_view family() const override { return spec_.model->family(); }
  int32_t vocabulary_size() const override;
  int32_t TokenToId(absl::string_view token) const override;
  absl::string_view IdToToken(int32_t id) const override;
  bool IsSpecial(int32_t id) const override;
  std::string Decode(absl::Span<const int32_t> ids, bool skip_special) const override;
  uint64_t Fingerprint() const override { return fingerprint_; }

 private:
  PipelineSpec spec_;
  uint64_t fingerprint_ = 0;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_PIPELINE_H_
