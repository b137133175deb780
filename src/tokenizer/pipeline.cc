// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The immutable part of a tokenizer made of steps: creation, look-up, decoding.

#include "tokenizer/pipeline.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tokenizer/pipeline_stream.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {
namespace {

// A stretch of text is worked on when so much has come, less when little may be held back.
constexpr size_t kUnit = 4096;

}  // namespace

absl::StatusOr<std::unique_ptr<PipelineTokenizer>> PipelineTokenizer::Create(PipelineSpec spec,
                                                                             const Allocator& allocator) {
  std::unique_ptr<PipelineTokenizer> made = absl::WrapUnique(new PipelineTokenizer);
  made->spec_ = std::move(spec);
  PipelineSpec& own = made->spec_;
  std::vector<AddedTokenSpec> raw, normal;
  for (AddedTokenSpec& token : own.added_tokens) {
    if (!token.normalized || own.normalizers.empty()) {
      raw.push_back(token);
      continue;
    }
    if (!IsValidUtf8(token.text)) {
      return absl::DataLossError(absl::StrCat(own.source, ": an added token is not UTF-8"));
    }
    AddedTokenSpec normalised = token;
    normalised.text = Normalized(own.normalizers, token.text);
    token.match = false;
    if (normalised.text.empty()) continue;
    normal.push_back(std::move(normalised));
  }
  absl::Status status = made->added_.Build(own.added_tokens, own.source, allocator);
  if (status.ok()) status = made->normal_.Build(normal, own.source, allocator);
  if (status.ok()) status = made->CheckTokens();
  if (!status.ok()) return status;
  made->cuts_ = std::make_unique<CutRules>(own.normalizers, raw, normal);
  made->special_ids_ = own.special_ids;
  if (own.model->unk_id() >= 0) made->special_ids_.unk = own.model->unk_id();
  made->single_ = own.single_template;
  made->pair_ = own.pair_template;
  if (own.trim_offsets) status = made->CountSpaces(allocator);
  if (!status.ok()) return status;
  made->MakeFingerprint();
  return made;
}

