// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text to token ids, bit by bit. A Tokenizer is the immutable part (vocabulary, settings, templates); a
// TokenStream is the state of one document, fed with raw UTF-8 in pieces of any size. The tokens, their byte
// ranges and their flags depend on the text alone, never on how it was cut into pieces.
//
// Memory: a stream is one block whose size is known before it is made (Tokenizer::StreamBytes); Push, Next
// and Finish allocate nothing, however long a word or a run of white space is. Threads: a Tokenizer serves
// any number of threads at once; a TokenStream one thread at a time.

#ifndef LONGWAVE_TOKENIZER_TOKENIZER_H_
#define LONGWAVE_TOKENIZER_TOKENIZER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/allocator.h"

namespace lwave::tokenizer {

// Bits of Token::flags. "The gap" is the raw text between the previous token and this one (or from the
// beginning of the text to the first token).
enum TokenFlag : uint8_t {
  kStartsWord = 1,       // the first piece of its word
  kSpaceBefore = 2,      // white space lies in the gap
  kParagraphBefore = 4,  // the gap holds two line ends (LF, CRLF or CR) with only spaces and tabs between
  kEndsSentence = 8,  // the text up to this token's end closes with . ! or ? and then any number of closing
                      // quotes or brackets (ASCII " and ', categories Pe and Pf), all directly adjacent
  kEndsCjkSentence = 16,  // its raw text ends in U+3002, U+FF01, U+FF1F, U+FF0E or U+FF61
  kAllTokenFlags = 31,
};

struct Token {
  int32_t id = 0;
  uint8_t flags = 0;
  int64_t byte_begin = 0;  // raw bytes, half-open, counted from the first byte of the document
  int64_t byte_end = 0;    // (a byte order mark counts)

  friend bool operator==(const Token&, const Token&) = default;
};

// Ids with a role of their own; -1 where the tokenizer has none.
struct SpecialIds {
  int32_t cls = -1, sep = -1, pad = -1, unk = -1, mask = -1;
};

// What the tokenizer puts around one text or a pair: in order, its own ids and the places of the texts.
struct TemplatePiece {
  enum class Kind { kId, kSequenceA, kSequenceB };
  Kind kind = Kind::kId;
  int32_t id = -1;      // for kId
  int32_t type_id = 0;  // token type of this id, or of every token of the sequence
};
using Template = std::vector<TemplatePiece>;

struct StreamOptions {
  // A leading U+FEFF is taken as a byte order mark: skipped, and counted in offsets.
  bool skip_byte_order_mark = true;
  // Text is held back until it is certain which tokens it becomes: at most so many bytes (kMinHeldBack to
  // kMaxHeldBack). WordPiece never needs more than a word.
  size_t held_back_bytes = 65536;
  // What becomes of a longer run of text that nothing allows to be cut: an error (TokenStream::status), or it
  // is cut all the same and counted (TokenStream::split_count).
  bool split_long = false;
};
inline constexpr size_t kMinHeldBack = 256;
inline constexpr size_t kMaxHeldBack = size_t{1} << 26;

class TokenStream {
 public:
  TokenStream(const TokenStream&) = delete;
  TokenStream& operator=(const TokenStream&) = delete;

  // Takes bytes of raw text and returns how many: all of them, unless the token queue got too full first.
  // Then drain it with Next and call again with the rest. Takes nothing after Finish, nor when status() is
  // an error. A maximal bad part of invalid UTF-8 reads as one U+FFFD, as WHATWG decodes.
  virtual size_t Push(absl::Span<const char> text) = 0;

  // The text ends here: the tokens of all that is left may now be had from Next. May be called again.
  virtual void Finish() = 0;

  // Takes the next token out of the queue; false when it is empty, or when status() is an error. Tokens come
  // in text order, flags final.
  virtual bool Next(Token* token) = 0;

