// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The second stage: how much of the source can be worked on, and the words in it.

#include <algorithm>
#include <cstring>

#include "tokenizer/pipeline_stream.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {
namespace {

// A word is not cut so close to where the text in hand ends: its last characters may yet be told to belong
// elsewhere.
constexpr uint32_t kAwayFromEnd = 16;

bool IsBoundary(const AlignedText& text, uint32_t at) {
  return (static_cast<uint8_t>(text.bytes[at]) & 0xC0) != 0x80;
}

}  // namespace

void PipelineStream::StartWork() {
  const bool closed = s_.closing >= kByToken;
  const uint32_t size = closed ? s_.segment : s_.size;
  // Normalised text may be too long for its storage; then less is taken.
  for (uint32_t limit = size;;) {
    const bool ends = closed && limit == size;
    const uint32_t cut = ends ? size : LastCut(limit);
    if (cut == 0 && !ends) break;
    if (Prepare(cut, ends, false)) {
      if (work_.used == 0 && !ends) break;
      s_.working = 1;
      return;
    }
    limit = cut / 2;
  }
  if (!closed && s_.try_at < layout_.held_back) {
    s_.try_at = static_cast<uint32_t>(std::min<size_t>(layout_.held_back, size_t{2} * s_.try_at));
  } else if (s_.split_long && Force()) {
    s_.working = 1;
  } else {
    s_.failed = 1;
  }
}

// Cuts the source although nothing allows it.
bool PipelineStream::Force() {
  const uint32_t size = s_.closing >= kByToken ? s_.segment : s_.size;
  for (uint32_t limit = std::min<uint32_t>(size, static_cast<uint32_t>(layout_.held_back)); limit > 0;) {
    uint32_t cut = LastCut(limit);
    if (cut == 0) {
      cut = limit;
      while (cut > 0 && cut < s_.size && !IsBoundary(source_, cut)) --cut;
      if (cut == 0) return false;
    }
    if (Prepare(cut, false, true)) return true;
    limit = cut / 2;
  }
  return false;
}

bool PipelineStream::CanCutAt(uint32_t at) const {
  if (at == 0 || at >= s_.size || !IsBoundary(source_, at)) return false;
  uint32_t behind = at;
  const uint32_t after = NextCharacter(source_.bytes, &behind);
  return tokenizer_.cuts().CanCut(CharacterBefore(source_.bytes, at), after);
}

// The last place up to `limit` where the source may be cut; 0: none.
uint32_t PipelineStream::LastCut(uint32_t limit) const {
  uint32_t at = std::min(limit, s_.size);
  while (at > 0 && !CanCutAt(at)) --at;
  return at;
}

// The first byte of the source that begins at `raw` or later.
uint32_t PipelineStream::SourceAt(uint32_t raw) const {
  return static_cast<uint32_t>(std::lower_bound(source_.begins, source_.begins + s_.size, raw) - source_.begins);
}

// Works on the first `cut` bytes of the source. False when there is no room for what becomes of them. When
// nothing in them is settled, work_.used is 0 (unless the segment ends there).
bool PipelineStream::Prepare(uint32_t cut, bool ends, bool forced) {
  work_ = Work();
  work_.flags = s_.flags;
  work_.gave_any = s_.gave_any;
  work_.used = cut;
  work_.forced = forced;
  TextEdges edges;
  edges.text_begin = s_.text_begin != 0;
  edges.segment_begin = s_.segment_begin != 0;
  edges.segment_end = ends || forced;
  edges.continues_word = s_.continues_word != 0;
  edges.scratch = scratch_;
  work_.ends = ends;
  work_.normal = source_.Part(0, cut);
  return Normalise(edges, &work_.normal) && CutPart(edges);
}

// Cuts the next part of the normalised text into words: up to an added token in it, or to its end.
bool PipelineStream::CutPart(TextEdges edges) {
  AlignedText part = work_.normal.Part(work_.part_at, work_.normal.size);
  work_.record = -1;
  work_.part_begins = edges.segment_begin;
  if (tokenizer_.normal_tokens().size() > 0) FindNormalToken(&part);
  if (work_.record >= 0) {
    edges.segment_end = true;
    work_.tokens_left |= 1;
  } else if (work_.ends && s_.closing == kByToken) {
    work_.tokens_left |= 2;
  }
  return CutWords(part, edges);
}

