// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The third step of a tokenizer: the pieces of a word.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_PIECE_MODEL_H_
#define LONGWAVE_TOKENIZER_PIECE_MODEL_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace lwave::tokenizer {

struct Piece {
  int32_t id = -1;
  uint32_t begin = 0, end = 0;  // bytes of the word, half-open
};

class PieceModel {
 public:
  virtual ~PieceModel() = default;

  // "BPE", "Unigram", "WordLevel".
  virtual absl::string_view family() const = 0;

  // What Encode needs for a word of at most that many bytes. Never decreases.
  virtual size_t ScratchBytes(size_t word_bytes) const = 0;

  // Writes the pieces of a word in order, at most one a byte of it, and returns how many. `scratch` is
  // aligned to kAlignment; what it holds before does not matter.
  virtual size_t Encode(absl::string_view word, char* scratch, Piece* pieces) const = 0;

  // Whether no piece can hold both of these neighbours: the word may be cut between them and its parts
  // encoded one by one. Derived from the vocabulary.
  virtual bool CanCut(uint32_t before, uint32_t after) const = 0;

  // One more than the largest id.
  virtual int32_t vocabulary_size() const = 0;
  virtual int32_t unk_id() const = 0;  // -1: none
  virtual int32_t TokenToId(absl::string_view token) const = 0;
  // A view with data() == nullptr when there is no such id.
  virtual absl::string_view IdToToken(int32_t id) const = 0;

  // Of all settings, the same for every file form; the texts of the ids need not be in it.
  virtual uint64_t Fingerprint() const = 0;
  // What the tables took from the allocator.
  virtual size_t TableBytes() const = 0;

 protected:
  PieceModel() = default;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_PIECE_MODEL_H_
