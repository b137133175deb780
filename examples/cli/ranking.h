// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The best passages for one question, kept while passages go by.

#ifndef LONGWAVE_EXAMPLES_CLI_RANKING_H_
#define LONGWAVE_EXAMPLES_CLI_RANKING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "session.h"

namespace lwave::cli {

// A passage that is worth keeping; several questions may share it.
struct Passage {
  std::string file;
  int64_t byte_begin = 0, byte_end = 0, token_begin = 0, token_end = 0;
  int64_t line = 0;  // 0: none
  std::vector<float> vector;
  bool has_text = false;
  bool text_cut = false;
  std::string text;
};

// Gives the same passages, scores and order as one lwave_search over all passages: scores come from lwave_search
// itself, whose order of summation depends on nothing else; of equal scores the earlier passage stays in front.
class Ranking {
 public:
  Ranking(std::string question, std::vector<float> query, int64_t top)
      : question_(std::move(question)), query_(std::move(query)), top_(static_cast<size_t>(top)) {}

  struct Hit {
    float score;
    std::shared_ptr<Passage> passage;
  };

  float Score(const float* vector) const;  // vector [width]
  bool Admits(float score) const;
  void Add(float score, std::shared_ptr<Passage> passage);

  const std::string& question() const { return question_; }
  const std::vector<Hit>& hits() const { return hits_; }  // best first

 private:
  std::string question_;
  std::vector<float> query_;  // [width]
  size_t top_;
  std::vector<Hit> hits_;
};

// Questions with their vectors. Throws UsageError for a question without a token and Failure for others.
std::vector<Ranking> MakeRankings(const Session& session, const std::vector<std::string>& questions, int64_t top);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_RANKING_H_
