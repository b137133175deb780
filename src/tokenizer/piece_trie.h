// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// All pieces that a text begins with, in one walk over its bytes: a trie in a double array. A node's child for
// byte b lies at base ^ b, so a step costs one load; the children of a node lie in one block of 256 units.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_PIECE_TRIE_H_
#define LONGWAVE_TOKENIZER_PIECE_TRIE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"

namespace lwave::tokenizer {

class PieceTrie {
 public:
  struct Key {
    absl::string_view text;  // not owned
    int32_t value = 0;       // >= 0
  };

  // Replaces the contents. Of two keys with one text the later holds; empty texts are left out.
  // ResourceExhausted when the allocator fails.
  absl::Status Build(std::vector<Key> keys, const Allocator& allocator);

  // Where a walk stands. The root is node 0.
  using Node = uint32_t;
  static constexpr Node kRoot = 0;

  // Steps to the child for `byte`; false (and *node unchanged) when no key goes on this way.
  bool Step(Node* node, char byte) const {
    const Unit unit = units_[*node];
    const uint32_t child = unit.base ^ static_cast<uint8_t>(byte);
    if (units_[child].parent != *node) return false;
    *node = child;
    return true;
  }
  // The value of the key that ends here, or -1.
  int32_t Value(Node node) const { return units_[node].value; }

  // The value of exactly this text, or -1.
  int32_t Find(absl::string_view text) const;
  // Bytes and value of the longest key that `text` begins with; 0 and -1 when there is none.
  size_t LongestPrefix(absl::string_view text, int32_t* value) const;

  bool empty() const { return keys_ == 0; }
  size_t longest() const { return longest_; }  // bytes of the longest key
  size_t bytes() const { return units_.bytes(); }

 private:
  struct Unit {
    uint32_t base;    // 0: no children. Block 0 holds nothing but the root
    uint32_t parent;  // kNone: a free unit
    int32_t value;
  };
  static constexpr uint32_t kNone = 0xFFFFFFFF;
  friend class PieceTrieBuilder;

  Buffer<Unit> units_;
  size_t keys_ = 0;
  size_t longest_ = 0;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_PIECE_TRIE_H_
