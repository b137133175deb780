// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/word_level.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace lwave::tokenizer {

absl::StatusOr<std::unique_ptr<WordLevelModel>> WordLevelModel::Create(absl::Span<const VocabularyItem> vocabulary,
                                                                       absl::string_view unk_token,
                                                                       absl::string_view source,
                                                                       const Allocator& allocator) {
  std::unique_ptr<WordLevelModel> made(new WordLevelModel);
  const absl::Status status = made->vocabulary_.Build(vocabulary, "", source, allocator);
  if (!status.ok()) return status;
  made->unk_id_ = made->vocabulary_.TokenToId(unk_token);
  if (made->unk_id_ < 0) {
    return absl::UnimplementedError(absl::StrCat(source, ": the unknown token \"",
                                                 absl::CHexEscape(unk_token.substr(0, 40)),
                                                 "\" is not in the vocabulary"));
  }
  return made;
}

size_t WordLevelModel::Encode(absl::string_view word, char*, Piece* pieces) const {
  if (word.empty()) return 0;
  int32_t id = -1;
  if (word.size() <= vocabulary_.LongestPiece(Vocabulary::kBeginning)) id = vocabulary_.TokenToId(word);
  pieces[0] = {id < 0 ? unk_id_ : id, 0, static_cast<uint32_t>(word.size())};
  return 1;
}

uint64_t WordLevelModel::Fingerprint() const {
  const uint64_t kind = FingerprintNumber(FingerprintBytes(kFingerprintSeed, "WordLevel"), unk_id_);
  return FingerprintNumber(kind, static_cast<int64_t>(vocabulary_.Fingerprint()));
}

absl::StatusOr<std::unique_ptr<PieceModel>> ReadWordLevel(const JsonObject& model, const TokenizerJson& file,
                                                          const Allocator& allocator) {
  std::string unk_token = "<unk>";
  absl::Status status = model.OnlyKeys({"type", "vocab", "unk_token"});
  if (status.ok()) status = model.String("unk_token", &unk_token);
  if (!status.ok()) return status;
  absl::StatusOr<std::unique_ptr<WordLevelModel>> made =
      WordLevelModel::Create(file.Items(), unk_token, model.source(), allocator);
  if (!made.ok()) return made.status();
  return std::unique_ptr<PieceModel>(std::move(*made));
}

}  // namespace lwave::tokenizer
