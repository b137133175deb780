// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A quiz about a structured text: pages, and questions of which each is a sentence that was taken out of a
// paragraph. Whoever finds the paragraph again has understood what it is about, not where its words stand.
//
// The text is plain: headings "Chapter 6. Title" and "6.1.2. Title" on lines of their own between blank
// lines, paragraphs between blank lines, listings indented. A page is what stands between two headings of the
// wanted depth; its title is not part of its text. Deeper headings are.

#ifndef LONGWAVE_TESTS_QUALITY_QUIZ_H_
#define LONGWAVE_TESTS_QUALITY_QUIZ_H_

#include <cstdint>
#include <string>
#include <vector>

namespace lwave::quality {

struct QuizOptions {
  int64_t depth = 3;        // headings down to this level (chapter = 1) begin a page
  int64_t questions = 540;  // at most; at least 500 are wanted for figures that mean something
  uint64_t seed = 1;
  int64_t min_page_bytes = 600;  // shorter pages (two lines below a chapter's heading) are left out
  bool title_first = false;      // the page's text begins with its title
};

struct Page {
  std::string title;  // "Filling in the sources.list File: Syntax": the headings from the second level down
  std::string text;   // without the sentences that became questions
};

struct Question {
  std::string text;
  int64_t page = 0;
  int64_t begin = 0, end = 0;  // bytes of its paragraph's rest in the page's text
};

struct Quiz {
  std::vector<Page> pages;
  std::vector<Question> questions;  // in the order of the text, at most one a paragraph
  int64_t candidates = 0;           // paragraphs that could have given a question
};

// The same text, options and seed give the same quiz on every machine.
Quiz MakeQuiz(const std::string& text, const QuizOptions& options);

// Sentences of a paragraph as byte ranges, without the white space around them.
struct Range {
  int64_t begin = 0, end = 0;
};
std::vector<Range> SplitSentences(const std::string& paragraph);

}  // namespace lwave::quality

#endif  // LONGWAVE_TESTS_QUALITY_QUIZ_H_
