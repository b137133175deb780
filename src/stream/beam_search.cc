// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/beam_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "stream/token_rules.h"

namespace lwave::stream {
namespace {

struct Beam {
  std::unique_ptr<DecoderLine> line;
  std::vector<int32_t> ids;
  std::vector<float> logs;  // of generated tokens, the model's own
  double score = 0;         // sum after the rules
  const float* row = nullptr;
};

struct Finished {
  std::vector<int32_t> ids;
  std::vector<float> logs;
  double score = 0;
};

struct Candidate {
  size_t beam = 0;
  int32_t id = 0;
  double score = 0;
  float log = 0;
};

// The best `count` candidates of all beams, best first; of equal ones the earlier beam and the smaller id.
absl::StatusOr<std::vector<Candidate>> BestCandidates(const BeamTask& task, std::vector<Beam>& beams, size_t count) {
  std::vector<Candidate> best;
  std::vector<float> own(static_cast<size_t>(task.vocabulary));
  const auto better = [](const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score > b.score;
    return a.beam != b.beam ? a.beam < b.beam : a.id < b.id;
  };
  for (size_t b = 0; b < beams.size(); ++b) {
    absl::StatusOr<absl::Span<float>> scores = task.scores(beams[b].row);
    if (!scores.ok()) return scores.status();
    LogSoftmax(*scores);
    std::copy(scores->begin(), scores->end(), own.begin());
    ApplyRules(task.options, {beams[b].ids, task.prompt, task.length_limit}, *scores);
    for (int32_t id = 0; id < static_cast<int32_t>(task.vocabulary); ++id) {
      const float score = (*scores)[static_cast<size_t>(id)];
      if (score == -std::numeric_limits<float>::infinity()) continue;
      const Candidate candidate = {b, id, beams[b].score + static_cast<double>(score), own[static_cast<size_t>(id)]};
      if (best.size() == count && !better(candidate, best.back())) continue;
      best.insert(std::upper_bound(best.begin(), best.end(), candidate, better), candidate);
      if (best.size() > count) best.pop_back();
    }
  }
  return best;
}

class Search {
 public:
  explicit Search(const BeamTask& task)
      : task_(task), width_(static_cast<size_t>(task.options.beams.value_or(1))),
        penalty_(task.options.length_penalty.value_or(1)) {}

  absl::StatusOr<std::vector<GeneratedToken>> Run() {
    absl::StatusOr<std::unique_ptr<DecoderLine>> line = DecoderLine::Create(task_.plan);
    if (!line.ok()) return line.status();
    beams_.resize(1);
    beams_[0].line = *std::move(line);
    beams_[0].ids = task_.start;
    if (task_.read != nullptr) {
      if (absl::Status status = beams_[0].line->CopyFrom(*task_.read); !status.ok()) return status;
      beams_[0].row = beams_[0].line->last_row();
    } else {
      absl::StatusOr<const float*> row = beams_[0].line->Advance(task_.start);
      if (!row.ok()) return row.status();
      beams_[0].row = *row;
    }
    while (!Done()) {
      if (task_.cancelled()) return absl::CancelledError("generation was cancelled");
      absl::StatusOr<std::vector<Candidate>> best =
          BestCandidates(task_, beams_, width_ * (1 + task_.options.end_ids.value_or(std::vector<int64_t>()).size()));
      if (!best.ok()) return best.status();
      if (best->empty()) return absl::InvalidArgumentError("the options forbid every token");
      if (absl::Status status = Take(*best); !status.ok()) return status;
    }
    return Best();
  }

 private:
  int64_t Length() const { return static_cast<int64_t>(beams_[0].ids.size()); }
  double Weighed(double score, int64_t made) const {
    return score / std::pow(static_cast<double>(std::max<int64_t>(made, 1)), penalty_);
  }

  bool Done() const {
    if (beams_.empty() || Length() >= task_.length_limit) return true;
    if (finished_.size() < width_) return false;
    switch (task_.options.early_stopping.value_or(EarlyStopping::kFalse)) {
      case EarlyStopping::kTrue: return true;
      case EarlyStopping::kFalse: return worst() >= Weighed(beams_[0].score, Length() - task_.prompt);
      case EarlyStopping::kNever: {
        const int64_t longest = penalty_ > 0 ? task_.length_limit - task_.prompt : Length() - task_.prompt;
        return worst() >= Weighed(beams_[0].score, longest);
      }
    }
    return true;
  }
  double worst() const { return finished_.back().score; }

