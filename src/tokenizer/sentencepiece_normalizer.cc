// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/sentencepiece_normalizer.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {
namespace {

constexpr uint32_t kVisibleSpace = 0x2581;

size_t CharacterBytes(absl::string_view text) {
  uint32_t end = 0;
  NextCharacter(text.data(), &end);
  return end;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SentencePieceNormalizer>> SentencePieceNormalizer::Create(
    const SentencePieceFile& file, absl::string_view source, const Allocator& allocator) {
  std::unique_ptr<SentencePieceNormalizer> made(new SentencePieceNormalizer);
  std::vector<PieceTrie::Key> keys;
  std::vector<absl::string_view> texts;
  for (size_t id = 0; id < file.pieces.size(); ++id) {
    if (file.pieces[id].type != PieceType::kUserDefined) continue;
    keys.push_back({file.pieces[id].text, static_cast<int32_t>(id)});
    texts.push_back(file.pieces[id].text);
  }
  absl::Status status = made->map_.Build(file.charsmap, source, allocator);
  if (status.ok()) status = made->symbols_.Build(std::move(keys), allocator);
  if (status.ok()) status = made->symbol_pairs_.Build(texts, allocator);
  if (!status.ok()) return status;
  made->prefix_ = file.add_dummy_prefix && !file.treat_whitespace_as_suffix;
  made->suffix_ = file.add_dummy_prefix && file.treat_whitespace_as_suffix;
  made->collapse_ = file.remove_extra_whitespaces;
  made->escape_ = file.escape_whitespaces;
  return made;
}

size_t SentencePieceNormalizer::Prefix(absl::string_view text, absl::string_view* replacement) const {
  int32_t symbol;
  size_t length = symbols_.LongestPrefix(text, &symbol);
  if (length == 0) {
    length = map_.Longest(text, replacement);
    if (length > 0) return length;
    length = CharacterBytes(text);
  }
  *replacement = text.substr(0, length);
  return length;
}

bool SentencePieceNormalizer::Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const {
  const absl::string_view text = in.text();
  absl::string_view part;
  uint32_t at = 0;
  if (collapse_ && edges.segment_begin) {
    while (at < in.size) {
      const size_t length = Prefix(text.substr(at), &part);
      if (part != " ") break;
      at += static_cast<uint32_t>(length);
    }
  }
  if (at == in.size) return true;
  if (prefix_ && edges.segment_begin && !out->Append(space(), in.begins[at], in.begins[at])) return false;
  const uint32_t out_begin = out->size;
  // A stretch in the midst of a text does not begin behind a space, see CanCut.
  bool after_space = collapse_ && edges.segment_begin;
  while (at < in.size) {
    const uint32_t next = at + static_cast<uint32_t>(Prefix(text.substr(at), &part));
    while (after_space && absl::ConsumePrefix(&part, " ")) {
    }
    if (!part.empty()) {
      for (size_t i = 0; i < part.size();) {
        const size_t length = CharacterBytes(part.substr(i));
        const absl::string_view character = part[i] == ' ' ? space() : part.substr(i, length);
        if (!out->Append(character, in.begins[at], in.ends[next - 1])) return false;
        i += length;
      }
      after_space = part.back() == ' ';
    }
    if (!collapse_) after_space = false;
    at = next;
  }
  if (!edges.segment_end) return true;
  if (collapse_) {
    // As the library does, this takes the space put before the text as well.
    const uint32_t least = edges.segment_begin && prefix_ ? out_begin - static_cast<uint32_t>(space().size()) : out_begin;
    while (out->size >= least + space().size() && absl::EndsWith(out->text(), space())) {
      out->size -= static_cast<uint32_t>(space().size());
    }
  }
  if (!suffix_) return true;
  return out->Append(space(), in.ends[in.size - 1], in.ends[in.size - 1]);
}

bool SentencePieceNormalizer::CanCut(uint32_t before, uint32_t after) const {
  if (symbol_pairs_.Has(before, after) || map_.GoesOnWith(after)) return false;
  if (!collapse_) return true;
  // Behind a space it depends on what follows whether it counts.
  char bytes[4];
  absl::string_view text(bytes, EncodeUtf8(before, bytes));
  if (map_.GoesOnWith(before)) return false;
  map_.Longest(text, &text);
  return before != kVisibleSpace && !text.empty() && text.back() != ' ' && !absl::EndsWith(text, space());
}

bool SentencePieceNormalizer::Keeps(uint32_t c) const {
  char bytes[4];
  absl::string_view text(bytes, EncodeUtf8(c, bytes));
  return c != ' ' && c != kVisibleSpace && map_.Longest(text, &text) == 0 && !map_.CouldGrow(text) &&
         !map_.GoesOnWith(c);
}

uint64_t SentencePieceNormalizer::Fingerprint() const {
  const uint64_t hash = FingerprintNumber(FingerprintBytes(kFingerprintSeed, "SentencePiece"),
                                          prefix_ + 2 * suffix_ + 4 * collapse_ + 8 * escape_);
  return FingerprintNumber(hash, static_cast<int64_t>(map_.Fingerprint()));
}

}  // namespace lwave::tokenizer