absl::Status PipelineTokenizer::CheckTokens() const {
  const auto malformed = [this](absl::string_view what) {
    return absl::DataLossError(absl::StrCat(spec_.source, ": ", what));
  };
  for (const AddedTokenSpec& token : spec_.added_tokens) {
    const int32_t known = spec_.model->TokenToId(token.text);
    const absl::string_view other = spec_.model->IdToToken(static_cast<int32_t>(token.id));
    if ((known >= 0 && known != token.id) || (other.data() != nullptr && other != token.text)) {
      return malformed(absl::StrCat("added token \"", absl::CHexEscape(token.text.substr(0, 40)), "\" has id ",
                                    token.id, ", which the vocabulary gives otherwise"));
    }
  }
  for (const Template* pieces : {&spec_.single_template, &spec_.pair_template}) {
    for (const TemplatePiece& piece : *pieces) {
      if (piece.kind == TemplatePiece::Kind::kId && IdToToken(piece.id).data() == nullptr) {
        return malformed(absl::StrCat("the post-processor adds id ", piece.id, ", which has no token"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status PipelineTokenizer::CountSpaces(const Allocator& allocator) {
  absl::Status status = spaces_.Resize(allocator, 2 * static_cast<size_t>(vocabulary_size()));
  if (!status.ok()) return status;
  const uint32_t space = PrintableOfByte(' ');
  const auto is_space = [space](uint32_t c) { return c == space || IsWhiteSpace(c); };
  for (int32_t id = 0; id < vocabulary_size(); ++id) {
    const absl::string_view token = IdToToken(id);
    uint32_t leading = 0, trailing = 0, at = 0;
    while (at < token.size() && is_space(NextCharacter(token.data(), &at))) ++leading;
    for (at = static_cast<uint32_t>(token.size()); at > 0 && is_space(CharacterBefore(token.data(), at));) {
      ++trailing;
      do --at;
      while ((static_cast<uint8_t>(token[at]) & 0xC0) == 0x80);
    }
    spaces_[2 * static_cast<size_t>(id)] = static_cast<uint8_t>(std::min<uint32_t>(leading, 255));
    spaces_[2 * static_cast<size_t>(id) + 1] = static_cast<uint8_t>(std::min<uint32_t>(trailing, 255));
  }
  return absl::OkStatus();
}

void PipelineTokenizer::MakeFingerprint() {
  uint64_t hash = FingerprintBytes(kFingerprintSeed, "steps");
  const auto number = [&hash](uint64_t value) { hash = FingerprintNumber(hash, static_cast<int64_t>(value)); };
  number(spec_.model->Fingerprint());
  // By id, since files differ in what they count as added.
  for (int32_t id = 0; id < vocabulary_size(); ++id) hash = FingerprintBytes(hash, IdToToken(id));
  number(added_.Fingerprint());
  number(normal_.Fingerprint());
  for (const auto& step : spec_.normalizers) number(step->Fingerprint());
  number(spec_.normalizers.size());
  for (const auto& step : spec_.pre_tokenizers) number(step->Fingerprint());
  number(spec_.pre_tokenizers.size());
  number(spec_.trim_offsets | spec_.trim_keeps_prefix_space << 1);
  for (const Template* pieces : {&single_, &pair_}) {
    number(pieces->size());
    for (const TemplatePiece& piece : *pieces) {
      number(static_cast<uint64_t>(piece.kind));
      number(static_cast<uint64_t>(piece.id));
      number(static_cast<uint64_t>(piece.type_id));
    }
  }
  fingerprint_ = hash;
}

size_t PipelineTokenizer::TableBytes() const {
  size_t bytes = spec_.model->TableBytes() + added_.bytes() + normal_.bytes() + spaces_.bytes();
  for (const auto& step : spec_.normalizers) bytes += step->TableBytes();
  return bytes;
}

int32_t PipelineTokenizer::vocabulary_size() const {
  const size_t added = added_.size();
  return std::max(spec_.model->vocabulary_size(), added == 0 ? 0 : added_.record(added - 1).id + 1);
}

int32_t PipelineTokenizer::TokenToId(absl::string_view token) const {
  const int32_t id = spec_.model->TokenToId(token);
  if (id >= 0) return id;
  const AddedTokens::Record* record = added_.FindText(token);
  return record == nullptr ? -1 : record->id;
}

absl::string_view PipelineTokenizer::IdToToken(int32_t id) const {
  const absl::string_view token = spec_.model->IdToToken(id);
  if (token.data() != nullptr) return token;
  const AddedTokens::Record* record = added_.FindId(id);
  return record == nullptr ? absl::string_view() : added_.text(*record);
}

bool PipelineTokenizer::IsSpecial(int32_t id) const {
  const AddedTokens::Record* record = added_.FindId(id);
  return record != nullptr && record->special != 0;
}

std::string PipelineTokenizer::Decode(absl::Span<const int32_t> ids, bool skip_special) const {
  std::vector<std::string> tokens;
  for (const int32_t id : ids) {
    const absl::string_view token = IdToToken(id);
    if (token.data() != nullptr && !(skip_special && IsSpecial(id))) tokens.emplace_back(token);
  }
  if (spec_.decoder.empty()) return absl::StrJoin(tokens, " ");
  for (const auto& step : spec_.decoder) step->Apply(&tokens);
  return absl::StrJoin(tokens, "");
}

PipelineLayout PipelineTokenizer::LayoutFor(const StreamOptions& options) const {
  PipelineLayout at;
  at.held_back = options.held_back_bytes;
  at.unit = std::clamp<size_t>(at.held_back / 16, 64, kUnit);
  at.capacity = AlignUp(at.held_back + 64);
  // A token may need the character behind it to be told from an ordinary text.
  at.pending_bytes = std::max<size_t>(added_.longest(), 1) + 4;
  size_t pre_scratch = 0, copies = 0;
  for (const auto& step : spec_.pre_tokenizers) {
    pre_scratch = std::max(pre_scratch, step->ScratchBytes());
    copies += step->in_place() ? 0 : 1;
  }
  size_t next = AlignUp(sizeof(PipelineStream));
  const auto place = [&next](size_t bytes) {
    const size_t here = next;
    next += AlignUp(bytes);
    return here;
  };
  const size_t text = at.capacity * (1 + 4 + 4 + 1);
  at.source = place(text);
  for (size_t i = 0; i < 2; ++i) {
    if (spec_.normalizers.size() > i) at.normal[i] = place(text);
    if (copies > i) at.words[i] = place(text);
  }
  at.pending = place(at.pending_bytes);
  at.pieces = place(at.capacity * sizeof(Piece));
  // Words are cut first and encoded afterwards, in the same scratch.
  at.scratch = place(std::max(pre_scratch, spec_.model->ScratchBytes(at.capacity)));
  at.bytes = next;
  return at;
}

size_t PipelineTokenizer::MaxSavedBytes(const StreamOptions& options) const {
  return PipelineStream::MaxSavedBytes(LayoutFor(options));
}

absl::StatusOr<TokenStreamPtr> PipelineTokenizer::NewStream(const StreamOptions& options,
                                                            const Allocator& allocator) const {
  return PipelineStream::Create(*this, options, allocator);
}

}  // namespace lwave::tokenizer
