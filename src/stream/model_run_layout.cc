// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a run is made of: its layers with the options of this run, and its storage.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "model/attention_override.h"
#include "stream/model_run_shape.h"

namespace lwave::stream {

using model::ModelSpec;

namespace {

constexpr absl::string_view kBuckets = "buckets";
constexpr int64_t kMostGlobals = 4096;  // where positions do not say how long a sequence may be
constexpr int64_t kHeadRows = 64;  // rows that go through a head together

// Of a workspace: no more than the decoder ever takes.
int64_t DecoderRows(const ModelSpec& spec, int64_t wanted) {
  if (spec.decoder == nullptr) return 0;
  return spec.decoder->max_positions == 0 ? wanted : std::min(wanted, spec.decoder->max_positions);
}

}  // namespace

absl::Status ModelRun::MakeLayersOf(const Model& model, absl::Span<const model::LayerOption> extra) {
  const ModelSpec& spec = model.spec();
  for (const model::LayerOption& option : extra) {
    if (spec.stack == nullptr) {
      return absl::UnimplementedError(absl::StrCat("options of single layers are not supported for ", spec.family));
    }
    if (option.layer >= spec.layer_count()) {
      return absl::InvalidArgumentError(absl::StrCat("layers.", option.layer, ".", option.option.name,
                                                     ": the model has ", spec.layer_count(), " layers"));
    }
    if (model::OfTheModel(option.option.name)) {
      return absl::InvalidArgumentError(absl::StrCat("layers.", option.layer, ".", option.option.name,
                                                     ": it follows from the model and cannot be set"));
    }
  }
  std::vector<model::LayerOption> options;
  for (const model::LayerOption& option : extra) {
    (option.option.name == kBuckets ? buckets_ : options).push_back(option);
  }
  given_.resize(buckets_.size());
  model::LayerSettings settings;
  settings.extra = options;
  const model::Weights& layout = model.Layout();
  if (spec.stack != nullptr) {
    settings.bf16 = model::UsesBf16(layout.stack);
    settings.most_globals = std::max<int64_t>(spec.stack->max_positions, kMostGlobals);
    absl::StatusOr<model::StackLayers> made =
        model::MakeLayers(model.context_ptr(), *spec.stack, model.checkpoint(), settings);
    if (!made.ok()) return made.status();
    layers_ = *std::move(made);
  }
  if (spec.decoder != nullptr) {
    settings.extra = {};
    settings.most_globals = 0;
    settings.bf16 = model::UsesBf16(layout.decoder);
    absl::StatusOr<model::StackLayers> made =
        model::MakeLayers(model.context_ptr(), *spec.decoder, model.checkpoint(), settings);
    if (!made.ok()) return made.status();
    decoder_layers_ = *std::move(made);
  }
  return absl::OkStatus();
}

void ModelRun::LayOut(Arena& arena, const model::Weights& weights, const model::HeadWeights& head) {
  const ModelSpec& spec = model_->spec();
  const Context& context = model_->context();
  if (spec.stack == nullptr) {
    encoder_.emplace(arena, context, spec, weights, batch_, tokens_);
  } else {
    stack_.emplace(arena, model::WholeStack::Parts{&context, spec.stack.get(), &weights.stack, &layers_}, tokens_, 0);
    globals_ = arena.Take<int64_t>(tokens_);
    types_ = arena.Take<int32_t>(spec.head != nullptr && spec.head->question_penalty != 0 ? tokens_ : 0);
  }
  if (spec.decoder != nullptr) {
    decoder_.emplace(arena, model::WholeStack::Parts{&context, spec.decoder.get(), &weights.decoder, &decoder_layers_},
                     decoder_tokens_, tokens_);
    shifted_ = arena.Take<int32_t>(decoder_tokens_);
  }
  modules_ = model::ModuleScratch::Take(arena, spec, weights);
  const int64_t width = RowWidth(spec, false);
  pool_ = model::PoolState::Take(arena, width);
  pooled_ = arena.Take<float>(width);
  if (spec.head != nullptr) {
    head_ = model::HeadScratch::Take(arena, *spec.head, head, std::min(kHeadRows, std::max<int64_t>(tokens_, 1)));
  }
}

absl::StatusOr<int64_t> ModelRun::Plan(const Model& model, int64_t batch, int64_t tokens, int64_t decoder_tokens) {
  // The layout asks the model for nothing that it would own.
  ModelRun measured(ModelPtr(const_cast<Model*>(&model), [](Model*) {}));
  measured.batch_ = batch;
  measured.tokens_ = tokens;
  measured.decoder_tokens_ = DecoderRows(model.spec(), decoder_tokens);
  if (absl::Status status = measured.MakeLayersOf(model, {}); !status.ok()) return status;
  Arena arena;
  measured.LayOut(arena, model.Layout(), model.HeadLayout());
  return arena.used();
}

absl::StatusOr<std::unique_ptr<ModelRun>> ModelRun::Create(ModelPtr model, int64_t batch, int64_t tokens,
                                                           int64_t decoder_tokens,
                                                           absl::Span<const model::LayerOption> extra) {
  absl::StatusOr<const model::Weights*> weights = model->Prepare();
  if (!weights.ok()) return weights.status();
  std::unique_ptr<ModelRun> run(new ModelRun(std::move(model)));
  run->weights_ = *weights;
  run->batch_ = batch;
  run->tokens_ = tokens;
  run->decoder_tokens_ = DecoderRows(run->model_->spec(), decoder_tokens);
  if (absl::Status status = run->MakeLayersOf(*run->model_, extra); !status.ok()) return status;
  Arena measure;
  run->LayOut(measure, **weights, run->model_->HeadLayout());
  const absl::Status status =
      run->storage_.Resize(run->model_->context().allocator, static_cast<size_t>(measure.used()));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(run->storage_.data(), run->storage_.size()));
  run->LayOut(arena, **weights, run->model_->HeadLayout());
  return run;
}

}  // namespace lwave::stream
