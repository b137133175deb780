// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/sentencepiece_bpe.h"

#include <algorithm>

#include "tokenizer/aligned_text.h"

namespace lwave::tokenizer {
namespace {

// Every character makes a symbol. A symbol meets its right neighbour once at the beginning, and each join makes two
// new neighbourhoods.
constexpr size_t kPairsPerSymbol = 3;

bool Later(const SentencePieceBpe::Pair& a, const SentencePieceBpe::Pair& b) {
  return a.score < b.score || (a.score == b.score && a.left > b.left);
}

}  // namespace

size_t SentencePieceBpe::ScratchBytes(size_t text_bytes) {
  return text_bytes * (sizeof(Symbol) + kPairsPerSymbol * sizeof(Pair));
}

const SentencePieceBpe::Symbol* SentencePieceBpe::Encode(absl::string_view text, char* scratch) const {
  if (text.empty()) return nullptr;
  Symbol* const symbols = reinterpret_cast<Symbol*>(scratch);
  Pair* const pairs = reinterpret_cast<Pair*>(scratch + text.size() * sizeof(Symbol));
  size_t open = 0;  // pairs in the heap
  const auto consider = [&](int32_t left, int32_t right) {
    if (left < 0 || right < 0 || symbols[left].frozen != 0 || symbols[right].frozen != 0) return;
    const uint32_t length = symbols[left].length + symbols[right].length;
    if (length > pieces_.longest()) return;
    const int32_t id = pieces_.Find(text.substr(symbols[left].begin, length));
    if (id < 0) return;
    pairs[open++] = {scores_[static_cast<size_t>(id)], left, right, length, id};
    std::push_heap(pairs, pairs + open, Later);
  };
  int32_t count = 0;
  for (uint32_t at = 0; at < text.size(); ++count) {
    Symbol& symbol = symbols[count];
    symbol = {at, 0, count - 1, count + 1, -1, 0};
    symbol.length = static_cast<uint32_t>(user_symbols_.LongestPrefix(text.substr(at), &symbol.id));
    symbol.frozen = symbol.length > 0;
    uint32_t end = at + symbol.length;
    if (symbol.length == 0) {
      end = at;
      NextCharacter(text.data(), &end);
      symbol.length = end - at;
      symbol.id = pieces_.Find(text.substr(at, symbol.length));
    }
    at = end;
  }
  symbols[count - 1].next = -1;
  for (int32_t i = 1; i < count; ++i) consider(i - 1, i);
  while (open > 0) {
    std::pop_heap(pairs, pairs + open, Later);
    const Pair top = pairs[--open];
    Symbol& left = symbols[top.left];
    Symbol& right = symbols[top.right];
    if (left.length == 0 || right.length == 0 || left.length + right.length != top.length) continue;
    left.length = top.length;
    left.id = top.id;
    left.next = right.next;
    if (right.next >= 0) symbols[right.next].previous = top.left;
    right.length = 0;
    consider(left.previous, top.left);
    consider(top.left, left.next);
  }
  return symbols;
}

}  // namespace lwave::tokenizer
