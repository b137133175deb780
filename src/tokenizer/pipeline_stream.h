// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The state of one document under a tokenizer made of steps.
//   1. Bytes that may begin an added token wait, the others are decoded and gathered in the source text.
//   2. When enough has come, or the segment is closed by an added token or the end, work begins: the source,
//      up to a place where it may be cut, is normalised and cut into words. How far words are settled
//      decides how much of it is used; the rest stays.
//   3. Next encodes one word at a time and gives its tokens out; after the last the source moves up.
// Nothing else is queued, so a saved state is the source text and how many tokens of the work were given.

#ifndef LONGWAVE_TOKENIZER_PIPELINE_STREAM_H_
#define LONGWAVE_TOKENIZER_PIPELINE_STREAM_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "tokenizer/aligned_text.h"
#include "tokenizer/pipeline.h"
#include "tokenizer/text_flags.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/utf8_stream.h"

namespace lwave::tokenizer {

class PipelineStream final : public TokenStream {
 public:
  static absl::StatusOr<TokenStreamPtr> Create(const PipelineTokenizer& tokenizer,
                                               const StreamOptions& options, const Allocator& allocator);
  static size_t MaxSavedBytes(const PipelineLayout& layout);

  size_t Push(absl::Span<const char> text) override;
  void Finish() override { s_.finishing = 1; }
  bool Next(Token* token) override;
  absl::Status status() const override;
  int64_t split_count() const override { return s_.split_count; }
  bool finished() const override { return s_.finishing != 0; }
  int64_t bytes_taken() const override { return s_.offset + s_.pending_count; }
  void Reset() override;
  int64_t invalid_count() const override { return s_.invalid_count; }
  int64_t first_invalid() const override { return s_.first_invalid; }
  size_t SavedBytes() const override;
  void Save(char* out) const override;
  absl::Status Load(absl::Span<const char> saved) override;
  absl::Status CopyFrom(const TokenStream& other) override;

 private:
  // Whether the segment in the source is complete.
  enum Closing : uint8_t {
    kOpen,
    kStripping,  // by an added token that still takes the white space behind it
    kByToken,
    kByEnd,
  };

  // Everything that is not an array, as it was when the present work began. Trivially copyable.
  struct Scalars {
    uint8_t skip_byte_order_mark = 0, split_long = 0;
    uint8_t finishing = 0, done = 0;
    // 1
    int64_t offset = 0;           // bytes that left the pending ones
    uint32_t pending_count = 0;   // bytes that may begin an added token
    uint32_t ordinary_left = 0;   // of these, how many are known not to
    Utf8State partial;
    int64_t invalid_count = 0, first_invalid = -1;
    uint32_t last_character = 0;  // before the source; 0: none
    // The source.
    int64_t base = 0;      // raw offset of its first byte
    uint32_t size = 0;     // bytes
    uint32_t segment = 0;  // of these, how many are the segment's (fewer: white space that a token takes)
    uint32_t try_at = 0;   // work is tried at this size
    uint8_t text_begin = 1, segment_begin = 1, continues_word = 0;
    // What follows the segment.
    uint8_t closing = kOpen;
    int32_t record = -1;  // of the added token
    int64_t token_begin = 0, token_end = 0;
    // A character behind a token that stripped, waiting for the source.
    uint8_t has_stash = 0;
    uint32_t stash = 0;
    int64_t stash_begin = 0, stash_end = 0;
    TextFlags flags;
    uint8_t gave_any = 0;  // tokens
    int64_t split_count = 0;
    uint8_t failed = 0;
    uint8_t working = 0;
    uint32_t given = 0;  // tokens of this work
  };

  // What the present work found; made anew from the source by Prepare.
  struct Work {
    AlignedText normal;    // the source, normalised
    uint32_t part_at = 0;  // where its next part begins; parts end before added tokens in it
    AlignedText words;     // of the present part
    int32_t record = -1;   // the added token behind it
    uint32_t token_begin = 0, token_end = 0;
    bool ends = false;          // the segment's end is reached
    bool continues = false;     // what follows goes on with the last word
    bool forced = false;        // it is cut although nothing allows that
    bool part_begins = false;   // the part begins a segment
    bool nothing_left = false;  // and nothing of it was used
    uint32_t used = 0;          // bytes of the source that are done with afterwards
    // How far it is given out.
    uint32_t word_at = 0;     // the next word
    uint32_t word_begin = 0;  // the one in pieces
    size_t piece_at = 0, piece_count = 0;
    uint32_t flags_at = 0;  // source bytes that the flags have seen
    TextFlags flags;
    uint8_t gave_any = 0;
    uint8_t tokens_left = 0;  // bit 0: the normalised text's, bit 1: the segment's
  };

  PipelineStream(const PipelineTokenizer& tokenizer, const StreamOptions& options, const Allocator& allocator);
  ~PipelineStream() override = default;
  void Destroy() override;
  const void* owner() const override { return &tokenizer_; }
  AlignedText TextAt(size_t offset) const;

  // pipeline_input.cc: bytes to the source.
  size_t TakeFast(absl::string_view text);
  bool ResolvePending(bool final);
  bool IsSingleWord(const AddedTokens::Record& record, bool final, bool* wait) const;
  void TakeAddedToken(int record);
  void DecodeByte(uint8_t byte);
  void AbandonPartial();
  void TakeCharacter(uint32_t c, int64_t begin, int64_t end);
  void AppendCharacter(uint32_t c, int64_t begin, int64_t end);
  uint32_t LastCharacter() const;
  bool NeedsWork() const { return s_.closing >= kByToken || s_.size >= s_.try_at; }

  // pipeline_work.cc: the source to words.
  void StartWork();
  bool Force();
  bool Prepare(uint32_t cut, bool ends, bool forced);
  bool Normalise(const TextEdges& edges, AlignedText* text);
  bool CutPart(TextEdges edges);
  bool NextPart();
  void FindNormalToken(AlignedText* text);
  bool CutWords(AlignedText text, TextEdges edges);
  void CutInsideWord(bool continues);
  uint32_t LastCut(uint32_t limit) const;
  bool CanCutAt(uint32_t source_at) const;
  uint32_t SourceAt(uint32_t raw) const;
  void EndWork();

  // pipeline_stream.cc: words to tokens.
  bool HaveToken();
  bool EncodeNextWord();
  Token MakePieceToken();
  Token MakeAddedToken();
  void Trim(bool inner, Token* token) const;
  void SeeUpTo(uint32_t source_at);
  void Give(Token* token);

  // pipeline_state.cc
  absl::Status Parse(absl::Span<const char> saved, bool apply, Scalars* scalars);
  absl::Status Replay();

  const PipelineTokenizer& tokenizer_;
  const Allocator& allocator_;
  const PipelineLayout layout_;
  char* const block_;
  char* const pending_;
  Piece* const pieces_;
  char* const scratch_;
  AlignedText source_;
  Scalars s_;
  Work work_;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_PIPELINE_STREAM_H_
