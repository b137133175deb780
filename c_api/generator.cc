// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "longwave/generator.h"

#include "guard.h"
#include "handles.h"
#include "stream/generator.h"

using lwave::c_api::Guard;
using lwave::stream::FinishReason;
using lwave::stream::Generator;

struct lwave_generator {
  std::unique_ptr<Generator> generator;
};

namespace {

int64_t NumberOf(FinishReason reason) { return 10 * static_cast<int64_t>(reason); }

absl::Status Give(absl::StatusOr<std::unique_ptr<Generator>> made, lwave_generator** generator) {
  if (!made.ok()) return made.status();
  *generator = new lwave_generator{*std::move(made)};
  return absl::OkStatus();
}

}  // namespace

extern "C" {

lwave_status lwave_generator_create(lwave_model* model, const lwave_config* config, lwave_generator** generator,
                                    lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(generator);
    *generator = nullptr;
    LWAVE_REQUIRE(model);
    absl::StatusOr<lwave::stream::GenerationOptions> options = lwave::c_api::GenerationOf(config);
    if (!options.ok()) return options.status();
    return Give(Generator::Create(model->model, *options), generator);
  });
}

lwave_status lwave_generator_plan(lwave_model* model, const lwave_config* config, int64_t* bytes, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    LWAVE_REQUIRE(bytes);
    absl::StatusOr<lwave::stream::GenerationOptions> options = lwave::c_api::GenerationOf(config);
    if (!options.ok()) return options.status();
    absl::StatusOr<int64_t> plan = Generator::Plan(model->model, *options);
    if (!plan.ok()) return plan.status();
    *bytes = *plan;
    return absl::OkStatus();
  });
}

void lwave_generator_destroy(lwave_generator* generator) { delete generator; }

lwave_status lwave_generator_push_text(lwave_generator* generator, const char* text, int64_t bytes,
                                       int32_t add_special_tokens, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(generator);
    const absl::Status status = lwave::c_api::CheckBuffer("text", text, bytes);
    if (!status.ok()) return status;
    return generator->generator->PushText(absl::string_view(text, static_cast<size_t>(bytes)), add_special_tokens != 0);
  });
}

lwave_status lwave_generator_push_ids(lwave_generator* generator, const int32_t* ids, int64_t count, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(generator);
    const absl::Status status = lwave::c_api::CheckBuffer("ids", ids, count);
    if (!status.ok()) return status;
    return generator->generator->PushIds(absl::MakeConstSpan(ids, static_cast<size_t>(count)));
  });
}

lwave_status lwave_generator_add_stop(lwave_generator* generator, const char* text, int64_t bytes, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(generator);
    const absl::Status status = lwave::c_api::CheckBuffer("text", text, bytes);
    if (!status.ok()) return status;
    return generator->generator->AddStop(absl::string_view(text, static_cast<size_t>(bytes)));
  });
}

lwave_status lwave_generator_next(lwave_generator* generator, int32_t* id, float* log_probability, int32_t* finished,
                                  lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(generator);
    LWAVE_REQUIRE(finished);
    absl::StatusOr<std::optional<lwave::stream::GeneratedToken>> token = generator->generator->Next();
    if (!token.ok()) return token.status();
    *finished = token->has_value() ? 0 : 1;
    if (!token->has_value()) return absl::OkStatus();
    if (id != nullptr) *id = (*token)->id;
    if (log_probability != nullptr) *log_probability = (*token)->log_probability;
    return absl::OkStatus();
  });
}

lwave_status lwave_generator_text(lwave_generator* generator, char* buffer, int64_t capacity, int64_t* needed,
                                  lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(generator);
    const std::string text(generator->generator->WaitingText());
    const absl::Status status = lwave::c_api::CopyText(text, buffer, capacity, needed);
    if (status.ok() && capacity > 0) generator->generator->TakeText();
    return status;
  });
}

lwave_status lwave_generator_get_int(const lwave_generator* generator, const char* key, int64_t* value,
                                     lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(generator);
    LWAVE_REQUIRE(key);
    LWAVE_REQUIRE(value);
    const Generator& g = *generator->generator;
    const absl::string_view name = key;
    if (name == "prompt_tokens") {
      *value = g.prompt_tokens();
    } else if (name == "generated_tokens") {
      *value = g.generated_tokens();
    } else if (name == "finish_reason") {
      *value = g.finished() ? NumberOf(g.reason()) : LWAVE_FINISH_NONE;
    } else if (name == "finished") {
      *value = g.finished();
    } else if (name == "bytes") {
      *value = g.bytes();
    } else if (name == "dropped_text") {
      *value = g.dropped_text();
    } else {
      return absl::InvalidArgumentError(absl::StrCat("a generator has no number called ", key));
    }
    return absl::OkStatus();
  });
}

lwave_status lwave_generator_save(const lwave_generator* generator, void* buffer, int64_t capacity, int64_t* needed,
                                  lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(generator);
    absl::StatusOr<std::vector<uint8_t>> data = generator->generator->Save();
    if (!data.ok()) return data.status();
    return lwave::c_api::CopyOut(data->data(), static_cast<int64_t>(data->size()), buffer, capacity, needed);
  });
}

lwave_status lwave_generator_restore(lwave_model* model, const void* data, int64_t bytes, lwave_generator** generator,
                                     lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(generator);
    *generator = nullptr;
    LWAVE_REQUIRE(model);
    const absl::Status status = lwave::c_api::CheckBuffer("data", data, bytes);
    if (!status.ok()) return status;
    return Give(Generator::Restore(model->model, absl::MakeConstSpan(static_cast<const uint8_t*>(data),
                                                                     static_cast<size_t>(bytes))),
                generator);
  });
}

lwave_status lwave_generator_fork(const lwave_generator* generator, lwave_generator** fork, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(fork);
    *fork = nullptr;
    LWAVE_REQUIRE(generator);
    return Give(generator->generator->Fork(), fork);
  });
}

void lwave_generator_cancel(lwave_generator* generator) {
  if (generator != nullptr) generator->generator->Cancel();
}

}  // extern "C"
