// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Splitting and decoding for byte-level vocabularies.

#include "tokenizer/byte_level.h"

#include <algorithm>
#include <string>
#include <utility>

#include "tokenizer/unicode.h"
#include "tokenizer/utf8_stream.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {
namespace {

// Bytes of a contraction at `at`, 0: none there. *open: more text could make one.
uint32_t Contraction(absl::string_view text, uint32_t at, bool* open) {
  if (text[at] != '\'') return 0;
  *open = text.size() - at < 3;
  if (at + 1 >= text.size()) return 0;
  switch (text[at + 1]) {
    case 's':
    case 't':
    case 'm':
    case 'd':
      return 2;
    case 'r':
    case 'v':
      return at + 2 < text.size() && text[at + 2] == 'e' ? 3 : 0;
    case 'l':
      return at + 2 < text.size() && text[at + 2] == 'l' ? 3 : 0;
    default:
      return 0;
  }
}

// The end of the match that begins at `at`. *open: more text behind could change it.
uint32_t MatchEnd(absl::string_view text, uint32_t at, bool* open) {
  *open = false;
  const uint32_t size = static_cast<uint32_t>(text.size());
  if (const uint32_t length = Contraction(text, at, open)) return at + length;
  const bool apostrophe_open = *open;
  uint32_t next = at;
  CharacterClass kind = CharacterClassOf(NextCharacter(text.data(), &next));
  if (text[at] == ' ' && next < size) {
    uint32_t behind = next;
    const CharacterClass follows = CharacterClassOf(NextCharacter(text.data(), &behind));
    if (follows != CharacterClass::kSpace) {
      kind = follows;
      next = behind;
    }
  }
  uint32_t last = at;  // where the last character of the run begins
  while (next < size) {
    uint32_t behind = next;
    if (CharacterClassOf(NextCharacter(text.data(), &behind)) != kind) break;
    last = next;
    next = behind;
  }
  *open = apostrophe_open || next == size;
  // White space before a word leaves its last character to the word, if it has more than one.
  if (kind == CharacterClass::kSpace && next < size && last > at) return last;
  return next;
}

class ByteLevel final : public PreTokenizer {
 public:
  ByteLevel(bool add_prefix_space, bool split) : add_prefix_space_(add_prefix_space), split_(split) {}

  bool in_place() const override { return !add_prefix_space_; }
  bool splits() const override { return split_; }
  uint64_t Fingerprint() const override {
    return FingerprintNumber(FingerprintBytes(kFingerprintSeed, "ByteLevel"), add_prefix_space_ | split_ << 1);
  }

  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out, uint32_t* settled) const override {
    if (add_prefix_space_) {
      for (uint32_t begin = 0; begin < in.size;) {
        uint32_t end = begin + 1;
        while (end < in.size && in.word_starts[end] == 0) ++end;
        const bool fresh = in.word_starts[begin] != 0;
        if (fresh && in.bytes[begin] != ' ') {
          if (!out->Append(" ", in.begins[begin], in.ends[begin], true)) return false;
          const uint32_t place = out->size;
          if (!out->Copy(in, begin, end)) return false;
          out->word_starts[place] = 0;
        } else if (!out->Copy(in, begin, end)) {
          return false;
        }
        begin = end;
      }
    }
    *settled = edges.segment_end ? out->size : 0;
    if (!split_) return true;
    for (uint32_t begin = 0; begin < out->size;) {
      uint32_t end = begin + 1;
      while (end < out->size && out->word_starts[end] == 0) ++end;
      const absl::string_view text = out->text().substr(0, end);
      const bool more = end == out->size && !edges.segment_end;
      for (uint32_t at = begin; at < end;) {
        bool open = false;
        at = MatchEnd(text, at, &open);
        if (more && open) break;
        if (more) *settled = at;
        if (at < end) out->word_starts[at] = 1;
      }
      begin = end;
    }
    return true;
  }

  // In a run of one class that is long, no contraction is near; white space keeps its end.
  bool CanResume(uint32_t before, uint32_t after) const override {
    if (!split_) return true;
    return CharacterClassOf(before) == CharacterClassOf(after) && after != '\'';
  }

 private:
  const bool add_prefix_space_, split_;
};

class ByteLevelDecoder final : public DecoderStep {
 public:
  void Apply(std::vector<std::string>* tokens) const override {
    std::string bytes;
    for (const std::string& token : *tokens) {
      const size_t before = bytes.size();
      for (uint32_t at = 0; at < token.size();) {
        const int byte = ByteOfPrintable(NextCharacter(token.data(), &at));
        if (byte < 0) {
          bytes.resize(before);
          bytes += token;
          break;
        }
        bytes += static_cast<char>(byte);
      }
    }
    tokens->assign(1, ReplaceInvalidUtf8(bytes));
  }
};

}  // namespace

std::unique_ptr<PreTokenizer> MakeByteLevel(bool add_prefix_space, bool split) {
  return std::make_unique<ByteLevel>(add_prefix_space, split);
}

std::unique_ptr<DecoderStep> MakeByteLevelDecoder() { return std::make_unique<ByteLevelDecoder>(); }

}  // namespace lwave::tokenizer
