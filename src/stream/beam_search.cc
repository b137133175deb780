// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/beam_search.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "stream/token_rules.h"

namespace lwave::stream {
namespace {

constexpr size_t kNoLine = SIZE_MAX;

struct Beam {
  size_t line = kNoLine;
  std::vector<int32_t> ids;  // the history, then what was generated
  std::vector<float> logs;   // of generated tokens, the model's own
  double score = 0;          // sum after the rules
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

class Search {
 public:
  explicit Search(const BeamTask& task)
      : task_(task), width_(static_cast<size_t>(task.options.beams.value_or(1))),
        penalty_(task.options.length_penalty.value_or(1)) {}

  absl::StatusOr<std::vector<GeneratedToken>> Run() {
    own_.resize(static_cast<size_t>(task_.vocabulary));
    beams_.resize(1);
    beams_[0].line = 0;
    beams_[0].ids.assign(task_.history.begin(), task_.history.end());
    if (absl::Status status = task_.lines[0]->CopyFrom(task_.read); !status.ok()) return status;
    const size_t ends = task_.options.end_ids.has_value() ? task_.options.end_ids->size() : 0;
    while (!Done()) {
      if (task_.cancelled()) return absl::CancelledError("generation was cancelled");
      const std::vector<Candidate> best = BestCandidates(width_ * (1 + ends));
      if (best.empty()) return absl::InvalidArgumentError("the options forbid every token");
      if (absl::Status status = Take(best); !status.ok()) return status;
    }
    return Best();
  }

 private:
  // Of a beam's sequence, everything before it included.
  int64_t LengthOf(const std::vector<float>& logs) const { return task_.length + static_cast<int64_t>(logs.size()); }
  int64_t Length() const { return LengthOf(beams_[0].logs); }
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
    made.score = Weighed(score, LengthOf(made.logs) - task_.prompt);
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

  // The best `count` candidates of all beams, best first; of equal ones the earlier beam and the smaller id.
  std::vector<Candidate> BestCandidates(size_t count) {
    std::vector<Candidate> best;
    const auto better = [](const Candidate& a, const Candidate& b) {
      if (a.score != b.score) return a.score > b.score;
      return a.beam != b.beam ? a.beam < b.beam : a.id < b.id;
    };
    for (size_t b = 0; b < beams_.size(); ++b) {
      const Beam& beam = beams_[b];
      const absl::Span<float> scores = task_.scores(task_.lines[beam.line]->last_row());
      LogSoftmax(scores);
      std::copy(scores.begin(), scores.end(), own_.begin());
      ApplyRules(task_.options, {beam.ids, LengthOf(beam.logs), task_.prompt, task_.length_limit}, scores);
      for (int32_t id = 0; id < static_cast<int32_t>(task_.vocabulary); ++id) {
        const float score = scores[static_cast<size_t>(id)];
        if (score == -std::numeric_limits<float>::infinity()) continue;
        const Candidate candidate = {b, id, beam.score + static_cast<double>(score), own_[static_cast<size_t>(id)]};
        if (best.size() == count && !better(candidate, best.back())) continue;
        best.insert(std::upper_bound(best.begin(), best.end(), candidate, better), candidate);
        if (best.size() > count) best.pop_back();
      }
    }
    return best;
  }

  // The beams of the next step. A line goes to the first that goes on from it; others get copies, in lines from which
  // none goes on: there are as many lines as beams.
  absl::Status Follow(const std::vector<Candidate>& next) {
    std::vector<Beam> following;
    std::vector<bool> taken(width_, false);
    for (const Candidate& candidate : next) {
      Beam beam;
      const Beam& from = beams_[candidate.beam];
      if (!taken[from.line]) beam.line = from.line;
      taken[from.line] = true;
      beam.ids = from.ids;
      beam.logs = from.logs;
      beam.ids.push_back(candidate.id);
      beam.logs.push_back(candidate.log);
      beam.score = candidate.score;
      following.push_back(std::move(beam));
    }
    for (size_t i = 0, line = 0; i < next.size(); ++i) {
      if (following[i].line != kNoLine) continue;
      while (taken[line]) ++line;
      taken[line] = true;
      const DecoderLine& from = *task_.lines[beams_[next[i].beam].line];
      if (absl::Status status = task_.lines[line]->CopyFrom(from); !status.ok()) return status;
      following[i].line = line;
    }
    beams_ = std::move(following);
    for (const Beam& beam : beams_) {
      if (Length() >= task_.length_limit) break;
      int64_t read = 0;
      const absl::Status status =
          task_.lines[beam.line]->Advance(absl::MakeConstSpan(&beam.ids.back(), 1), task_.cancelled, &read);
      if (!status.ok()) return status;
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
    const size_t start = task_.history.size();
    for (size_t i = start; i < best.ids.size(); ++i) tokens.push_back({best.ids[i], best.logs[i - start]});
    return tokens;
  }

  const BeamTask& task_;
  const size_t width_;
  const double penalty_;
  std::vector<float> own_;  // [vocabulary]
  std::vector<Beam> beams_;
  std::vector<Finished> finished_;  // best first
};

}  // namespace

absl::StatusOr<std::vector<GeneratedToken>> SearchBeams(const BeamTask& task) { return Search(task).Run(); }

}  // namespace lwave::stream
