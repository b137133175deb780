// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole sequences: workspaces and forward.

#include <algorithm>

#include "guard.h"
#include "handles.h"

namespace {

using lwave::Arena;
using lwave::c_api::Guard;
using lwave::c_api::OptionsOf;
using lwave::stream::Model;
using lwave::model::Reading;

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
  if (window == nullptr && tokens > positions) {
    return absl::OutOfRangeError(
        absl::StrCat("a sequence has at most ", positions, " rows (the model's positions), got ", tokens));
  }
  return absl::OkStatus();
}

void LayOut(Arena& arena, const Model& model, const lwave::model::Weights& weights, int64_t batch, int64_t tokens,
            lwave_workspace* workspace) {
  workspace->encoder.emplace(arena, model.context(), model.spec(), weights, batch, tokens);
  workspace->modules = lwave::model::ModuleScratch::Take(arena, model.spec(), weights);
  workspace->pool = lwave::model::PoolState::Take(arena, model.spec().hidden);
  workspace->pooled = arena.Take<float>(model.spec().hidden);
}

absl::StatusOr<std::unique_ptr<lwave_workspace>> MakeWorkspace(const lwave::stream::ModelPtr& model,
                                                               const lwave::model::Weights& weights, int64_t batch,
                                                               int64_t tokens) {
  auto workspace = std::make_unique<lwave_workspace>();
  workspace->model = model;
  Arena measure;
  LayOut(measure, *model, weights, batch, tokens, workspace.get());
  const absl::Status status =
      workspace->storage.Resize(model->context().allocator, static_cast<size_t>(measure.used()));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(workspace->storage.data(), workspace->storage.size()));
  LayOut(arena, *model, weights, batch, tokens, workspace.get());
  return workspace;
}

// How many numbers an output has; 0 for a kind that does not exist.
int64_t OutputCount(const Model& model, int32_t output, int64_t batch, int64_t tokens) {
  const lwave::model::ModelSpec& spec = model.spec();
  switch (output) {
    case LWAVE_LAST_HIDDEN_STATE: return batch * tokens * spec.hidden;
    case LWAVE_HIDDEN_STATES:
      return (static_cast<int64_t>(spec.layers.size()) + 1) * batch * tokens * spec.hidden;
    case LWAVE_QUERIES:
    case LWAVE_KEYS:
    case LWAVE_VALUES: return static_cast<int64_t>(spec.layers.size()) * batch * tokens * spec.hidden;
    case LWAVE_POOLER_OUTPUT: return batch * spec.hidden;
    case LWAVE_SENTENCE_EMBEDDING: return batch * lwave::model::EmbeddingWidth(spec);
    default: return 0;
  }
}

lwave::model::WholeEncoder::Kept Kept(int32_t output, float* result) {
  using lwave::model::Projected;
  switch (output) {
    case LWAVE_HIDDEN_STATES: return {result, nullptr, Projected::kQueries};
    case LWAVE_QUERIES: return {nullptr, result, Projected::kQueries};
    case LWAVE_KEYS: return {nullptr, result, Projected::kKeys};
    case LWAVE_VALUES: return {nullptr, result, Projected::kValues};
    default: return {};
  }
}

absl::Status CheckInput(const Model& model, const int32_t* ids, const int32_t* mask, const int32_t* token_types,
                        int64_t rows) {
  const lwave::model::ModelSpec& spec = model.spec();
  const int64_t types = std::max<int64_t>(spec.token_types, 1);
  for (int64_t i = 0; i < rows; ++i) {
    if (ids[i] < 0 || ids[i] >= spec.vocabulary) {
      return absl::InvalidArgumentError(
          absl::StrCat("id ", ids[i], " at index ", i, " is outside the vocabulary of ", spec.vocabulary));
    }
    if (mask != nullptr && mask[i] != 0 && mask[i] != 1) {
      return absl::InvalidArgumentError(absl::StrCat("mask at index ", i, " must be 0 or 1, got ", mask[i]));
    }
    if (token_types != nullptr && (token_types[i] < 0 || token_types[i] >= types)) {
      return absl::InvalidArgumentError(
          absl::StrCat("token type at index ", i, " must be 0 to ", types - 1, ", got ", token_types[i]));
    }
  }
  return absl::OkStatus();
}

