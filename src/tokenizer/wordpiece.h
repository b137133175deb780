// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// WordPiece with BERT's normaliser and splitter: clean the text, put CJK characters apart, strip accents,
// lower the case, split at white space and punctuation, then take the longest known piece from the left,
// again and again; a word with an unknown rest, or a long one, becomes the unknown token as a whole. Exact
// against the reference's fast tokenizers, down to the byte ranges, with one exception: combining marks that
// survive the stripping (there are 83) and stand after stripped ones of a lower class keep their own byte
// range, where the reference shifts it.

#ifndef LONGWAVE_TOKENIZER_WORDPIECE_H_
#define LONGWAVE_TOKENIZER_WORDPIECE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "tokenizer/added_tokens.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {

struct WordPieceSettings {
  // The normaliser.
  bool clean_text = true;
  bool split_cjk = true;
  bool strip_accents = true;
  bool lowercase = true;
  // The model.
  std::string unk_token = "[UNK]";
  std::string continuation_prefix = "##";
  int64_t max_chars_per_word = 100;  // 1 to kMaxCharsPerWord
  // The decoder: without one, tokens are joined by spaces as they are.
  bool has_decoder = true;
  std::string decoder_prefix = "##";
  bool decoder_cleanup = true;
};

inline constexpr int64_t kMaxCharsPerWord = 4096;

// All that a file says. `vocabulary` may point into storage that lives until Create returns.
struct WordPieceSpec {
  WordPieceSettings settings;
  std::vector<VocabularyItem> vocabulary;
  std::vector<AddedTokenSpec> added_tokens;
  Template single_template, pair_template;
  SpecialIds special_ids;  // unk is found by its name
  std::string source;      // the file, for messages
};

// Where the parts of a stream lie in its block; fixed by the tokenizer.
struct WordPieceLayout {
  size_t max_chars = 0;       // of the open word
  size_t pending_bytes = 0;   // of a possible added token
  size_t queue_tokens = 0;    // a power of two
  size_t reserve_tokens = 0;  // most tokens that one byte, or Finish, can set free
  size_t queue, begins, ends, code_points, hashes, byte_ends, word_bytes, gaps, sentence_bits, classes,
      pending;
  size_t bytes = 0;  // of the block
};

class WordPieceTokenizer final : public Tokenizer {
 public:
  // DataLoss or Unimplemented naming spec.source when it does not make sense, ResourceExhausted when the
  // allocator (which must outlive the tokenizer) has no memory.
  static absl::StatusOr<std::unique_ptr<WordPieceTokenizer>> Create(const WordPieceSpec& spec,
                                                                    const Allocator& allocator);

  absl::string_view family() const override { return "WordPiece"; }
  int32_t vocabulary_size() const override;
  int32_t TokenToId(absl::string_view token) const override;
  absl::string_view IdToToken(int32_t id) const override;
  bool IsSpecial(int32_t id) const override;
  std::string Decode(absl::Span<const int32_t> ids, bool skip_special) const override;
  uint64_t Fingerprint() const override { return fingerprint_; }
  size_t TableBytes() const override { return vocabulary_.bytes() + added_.bytes(); }
  size_t StreamBytes(const StreamOptions&) const override { return layout_.bytes; }
  size_t MaxSavedBytes(const StreamOptions&) const override;
  absl::StatusOr<TokenStreamPtr> NewStream(const StreamOptions& options,
                                           const Allocator& allocator) const override;

  const WordPieceSettings& settings() const { return settings_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }
  const AddedTokens& added_tokens() const { return added_; }
  const WordPieceLayout& layout() const { return layout_; }

  // What a raw byte means when nothing is pending; everything that is not simple is kSlow.
  enum class ByteAction : uint8_t { kSlow, kWordCharacter, kPunctuation, kSpace };
  ByteAction action(uint8_t byte) const { return actions_[byte]; }
  uint8_t lowered(uint8_t byte) const { return lowered_[byte]; }

 private:
  WordPieceTokenizer() = default;
  void MakeByteTables();
  void MakeLayout();
  void MakeFingerprint();

  WordPieceSettings settings_;
  Vocabulary vocabulary_;
  AddedTokens added_;
  WordPieceLayout layout_;
  std::array<ByteAction, 256> actions_ = {};
  std::array<uint8_t, 256> lowered_ = {};
  uint64_t fingerprint_ = 0;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_WORDPIECE_H_
