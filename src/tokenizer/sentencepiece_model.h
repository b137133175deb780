// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// spiece.model and tokenizer.model: the one protocol-buffer message of the SentencePiece library, read by a
// bounded reader of our own. Only what encoding needs is kept; unknown fields are passed over.

#ifndef LONGWAVE_TOKENIZER_SENTENCEPIECE_MODEL_H_
#define LONGWAVE_TOKENIZER_SENTENCEPIECE_MODEL_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace lwave::tokenizer {

// Numbers as the file has them.
enum class PieceType : int32_t {
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,      // never matched in text
  kUserDefined = 4,  // always one piece, and not normalised
  kUnused = 5,
  kByte = 6,
};

struct SentencePieceFile {
  struct Piece {
    absl::string_view text;  // into the file's contents
    float score = 0;
    PieceType type = PieceType::kNormal;
  };
  enum class ModelType : int32_t { kUnigram = 1, kBpe = 2, kWord = 3, kCharacter = 4 };

  std::vector<Piece> pieces;  // by id
  ModelType model_type = ModelType::kUnigram;
  bool treat_whitespace_as_suffix = false;
  bool byte_fallback = false;
  int32_t unk_id = 0, bos_id = 1, eos_id = 2, pad_id = -1;

  absl::string_view charsmap;  // see charsmap.h; into the file's contents
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;
};

// Reads `contents`, which must outlive the result. DataLoss naming `source` for anything that is not such a
// message: a length or number that runs past the end, a piece that is empty, not UTF-8 or there twice, no or two
// unknown pieces, a score that is no number. Unimplemented for model types other than Unigram and BPE.
absl::Status ParseSentencePieceFile(absl::string_view contents, absl::string_view source, SentencePieceFile* out);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_SENTENCEPIECE_MODEL_H_