  // OutOfRange naming the byte where a run of text begins that is longer than held_back_bytes and cannot be
  // cut. Final: the stream then gives no more tokens.
  virtual absl::Status status() const { return absl::OkStatus(); }
  // How often such a run was cut (StreamOptions::split_long).
  virtual int64_t split_count() const { return 0; }

  virtual bool finished() const = 0;
  virtual int64_t bytes_taken() const = 0;
  // Bad parts replaced by U+FFFD so far, and the offset of the first (-1: none).
  virtual int64_t invalid_count() const = 0;
  virtual int64_t first_invalid() const = 0;

  // Back to the beginning of a document, status included; takes no memory.
  virtual void Reset() = 0;

  // The complete state as bytes: little-endian, every field spelled out, the same on every machine. `out` has
  // room for SavedBytes(), which is at most Tokenizer::MaxSavedBytes with the stream's options.
  virtual size_t SavedBytes() const = 0;
  virtual void Save(char* out) const = 0;

  // Replaces the state by a saved one. DataLoss for bytes that no Save wrote, Aborted when another tokenizer
  // wrote them; the stream is then unchanged.
  virtual absl::Status Load(absl::Span<const char> saved) = 0;

  // Becomes a copy of `other`, which must come from the same Tokenizer (InvalidArgument otherwise).
  virtual absl::Status CopyFrom(const TokenStream& other) = 0;

 protected:
  TokenStream() = default;
  virtual ~TokenStream() = default;

  // The Tokenizer that made the stream, for CopyFrom.
  static const void* OwnerOf(const TokenStream& stream) { return stream.owner(); }

 private:
  friend struct TokenStreamDeleter;
  virtual const void* owner() const = 0;
  virtual void Destroy() = 0;  // gives the block back to the allocator that it came from
};

struct TokenStreamDeleter {
  void operator()(TokenStream* stream) const { stream->Destroy(); }
};
using TokenStreamPtr = std::unique_ptr<TokenStream, TokenStreamDeleter>;

class Tokenizer {
 public:
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;
  virtual ~Tokenizer() = default;

  // "WordPiece", ...
  virtual absl::string_view family() const = 0;

  // One more than the largest id, added tokens included.
  virtual int32_t vocabulary_size() const = 0;
  // -1 when there is no such token.
  virtual int32_t TokenToId(absl::string_view token) const = 0;
  // A view with data() == nullptr when there is no such id. Lives as long as the tokenizer.
  virtual absl::string_view IdToToken(int32_t id) const = 0;
  virtual bool IsSpecial(int32_t id) const = 0;

  const SpecialIds& special_ids() const { return special_ids_; }
  const Template& single_template() const { return single_; }
  const Template& pair_template() const { return pair_; }
  // The ids that the single template puts before and after the text.
  std::vector<int32_t> PrefixIds() const;
  std::vector<int32_t> SuffixIds() const;

  // The text of `ids` as the reference's decode gives it; unknown ids are left out.
  virtual std::string Decode(absl::Span<const int32_t> ids, bool skip_special) const = 0;

  // A hash of vocabulary and settings, the same on every machine and for every file form of one tokenizer.
  virtual uint64_t Fingerprint() const = 0;

  // What the tables took from the allocator.
  virtual size_t TableBytes() const = 0;
  // What NewStream takes from the allocator, exactly, and the most that TokenStream::SavedBytes can be.
  virtual size_t StreamBytes(const StreamOptions& options) const = 0;
  virtual size_t MaxSavedBytes(const StreamOptions& options) const = 0;

  // A stream at the beginning of a document. Tokenizer and allocator must outlive it. ResourceExhausted when
  // the allocator has no memory, InvalidArgument for held_back_bytes out of range.
  virtual absl::StatusOr<TokenStreamPtr> NewStream(const StreamOptions& options,
                                                   const Allocator& allocator) const = 0;

 protected:
  Tokenizer() = default;

  SpecialIds special_ids_;
  Template single_, pair_;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_TOKENIZER_H_
