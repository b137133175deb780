// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Questions and their best passages.

#include "ranking.h"

#include <algorithm>
#include <cmath>

#include "diagnostics.h"

namespace lwave::cli {
namespace {

bool Better(float a, float b) { return !std::isnan(a) && (std::isnan(b) || a > b); }

}  // namespace

float Ranking::Score(const float* vector) const {
  lwave_error error;
  int64_t index = 0, found = 0;
  float score = 0;
  if (lwave_search(query_.data(), static_cast<int64_t>(query_.size()), vector, 1, 1, &index, &score, &found,
                   &error) != LWAVE_OK) {
    throw Failure("search", error.message);
  }
  return score;
}

bool Ranking::Admits(float score) const { return hits_.size() < top_ || Better(score, hits_.back().score); }

void Ranking::Add(float score, std::shared_ptr<Passage> passage) {
  const auto place =
      std::find_if(hits_.begin(), hits_.end(), [score](const Hit& hit) { return Better(score, hit.score); });
  hits_.insert(place, Hit{score, std::move(passage)});
  if (hits_.size() > top_) hits_.pop_back();
}

std::vector<Ranking> MakeRankings(const Session& session, const std::vector<std::string>& questions, int64_t top) {
  std::vector<Ranking> rankings;
  for (const std::string& question : questions) {
    lwave_error error;
    std::vector<float> query(static_cast<size_t>(session.width));
    const lwave_status status =
        lwave_model_embed(session.model.get(), question.data(), static_cast<int64_t>(question.size()),
                          query.data(), session.width, &error);
    if (status == LWAVE_INVALID_ARGUMENT) throw UsageError("question \"" + question + "\": " + error.message);
    if (status != LWAVE_OK) throw Failure("question \"" + question + "\"", error.message);
    rankings.emplace_back(question, std::move(query), top);
  }
  return rankings;
}

}  // namespace lwave::cli
