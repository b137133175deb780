// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Added tokens: strings such as [MASK] that are cut out of the raw text before anything else happens to it.
// They are found leftmost first, longest first, in a small trie over bytes.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_ADDED_TOKENS_H_
#define LONGWAVE_TOKENIZER_ADDED_TOKENS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/allocator.h"

namespace lwave::tokenizer {

// One of them as a tokenizer's file has it.
struct AddedTokenSpec {
  std::string text;
  int64_t id = -1;
  bool special = false;
  bool strip_left = false;   // white space before it belongs to it
  bool strip_right = false;  // white space after it belongs to it
  bool single_word = false;  // only where no letter or digit touches it
  bool normalized = false;   // looked for in normalised text
  bool match = true;         // false: has an id and a role, but is not looked for in text
};

inline constexpr size_t kMaxAddedTokenBytes = 256;
inline constexpr size_t kMaxAddedTokens = 65536;

class AddedTokens {
 public:
  struct Record {
    uint32_t offset;
    uint32_t length;
    int32_t id;
    uint8_t special, strip_left, strip_right, single_word;
    uint8_t closers_only;    // nothing but closing quotes and brackets
    uint8_t sentence_flags;  // kEndsSentence and kEndsCjkSentence of its text on its own
  };

  // Replaces the contents. DataLoss naming `source` for a text or id that occurs twice, an empty or invalid
  // text, an id out of range; Unimplemented for a text longer than kMaxAddedTokenBytes.
  absl::Status Build(absl::Span<const AddedTokenSpec> tokens, absl::string_view source,
                     const Allocator& allocator);

  size_t size() const { return records_.size(); }
  const Record& record(size_t index) const { return records_[index]; }  // in order of ids
  absl::string_view text(const Record& record) const {
    return absl::string_view(text_.data() + record.offset, record.length);
  }
  const Record* FindId(int32_t id) const;
  const Record* FindText(absl::string_view text) const;

  // Bytes of the longest token that is looked for (0: none).
  size_t longest() const { return longest_; }
  // Whether one of these begins with `byte`.
  bool Begins(uint8_t byte) const { return begins_[byte] != 0; }

  // Matches at the beginning of `text`. When `final` is false and more bytes could still lengthen or make a
  // match, returns kMore; else the index of the longest match, or kNone.
  static constexpr int kNone = -1;
  static constexpr int kMore = -2;
  int Match(absl::string_view text, bool final) const;

  uint64_t Fingerprint() const;
  size_t bytes() const { return text_.bytes() + records_.bytes() + nodes_.bytes(); }

 private:
  struct Node {
    int32_t first_child, next_sibling;  // 0: none
    int32_t record;                     // kNone: no token ends here
    uint8_t byte;
  };
  int32_t Child(int32_t node, uint8_t byte) const;

  Buffer<char> text_;
  Buffer<Record> records_;
  Buffer<Node> nodes_;
  size_t longest_ = 0;
  std::array<uint8_t, 256> begins_ = {};
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_ADDED_TOKENS_H_
