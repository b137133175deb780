// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The Unigram model: of all ways to cut a text into pieces, the one whose scores (log-probabilities) add up to
// the most. A character that is no piece on its own may stand as unknown, at 10 below the lowest score; neighbouring
// unknown characters become one token. Of equal sums the one found first holds, walking from the left.
//
// One pass over the text, each position looking at the pieces that begin there: linear in the text, with 16
// bytes of scratch a byte. Kudo, Subword Regularization (2018), arXiv:1804.10959.
//
// Two arithmetics: published tokenizer.json files are read with double sums that start anew in every word; the
// SentencePiece library adds single-precision numbers along the whole text.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_UNIGRAM_SEARCH_H_
#define LONGWAVE_TOKENIZER_UNIGRAM_SEARCH_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "tokenizer/piece_trie.h"

namespace lwave::tokenizer {

struct UnigramPiece {
  absl::string_view text;  // not owned
  double score = 0;
  int32_t id = -1;
};

struct UnigramSettings {
  int32_t unk_id = -1;           // must be given
  double unk_score = 0;          // of one unknown character
  bool byte_fallback = false;    // unknown text becomes the pieces <0x00> to <0xFF> where all of them exist
  bool sentencepiece = false;    // as its library: sums are rounded to float, unknown text never spells a piece
};

// The best way to reach one position of the text.
struct UnigramNode {
  double score;
  int32_t id;      // kUnreached: no way yet
  uint32_t other;  // where the last piece begins; after the walk back, where the piece that begins here ends
  static constexpr int32_t kUnreached = -2;
};

class UnigramSearch {
 public:
  // Replaces the contents. `pieces` may be matched in text; `byte_ids` are the pieces <0x00> to <0xFF> (-1: there
  // is none). InvalidArgument for an unk_id below 0; ResourceExhausted when the allocator fails.
  absl::Status Build(absl::Span<const UnigramPiece> pieces, const std::array<int32_t, 256>& byte_ids,
                     const UnigramSettings& settings, const Allocator& allocator);

  // Cuts `text` (valid UTF-8, at most nodes.size() - 1 bytes) and calls sink(id, begin, end) for every token in
  // order; the bytes of one unknown text all have its range. `start` is the score so far: 0, or what the call
  // for the text before returned. Returns the sum at the end.
  template <typename Sink>
  double Encode(absl::string_view text, double start, absl::Span<UnigramNode> nodes, Sink&& sink) const {
    const double sum = FindBest(text, start, nodes);
    for (size_t at = 0; at < text.size();) {
      size_t end = nodes[at].other;
      const int32_t id = nodes[at].id;
      if (id != settings_.unk_id) {
        sink(id, at, end);
        at = end;
        continue;
      }
      // (The library fuses unknown characters only where they stay unknown.)
      const bool fuse = !settings_.sentencepiece || !settings_.byte_fallback;
      while (fuse && end < text.size() && nodes[end].id == settings_.unk_id) end = nodes[end].other;
      EmitUnknown(text.substr(at, end - at), at, sink);
      at = end;
    }
    return sum;
  }

  // Nodes that a text of this many bytes needs.
  static size_t NodesFor(size_t bytes) { return bytes + 1; }

  // Whether this character is a piece on its own, and so never unknown.
  bool IsPiece(uint32_t c) const;

  const PieceTrie& trie() const { return trie_; }
  const UnigramSettings& settings() const { return settings_; }
  size_t bytes() const { return trie_.bytes() + scores_.bytes(); }

 private:
  double FindBest(absl::string_view text, double start, absl::Span<UnigramNode> nodes) const;

  template <typename Sink>
  void EmitUnknown(absl::string_view text, size_t at, Sink& sink) const {
    // Unknown characters side by side may spell a piece that was not the best way to cut them.
    const int32_t id = !settings_.sentencepiece && text.size() <= trie_.longest() ? trie_.Find(text) : -1;
    bool bytes = settings_.byte_fallback && id < 0;
    for (size_t i = 0; bytes && i < text.size(); ++i) bytes = byte_ids_[static_cast<uint8_t>(text[i])] >= 0;
    if (!bytes) {
      sink(id < 0 ? settings_.unk_id : id, at, at + text.size());
      return;
    }
    for (const char byte : text) sink(byte_ids_[static_cast<uint8_t>(byte)], at, at + text.size());
  }

  PieceTrie trie_;         // values are ids
  Buffer<double> scores_;  // by id
  std::array<int32_t, 256> byte_ids_ = {};
  UnigramSettings settings_;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_UNIGRAM_SEARCH_H_
