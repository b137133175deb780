// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The frame of a stream, and its last stage: words to tokens.

#include "tokenizer/pipeline_stream.h"

#include <algorithm>
#include <new>

#include "absl/strings/str_cat.h"

namespace lwave::tokenizer {

absl::StatusOr<TokenStreamPtr> PipelineStream::Create(const PipelineTokenizer& tokenizer,
                                                      const StreamOptions& options, const Allocator& allocator) {
  if (options.held_back_bytes < kMinHeldBack || options.held_back_bytes > kMaxHeldBack) {
    return absl::InvalidArgumentError(absl::StrCat("held_back_bytes must be ", kMinHeldBack, " to ", kMaxHeldBack,
                                                   ", got ", options.held_back_bytes));
  }
  const size_t bytes = tokenizer.LayoutFor(options).bytes;
  void* block = allocator.Allocate(bytes);
  if (block == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat("the allocator has no ", bytes, " bytes"));
  }
  return TokenStreamPtr(new (block) PipelineStream(tokenizer, options, allocator));
}

PipelineStream::PipelineStream(const PipelineTokenizer& tokenizer, const StreamOptions& options,
                               const Allocator& allocator)
    : tokenizer_(tokenizer),
      allocator_(allocator),
      layout_(tokenizer.LayoutFor(options)),
      block_(reinterpret_cast<char*>(this)),
      pending_(block_ + layout_.pending),
      pieces_(reinterpret_cast<Piece*>(block_ + layout_.pieces)),
      scratch_(block_ + layout_.scratch),
      source_(TextAt(layout_.source)) {
  s_.skip_byte_order_mark = options.skip_byte_order_mark ? 1 : 0;
  s_.split_long = options.split_long ? 1 : 0;
  Reset();
}

AlignedText PipelineStream::TextAt(size_t offset) const {
  const size_t capacity = layout_.capacity;
  char* const at = block_ + offset;
  AlignedText text;
  text.begins = reinterpret_cast<uint32_t*>(at);
  text.ends = reinterpret_cast<uint32_t*>(at + 4 * capacity);
  text.bytes = at + 8 * capacity;
  text.word_starts = reinterpret_cast<uint8_t*>(at + 9 * capacity);
  text.capacity = static_cast<uint32_t>(capacity);
  return text;
}

void PipelineStream::Reset() {
  Scalars begun;
  begun.skip_byte_order_mark = s_.skip_byte_order_mark;
  begun.split_long = s_.split_long;
  begun.try_at = static_cast<uint32_t>(layout_.unit);
  s_ = begun;
  work_ = Work();
}

void PipelineStream::Destroy() {
  const Allocator& allocator = allocator_;
  const size_t bytes = layout_.bytes;
  char* block = block_;
  this->~PipelineStream();
  allocator.Free(block, bytes);
}

absl::Status PipelineStream::status() const {
  if (!s_.failed) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat(
      "the text from byte ", s_.base, " on cannot be cut into tokens within ", layout_.held_back,
      " bytes: no word ends there and no piece does; allow a longer one to be held back, or to be split"));
}

size_t PipelineStream::Push(absl::Span<const char> text) {
  size_t taken = 0;
  while (!s_.finishing) {
    if (HaveToken() || s_.failed) break;
    if (s_.pending_count > 0 && ResolvePending(false)) continue;
    if (taken == text.size()) break;
    if (s_.pending_count == 0) {
      const size_t fast = TakeFast(absl::string_view(text.data() + taken, text.size() - taken));
      taken += fast;
      if (fast > 0) continue;
    }
    pending_[s_.pending_count++] = text[taken++];
  }
  return taken;
}

bool PipelineStream::Next(Token* token) {
  if (!HaveToken()) return false;
  Give(token);
  return true;
}

// Moves on until a token can be given, or more text is needed.
bool PipelineStream::HaveToken() {
  for (;;) {
    if (s_.working) {
      if (work_.piece_at < work_.piece_count || EncodeNextWord() || work_.tokens_left != 0) return true;
      if (NextPart()) continue;
      EndWork();
    }
    if (s_.failed || s_.done) return false;
    if (s_.has_stash && s_.closing == kOpen) {
      s_.has_stash = 0;
      AppendCharacter(s_.stash, s_.stash_begin, s_.stash_end);
    }
    if (NeedsWork()) {
      StartWork();
    } else if (!s_.finishing) {
      return false;
    } else if (s_.pending_count > 0) {
      ResolvePending(true);
    } else if (s_.partial.needed != 0) {
      AbandonPartial();
    } else if (s_.closing == kStripping) {
      s_.closing = kByToken;
    } else {
      s_.segment = s_.size;
      s_.closing = kByEnd;
    }
  }
}

bool PipelineStream::EncodeNextWord() {
  const AlignedText& words = work_.words;
  while (work_.word_at < words.size) {
    const uint32_t begin = work_.word_at;
    uint32_t end = begin + 1;
    while (end < words.size && words.word_starts[end] == 0) ++end;
    work_.word_begin = begin;
    work_.word_at = end;
    work_.piece_at = 0;
    work_.piece_count = tokenizer_.model().Encode(words.text().substr(begin, end - begin), scratch_, pieces_);
    if (work_.piece_count > 0) return true;
  }
  return false;
}