// Goes on behind an added token in the normalised text; false when there is none.
bool PipelineStream::NextPart() {
  if (work_.record < 0) return false;
  TextEdges edges;
  edges.segment_begin = true;
  edges.segment_end = work_.ends || work_.forced;
  edges.scratch = scratch_;
  const uint32_t begin = work_.part_at, behind_token = work_.token_end;
  work_.words = AlignedText();
  work_.word_at = 0;
  if (begin == work_.normal.size && !work_.ends) {
    work_.record = -1;
    work_.part_begins = true;
    work_.nothing_left = true;
    return false;
  }
  if (!CutPart(edges)) {  // no room: it is left for the next work
    work_.record = -1;
    work_.tokens_left = 0;
    work_.used = 0;
  }
  if (work_.used == 0) {
    work_.words = AlignedText();
    work_.used = SourceAt(std::max(work_.normal.begins[begin], behind_token));
    work_.ends = false;
    work_.part_begins = true;
    work_.nothing_left = true;
  }
  return true;
}

bool PipelineStream::Normalise(const TextEdges& edges, AlignedText* text) {
  size_t buffer = 0;
  for (const auto& step : tokenizer_.normalizers()) {
    AlignedText out = TextAt(layout_.normal[buffer]);
    if (!step->Apply(*text, edges, &out)) return false;
    *text = out;
    buffer ^= 1;
  }
  return true;
}

// Ends the part before the first added token in it, and has the next part begin behind that.
void PipelineStream::FindNormalToken(AlignedText* text) {
  const AddedTokens& added = tokenizer_.normal_tokens();
  for (uint32_t at = 0; at < text->size;) {
    uint32_t next = at;
    NextCharacter(text->bytes, &next);
    if (!added.Begins(static_cast<uint8_t>(text->bytes[at]))) {
      at = next;
      continue;
    }
    const int match = added.Match(text->text().substr(at), true);
    if (match == AddedTokens::kNone) {
      at = next;
      continue;
    }
    const AddedTokens::Record& record = added.record(static_cast<size_t>(match));
    uint32_t begin = at, end = at + record.length;
    if (record.single_word) {
      uint32_t behind = end;
      const uint32_t before = begin > 0 ? CharacterBefore(text->bytes, begin)
                              : work_.part_at > 0 ? CharacterBefore(work_.normal.bytes, work_.part_at)
                              : s_.segment_begin  ? 0
                                                  : s_.last_character;
      if ((before != 0 && IsWordCharacter(before)) ||
          (end < text->size && IsWordCharacter(NextCharacter(text->bytes, &behind)))) {
        at = end;
        continue;
      }
    }
    while (record.strip_left && begin > 0 && IsWhiteSpace(CharacterBefore(text->bytes, begin))) {
      do --begin;
      while (!IsBoundary(*text, begin));
    }
    while (record.strip_right && end < text->size) {
      uint32_t behind = end;
      if (!IsWhiteSpace(NextCharacter(text->bytes, &behind))) break;
      end = behind;
    }
    work_.record = match;
    work_.token_begin = text->begins[begin];
    work_.token_end = text->ends[end - 1];
    work_.part_at += end;
    text->size = begin;
    return;
  }
}