void PoolSequence(lwave_workspace& workspace, const Model& model, const lwave::model::Weights& weights,
                  const float* rows, const int32_t* mask, int64_t tokens, float* vector) {
  const lwave::model::Pooling pooling = model.spec().sentence.pooling;
  workspace.pool.Reset();
  for (int64_t i = 0; i < tokens; ++i) {
    if (mask == nullptr || mask[i] != 0) workspace.pool.Add(pooling, rows + i * model.spec().hidden);
  }
  workspace.pool.Finish(pooling, workspace.pooled.data());
  lwave::model::ApplyModules(model.context(), model.spec(), weights, workspace.pooled.data(), workspace.modules,
                             vector);
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
    lwave_workspace measured;
    Arena arena;
    LayOut(arena, *model->model, model->model->Layout(), batch, tokens, &measured);
    *bytes = arena.used();
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
    absl::StatusOr<const lwave::model::Weights*> weights = model->model->Prepare();
    if (!weights.ok()) return weights.status();
    absl::StatusOr<std::unique_ptr<lwave_workspace>> made = MakeWorkspace(model->model, **weights, batch, tokens);
    if (!made.ok()) return made.status();
    (*made)->options = OptionsOf(config);
    (*made)->window = *std::move(reading);
    *workspace = made->release();
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
    const Model& m = *model->model;
    if (workspace != nullptr && workspace->model != model->model) {
      return absl::InvalidArgumentError("the workspace was made for another model");
    }
    std::optional<Reading> other;  // of a config that the workspace was not made for
    const Reading* window = nullptr;
    if (AsksForWindow(config) && workspace != nullptr && workspace->options == OptionsOf(config)) {
      window = PointerTo(workspace->window);
    } else {
      absl::StatusOr<std::optional<Reading>> reading = ReadingOf(m, config);
      if (!reading.ok()) return reading.status();
      other = *std::move(reading);
      window = PointerTo(other);
    }
    absl::Status status = CheckShape(m, window, batch, tokens);
    if (!status.ok()) return status;
    const int64_t expected = OutputCount(m, output, batch, tokens);
    if (expected == 0) return absl::InvalidArgumentError(absl::StrCat("output ", output, " is none of LWAVE_..."));
    if (output == LWAVE_POOLER_OUTPUT && !m.spec().pooler.weight) {
      return absl::UnimplementedError("the model has no pooler");
    }
    status = lwave::c_api::CheckCount("count", count, expected);
    if (!status.ok()) return status;
    status = CheckInput(m, ids, mask, token_types, batch * tokens);
    if (!status.ok()) return status;

    absl::StatusOr<const lwave::model::Weights*> weights = model->model->Prepare();
    if (!weights.ok()) return weights.status();
    std::unique_ptr<lwave_workspace> own;
    if (workspace == nullptr) {
      absl::StatusOr<std::unique_ptr<lwave_workspace>> made = MakeWorkspace(model->model, **weights, batch, tokens);
      if (!made.ok()) return made.status();
      own = *std::move(made);
      workspace = own.get();
    } else if (batch > workspace->encoder->max_batch() || tokens > workspace->encoder->max_tokens()) {
      return absl::OutOfRangeError(absl::StrCat("the workspace was made for ", workspace->encoder->max_batch(), " x ",
                                                workspace->encoder->max_tokens(), " rows, got ", batch, " x ",
                                                tokens));
    }
    const float* rows = workspace->encoder->Run({ids, mask, token_types, batch, tokens}, window, Kept(output, result));
    const int64_t sequence = tokens * m.spec().hidden;
    for (int64_t b = 0; b < batch; ++b) {
      const float* first = rows + b * sequence;
      switch (output) {
        case LWAVE_LAST_HIDDEN_STATE:
          std::copy_n(first, sequence, result + b * sequence);
          break;
        case LWAVE_POOLER_OUTPUT:
          lwave::model::ApplyPooler(m.context(), **weights, first, workspace->modules, result + b * m.spec().hidden);
          break;
        case LWAVE_SENTENCE_EMBEDDING:
          PoolSequence(*workspace, m, **weights, first, mask == nullptr ? nullptr : mask + b * tokens, tokens,
                       result + b * lwave::model::EmbeddingWidth(m.spec()));
          break;
        default: break;
      }
    }
    return absl::OkStatus();
  });
}

}  // extern "C"
