// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Building: nodes are placed in depth-first order. Free units are sought in the last blocks only, and only so often,
// so the time is linear in the nodes whatever the keys are.

#include "tokenizer/piece_trie.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace lwave::tokenizer {
namespace {

constexpr size_t kBlock = 256;
constexpr size_t kOpenBlocks = 16;  // blocks in which free units are sought
constexpr size_t kMaxTries = 64;    // units tried for a node's first child
constexpr size_t kMaxUnits = size_t{1} << 30;

}  // namespace

// Keeps the free units of the last blocks in a list, oldest first.
class PieceTrieBuilder {
 public:
  using Unit = PieceTrie::Unit;

  explicit PieceTrieBuilder(const std::vector<PieceTrie::Key>& keys) : keys_(keys) {
    // The root has the first block to itself: a base of 0 then means no children, because nothing in that block
    // has a parent.
    units_.resize(kBlock, Unit{0, PieceTrie::kNone, -1});
    links_.resize(kBlock);
  }

  // False when there would be more than kMaxUnits.
  bool Build() {
    // Ranges of keys that share their first `depth` bytes and the node which stands for these.
    std::vector<Range> open = {{0, keys_.size(), 0, 0}};
    while (!open.empty()) {
      const Range range = open.back();
      open.pop_back();
      size_t at = range.begin;
      for (; at < range.end && keys_[at].text.size() == range.depth; ++at) {
        units_[range.node].value = keys_[at].value;
      }
      if (at == range.end) continue;
      children_.clear();
      for (size_t i = at; i < range.end; ++i) {
        const uint8_t byte = static_cast<uint8_t>(keys_[i].text[range.depth]);
        if (children_.empty() || children_.back().byte != byte) children_.push_back({byte, i});
      }
      const uint32_t base = Place();
      if (base == 0) return false;
      units_[range.node].base = base;
      for (const Child& child : children_) Take(base ^ child.byte, range.node);
      for (size_t i = children_.size(); i-- > 0;) {
        const size_t end = i + 1 < children_.size() ? children_[i + 1].first : range.end;
        open.push_back({children_[i].first, end, range.depth + 1, base ^ children_[i].byte});
      }
    }
    return true;
  }

  const std::vector<Unit>& units() const { return units_; }

 private:
  struct Range {
    size_t begin, end, depth;
    uint32_t node;
  };
  struct Child {
    uint8_t byte;
    size_t first;
  };
  struct Link {  // unit 0 is the list's head
    uint32_t next, previous;
  };

  void Unlink(uint32_t unit) {
    links_[links_[unit].previous].next = links_[unit].next;
    links_[links_[unit].next].previous = links_[unit].previous;
  }

  void Take(uint32_t unit, uint32_t parent) {
    units_[unit].parent = parent;
    if (unit / kBlock >= first_open_block_) Unlink(unit);
  }

  void AddBlock() {
    const size_t blocks = units_.size() / kBlock;
    if (blocks - first_open_block_ >= kOpenBlocks) {
      for (size_t unit = first_open_block_ * kBlock; unit < (first_open_block_ + 1) * kBlock; ++unit) {
        if (units_[unit].parent == PieceTrie::kNone) Unlink(static_cast<uint32_t>(unit));
      }
      ++first_open_block_;
    }
    units_.resize(units_.size() + kBlock, Unit{0, PieceTrie::kNone, -1});
    links_.resize(units_.size());
    for (uint32_t unit = static_cast<uint32_t>(blocks * kBlock); unit < units_.size(); ++unit) {
      links_[unit] = {0, links_[0].previous};
      links_[links_[0].previous].next = unit;
      links_[0].previous = unit;
    }
  }

  bool Fits(uint32_t base) const {
    for (const Child& child : children_) {
      if (units_[base ^ child.byte].parent != PieceTrie::kNone) return false;
    }
    return true;
  }

  // A base whose units for all children are free.
  uint32_t Place() {
    size_t tries = 0;
    for (uint32_t unit = links_[0].next; unit != 0 && tries < kMaxTries; unit = links_[unit].next, ++tries) {
      const uint32_t base = unit ^ children_[0].byte;
      if (Fits(base)) return base;
    }
    const size_t end = units_.size();
    if (end + kBlock > kMaxUnits) return 0;
    AddBlock();
    return static_cast<uint32_t>(end);
  }

  const std::vector<PieceTrie::Key>& keys_;
  std::vector<Unit> units_;
  std::vector<Link> links_;
  std::vector<Child> children_;
  size_t first_open_block_ = 1;
};

absl::Status PieceTrie::Build(std::vector<Key> keys, const Allocator& allocator) {
  std::erase_if(keys, [](const Key& key) { return key.text.empty(); });
  std::stable_sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.text < b.text; });
  PieceTrieBuilder builder(keys);
  if (!builder.Build()) {
    return absl::ResourceExhaustedError(absl::StrCat("the pieces need a trie of more than ", kMaxUnits, " units"));
  }
  Buffer<Unit> units;
  const absl::Status status = units.Resize(allocator, builder.units().size());
  if (!status.ok()) return status;
  std::copy(builder.units().begin(), builder.units().end(), units.begin());
  units_ = std::move(units);
  keys_ = keys.size();
  longest_ = 0;
  for (const Key& key : keys) longest_ = std::max(longest_, key.text.size());
  return absl::OkStatus();
}

int32_t PieceTrie::Find(absl::string_view text) const {
  if (keys_ == 0) return -1;
  Node node = kRoot;
  for (const char byte : text) {
    if (!Step(&node, byte)) return -1;
  }
  return Value(node);
}

size_t PieceTrie::LongestPrefix(absl::string_view text, int32_t* value) const {
  size_t length = 0;
  *value = -1;
  if (keys_ == 0) return 0;
  Node node = kRoot;
  for (size_t i = 0; i < text.size() && Step(&node, text[i]); ++i) {
    if (Value(node) < 0) continue;
    *value = Value(node);
    length = i + 1;
  }
  return length;
}

}  // namespace lwave::tokenizer