// Cuts the text into words, as far as they are settled.
bool PipelineStream::CutWords(AlignedText text, TextEdges edges) {
  const uint8_t first_mark = edges.continues_word ? 0 : 1;
  if (text.size > 0) {
    std::memset(text.word_starts, 0, text.size);
    text.word_starts[0] = edges.segment_begin ? 1 : 0;
  }
  bool open = !edges.segment_end;  // nothing has settled
  size_t buffer = 0;
  bool split = false;
  for (const auto& step : tokenizer_.pre_tokenizers()) {
    uint32_t settled = 0;
    if (step->in_place()) {
      if (!step->Apply(text, edges, &text, &settled)) return false;
    } else {
      AlignedText out = TextAt(layout_.words[buffer]);
      if (!step->Apply(text, edges, &out, &settled)) return false;
      text = out;
      buffer ^= 1;
    }
    // What further steps do to a word depends on the word alone.
    if (split || !step->splits()) continue;
    split = true;
    if (!edges.segment_end) {
      edges.segment_end = true;
      while (settled > 0 && settled < text.size &&
             (text.word_starts[settled] == 0 || text.begins[settled] < text.ends[settled - 1] ||
              !CanCutAt(SourceAt(text.begins[settled])))) {
        --settled;
      }
      if (settled > 0) {
        open = false;
        if (settled < text.size) work_.used = SourceAt(text.begins[settled]);
        text.size = settled;
      }
    }
    if (text.size > 0) text.word_starts[0] = first_mark;
  }
  if (text.size > 0 && !split) text.word_starts[0] = first_mark;
  work_.words = text;
  if (open) CutInsideWord(edges.continues_word);
  return true;
}

// Ends the first word where no piece can cross; where there is no such place, nothing is used.
void PipelineStream::CutInsideWord(bool continues) {
  AlignedText& text = work_.words;
  work_.used = 0;
  uint32_t end = 1;
  while (end < text.size && text.word_starts[end] == 0) ++end;
  const uint32_t least = continues ? 1 : PreTokenizer::kLongWordBytes;
  for (uint32_t at = std::min(end, text.size) - std::min(end, kAwayFromEnd); at >= least && at > 0; --at) {
    if (!IsBoundary(text, at) || text.begins[at] < text.ends[at - 1]) continue;
    uint32_t behind = at;
    const uint32_t before = CharacterBefore(text.bytes, at), after = NextCharacter(text.bytes, &behind);
    if (!tokenizer_.model().CanCut(before, after)) continue;
    bool can = true;
    for (const auto& step : tokenizer_.pre_tokenizers()) can = can && step->CanResume(before, after);
    const uint32_t source_at = SourceAt(text.begins[at]);
    if (!can || !CanCutAt(source_at)) continue;
    work_.used = source_at;
    work_.continues = true;
    text.size = at;
    return;
  }
}

// The tokens of the work are all given: the source moves up.
void PipelineStream::EndWork() {
  const uint32_t used = work_.ends ? s_.size : work_.used;
  SeeUpTo(used);
  s_.flags = work_.flags;
  s_.gave_any = work_.gave_any;
  if (used > 0) s_.last_character = CharacterBefore(source_.bytes, used);
  s_.text_begin = 0;
  s_.continues_word = work_.continues ? 1 : 0;
  s_.segment_begin = work_.ends || (work_.nothing_left && work_.part_begins) ? 1 : 0;
  if (work_.forced) ++s_.split_count;
  if (work_.ends) {
    if (s_.closing == kByEnd) s_.done = 1;
    if (s_.closing == kByToken) {
      const absl::string_view token =
          tokenizer_.raw_tokens().text(tokenizer_.raw_tokens().record(static_cast<size_t>(s_.record)));
      s_.last_character = CharacterBefore(token.data(), static_cast<uint32_t>(token.size()));
    }
    s_.closing = kOpen;
    s_.size = s_.segment = 0;
    s_.record = -1;
    s_.token_begin = s_.token_end = 0;
  } else if (used > 0) {
    const uint32_t shift = used < s_.size ? source_.begins[used] : source_.ends[used - 1];
    s_.size -= used;
    if (s_.segment > 0) s_.segment -= used;
    std::memmove(source_.bytes, source_.bytes + used, s_.size);
    for (uint32_t i = 0; i < s_.size; ++i) {
      source_.begins[i] = source_.begins[i + used] - shift;
      source_.ends[i] = source_.ends[i + used] - shift;
    }
    s_.base += shift;
  }
  s_.try_at = static_cast<uint32_t>(std::min(layout_.held_back, s_.size + layout_.unit));
  s_.working = 0;
  s_.given = 0;
  work_ = Work();
}

}  // namespace lwave::tokenizer
