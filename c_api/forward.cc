// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole sequences: workspaces, forward and run.

#include <algorithm>

#include "guard.h"
#include "handles.h"
#include "stream/model_run_shape.h"

namespace {

using lwave::c_api::Guard;
using lwave::c_api::OptionsOf;
using lwave::model::Reading;
using lwave::stream::Model;
using lwave::stream::ModelRun;
using lwave::stream::RunInput;
using lwave::stream::RunOutput;

constexpr int64_t kMostRows = int64_t{1} << 32;

bool AsksForWindow(const lwave_config* config) {
  return config != nullptr && OptionsOf(config).mode == lwave::model::LongMode::kWindow;
}

// Null where every row sees every row.
absl::StatusOr<std::optional<Reading>> ReadingOf(const Model& model, const lwave_config* config) {
  if (!AsksForWindow(config)) return std::optional<Reading>();
  absl::StatusOr<Reading> reading = lwave::model::ResolveReading(model.spec(), OptionsOf(config));
  if (!reading.ok()) return reading.status();
  return std::optional<Reading>(*std::move(reading));
}

const Reading* PointerTo(const std::optional<Reading>& reading) { return reading.has_value() ? &*reading : nullptr; }

// window: null where every row sees every row.
absl::Status CheckShape(const Model& model, const Reading* window, int64_t batch, int64_t tokens) {
  if (batch < 1 || tokens < 1 || batch > kMostRows / tokens) {
    return absl::InvalidArgumentError(
        absl::StrCat("batch and tokens must be at least 1, got ", batch, " and ", tokens));
  }
  const int64_t positions = model.spec().positions.usable();
  const bool bounded = model.spec().stack == nullptr || positions > 0;
  if (window == nullptr && bounded && tokens > positions) {
    return absl::OutOfRangeError(
        absl::StrCat("a sequence has at most ", positions, " rows (the model's positions), got ", tokens));
  }
  return absl::OkStatus();
}

// The output of that number in the header; none when there is no such.
std::optional<RunOutput> OutputOf(int32_t output) {
  switch (output) {
    case LWAVE_LAST_HIDDEN_STATE: return RunOutput::kLastHiddenState;
    case LWAVE_HIDDEN_STATES: return RunOutput::kHiddenStates;
    case LWAVE_POOLER_OUTPUT: return RunOutput::kPoolerOutput;
    case LWAVE_SENTENCE_EMBEDDING: return RunOutput::kSentenceEmbedding;
    case LWAVE_QUERIES: return RunOutput::kQueries;
    case LWAVE_KEYS: return RunOutput::kKeys;
    case LWAVE_VALUES: return RunOutput::kValues;
    case LWAVE_LOGITS: return RunOutput::kLogits;
    case LWAVE_ENCODER_LAST_HIDDEN_STATE: return RunOutput::kEncoderLastHiddenState;
    case LWAVE_ENCODER_HIDDEN_STATES: return RunOutput::kEncoderHiddenStates;
    case LWAVE_MEMORIES: return RunOutput::kMemories;
    default: return std::nullopt;
  }
}

int64_t Product(const lwave::stream::RunShape& shape) {
  int64_t product = 1;
  for (const int64_t dimension : shape) product *= dimension;
  return product;
}

int64_t DecoderRows(const RunInput& input) { return input.decoder_ids != nullptr ? input.decoder_tokens : input.tokens; }

// Everything is checked before anything is made.
absl::Status RunChecked(lwave_model* model, lwave_workspace* workspace, const Reading* window, const RunInput& input,
                        absl::Span<const lwave::model::LayerOption> extra, int32_t output, float* result,
                        int64_t count) {
  const Model& m = *model->model;
  if (workspace != nullptr && workspace->model != model->model) {
    return absl::InvalidArgumentError("the workspace was made for another model");
  }
  absl::Status status = CheckShape(m, window, input.batch, input.tokens);
  if (!status.ok()) return status;
  const std::optional<RunOutput> wanted = OutputOf(output);
  if (!wanted.has_value()) return absl::InvalidArgumentError(absl::StrCat("output ", output, " is none of LWAVE_..."));
  absl::StatusOr<lwave::stream::RunShape> shape = ModelRun::Shape(m, input, *wanted);
  if (!shape.ok()) return shape.status();
  status = lwave::c_api::CheckCount("count", count, Product(*shape));
  status.Update(ModelRun::Check(m, input, *wanted));
  if (!status.ok()) return status;
  std::unique_ptr<ModelRun> own;
  if (workspace == nullptr || !extra.empty()) {
    absl::StatusOr<std::unique_ptr<ModelRun>> made =
        ModelRun::Create(model->model, input.batch, input.tokens, DecoderRows(input), extra);
    if (!made.ok()) return made.status();
    own = *std::move(made);
  }
  return (own != nullptr ? *own : *workspace->run).Run(input, window, *wanted, result);
}

RunInput InputOf(const lwave_inputs& inputs) {
  RunInput input;
  input.batch = inputs.batch;
  input.tokens = inputs.tokens;
  input.decoder_tokens = inputs.decoder_tokens;
  const auto ints = [&](absl::string_view name) {
    const auto found = inputs.ints.find(name);
    return found == inputs.ints.end() ? nullptr : found->second.data();
  };
  input.ids = ints("ids");
  input.mask = ints("mask");
  input.token_types = ints("token_types");
  input.positions = ints("positions");
  input.globals = ints("globals");
  input.decoder_ids = ints("decoder_ids");
  input.decoder_mask = ints("decoder_mask");
  if (!inputs.vectors.empty()) input.vectors = inputs.vectors.data();
  input.rows = inputs.rows;
  input.memories = inputs.memories;
  return input;
}

absl::Status CheckVectors(const Model& model, const lwave_inputs& inputs) {
  if (inputs.vectors.empty()) return absl::OkStatus();
  return lwave::c_api::CheckCount("vectors", static_cast<int64_t>(inputs.vectors.size()),
                                  inputs.batch * inputs.tokens * model.spec().hidden);
}

}  // namespace

