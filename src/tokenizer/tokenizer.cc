// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The parts of Tokenizer that every family shares.

#include "tokenizer/tokenizer.h"

namespace lwave::tokenizer {

std::vector<int32_t> Tokenizer::PrefixIds() const {
  std::vector<int32_t> ids;
  for (const TemplatePiece& piece : single_) {
    if (piece.kind != TemplatePiece::Kind::kId) break;
    ids.push_back(piece.id);
  }
  return ids;
}

std::vector<int32_t> Tokenizer::SuffixIds() const {
  std::vector<int32_t> ids;
  for (const TemplatePiece& piece : single_) {
    if (piece.kind != TemplatePiece::Kind::kId) {
      ids.clear();
    } else {
      ids.push_back(piece.id);
    }
  }
  return ids;
}

}  // namespace lwave::tokenizer
