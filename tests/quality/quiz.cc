// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From a text to pages, paragraphs and questions. See the header.

#include "quiz.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <random>
#include <string_view>
#include <utility>

namespace lwave::quality {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Blocks between blank lines.
std::vector<Range> SplitBlocks(const std::string& text) {
  std::vector<Range> blocks;
  Range block;
  bool open = false;
  for (int64_t line = 0; line < static_cast<int64_t>(text.size());) {
    int64_t end = static_cast<int64_t>(text.find('\n', line));
    if (end < 0) end = static_cast<int64_t>(text.size());
    const bool blank = std::all_of(text.begin() + line, text.begin() + end, IsBlank);
    if (blank) {
      if (open) blocks.push_back(block);
      open = false;
    } else {
      if (!open) block.begin = line;
      block.end = end;
      open = true;
    }
    line = end + 1;
  }
  if (open) blocks.push_back(block);
  return blocks;
}

// The level of a heading (chapter = 1, "6.1." = 2, ...), or 0. `title` receives what follows the number.
int HeadingLevel(std::string_view block, std::string* title) {
  if (block.find('\n') != std::string_view::npos) return 0;
  size_t at = 0;
  int level = 0;
  if (block.rfind("Chapter ", 0) == 0) at = 8;
  while (at < block.size() && IsDigit(block[at])) {
    while (at < block.size() && IsDigit(block[at])) ++at;
    if (at >= block.size() || block[at] != '.') return 0;
    ++at;
    ++level;
  }
  const bool chapter = block.rfind("Chapter ", 0) == 0;
  // "100. A non-installed version" is an item of a list.
  if (level == 0 || (level == 1) != chapter || at + 1 >= block.size() || block[at] != ' ') return 0;
  *title = std::string(block.substr(at + 1));
  return level;
}

// Running text rather than a listing, an item or a heading.
bool IsProse(std::string_view block) {
  std::string title;
  if (HeadingLevel(block, &title) != 0) return false;
  const std::string_view quote = "\u201C";
  return IsUpper(block[0]) || (block[0] >= 'a' && block[0] <= 'z') || block.substr(0, 3) == quote;
}

// One line, single spaces.
std::string Flat(std::string_view text) {
  std::string flat;
  for (const char c : text) {
    if (!IsBlank(c))
      flat += c;
    else if (!flat.empty() && flat.back() != ' ')
      flat += ' ';
  }
  return flat;
}

int64_t Words(std::string_view text) {
  int64_t words = 0;
  for (size_t i = 0; i < text.size(); ++i) words += !IsBlank(text[i]) && (i == 0 || IsBlank(text[i - 1]));
  return words;
}

struct Source {
  std::string title, text;
};

// A sentence that may be taken out of a page.
struct Candidate {
  int64_t page = 0;
  Range paragraph, sentence;  // bytes in the page's own text
  Range removed;              // the sentence and the white space on one side of it
};

std::vector<Source> SplitPages(const std::string& text, const QuizOptions& options) {
  std::vector<Source> pages;
  std::array<std::string, 8> titles;
  int64_t body = -1;  // where the open page's text begins
  std::string title;
  const auto close = [&](int64_t end) {
    if (body < 0 || end - body < options.min_page_bytes) return;
    pages.push_back({title, text.substr(body, end - body)});
  };
  for (const Range& block : SplitBlocks(text)) {
    std::string own;
    const int level = HeadingLevel(std::string_view(text).substr(block.begin, block.end - block.begin), &own);
    if (level == 0 || level > options.depth || level >= static_cast<int>(titles.size())) continue;
    close(block.begin);
    titles[level] = own;
    title = titles[std::min(level, 2)];
    for (int deeper = 3; deeper <= level; ++deeper) title += ": " + titles[deeper];
    body = std::min<int64_t>(block.end + 2, static_cast<int64_t>(text.size()));
  }
  close(static_cast<int64_t>(text.size()));
  return pages;
}

// At most one sentence of every paragraph of the page.
void AddCandidates(const Source& page, int64_t index, std::mt19937_64& random,
                   std::vector<Candidate>& candidates) {
  for (const Range& block : SplitBlocks(page.text)) {
    const std::string paragraph = page.text.substr(block.begin, block.end - block.begin);
    if (!IsProse(paragraph)) continue;
    const std::vector<Range> sentences = SplitSentences(paragraph);
    std::vector<size_t> fit;
    for (size_t i = 0; i < sentences.size(); ++i) {
      const Range& s = sentences[i];
      const int64_t bytes = s.end - s.begin;
      const int64_t words = Words(std::string_view(paragraph).substr(s.begin, bytes));
      const int64_t rest = static_cast<int64_t>(paragraph.size()) - bytes;
      if (sentences.size() > 1 && words >= 6 && bytes <= 500 && rest >= 120) fit.push_back(i);
    }
    if (fit.empty()) continue;
    const size_t i = fit[random() % fit.size()];
    const Range s = sentences[i];
    Candidate candidate;
    candidate.page = index;
    candidate.paragraph = block;
    candidate.sentence = {block.begin + s.begin, block.begin + s.end};
    if (i + 1 < sentences.size()) {
      candidate.removed = {block.begin + s.begin, block.begin + sentences[i + 1].begin};
    } else {
      candidate.removed = {block.begin + sentences[i - 1].end, block.begin + s.end};
    }
    candidates.push_back(candidate);
  }
}

}  // namespace