extern "C" {

lwave_status lwave_workspace_plan(const lwave_model* model, const lwave_config* config, int64_t batch, int64_t tokens,
                                  int64_t* bytes, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    LWAVE_REQUIRE(bytes);
    absl::StatusOr<std::optional<Reading>> reading = ReadingOf(*model->model, config);
    if (!reading.ok()) return reading.status();
    const absl::Status status = CheckShape(*model->model, PointerTo(*reading), batch, tokens);
    if (!status.ok()) return status;
    const absl::StatusOr<int64_t> planned = ModelRun::Plan(*model->model, batch, tokens, tokens);
    if (!planned.ok()) return planned.status();
    *bytes = *planned;
    return absl::OkStatus();
  });
}

lwave_status lwave_workspace_create(lwave_model* model, const lwave_config* config, int64_t batch, int64_t tokens,
                                    lwave_workspace** workspace, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(workspace);
    *workspace = nullptr;
    LWAVE_REQUIRE(model);
    absl::StatusOr<std::optional<Reading>> reading = ReadingOf(*model->model, config);
    if (!reading.ok()) return reading.status();
    const absl::Status status = CheckShape(*model->model, PointerTo(*reading), batch, tokens);
    if (!status.ok()) return status;
    absl::StatusOr<std::unique_ptr<ModelRun>> run = ModelRun::Create(model->model, batch, tokens, tokens, {});
    if (!run.ok()) return run.status();
    auto made = std::make_unique<lwave_workspace>();
    made->model = model->model;
    made->options = OptionsOf(config);
    made->window = *std::move(reading);
    made->run = *std::move(run);
    *workspace = made.release();
    return absl::OkStatus();
  });
}

void lwave_workspace_destroy(lwave_workspace* workspace) { delete workspace; }

