// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// WordPiece over a whole text, written to be read.

#include "reference/wordpiece_reference.h"

#include <algorithm>

namespace lwave::reference {
namespace {

using Text = std::vector<SourceChar>;

// How many of the bytes at `at` can begin one well-formed character (Unicode table 3-7), and whether they
// complete it.
size_t MaximalPart(const std::string& bytes, size_t at, bool* complete) {
  *complete = false;
  const auto byte = [&](size_t i) { return i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : 0; };
  const int lead = byte(at);
  const size_t length = lead < 0x80   ? 1
                        : lead < 0xC2 ? 0
                        : lead < 0xE0 ? 2
                        : lead < 0xF0 ? 3
                        : lead < 0xF5 ? 4
                                      : 0;
  if (length == 0) return 1;
  for (size_t i = 1; i < length; ++i) {
    int low = 0x80, high = 0xBF;
    if (i == 1 && lead == 0xE0) low = 0xA0;
    if (i == 1 && lead == 0xED) high = 0x9F;
    if (i == 1 && lead == 0xF0) low = 0x90;
    if (i == 1 && lead == 0xF4) high = 0x8F;
    if (at + i >= bytes.size() || byte(at + i) < low || byte(at + i) > high) return i;
  }
  *complete = true;
  return length;
}

// NFD with the nonspacing marks dropped: decompose, bring runs of marks into canonical order, drop. The
// places of a run keep their byte ranges while the marks that stay change theirs.
Text StripAccents(const WordPieceModel& model, const Text& text) {
  Text parts;
  for (const SourceChar& s : text) {
    for (const char32_t c : model.unicode.decompose(s.c)) parts.push_back({c, s.begin, s.end});
  }
  Text stripped;
  for (size_t i = 0; i < parts.size();) {
    size_t end = i + 1;
    if (model.unicode.combining_class(parts[i].c) != 0) {
      while (end < parts.size() && model.unicode.combining_class(parts[end].c) != 0) ++end;
    }
    Text run;
    for (size_t k = i; k < end; ++k) {
      if (!model.unicode.is_nonspacing(parts[k].c)) run.push_back(parts[k]);
    }
    Text sorted = run;
    std::stable_sort(sorted.begin(), sorted.end(), [&](const SourceChar& a, const SourceChar& b) {
      return model.unicode.combining_class(a.c) < model.unicode.combining_class(b.c);
    });
    for (size_t k = 0; k < run.size(); ++k) stripped.push_back({sorted[k].c, run[k].begin, run[k].end});
    i = end;
  }
  return stripped;
}

Text Normalise(const WordPieceModel& model, const Text& section) {
  const UnicodeFunctions& unicode = model.unicode;
  Text text;
  for (const SourceChar& s : section) {
    const bool kept_control = s.c == U'\t' || s.c == U'\n' || s.c == U'\r';
    if (model.clean_text && !kept_control && (s.c == 0 || s.c == 0xFFFD || unicode.is_other(s.c))) continue;
    text.push_back({model.clean_text && unicode.is_white_space(s.c) ? U' ' : s.c, s.begin, s.end});
  }
  if (model.split_cjk) {
    Text spaced;
    for (const SourceChar& s : text) {
      const SourceChar space{U' ', s.begin, s.end};
      if (unicode.is_cjk(s.c)) spaced.push_back(space);
      spaced.push_back(s);
      if (unicode.is_cjk(s.c)) spaced.push_back(space);
    }
    text = spaced;
  }
  if (model.strip_accents) text = StripAccents(model, text);
  if (model.lowercase) {
    Text lowered;
    for (const SourceChar& s : text) {
      for (const char32_t c : unicode.lowercase(s.c)) lowered.push_back({c, s.begin, s.end});
    }
    text = lowered;
  }
  return text;
}

std::vector<Text> Words(const WordPieceModel& model, const Text& text) {
  std::vector<Text> words;
  Text word;
  const auto end = [&] {
    if (!word.empty()) words.push_back(word);
    word.clear();
  };
  for (const SourceChar& s : text) {
    if (model.unicode.is_white_space(s.c)) {
      end();
    } else if (model.unicode.is_punctuation(s.c)) {
      end();
      word.push_back(s);
      end();
    } else {
      word.push_back(s);
    }
  }
  end();
  return words;
}

void AddPieces(const WordPieceModel& model, const Text& word, std::vector<ReferenceToken>* tokens) {
  std::vector<ReferenceToken> pieces;
  const ReferenceToken unknown{model.unk, word.front().begin, word.back().end, true, false, false, false,
                               false};
  if (word.size() > model.max_chars) {
    tokens->push_back(unknown);
    return;
  }
  for (size_t begin = 0; begin < word.size();) {
    size_t end = word.size();
    for (; end > begin; --end) {
      std::u32string piece = begin == 0 ? U"" : model.prefix;
      for (size_t i = begin; i < end; ++i) piece += word[i].c;
      const auto found = model.pieces.find(piece);
      if (found == model.pieces.end()) continue;
      pieces.push_back(
          {found->second, word[begin].begin, word[end - 1].end, begin == 0, false, false, false, false});
      break;
    }
    if (end == begin) {
      tokens->push_back(unknown);
      return;
    }
    begin = end;
  }
  tokens->insert(tokens->end(), pieces.begin(), pieces.end());
}

bool HoldsParagraphEnd(const std::u32string& gap) {
  std::vector<size_t> ends, begins;  // of line ends
  for (size_t i = 0; i < gap.size(); ++i) {
    if (gap[i] != U'\n' && gap[i] != U'\r') continue;
    begins.push_back(i);
    if (gap[i] == U'\r' && i + 1 < gap.size() && gap[i + 1] == U'\n') ++i;
    ends.push_back(i + 1);
  }
  for (size_t k = 1; k < begins.size(); ++k) {
    const std::u32string between = gap.substr(ends[k - 1], begins[k] - ends[k - 1]);
    if (between.find_first_not_of(U" \t") == std::u32string::npos) return true;
  }
  return false;
}

void SetFlags(const WordPieceModel& model, const Text& raw, std::vector<ReferenceToken>* tokens) {
  int64_t gap_begin = 0;
  for (ReferenceToken& token : *tokens) {
    std::u32string gap, before;  // before: all up to the token's end
    for (const SourceChar& s : raw) {
      if (s.begin >= gap_begin && s.end <= token.begin) gap += s.c;
      if (s.end <= token.end) before += s.c;
    }
    token.space_before = std::any_of(gap.begin(), gap.end(), model.unicode.is_white_space);
    token.paragraph_before = HoldsParagraphEnd(gap);
    const char32_t last = before.back();
    token.ends_cjk_sentence =
        last == 0x3002 || last == 0xFF01 || last == 0xFF1F || last == 0xFF0E || last == 0xFF61;
    while (!before.empty() && model.unicode.is_closer(before.back())) before.pop_back();
    token.ends_sentence =
        !before.empty() && (before.back() == U'.' || before.back() == U'!' || before.back() == U'?');
    gap_begin = token.end;
  }
}

}  // namespace

std::vector<SourceChar> DecodeText(const std::string& bytes) {
  Text text;
  for (size_t at = 0; at < bytes.size();) {
    bool complete;
    const size_t length = MaximalPart(bytes, at, &complete);
    char32_t c = 0xFFFD;
    if (complete) {
      c = static_cast<uint8_t>(bytes[at]);
      if (length > 1) c &= 0x7Fu >> length;
      for (size_t i = 1; i < length; ++i) c = (c << 6) | (static_cast<uint8_t>(bytes[at + i]) & 0x3F);
    }
    text.push_back({c, static_cast<int64_t>(at), static_cast<int64_t>(at + length)});
    at += length;
  }
  return text;
}

std::vector<ReferenceToken> TokenizeWordPiece(const WordPieceModel& model, const std::string& bytes) {
  Text raw = DecodeText(bytes);
  if (!raw.empty() && raw[0].c == 0xFEFF) raw.erase(raw.begin());
  std::vector<ReferenceToken> tokens;
  Text section;
  const auto end_section = [&] {
    for (const Text& word : Words(model, Normalise(model, section))) AddPieces(model, word, &tokens);
    section.clear();
  };
  for (size_t i = 0; i < raw.size();) {
    size_t longest = 0;
    int id = -1;
    for (const auto& [text, added_id] : model.added) {
      bool same = i + text.size() <= raw.size() && text.size() > longest;
      for (size_t k = 0; same && k < text.size(); ++k) same = raw[i + k].c == text[k];
      if (same) {
        longest = text.size();
        id = added_id;
      }
    }
    if (id < 0) {
      section.push_back(raw[i++]);
      continue;
    }
    end_section();
    tokens.push_back({id, raw[i].begin, raw[i + longest - 1].end, true, false, false, false, false});
    i += longest;
  }
  end_section();
  SetFlags(model, raw, &tokens);
  return tokens;
}

}  // namespace lwave::reference