std::vector<Range> SplitSentences(const std::string& paragraph) {
  std::vector<Range> sentences;
  const int64_t n = static_cast<int64_t>(paragraph.size());
  int64_t begin = 0;
  for (int64_t i = 0; i < n; ++i) {
    if (paragraph[i] != '.' && paragraph[i] != '!' && paragraph[i] != '?') continue;
    // Closers: ASCII ones, and U+2019 and U+201D, which are E2 80 99 and E2 80 9D.
    int64_t end = i + 1;
    for (;;) {
      if (end < n && (paragraph[end] == '"' || paragraph[end] == '\'' || paragraph[end] == ')'))
        ++end;
      else if (paragraph.compare(end, 3, "\u2019") == 0 || paragraph.compare(end, 3, "\u201D") == 0)
        end += 3;
      else
        break;
    }
    if (end < n && !IsBlank(paragraph[end])) continue;
    int64_t next = end;
    while (next < n && IsBlank(paragraph[next])) ++next;
    // A new sentence begins with a capital letter, perhaps behind an opening quote or bracket.
    int64_t first = next;
    if (first < n && (paragraph[first] == '"' || paragraph[first] == '('))
      ++first;
    else if (paragraph.compare(first, 3, "\u201C") == 0)
      first += 3;
    if (next < n && (first >= n || !IsUpper(paragraph[first]))) continue;
    const std::string_view so_far = std::string_view(paragraph).substr(begin, i + 1 - begin);
    const auto ends_in = [&](std::string_view word) {
      return so_far.size() >= word.size() && so_far.substr(so_far.size() - word.size()) == word;
    };
    if (next < n && (ends_in("e.g.") || ends_in("i.e.") || ends_in(" vs.") || ends_in(" cf."))) continue;
    sentences.push_back({begin, end});
    begin = next;
    i = std::max(i, next - 1);
  }
  if (begin < n) sentences.push_back({begin, n});
  return sentences;
}

Quiz MakeQuiz(const std::string& text, const QuizOptions& options) {
  std::mt19937_64 random(options.seed);
  const std::vector<Source> sources = SplitPages(text, options);
  std::vector<Candidate> candidates;
  for (size_t page = 0; page < sources.size(); ++page) {
    AddCandidates(sources[page], static_cast<int64_t>(page), random, candidates);
  }
  Quiz quiz;
  quiz.candidates = static_cast<int64_t>(candidates.size());
  // A shuffle of our own: the standard library's differs from one to the next.
  for (size_t i = candidates.size(); i > 1; --i) std::swap(candidates[i - 1], candidates[random() % i]);
  if (static_cast<int64_t>(candidates.size()) > options.questions) candidates.resize(options.questions);
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::pair(a.page, a.removed.begin) < std::pair(b.page, b.removed.begin);
  });

  size_t next = 0;
  for (size_t p = 0; p < sources.size(); ++p) {
    Page page;
    page.title = sources[p].title;
    if (options.title_first) page.text = page.title + "\n\n";
    int64_t copied = 0;
    for (; next < candidates.size() && candidates[next].page == static_cast<int64_t>(p); ++next) {
      const Candidate& candidate = candidates[next];
      const std::string& whole = sources[p].text;
      const Range removed = candidate.removed, sentence = candidate.sentence;
      page.text += whole.substr(copied, removed.begin - copied);
      copied = removed.end;
      Question question;
      question.text = Flat(std::string_view(whole).substr(sentence.begin, sentence.end - sentence.begin));
      question.page = static_cast<int64_t>(p);
      // The paragraph began before the cut and goes on behind it.
      question.begin = static_cast<int64_t>(page.text.size()) - (removed.begin - candidate.paragraph.begin);
      question.end = static_cast<int64_t>(page.text.size()) + (candidate.paragraph.end - removed.end);
      quiz.questions.push_back(std::move(question));
    }
    page.text += sources[p].text.substr(copied);
    quiz.pages.push_back(std::move(page));
  }
  return quiz;
}

}  // namespace lwave::quality