lwave_status lwave_model_forward(lwave_model* model, lwave_workspace* workspace, const lwave_config* config,
                                 const int32_t* ids, const int32_t* mask, const int32_t* token_types, int64_t batch,
                                 int64_t tokens, int32_t output, float* result, int64_t count, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    LWAVE_REQUIRE(ids);
    LWAVE_REQUIRE(result);
    std::optional<Reading> other;  // of a config that the workspace was not made for
    const Reading* window = nullptr;
    if (AsksForWindow(config) && workspace != nullptr && workspace->options == OptionsOf(config)) {
      window = PointerTo(workspace->window);
    } else {
      absl::StatusOr<std::optional<Reading>> reading = ReadingOf(*model->model, config);
      if (!reading.ok()) return reading.status();
      other = *std::move(reading);
      window = PointerTo(other);
    }
    RunInput input;
    input.batch = batch;
    input.tokens = tokens;
    input.ids = ids;
    input.mask = mask;
    input.token_types = token_types;
    return RunChecked(model, workspace, window, input, {}, output, result, count);
  });
}

lwave_status lwave_model_output_shape(const lwave_model* model, const lwave_inputs* inputs, int32_t output,
                                      int64_t* shape, int64_t capacity, int64_t* dimensions, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    LWAVE_REQUIRE(inputs);
    LWAVE_REQUIRE(dimensions);
    const std::optional<RunOutput> wanted = OutputOf(output);
    if (!wanted.has_value()) return absl::InvalidArgumentError(absl::StrCat("output ", output, " is none of LWAVE_..."));
    absl::StatusOr<lwave::stream::RunShape> made = ModelRun::Shape(*model->model, InputOf(*inputs), *wanted);
    if (!made.ok()) return made.status();
    *dimensions = static_cast<int64_t>(made->size());
    if (capacity == 0) return absl::OkStatus();
    LWAVE_REQUIRE(shape);
    if (capacity < *dimensions) {
      return absl::InvalidArgumentError(absl::StrCat("capacity must be at least ", *dimensions, ", got ", capacity));
    }
    std::copy(made->begin(), made->end(), shape);
    return absl::OkStatus();
  });
}

lwave_status lwave_model_run(lwave_model* model, lwave_workspace* workspace, const lwave_inputs* inputs, int32_t output,
                             float* result, int64_t count, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    LWAVE_REQUIRE(inputs);
    LWAVE_REQUIRE(result);
    const RunInput input = InputOf(*inputs);
    const int64_t rows = lwave::stream::OutputRows(model->model->spec(), input);
    for (const int64_t row : input.rows) {
      if (row < 0 || row >= rows) {
        return absl::InvalidArgumentError(absl::StrCat("rows must be 0 to ", rows - 1, ", got ", row));
      }
    }
    const absl::Status status = CheckVectors(*model->model, *inputs);
    if (!status.ok()) return status;
    return RunChecked(model, workspace, nullptr, input, inputs->options, output, result, count);
  });
}

lwave_status lwave_model_run_part(lwave_model* model, const lwave_inputs* inputs, const char* name, float* values,
                                  int64_t capacity, int64_t* needed, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(model);
    LWAVE_REQUIRE(inputs);
    LWAVE_REQUIRE(name);
    absl::StatusOr<lwave::model::LayerOption> wanted = lwave::c_api::ParseLayerName(name);
    if (!wanted.ok()) return absl::InvalidArgumentError(absl::StrCat("a part is called layers.N.PART, got ", name));
    const Model& m = *model->model;
    const RunInput input = InputOf(*inputs);
    absl::Status status = CheckShape(m, nullptr, input.batch, input.tokens);
    status.Update(CheckVectors(m, *inputs));
    if (status.ok()) status = ModelRun::Check(m, input, RunOutput::kEncoderLastHiddenState);
    if (!status.ok()) return status;
    if (capacity == 0) {
      LWAVE_REQUIRE(needed);
      absl::StatusOr<int64_t> size = ModelRun::PartSize(m, input, inputs->options, wanted->layer, wanted->option.name);
      if (size.ok()) *needed = *size;
      return size.status();
    }
    absl::StatusOr<std::unique_ptr<ModelRun>> run =
        ModelRun::Create(model->model, input.batch, input.tokens, DecoderRows(input), inputs->options);
    if (!run.ok()) return run.status();
    return lwave::c_api::CopyPart((*run)->ReadPart(input, wanted->layer, wanted->option.name), values, capacity, needed);
  });
}

}  // extern "C"
