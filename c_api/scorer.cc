// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "longwave/scorer.h"

#include <cmath>
#include <limits>

#include "guard.h"
#include "handles.h"
#include "stream/scorer.h"

using lwave::c_api::Guard;
using lwave::stream::ScoredToken;
using lwave::stream::Scorer;
using lwave::stream::ScoringOptions;
using lwave::stream::Stop;

struct lwave_scorer {
  std::unique_ptr<Scorer> scorer;
};

namespace {

absl::Status Give(absl::StatusOr<std::unique_ptr<Scorer>> made, lwave_scorer** scorer) {
  if (!made.ok()) return made.status();
  *scorer = new lwave_scorer{*std::move(made)};
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Number(const Scorer& s, absl::string_view key) {
  if (key == "tokens") return s.tokens();
  if (key == "scored") return s.scored();
  if (key == "bytes_taken") return s.bytes_taken();
  if (key == "scored_bytes") return s.scored_bytes();
  if (key == "waiting") return s.waiting();
  if (key == "finished") return s.finished() ? 1 : 0;
  if (key == "length") return s.length();
  if (key == "stride") return s.stride();
  if (key == "invalid_utf8") return s.invalid_count();
  if (key == "bytes") return s.bytes();
  return absl::InvalidArgumentError(absl::StrCat("a scorer has no number called ", key));
}

absl::StatusOr<double> Real(const Scorer& s, absl::string_view key) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  if (key == "log_probability") return s.scored() == 0 ? none : s.log_probability();
  if (key == "perplexity") {
    return s.scored() == 0 ? none : std::exp(-s.log_probability() / static_cast<double>(s.scored()));
  }
  if (key == "bits_per_byte") {
    return s.scored_bytes() <= 0 ? none : -s.log_probability() / std::log(2.0) / static_cast<double>(s.scored_bytes());
  }
  return absl::InvalidArgumentError(absl::StrCat("a scorer has no float called ", key));
}

}  // namespace

extern "C" {

lwave_status lwave_scorer_create(lwave_model* model, const lwave_config* config, lwave_scorer** scorer,
                                 lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(scorer);
    *scorer = nullptr;
    LWAVE_REQUIRE(model);
    absl::StatusOr<ScoringOptions> options = lwave::c_api::ScoringOf(config);
    if (!options.ok()) return options.status();
    return Give(Scorer::Create(model->model, *options), scorer);
  });
}

lwave_status lwave_scorer_plan(lwave_model* model, const lwave_config* config, int64_t* bytes, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    LWAVE_REQUIRE(bytes);
    absl::StatusOr<ScoringOptions> options = lwave::c_api::ScoringOf(config);
    if (!options.ok()) return options.status();
    absl::StatusOr<int64_t> plan = Scorer::Plan(model->model, *options);
    if (!plan.ok()) return plan.status();
    *bytes = *plan;
    return absl::OkStatus();
  });
}

void lwave_scorer_destroy(lwave_scorer* scorer) { delete scorer; }

lwave_status lwave_scorer_push_text(lwave_scorer* scorer, const char* text, int64_t bytes, int64_t* taken,
                                    lwave_error* error) {
  return Guard(error, [&]() -> absl::StatusOr<Stop> {
    LWAVE_REQUIRE(scorer);
    LWAVE_REQUIRE(taken);
    *taken = 0;
    const absl::Status status = lwave::c_api::CheckBuffer("text", text, bytes);
    if (!status.ok()) return status;
    return scorer->scorer->PushText(absl::MakeConstSpan(text, static_cast<size_t>(bytes)), taken);
  });
}

lwave_status lwave_scorer_push_ids(lwave_scorer* scorer, const int32_t* ids, int64_t count, int64_t* taken,
                                   lwave_error* error) {
  return Guard(error, [&]() -> absl::StatusOr<Stop> {
    LWAVE_REQUIRE(scorer);
    LWAVE_REQUIRE(taken);
    *taken = 0;
    const absl::Status status = lwave::c_api::CheckBuffer("ids", ids, count);
    if (!status.ok()) return status;
    return scorer->scorer->PushIds(absl::MakeConstSpan(ids, static_cast<size_t>(count)), taken);
  });
}

lwave_status lwave_scorer_finish(lwave_scorer* scorer, lwave_error* error) {
  return Guard(error, [&]() -> absl::StatusOr<Stop> {
    LWAVE_REQUIRE(scorer);
    return scorer->scorer->Finish();
  });
}

lwave_status lwave_scorer_read(lwave_scorer* scorer, int32_t* ids, float* log_probabilities, int64_t* ranges,
                               int64_t capacity, int64_t* count, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(scorer);
    LWAVE_REQUIRE(count);
    *count = 0;
    if (capacity < 0) return absl::InvalidArgumentError(absl::StrCat("capacity must not be negative, got ", capacity));
    const int64_t taken = std::min(capacity, scorer->scorer->waiting());
    for (int64_t i = 0; i < taken; ++i) {
      const ScoredToken token = scorer->scorer->Pop();
      if (ids != nullptr) ids[i] = token.id;
      if (log_probabilities != nullptr) log_probabilities[i] = token.log_probability;
      if (ranges != nullptr) ranges[2 * i] = token.byte_begin;
      if (ranges != nullptr) ranges[2 * i + 1] = token.byte_end;
    }
    *count = taken;
    return absl::OkStatus();
  });
}

lwave_status lwave_scorer_get_int(const lwave_scorer* scorer, const char* key, int64_t* value, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(scorer);
    LWAVE_REQUIRE(key);
    LWAVE_REQUIRE(value);
    const absl::StatusOr<int64_t> number = Number(*scorer->scorer, key);
    if (!number.ok()) return number.status();
    *value = *number;
    return absl::OkStatus();
  });
}

lwave_status lwave_scorer_get_float(const lwave_scorer* scorer, const char* key, double* value, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(scorer);
    LWAVE_REQUIRE(key);
    LWAVE_REQUIRE(value);
    const absl::StatusOr<double> number = Real(*scorer->scorer, key);
    if (!number.ok()) return number.status();
    *value = *number;
    return absl::OkStatus();
  });
}

lwave_status lwave_scorer_reset(lwave_scorer* scorer, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(scorer);
    return scorer->scorer->Reset();
  });
}

lwave_status lwave_scorer_save(const lwave_scorer* scorer, void* buffer, int64_t capacity, int64_t* needed,
                               lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(scorer);
    absl::StatusOr<std::vector<uint8_t>> data = scorer->scorer->Save();
    if (!data.ok()) return data.status();
    return lwave::c_api::CopyOut(data->data(), static_cast<int64_t>(data->size()), buffer, capacity, needed);
  });
}

lwave_status lwave_scorer_restore(lwave_model* model, const void* data, int64_t bytes, lwave_scorer** scorer,
                                  lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(scorer);
    *scorer = nullptr;
    LWAVE_REQUIRE(model);
    const absl::Status status = lwave::c_api::CheckBuffer("data", data, bytes);
    if (!status.ok()) return status;
    return Give(Scorer::Restore(model->model, absl::MakeConstSpan(static_cast<const uint8_t*>(data),
                                                                  static_cast<size_t>(bytes))),
                scorer);
  });
}

lwave_status lwave_scorer_fork(const lwave_scorer* scorer, lwave_scorer** fork, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(fork);
    *fork = nullptr;
    LWAVE_REQUIRE(scorer);
    return Give(scorer->scorer->Fork(), fork);
  });
}

void lwave_scorer_cancel(lwave_scorer* scorer) {
  if (scorer != nullptr) scorer->scorer->Cancel();
}

}  // extern "C"