  void Keep(std::vector<int32_t> ids, std::vector<float> logs, double score) {
    Finished made = {std::move(ids), std::move(logs), 0};
    made.score = Weighed(score, static_cast<int64_t>(made.ids.size()) - task_.prompt);
    const auto better = [](const Finished& a, const Finished& b) { return a.score > b.score; };
    finished_.insert(std::upper_bound(finished_.begin(), finished_.end(), made, better), std::move(made));
    if (finished_.size() > width_) finished_.pop_back();
  }

  absl::Status Take(const std::vector<Candidate>& best) {
    std::vector<Candidate> next;
    for (size_t rank = 0; rank < best.size() && next.size() < width_; ++rank) {
      const Candidate& candidate = best[rank];
      if (!EndsText(task_.options, candidate.id)) {
        next.push_back(candidate);
        continue;
      }
      if (rank >= width_) continue;  // an end counts among the best only
      std::vector<int32_t> ids = beams_[candidate.beam].ids;
      ids.push_back(candidate.id);
      std::vector<float> logs = beams_[candidate.beam].logs;
      logs.push_back(candidate.log);
      Keep(std::move(ids), std::move(logs), candidate.score);
    }
    return Follow(next);
  }

  // The beams of the next step; a line goes to the first that goes on from it, others get copies.
  absl::Status Follow(const std::vector<Candidate>& next) {
    std::vector<Beam> following;
    std::vector<bool> given(beams_.size(), false);
    for (const Candidate& candidate : next) {
      Beam beam;
      const Beam& from = beams_[candidate.beam];
      beam.ids = from.ids;
      beam.logs = from.logs;
      beam.ids.push_back(candidate.id);
      beam.logs.push_back(candidate.log);
      beam.score = candidate.score;
      following.push_back(std::move(beam));
    }
    // Copies first, while every line is as it was.
    for (size_t i = 0; i < next.size(); ++i) {
      if (!given[next[i].beam]) {
        given[next[i].beam] = true;
        continue;
      }
      absl::StatusOr<std::unique_ptr<DecoderLine>> copy = DecoderLine::Create(task_.plan);
      if (!copy.ok()) return copy.status();
      if (absl::Status status = (*copy)->CopyFrom(*beams_[next[i].beam].line); !status.ok()) return status;
      following[i].line = *std::move(copy);
    }
    for (size_t i = 0; i < next.size(); ++i) {
      if (following[i].line == nullptr) following[i].line = std::move(beams_[next[i].beam].line);
    }
    beams_ = std::move(following);
    for (Beam& beam : beams_) {
      if (Length() >= task_.length_limit) break;
      absl::StatusOr<const float*> row = beam.line->Advance(absl::MakeConstSpan(&beam.ids.back(), 1));
      if (!row.ok()) return row.status();
      beam.row = *row;
    }
    return absl::OkStatus();
  }

  std::vector<GeneratedToken> Best() {
    // What has not ended counts as well, unless enough have.
    if (finished_.size() < width_ || task_.options.early_stopping.value_or(EarlyStopping::kFalse) != EarlyStopping::kTrue) {
      for (Beam& beam : beams_) Keep(beam.ids, beam.logs, beam.score);
    }
    std::vector<GeneratedToken> tokens;
    if (finished_.empty()) return tokens;
    const Finished& best = finished_.front();
    const size_t start = task_.start.size();
    for (size_t i = start; i < best.ids.size(); ++i) tokens.push_back({best.ids[i], best.logs[i - start]});
    return tokens;
  }

  const BeamTask& task_;
  const size_t width_;
  const double penalty_;
  std::vector<Beam> beams_;
  std::vector<Finished> finished_;  // best first
};

}  // namespace

absl::StatusOr<std::vector<GeneratedToken>> SearchBeams(const BeamTask& task) { return Search(task).Run(); }

}  // namespace lwave::stream
