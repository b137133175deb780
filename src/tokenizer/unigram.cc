// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/unigram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {
namespace {

// How far below the lowest score an unknown character lies.
constexpr double kUnknownPenalty = 10.0;

}  // namespace

std::array<int32_t, 256> BytePieceIds(const Vocabulary& vocabulary) {
  std::array<int32_t, 256> ids;
  for (size_t byte = 0; byte < 256; ++byte) ids[byte] = vocabulary.TokenToId(absl::StrFormat("<0x%02X>", byte));
  return ids;
}

absl::StatusOr<std::unique_ptr<UnigramModel>> UnigramModel::Create(const UnigramSpec& spec,
                                                                   const Allocator& allocator) {
  const auto malformed = [&spec](absl::string_view what) {
    return absl::DataLossError(absl::StrCat(spec.source, ": ", what));
  };
  const int64_t size = static_cast<int64_t>(spec.vocabulary.size());
  if (spec.unk_id == -1) {
    return absl::UnimplementedError(
        absl::StrCat(spec.source, ": a Unigram model without unk_id is not supported"));
  }
  if (spec.unk_id < 0 || spec.unk_id >= size) {
    return malformed(absl::StrCat("model.unk_id ", spec.unk_id, " is not in a vocabulary of ", size));
  }
  std::vector<VocabularyItem> items;
  std::vector<UnigramPiece> pieces;
  std::vector<absl::string_view> texts;
  items.reserve(spec.vocabulary.size());
  pieces.reserve(spec.vocabulary.size());
  texts.reserve(spec.vocabulary.size());
  double lowest = 0;
  uint64_t fingerprint = FingerprintNumber(FingerprintBytes(kFingerprintSeed, "Unigram"), spec.unk_id);
  fingerprint = FingerprintNumber(fingerprint, spec.byte_fallback);
  for (int64_t id = 0; id < size; ++id) {
    const UnigramSpec::Scored& scored = spec.vocabulary[static_cast<size_t>(id)];
    if (!std::isfinite(scored.score)) return malformed(absl::StrCat("model.vocab: the score of id ", id, " is no number"));
    if (!IsValidUtf8(scored.text)) return malformed(absl::StrCat("model.vocab: the text of id ", id, " is not UTF-8"));
    lowest = id == 0 ? scored.score : std::min(lowest, scored.score);
    items.push_back({scored.text, id});
    pieces.push_back({scored.text, scored.score, static_cast<int32_t>(id)});
    texts.push_back(scored.text);
    fingerprint = FingerprintNumber(fingerprint, std::bit_cast<int64_t>(scored.score));
  }
  std::unique_ptr<UnigramModel> made(new UnigramModel);
  absl::Status status = made->vocabulary_.Build(items, "", spec.source, allocator);
  if (!status.ok()) return status;
  UnigramSettings settings;
  settings.unk_id = static_cast<int32_t>(spec.unk_id);
  settings.unk_score = lowest - kUnknownPenalty;
  settings.byte_fallback = spec.byte_fallback;
  status = made->search_.Build(pieces, BytePieceIds(made->vocabulary_), settings, allocator);
  if (status.ok()) status = made->pairs_.Build(texts, allocator);
  if (!status.ok()) return status;
  made->fingerprint_ = FingerprintNumber(fingerprint, static_cast<int64_t>(made->vocabulary_.Fingerprint()));
  return made;
}

size_t UnigramModel::ScratchBytes(size_t word_bytes) const {
  return UnigramSearch::NodesFor(word_bytes) * sizeof(UnigramNode);
}

size_t UnigramModel::Encode(absl::string_view word, char* scratch, Piece* pieces) const {
  const size_t count = UnigramSearch::NodesFor(word.size());
  const absl::Span<UnigramNode> nodes(reinterpret_cast<UnigramNode*>(scratch), count);
  Piece* next = pieces;
  search_.Encode(word, 0, nodes, [&next](int32_t id, size_t begin, size_t end) {
    *next++ = {id, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
  });
  return static_cast<size_t>(next - pieces);
}

bool UnigramModel::CanCut(uint32_t before, uint32_t after) const {
  return !pairs_.Has(before, after) && (search_.IsPiece(before) || search_.IsPiece(after));
}

absl::StatusOr<std::unique_ptr<PieceModel>> ReadUnigram(const JsonObject& model, const TokenizerJson& file,
                                                        const Allocator& allocator) {
  UnigramSpec spec;
  spec.source = std::string(model.source());
  absl::Status status = model.OnlyKeys({"type", "unk_id", "vocab", "byte_fallback"});
  if (status.ok()) status = model.Integer("unk_id", &spec.unk_id);
  if (status.ok()) status = model.Bool("byte_fallback", &spec.byte_fallback);
  if (!status.ok()) return status;
  for (const TokenizerJson::Scored& scored : file.scored) {
    spec.vocabulary.push_back({absl::string_view(file.text).substr(scored.offset, scored.length), scored.score});
  }
  absl::StatusOr<std::unique_ptr<UnigramModel>> made = UnigramModel::Create(spec, allocator);
  if (!made.ok()) return made.status();
  return std::unique_ptr<PieceModel>(std::move(*made));
}

}  // namespace lwave::tokenizer
