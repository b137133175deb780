// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The immutable part of WordPiece: creation, look-up, decoding.

#include "tokenizer/wordpiece.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tokenizer/unicode.h"
#include "tokenizer/wordpiece_stream.h"

namespace lwave::tokenizer {
namespace {

// The reference's tidying of one token's text: spaces before punctuation and English contractions go. The
// replacements are made one after the other.
std::string CleanUp(std::string text) {
  static constexpr std::pair<const char*, const char*> kReplacements[] = {
      {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},    {" n't", "n't"},
      {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
  };
  for (const auto& replacement : kReplacements) absl::StrReplaceAll({replacement}, &text);
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<WordPieceTokenizer>> WordPieceTokenizer::Create(const WordPieceSpec& spec,
                                                                               const Allocator& allocator) {
  const WordPieceSettings& settings = spec.settings;
  if (settings.max_chars_per_word < 1 || settings.max_chars_per_word > kMaxCharsPerWord) {
    return absl::UnimplementedError(absl::StrCat(spec.source, ": max_input_chars_per_word must be 1 to ",
                                                 kMaxCharsPerWord, ", got ", settings.max_chars_per_word));
  }
  std::unique_ptr<WordPieceTokenizer> made = absl::WrapUnique(new WordPieceTokenizer);
  made->settings_ = settings;
  absl::Status status =
      made->vocabulary_.Build(spec.vocabulary, settings.continuation_prefix, spec.source, allocator);
  if (!status.ok()) return status;
  status = made->added_.Build(spec.added_tokens, spec.source, allocator);
  if (!status.ok()) return status;

  for (const AddedTokenSpec& token : spec.added_tokens) {
    const int32_t known = made->vocabulary_.TokenToId(token.text);
    const absl::string_view other = made->vocabulary_.IdToToken(static_cast<int32_t>(token.id));
    if ((known >= 0 && known != token.id) || (other.data() != nullptr && other != token.text)) {
      return absl::DataLossError(absl::StrCat(spec.source, ": added token \"", token.text, "\" has id ",
                                              token.id, ", which the vocabulary gives otherwise"));
    }
  }
  made->special_ids_ = spec.special_ids;
  made->special_ids_.unk = made->vocabulary_.TokenToId(settings.unk_token);
  if (made->special_ids_.unk < 0) {
    return absl::DataLossError(absl::StrCat(spec.source, ": the unknown token \"", settings.unk_token,
                                            "\" is not in the vocabulary"));
  }
  made->single_ = spec.single_template;
  made->pair_ = spec.pair_template;
  for (const Template* pieces : {&made->single_, &made->pair_}) {
    for (const TemplatePiece& piece : *pieces) {
      if (piece.kind == TemplatePiece::Kind::kId && made->IdToToken(piece.id).data() == nullptr) {
        return absl::DataLossError(
            absl::StrCat(spec.source, ": the post-processor adds id ", piece.id, ", which has no token"));
      }
    }
  }
  made->MakeByteTables();
  made->MakeLayout();
  made->MakeFingerprint();
  return made;
}

void WordPieceTokenizer::MakeByteTables() {
  for (size_t byte = 0; byte < 256; ++byte) {
    const uint32_t c = static_cast<uint32_t>(byte);
    lowered_[byte] = static_cast<uint8_t>(byte);
    if (settings_.lowercase && c >= 'A' && c <= 'Z') lowered_[byte] = static_cast<uint8_t>(c + 32);
    ByteAction action = ByteAction::kSlow;
    if (byte < 0x80 && !added_.Begins(static_cast<uint8_t>(byte))) {
      const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (alphanumeric) action = ByteAction::kWordCharacter;
      if (IsBertPunctuation(c)) action = ByteAction::kPunctuation;
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') action = ByteAction::kSpace;
    }
    actions_[byte] = action;
  }
}

void WordPieceTokenizer::MakeLayout() {
  WordPieceLayout& at = layout_;
  at.max_chars = static_cast<size_t>(settings_.max_chars_per_word);
  at.pending_bytes = std::max<size_t>(added_.longest(), 1);
  // Every token takes a character of the open word, or one of those that the pending bytes and the byte at
  // hand turn into (each at most kMaxDecomposition of them), or is an added token of at least one of these
  // bytes.
  at.reserve_tokens = at.max_chars + (at.pending_bytes + 8) * (kMaxDecomposition + 1);
  at.queue_tokens = 256;
  while (at.queue_tokens < 2 * at.reserve_tokens + 128) at.queue_tokens *= 2;

  size_t next = AlignUp(sizeof(WordPieceStream));
  const auto place = [&next](size_t bytes) {
    const size_t here = next;
    next += AlignUp(bytes);
    return here;
  };
  at.queue = place(at.queue_tokens * sizeof(Token));
  at.begins = place(at.max_chars * sizeof(int64_t));
  at.ends = place(at.max_chars * sizeof(int64_t));
  at.code_points = place(at.max_chars * sizeof(uint32_t));
  at.hashes = place(at.max_chars * sizeof(uint64_t));
  at.byte_ends = place(at.max_chars * sizeof(uint32_t));
  at.word_bytes = place(at.max_chars * 4);
  at.gaps = place(at.max_chars);
  at.sentence_bits = place(at.max_chars);
  at.classes = place(at.max_chars);
  at.pending = place(at.pending_bytes);
  at.bytes = next;
}

void WordPieceTokenizer::MakeFingerprint() {
  uint64_t hash = FingerprintBytes(kFingerprintSeed, family());
  const auto number = [&hash](int64_t value) { hash = FingerprintNumber(hash, value); };
  number(static_cast<int64_t>(vocabulary_.Fingerprint()));
  number(static_cast<int64_t>(added_.Fingerprint()));
  number(settings_.clean_text | settings_.split_cjk << 1 | settings_.strip_accents << 2 |
         settings_.lowercase << 3);
  number(settings_.max_chars_per_word);
  hash = FingerprintBytes(hash, settings_.unk_token);
  hash = FingerprintBytes(hash, settings_.continuation_prefix);
  for (const Template* pieces : {&single_, &pair_}) {
    number(static_cast<int64_t>(pieces->size()));
    for (const TemplatePiece& piece : *pieces) {
      number(static_cast<int64_t>(piece.kind));
      number(piece.id);
      number(piece.type_id);
    }
  }
  fingerprint_ = hash;
}

int32_t WordPieceTokenizer::vocabulary_size() const {
  const size_t added = added_.size();
  return std::max(vocabulary_.size(), added == 0 ? 0 : added_.record(added - 1).id + 1);
}

int32_t WordPieceTokenizer::TokenToId(absl::string_view token) const {
  const int32_t id = vocabulary_.TokenToId(token);
  if (id >= 0) return id;
  const AddedTokens::Record* record = added_.FindText(token);
  return record == nullptr ? -1 : record->id;
}

absl::string_view WordPieceTokenizer::IdToToken(int32_t id) const {
  const absl::string_view token = vocabulary_.IdToToken(id);
  if (token.data() != nullptr) return token;
  const AddedTokens::Record* record = added_.FindId(id);
  return record == nullptr ? absl::string_view() : added_.text(*record);
}

bool WordPieceTokenizer::IsSpecial(int32_t id) const {
  const AddedTokens::Record* record = added_.FindId(id);
  return record != nullptr && record->special != 0;
}

std::string WordPieceTokenizer::Decode(absl::Span<const int32_t> ids, bool skip_special) const {
  std::string text;
  bool first = true;
  for (const int32_t id : ids) {
    const absl::string_view token = IdToToken(id);
    if (token.data() == nullptr || (skip_special && IsSpecial(id))) continue;
    if (!settings_.has_decoder) {
      absl::StrAppend(&text, first ? "" : " ", token);
    } else {
      std::string part;
      if (!first && absl::StartsWith(token, settings_.decoder_prefix)) {
        part = std::string(token.substr(settings_.decoder_prefix.size()));
      } else {
        part = absl::StrCat(first ? "" : " ", token);
      }
      absl::StrAppend(&text, settings_.decoder_cleanup ? CleanUp(std::move(part)) : part);
    }
    first = false;
  }
  return text;
}

size_t WordPieceTokenizer::MaxSavedBytes(const StreamOptions&) const {
  return WordPieceStream::MaxSavedBytes(layout_);
}

absl::StatusOr<TokenStreamPtr> WordPieceTokenizer::NewStream(const StreamOptions& options,
                                                             const Allocator& allocator) const {
  return WordPieceStream::Create(*this, options, allocator);
}

}  // namespace lwave::tokenizer
