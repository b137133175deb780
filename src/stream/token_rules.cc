// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/token_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace lwave::stream {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

void Forbid(absl::Span<float> scores, int64_t id) {
  if (id >= 0 && id < static_cast<int64_t>(scores.size())) scores[static_cast<size_t>(id)] = kNever;
}

void Force(absl::Span<float> scores, int64_t id) {
  std::fill(scores.begin(), scores.end(), kNever);
  if (id >= 0 && id < static_cast<int64_t>(scores.size())) scores[static_cast<size_t>(id)] = 0;
}

// A token that was there already: its score is divided by the penalty, or multiplied where it is below 0.
void Penalise(double penalty, absl::Span<const int32_t> ids, absl::Span<float> scores) {
  std::vector<int32_t> seen(ids.begin(), ids.end());
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  for (const int32_t id : seen) {
    if (static_cast<size_t>(id) >= scores.size()) continue;
    float& score = scores[static_cast<size_t>(id)];
    score = static_cast<float>(score < 0 ? score * penalty : score / penalty);
  }
}

// Tokens that would end a run of n ids that has been there already.
void ForbidRepeats(int64_t n, absl::Span<const int32_t> ids, absl::Span<float> scores) {
  const int64_t count = static_cast<int64_t>(ids.size());
  if (count + 1 < n) return;
  const absl::Span<const int32_t> last = ids.subspan(static_cast<size_t>(count - n + 1));
  for (int64_t begin = 0; begin + n <= count; ++begin) {
    if (std::equal(last.begin(), last.end(), ids.begin() + begin)) {
      Forbid(scores, ids[static_cast<size_t>(begin + n - 1)]);
    }
  }
}

absl::Span<const int64_t> IdsOf(const std::optional<std::vector<int64_t>>& ids) {
  return ids.has_value() ? absl::MakeConstSpan(*ids) : absl::Span<const int64_t>();
}

}  // namespace

LookBack LooksBack(const GenerationOptions& options) {
  if (options.no_repeat_ngram.value_or(0) > 0) return LookBack::kAll;
  return options.repetition_penalty.value_or(1) != 1 ? LookBack::kSeen : LookBack::kNone;
}

void ApplyRules(const GenerationOptions& options, const TokenHistory& history, absl::Span<float> scores) {
  const int64_t length = history.length;
  const int64_t made = length - history.prompt;
  if (const double penalty = options.repetition_penalty.value_or(1); penalty != 1) {
    Penalise(penalty, history.ids, scores);
  }
  if (const int64_t n = options.no_repeat_ngram.value_or(0); n > 0) ForbidRepeats(n, history.ids, scores);
  if (length < options.min_length.value_or(0) || made < options.min_new_tokens.value_or(0)) {
    for (const int64_t id : IdsOf(options.end_ids)) Forbid(scores, id);
  }
  if (options.forced_first.value_or(-1) >= 0 && length == 1) Force(scores, *options.forced_first);
  if (options.forced_last.value_or(-1) >= 0 && length + 1 == history.length_limit && options.stop_at_end.value_or(true)) {
    Force(scores, *options.forced_last);
  }
  for (const int64_t id : IdsOf(options.suppressed)) Forbid(scores, id);
}

bool EndsText(const GenerationOptions& options, int32_t id) {
  if (!options.stop_at_end.value_or(true) || !options.end_ids.has_value()) return false;
  return std::find(options.end_ids->begin(), options.end_ids->end(), id) != options.end_ids->end();
}

void LogSoftmax(absl::Span<float> scores) {
  const float most = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const float score : scores) sum += std::exp(static_cast<double>(score) - static_cast<double>(most));
  const double shift = static_cast<double>(most) + std::log(sum);
  for (float& score : scores) score = static_cast<float>(static_cast<double>(score) - shift);
}

absl::Status CheckScores(absl::Span<const float> scores) {
  bool any = false;
  for (const float score : scores) {
    if (std::isnan(score)) return absl::InvalidArgumentError("the model's scores are no numbers: it was given or holds NaN");
    any = any || score != kNever;
  }
  if (!any) return absl::InvalidArgumentError("the options forbid every token");
  return absl::OkStatus();
}

int32_t BestToken(absl::Span<const float> scores) {
  return static_cast<int32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

int32_t DrawToken(const GenerationOptions& options, absl::Span<const float> scores, RandomNumbers& random,
                  absl::Span<int32_t> order) {
  const double temperature = options.temperature.value_or(1);
  const double u = random.Uniform();
  if (temperature == 0) return BestToken(scores);
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
  const auto better = [&](int32_t a, int32_t b) {
    const float x = scores[static_cast<size_t>(a)], y = scores[static_cast<size_t>(b)];
    return x != y ? x > y : a < b;
  };
  size_t kept = order.size();
  if (const int64_t k = options.top_k.value_or(50); k > 0) kept = std::min(kept, static_cast<size_t>(k));
  std::partial_sort(order.begin(), order.begin() + static_cast<int64_t>(kept), order.end(), better);
  // As transformers does: ties with the last that is kept stay as well.
  const float least = scores[static_cast<size_t>(order[kept - 1])];
  if (kept < order.size()) {
    std::sort(order.begin() + static_cast<int64_t>(kept), order.end(), better);
    while (kept < order.size() && scores[static_cast<size_t>(order[kept])] == least) ++kept;
  }
  const double most = static_cast<double>(scores[static_cast<size_t>(order[0])]);
  const auto weight = [&](size_t i) {
    return std::exp((static_cast<double>(scores[static_cast<size_t>(order[i])]) - most) / temperature);
  };
  double total = 0;
  for (size_t i = 0; i < kept; ++i) total += weight(i);
  if (const double p = options.top_p.value_or(1); p < 1) {
    // The fewest whose sum is at least p; always one.
    double sum = 0;
    size_t enough = 0;
    while (enough < kept && (enough == 0 || sum < p * total)) sum += weight(enough++);
    kept = enough;
    total = sum;
  }
  double sum = 0;
  for (size_t i = 0; i < kept; ++i) {
    sum += weight(i);
    if (sum > u * total) return order[i];
  }
  return order[kept - 1];
}

}  // namespace lwave::stream
