// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/unigram_search.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "tokenizer/unicode.h"

namespace lwave::tokenizer {
namespace {

// Bytes of the character that begins with this byte, in valid UTF-8.
size_t CharacterBytes(char lead) {
  const uint8_t byte = static_cast<uint8_t>(lead);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

absl::Status UnigramSearch::Build(absl::Span<const UnigramPiece> pieces, const std::array<int32_t, 256>& byte_ids,
                            const UnigramSettings& settings, const Allocator& allocator) {
  if (settings.unk_id < 0) return absl::InvalidArgumentError("a Unigram model needs the id of the unknown token");
  std::vector<PieceTrie::Key> keys;
  keys.reserve(pieces.size());
  int32_t largest = settings.unk_id;
  for (const UnigramPiece& piece : pieces) {
    keys.push_back({piece.text, piece.id});
    largest = std::max(largest, piece.id);
  }
  PieceTrie trie;
  Buffer<double> scores;
  absl::Status status = trie.Build(std::move(keys), allocator);
  if (status.ok()) status = scores.Resize(allocator, static_cast<size_t>(largest) + 1);
  if (!status.ok()) return status;
  for (const UnigramPiece& piece : pieces) scores[static_cast<size_t>(piece.id)] = piece.score;
  trie_ = std::move(trie);
  scores_ = std::move(scores);
  byte_ids_ = byte_ids;
  settings_ = settings;
  return absl::OkStatus();
}

bool UnigramSearch::IsPiece(uint32_t c) const {
  char bytes[4];
  return trie_.Find(absl::string_view(bytes, EncodeUtf8(c, bytes))) >= 0;
}

double UnigramSearch::FindBest(absl::string_view text, double start, absl::Span<UnigramNode> nodes) const {
  const size_t size = text.size();
  nodes[0] = {start, UnigramNode::kUnreached, 0};
  for (size_t i = 1; i <= size; ++i) nodes[i].id = UnigramNode::kUnreached;
  const bool single = settings_.sentencepiece;
  for (size_t at = 0; at < size;) {
    const double here = nodes[at].score;
    const size_t character = std::min(CharacterBytes(text[at]), size - at);
    bool has_single = false;
    PieceTrie::Node node = PieceTrie::kRoot;
    for (size_t end = at; end < size && trie_.Step(&node, text[end]);) {
      ++end;
      const int32_t id = trie_.Value(node);
      if (id < 0) continue;
      const double sum = scores_[static_cast<size_t>(id)] + here;
      UnigramNode& target = nodes[end];
      if (target.id == UnigramNode::kUnreached || sum > target.score) {
        target = {single ? static_cast<double>(static_cast<float>(sum)) : sum, id, static_cast<uint32_t>(at)};
      }
      has_single |= end - at == character;
    }
    if (!has_single) {
      double sum = settings_.unk_score + here;
      if (single) sum = static_cast<double>(static_cast<float>(sum));
      UnigramNode& target = nodes[at + character];
      if (target.id == UnigramNode::kUnreached || sum > target.score) {
        target = {sum, settings_.unk_id, static_cast<uint32_t>(at)};
      }
    }
    at += character;
  }
  // Turns the way round, so that it can be followed from the left.
  const double sum = nodes[size].score;
  uint32_t end = static_cast<uint32_t>(size), begin = nodes[size].other;
  int32_t id = nodes[size].id;
  while (end > 0) {
    const UnigramNode before = nodes[begin];
    nodes[begin].id = id;
    nodes[begin].other = end;
    end = begin;
    begin = before.other;
    id = before.id;
  }
  return sum;
}

}  // namespace lwave::tokenizer
