// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/sentencepiece.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tokenizer/aligned_text.h"
#include "tokenizer/unicode.h"
#include "tokenizer/unigram.h"

namespace lwave::tokenizer {
namespace {

constexpr float kUnknownPenalty = 10.0f;

// Pieces that may be found in a text.
bool IsMatched(PieceType type) { return type == PieceType::kNormal || type == PieceType::kUserDefined; }

// The score of a user-defined symbol in a Unigram: high enough to win always. `largest` begins at the smallest
// positive float in the library, and so here.
double SymbolScore(absl::string_view text, float largest) {
  return static_cast<double>(static_cast<float>(text.size()) * largest) - 0.1;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SentencePieceModel>> SentencePieceModel::Create(const SentencePieceFile& file,
                                                                               absl::string_view source,
                                                                               const Allocator& allocator) {
  std::unique_ptr<SentencePieceModel> made(new SentencePieceModel);
  made->bpe_ = file.model_type == SentencePieceFile::ModelType::kBpe;
  std::vector<VocabularyItem> items;
  std::vector<absl::string_view> texts;
  std::vector<PieceTrie::Key> symbols;
  float lowest = std::numeric_limits<float>::max(), largest = std::numeric_limits<float>::min();
  uint64_t fingerprint = FingerprintNumber(FingerprintBytes(kFingerprintSeed, "SentencePiece"), made->bpe_);
  for (size_t id = 0; id < file.pieces.size(); ++id) {
    const SentencePieceFile::Piece& piece = file.pieces[id];
    items.push_back({piece.text, static_cast<int64_t>(id)});
    if (IsMatched(piece.type)) texts.push_back(piece.text);
    if (piece.type == PieceType::kUserDefined) symbols.push_back({piece.text, static_cast<int32_t>(id)});
    if (piece.type == PieceType::kUnused && made->bpe_) {
      return absl::UnimplementedError(
          absl::StrCat(source, ": piece ", id, " is unused, which is not supported in a BPE model"));
    }
    if (piece.type == PieceType::kNormal) {
      lowest = std::min(lowest, piece.score);
      largest = std::max(largest, piece.score);
    }
    fingerprint = FingerprintNumber(fingerprint, std::bit_cast<int32_t>(piece.score));
    fingerprint = FingerprintNumber(fingerprint, static_cast<int64_t>(piece.type));
  }
  absl::Status status = made->vocabulary_.Build(items, "", source, allocator);
  if (!status.ok()) return status;
  made->byte_ids_ = BytePieceIds(made->vocabulary_);
  for (size_t byte = 0; byte < 256 && file.byte_fallback; ++byte) {
    const int32_t id = made->byte_ids_[byte];
    if (id < 0 || file.pieces[static_cast<size_t>(id)].type != PieceType::kByte) {
      return absl::DataLossError(absl::StrCat(source, ": byte_fallback is set, but there is no byte piece ",
                                              absl::StrFormat("<0x%02X>", byte)));
    }
  }
  std::vector<UnigramPiece> pieces;
  for (size_t id = 0; id < file.pieces.size(); ++id) {
    const SentencePieceFile::Piece& piece = file.pieces[id];
    if (!IsMatched(piece.type)) continue;
    const bool symbol = piece.type == PieceType::kUserDefined;
    pieces.push_back({piece.text, symbol ? SymbolScore(piece.text, largest) : double{piece.score},
                      static_cast<int32_t>(id)});
  }
  UnigramSettings settings;
  settings.unk_id = file.unk_id;
  settings.unk_score = static_cast<double>(lowest - kUnknownPenalty);
  settings.byte_fallback = file.byte_fallback;
  settings.sentencepiece = true;
  status = made->search_.Build(pieces, made->byte_ids_, settings, allocator);
  if (status.ok()) status = made->symbols_.Build(std::move(symbols), allocator);
  if (status.ok()) status = made->pairs_.Build(texts, allocator);
  if (status.ok()) status = made->scores_.Resize(allocator, file.pieces.size());
  if (!status.ok()) return status;
  for (size_t id = 0; id < file.pieces.size(); ++id) made->scores_[id] = file.pieces[id].score;
  fingerprint = FingerprintNumber(fingerprint, file.byte_fallback);
  made->fingerprint_ = FingerprintNumber(fingerprint, static_cast<int64_t>(made->vocabulary_.Fingerprint()));
  return made;
}

size_t SentencePieceModel::ScratchBytes(size_t word_bytes) const {
  return bpe_ ? SentencePieceBpe::ScratchBytes(word_bytes)
              : UnigramSearch::NodesFor(word_bytes) * sizeof(UnigramNode);
}

size_t SentencePieceModel::Encode(absl::string_view word, char* scratch, Piece* pieces) const {
  Piece* next = pieces;
  const uint32_t size = static_cast<uint32_t>(word.size());
  uint32_t begin = 0, before = 0;
  for (uint32_t at = 0; at < size;) {
    const uint32_t here = at;
    const uint32_t after = NextCharacter(word.data(), &at);
    if (here > begin && CanCut(before, after)) {
      next = EncodePart(word.substr(begin, here - begin), begin, scratch, next);
      begin = here;
    }
    before = after;
  }
  if (begin < size) next = EncodePart(word.substr(begin), begin, scratch, next);
  return static_cast<size_t>(next - pieces);
}

Piece* SentencePieceModel::EncodePart(absl::string_view part, uint32_t begin, char* scratch, Piece* next) const {
  const UnigramSettings& settings = search_.settings();
  if (!bpe_) {
    const absl::Span<UnigramNode> nodes(reinterpret_cast<UnigramNode*>(scratch), UnigramSearch::NodesFor(part.size()));
    search_.Encode(part, 0, nodes, [&next, begin](int32_t id, size_t from, size_t to) {
      *next++ = {id, begin + static_cast<uint32_t>(from), begin + static_cast<uint32_t>(to)};
    });
    return next;
  }
  const SentencePieceBpe bpe(search_.trie(), symbols_, scores_.span());
  const SentencePieceBpe::Symbol* const symbols = bpe.Encode(part, scratch);
  bool after_unknown = false;
  for (int32_t i = 0; i >= 0; i = symbols[i].next) {
    const SentencePieceBpe::Symbol& symbol = symbols[i];
    const uint32_t from = begin + symbol.begin, to = from + symbol.length;
    const bool unknown = symbol.id < 0;
    if (!unknown) {
      *next++ = {symbol.id, from, to};
    } else if (settings.byte_fallback) {
      for (const char byte : part.substr(symbol.begin, symbol.length)) {
        *next++ = {byte_ids_[static_cast<uint8_t>(byte)], from, to};
      }
    } else if (after_unknown) {
      next[-1].end = to;
    } else {
      *next++ = {settings.unk_id, from, to};
    }
    after_unknown = unknown;
  }
  return next;
}

bool SentencePieceModel::CanCut(uint32_t before, uint32_t after) const {
  return !pairs_.Has(before, after) && (search_.IsPiece(before) || search_.IsPiece(after));
}

size_t SentencePieceModel::TableBytes() const {
  return vocabulary_.bytes() + search_.bytes() + symbols_.bytes() + scores_.bytes() + pairs_.bytes();
}

}  // namespace lwave::tokenizer
