// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How well are paragraphs found? Sentences are taken out of paragraphs of a text; each of them is then a
// question whose answer is the passage that holds the rest of its paragraph. Every page is read once, with
// all chosen sentences gone, as a window and as passages alone, with every model that is given. Columns:
//
//   in page      the right passage is the best of its page
//   +title       the same, the question with the page's title in front
//   all pages    the right passage is the best of all passages of all pages
//   +title       the same, the question with the page's title in front
//   page         the page whose document vector is nearest to a page's title is that page
//
// All of it is done in several rounds, each with other sentences, and the rounds are counted together: there
// are not many pages, and one found or not found by a hair would be most of a point.
//
// Below the table: what every model loses against the first one, in points. Exits with 1 when that is more
// than --max-loss in any column.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "quiz.h"
#include "reader.h"

namespace lwave::quality {
namespace {

constexpr int kColumns = 5;
constexpr const char* kColumnNames[kColumns] = {"in page", "+title", "all pages", "+title", "page"};
constexpr const char* kColumnKeys[kColumns] = {"in_page", "in_page_with_title", "all_pages",
                                               "all_pages_with_title", "page_by_title"};

struct Arguments {
  std::vector<std::string> models;
  std::string text = LWAVE_SOURCE_DIR "/examples/text/handbook.txt";
  QuizOptions quiz;
  int64_t rounds = 3;
  int64_t passage_tokens = 128;
  int64_t threads = 0;
  double max_loss = 1.0;
  bool json = false;
};

struct Row {
  std::string model, directory, reading;
  int64_t passages = 0, tokens = 0;
  int64_t found[kColumns] = {};
  int64_t asked[kColumns] = {};
  double Share(int column) const {
    return asked[column] == 0 ? 0 : static_cast<double>(found[column]) / asked[column];
  }
};

[[noreturn]] void Usage(int code) {
  std::fprintf(code == 0 ? stdout : stderr,
               "quality [--model DIR]... [--text FILE] [--questions N] [--rounds N] [--seed S] [--depth N]\n"
               "        [--title-first] [--passage-tokens N] [--threads N] [--max-loss POINTS] [--json]\n"
               "Takes sentences out of paragraphs and measures how often each paragraph is found again.\n"
               "  --model DIR         a model to measure; differences are from the first (default: ours)\n"
               "  --questions N       at most this many a round, one a paragraph (default 540)\n"
               "  --rounds N          rounds with other sentences: seeds S, S + 1, ... (default 3)\n"
               "  --depth N           headings down to this level begin a page (default 3)\n"
               "  --title-first       every page begins with its title\n"
               "  --passage-tokens N  most tokens of a passage (default 128)\n"
               "  --max-loss POINTS   exit with 1 when a later model loses more in a column (default 1)\n");
  std::exit(code);
}

Arguments Parse(int argc, char** argv) {
  Arguments arguments;
  const auto number = [](const std::string& option, const std::string& value) -> int64_t {
    char* end = nullptr;
    const long long parsed = std::strtoll(value.c_str(), &end, 10);
    if (value.empty() || *end != '\0' || parsed < 0) {
      throw std::runtime_error(option + ": not a number: " + value);
    }
    return parsed;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--help" || option == "-h") Usage(0);
    if (option == "--json") {
      arguments.json = true;
      continue;
    }
    if (option == "--title-first") {
      arguments.quiz.title_first = true;
      continue;
    }
    if (i + 1 >= argc) Usage(2);
    const std::string value = argv[++i];
    if (option == "--model")
      arguments.models.push_back(value);
    else if (option == "--text")
      arguments.text = value;
    else if (option == "--questions")
      arguments.quiz.questions = number(option, value);
    else if (option == "--seed")
      arguments.quiz.seed = static_cast<uint64_t>(number(option, value));
    else if (option == "--rounds")
      arguments.rounds = number(option, value);
    else if (option == "--depth")
      arguments.quiz.depth = number(option, value);
    else if (option == "--passage-tokens")
      arguments.passage_tokens = number(option, value);
    else if (option == "--threads")
      arguments.threads = number(option, value);
    else if (option == "--max-loss")
      arguments.max_loss = std::strtod(value.c_str(), nullptr);
    else
      Usage(2);
  }
  if (arguments.rounds < 1) throw std::runtime_error("--rounds: at least 1");
  if (arguments.models.empty()) arguments.models.push_back(LWAVE_SOURCE_DIR "/examples/models/minilm");
  return arguments;
}

// The passage that holds most of a question's paragraph; -1 when none holds a byte of it.
int64_t RightPassage(const PageVectors& page, const Question& question) {
  int64_t best = -1, most = 0;
  for (size_t p = 0; p < page.begin.size(); ++p) {
    const int64_t shared = std::min(page.end[p], question.end) - std::max(page.begin[p], question.begin);
    if (shared > most) {
      most = shared;
      best = static_cast<int64_t>(p);
    }
  }
  return best;
}

void Progress(const std::string& what, size_t done, size_t all) {
  if (isatty(2) == 0) return;
  std::fprintf(stderr, "\r%s: %zu of %zu pages%s", what.c_str(), done, all, done == all ? "\n" : "");
}

// What is asked, as vectors of one model.
struct Queries {
  std::vector<std::vector<float>> plain, titled;  // [questions][width]
  std::vector<std::vector<float>> titles;         // [pages][width]
};

Queries Ask(const Model& model, const Quiz& quiz) {
  Queries queries;
  for (const Question& question : quiz.questions) {
    queries.plain.push_back(model.Embed(question.text));
    queries.titled.push_back(model.Embed(quiz.pages[question.page].title + ". " + question.text));
  }
  for (const Page& page : quiz.pages) queries.titles.push_back(model.Embed(page.title));
  return queries;
}

// Reads all pages and adds to one row of the table. `ranges` receives the passages' byte ranges.
void Measure(const Model& model, const Quiz& quiz, const Queries& queries, const Reading& reading, Row& row,
             std::vector<std::pair<int64_t, int64_t>>& ranges) {
  std::vector<PageVectors> pages;
  std::vector<float> passages, documents;  // [all passages, width], [pages, width]
  std::vector<int64_t> first;              // [pages] index of a page's first passage among all
  for (const Page& page : quiz.pages) {
    pages.push_back(model.Read(page.text, reading));
    Progress(row.model + " " + reading.name, pages.size(), quiz.pages.size());
    const PageVectors& read = pages.back();
    first.push_back(static_cast<int64_t>(ranges.size()));
    row.passages += static_cast<int64_t>(read.begin.size());
    row.tokens += read.tokens;
    passages.insert(passages.end(), read.passages.begin(), read.passages.end());
    documents.insert(documents.end(), read.document.begin(), read.document.end());
    for (size_t p = 0; p < read.begin.size(); ++p) ranges.emplace_back(read.begin[p], read.end[p]);
  }
  const auto count = [&](int column, bool right) {
    ++row.asked[column];
    row.found[column] += right;
  };
  for (size_t q = 0; q < quiz.questions.size(); ++q) {
    const Question& question = quiz.questions[q];
    const PageVectors& page = pages[question.page];
    const int64_t right = RightPassage(page, question);
    if (right < 0) throw std::runtime_error("no passage holds the paragraph of: " + question.text);
    count(0, Best(queries.plain[q], page.passages) == right);
    count(1, Best(queries.titled[q], page.passages) == right);
    count(2, Best(queries.plain[q], passages) == first[question.page] + right);
    count(3, Best(queries.titled[q], passages) == first[question.page] + right);
  }
  for (size_t p = 0; p < pages.size(); ++p) {
    count(4, Best(queries.titles[p], documents) == static_cast<int64_t>(p));
  }
}

// The greatest loss of a later model against the first one with the same reading, in points.
double WorstLoss(const std::vector<Row>& rows, size_t readings) {
  double worst = 0;
  for (size_t r = readings; r < rows.size(); ++r) {
    for (int column = 0; column < kColumns; ++column) {
      worst = std::max(worst, 100 * (rows[r % readings].Share(column) - rows[r].Share(column)));
    }
  }
  return worst;
}

void PrintTable(const Arguments& arguments, const std::vector<Row>& rows, size_t readings) {
  const auto total = [&](int column) { return static_cast<long long>(rows[0].asked[column]); };
  std::printf(
      "%lld questions and %lld titles in %lld rounds from seed %llu; %lld tokens, %lld passages of at most "
      "%lld\n",
      total(0), total(4), static_cast<long long>(arguments.rounds),
      static_cast<unsigned long long>(arguments.quiz.seed), static_cast<long long>(rows[0].tokens),
      static_cast<long long>(rows[0].passages), static_cast<long long>(arguments.passage_tokens));
  std::printf("\n| model | reading |");
  for (const char* name : kColumnNames) std::printf(" %s |", name);
  std::printf("\n|---|---|---|---|---|---|---|\n");
  for (const Row& row : rows) {
    std::printf("| %s | %s |", row.model.c_str(), row.reading.c_str());
    for (int column = 0; column < kColumns; ++column) std::printf(" %.3f |", row.Share(column));
    std::printf("\n");
  }
  if (rows.size() == readings) return;
  std::printf("\nDifference from %s in points:\n\n", rows[0].model.c_str());
  for (size_t r = readings; r < rows.size(); ++r) {
    std::printf("| %s | %s |", rows[r].model.c_str(), rows[r].reading.c_str());
    for (int column = 0; column < kColumns; ++column) {
      std::printf(" %+.2f |", 100 * (rows[r].Share(column) - rows[r % readings].Share(column)));
    }
    std::printf("\n");
  }
  std::printf("\nLargest loss in a column: %.2f points (at most %.2f)\n", WorstLoss(rows, readings),
              arguments.max_loss);
}

void PrintJson(const Arguments& arguments, const std::vector<Row>& rows, size_t readings) {
  nlohmann::json out = {{"questions", rows[0].asked[0]},
                        {"titles", rows[0].asked[4]},
                        {"rounds", arguments.rounds},
                        {"seed", arguments.quiz.seed},
                        {"depth", arguments.quiz.depth},
                        {"title_first", arguments.quiz.title_first},
                        {"passage_tokens", arguments.passage_tokens},
                        {"simd", lwave_simd_target()}};
  for (const Row& row : rows) {
    nlohmann::json entry = {{"model", row.model},
                            {"directory", row.directory},
                            {"reading", row.reading},
                            {"passages", row.passages},
                            {"tokens", row.tokens}};
    for (int column = 0; column < kColumns; ++column) entry[kColumnKeys[column]] = row.Share(column);
    out["rows"].push_back(entry);
  }
  out["worst_loss_points"] = WorstLoss(rows, readings);
  std::printf("%s\n", out.dump(2).c_str());
}

int Run(const Arguments& arguments) {
  std::ifstream file(arguments.text, std::ios::binary);
  if (!file) throw std::runtime_error(arguments.text + ": cannot be opened");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::vector<std::string> readings = {"alone", "window"};
  std::vector<std::unique_ptr<Model>> models;
  std::vector<Row> rows;
  for (const std::string& directory : arguments.models) {
    models.push_back(std::make_unique<Model>(directory, static_cast<int32_t>(arguments.threads)));
    for (const std::string& reading : readings) {
      rows.emplace_back();
      rows.back().model = models.back()->name();
      rows.back().directory = directory;
      rows.back().reading = reading;
    }
  }
  for (int64_t round = 0; round < arguments.rounds; ++round) {
    QuizOptions options = arguments.quiz;
    options.seed += static_cast<uint64_t>(round);
    const Quiz quiz = MakeQuiz(text, options);
    if (quiz.questions.empty()) throw std::runtime_error(arguments.text + ": no paragraph gives a question");
    if (static_cast<int64_t>(quiz.questions.size()) < options.questions) {
      std::fprintf(stderr, "quality: only %zu questions in this text\n", quiz.questions.size());
    }
    std::vector<std::pair<int64_t, int64_t>> expected_ranges;
    for (size_t r = 0; r < rows.size(); r += readings.size()) {
      const Model& model = *models[r / readings.size()];
      const Queries queries = Ask(model, quiz);
      for (size_t i = 0; i < readings.size(); ++i) {
        std::vector<std::pair<int64_t, int64_t>> ranges;
        Measure(model, quiz, queries, {readings[i], arguments.passage_tokens}, rows[r + i], ranges);
        if (expected_ranges.empty()) expected_ranges = ranges;
        if (ranges != expected_ranges) throw std::runtime_error("the readings cut passages differently");
      }
    }
  }
  if (arguments.json)
    PrintJson(arguments, rows, readings.size());
  else
    PrintTable(arguments, rows, readings.size());
  return WorstLoss(rows, readings.size()) > arguments.max_loss ? 1 : 0;
}

}  // namespace
}  // namespace lwave::quality

int main(int argc, char** argv) {
  try {
    return lwave::quality::Run(lwave::quality::Parse(argc, argv));
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "quality: %s\n", failure.what());
    return 1;
  }
}