void PipelineStream::SeeUpTo(uint32_t source_at) {
  while (work_.flags_at < source_at) work_.flags.InGap(NextCharacter(source_.bytes, &work_.flags_at));
}

Token PipelineStream::MakePieceToken() {
  const AlignedText& words = work_.words;
  const Piece& piece = pieces_[work_.piece_at];
  uint32_t begin = words.begins[work_.word_begin + piece.begin];
  uint32_t end = words.ends[work_.word_begin + piece.end - 1];
  Token token;
  token.id = piece.id;
  if (work_.piece_at == 0 && words.word_starts[work_.word_begin] != 0) token.flags = kStartsWord;
  while (work_.flags_at < s_.size && source_.begins[work_.flags_at] < begin) {
    work_.flags.InGap(NextCharacter(source_.bytes, &work_.flags_at));
  }
  const uint32_t first_at = work_.flags_at;
  bool empty = true;
  while (work_.flags_at < s_.size && source_.begins[work_.flags_at] < end) {
    work_.flags.InToken(NextCharacter(source_.bytes, &work_.flags_at), &empty, &token.flags);
  }
  // Of pieces that share a character, only the last ends with it.
  const bool shared = work_.piece_at + 1 < work_.piece_count &&
                      words.begins[work_.word_begin + pieces_[work_.piece_at + 1].begin] < end;
  if (!shared) token.flags |= work_.flags.EndFlags();
  ++work_.piece_at;

  if (tokenizer_.trims()) {
    uint32_t leading = 0, trailing = 0;
    tokenizer_.SpacesOf(piece.id, &leading, &trailing);
    const bool first = !work_.gave_any || s_.base + begin == 0;
    // More than one were not added but stand in the text.
    if (leading == 1 && first && tokenizer_.keeps_prefix_space()) leading = 0;
    // So many characters of the raw text, whatever they are.
    uint32_t at = first_at;
    if (leading > 0 && (at >= s_.size || source_.begins[at] != begin)) at = SourceAt(begin);
    for (; leading > 0 && begin < end; --leading) {
      begin = source_.ends[at];
      NextCharacter(source_.bytes, &at);
    }
    for (at = work_.flags_at; trailing > 0 && end > begin; --trailing) {
      do --at;
      while ((static_cast<uint8_t>(source_.bytes[at]) & 0xC0) == 0x80);
      end = source_.begins[at];
    }
    end = std::max(begin, end);
  }
  token.byte_begin = s_.base + begin;
  token.byte_end = s_.base + end;
  return token;
}

// Leaves the white space that an added token took, and that it consists of, out of its range.
void PipelineStream::Trim(bool inner, Token* token) const {
  uint32_t leading = 0, trailing = 0;
  tokenizer_.SpacesOf(token->id, &leading, &trailing);
  const bool keep = tokenizer_.keeps_prefix_space() && (!work_.gave_any || token->byte_begin == 0);
  int64_t begin = token->byte_begin, end = token->byte_end;
  uint32_t count = 0;  // of white characters at the beginning
  uint32_t at = inner ? SourceAt(work_.token_begin) : s_.segment;
  while (at < s_.size && IsWhiteSpace(NextCharacter(source_.bytes, &at))) {
    begin = s_.base + source_.ends[at - 1];
    ++count;
  }
  if (!inner) {
    end = begin + tokenizer_.raw_tokens().record(static_cast<size_t>(s_.record)).length - trailing;
    begin += leading;
    count += leading;
  }
  if (keep && count == 1) begin = token->byte_begin;
  token->byte_begin = std::min(begin, token->byte_end);
  token->byte_end = std::max(end, token->byte_begin);
}

Token PipelineStream::MakeAddedToken() {
  Token token;
  const bool inner = (work_.tokens_left & 1) != 0;
  const AddedTokens* tokens = &tokenizer_.raw_tokens();
  const AddedTokens::Record* record;
  if (inner) {
    work_.tokens_left &= 2;
    tokens = &tokenizer_.normal_tokens();
    record = &tokens->record(static_cast<size_t>(work_.record));
    token.byte_begin = s_.base + work_.token_begin;
    token.byte_end = s_.base + work_.token_end;
    while (work_.flags_at < s_.size && source_.begins[work_.flags_at] < work_.token_begin) {
      work_.flags.InGap(NextCharacter(source_.bytes, &work_.flags_at));
    }
    while (work_.flags_at < s_.size && source_.begins[work_.flags_at] < work_.token_end) {
      NextCharacter(source_.bytes, &work_.flags_at);
    }
  } else {
    work_.tokens_left = 0;
    SeeUpTo(s_.size);
    record = &tokens->record(static_cast<size_t>(s_.record));
    token.byte_begin = s_.token_begin;
    token.byte_end = s_.token_end;
  }
  token.id = record->id;
  token.flags = kStartsWord;
  bool empty = true;
  const absl::string_view text = tokens->text(*record);
  for (uint32_t at = 0; at < text.size();) {
    work_.flags.InToken(NextCharacter(text.data(), &at), &empty, &token.flags);
  }
  token.flags |= work_.flags.EndFlags();

  if (tokenizer_.trims()) Trim(inner, &token);
  return token;
}

void PipelineStream::Give(Token* token) {
  *token = work_.piece_at < work_.piece_count ? MakePieceToken() : MakeAddedToken();
  work_.gave_any = 1;
  ++s_.given;
}

}  // namespace lwave::tokenizer
