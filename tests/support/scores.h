// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Documents through a scorer.

#ifndef LONGWAVE_TESTS_SUPPORT_SCORES_H_
#define LONGWAVE_TESTS_SUPPORT_SCORES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "support/api.h"

namespace lwave::test {

struct Scores {
  std::vector<int32_t> ids;
  std::vector<float> logs;
  std::vector<int64_t> ranges;  // [2 * tokens]
};

inline Scorer MakeScorer(const Model& model, const Config& config) {
  Error error;
  lwave_scorer* scorer = nullptr;
  error.Check(lwave_scorer_create(model.get(), config.get(), &scorer, error));
  return Scorer(scorer);
}

inline int64_t ScorerInt(const Scorer& scorer, const char* key) {
  Error error;
  int64_t value = 0;
  error.Check(lwave_scorer_get_int(scorer.get(), key, &value, error));
  return value;
}
inline double ScorerFloat(const Scorer& scorer, const char* key) {
  Error error;
  double value = 0;
  error.Check(lwave_scorer_get_float(scorer.get(), key, &value, error));
  return value;
}

// Takes what waits, `portion` tokens at a time.
inline void ReadScores(const Scorer& scorer, int64_t portion, Scores& scores) {
  for (;;) {
    Error error;
    std::vector<int32_t> ids(static_cast<size_t>(portion));
    std::vector<float> logs(ids.size());
    std::vector<int64_t> ranges(2 * ids.size());
    int64_t count = 0;
    error.Check(lwave_scorer_read(scorer.get(), ids.data(), logs.data(), ranges.data(), portion, &count, error));
    if (count == 0) return;
    scores.ids.insert(scores.ids.end(), ids.begin(), ids.begin() + count);
    scores.logs.insert(scores.logs.end(), logs.begin(), logs.begin() + count);
    scores.ranges.insert(scores.ranges.end(), ranges.begin(), ranges.begin() + 2 * count);
  }
}

// Pushes everything, reading whenever the queue is full.
inline void PushScored(const Scorer& scorer, const std::string& text, Scores& scores) {
  for (size_t at = 0;;) {
    Error error;
    int64_t taken = 0;
    const lwave_status status =
        lwave_scorer_push_text(scorer.get(), text.data() + at, static_cast<int64_t>(text.size() - at), &taken, error);
    at += static_cast<size_t>(taken);
    if (status == LWAVE_OK) return;
    if (status != LWAVE_OUTPUT_FULL) error.Check(status);
    ReadScores(scorer, 7, scores);
  }
}
inline void PushScored(const Scorer& scorer, const std::vector<int32_t>& ids, Scores& scores) {
  for (size_t at = 0;;) {
    Error error;
    int64_t taken = 0;
    const lwave_status status =
        lwave_scorer_push_ids(scorer.get(), ids.data() + at, static_cast<int64_t>(ids.size() - at), &taken, error);
    at += static_cast<size_t>(taken);
    if (status == LWAVE_OK) return;
    if (status != LWAVE_OUTPUT_FULL) error.Check(status);
    ReadScores(scorer, 7, scores);
  }
}

inline void FinishScored(const Scorer& scorer, Scores& scores) {
  for (;;) {
    Error error;
    const lwave_status status = lwave_scorer_finish(scorer.get(), error);
    ReadScores(scorer, 7, scores);
    if (status == LWAVE_OK) return;
    if (status != LWAVE_OUTPUT_FULL) error.Check(status);
  }
}

// The whole document, text or ids, in one push.
template <typename Document>
Scores ScoresOf(const Model& model, const Config& config, const Document& document) {
  const Scorer scorer = MakeScorer(model, config);
  Scores scores;
  PushScored(scorer, document, scores);
  FinishScored(scorer, scores);
  return scores;
}

inline std::string Save(const Scorer& scorer) {
  Error error;
  int64_t needed = 0;
  error.Check(lwave_scorer_save(scorer.get(), nullptr, 0, &needed, error));
  std::string data(static_cast<size_t>(needed), '\0');
  error.Check(lwave_scorer_save(scorer.get(), data.data(), needed, &needed, error));
  return data;
}

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_SUPPORT_SCORES_H_
