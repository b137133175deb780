// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/model_run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace lwave::stream {

using model::HeadInput;
using model::HeadSpec;
using model::ModelSpec;
using model::StackSpec;

namespace {

constexpr absl::string_view kBuckets = "buckets";
constexpr int64_t kMostGlobals = 4096;  // where positions do not say how long a sequence may be
constexpr int64_t kHeadRows = 64;  // rows that go through a head together

// Rows of the stack that results come from.
int64_t OutputRows(const ModelSpec& spec, const RunInput& input) {
  return spec.decoder != nullptr && input.decoder_ids != nullptr ? input.decoder_tokens : input.tokens;
}

// Whether an output needs the decoder's rows.
bool Decodes(const ModelSpec& spec, RunOutput output) {
  return spec.decoder != nullptr && output != RunOutput::kEncoderLastHiddenState && output != RunOutput::kEncoderHiddenStates;
}

// Of a workspace: no more than the decoder ever takes.
int64_t DecoderRows(const ModelSpec& spec, int64_t wanted) {
  if (spec.decoder == nullptr) return 0;
  return spec.decoder->max_positions == 0 ? wanted : std::min(wanted, spec.decoder->max_positions);
}

int64_t RowWidth(const ModelSpec& spec, bool encoder) {
  if (spec.decoder != nullptr && !encoder) return spec.decoder->output_width();
  return spec.stack != nullptr ? spec.stack->output_width() : spec.hidden;
}

model::WholeEncoder::Kept Kept(RunOutput output, float* result) {
  using model::Projected;
  switch (output) {
    case RunOutput::kHiddenStates: return {result, nullptr, Projected::kQueries};
    case RunOutput::kQueries: return {nullptr, result, Projected::kQueries};
    case RunOutput::kKeys: return {nullptr, result, Projected::kKeys};
    case RunOutput::kValues: return {nullptr, result, Projected::kValues};
    default: return {};
  }
}

// Rows of each layer's memory that are given.
int64_t MemoryRows(const StackSpec& stack, const RunInput& input) {
  const int64_t layers = static_cast<int64_t>(stack.blocks.size());
  return static_cast<int64_t>(input.memories.size()) / (layers * input.batch * stack.hidden);
}

absl::Status CheckMemories(const ModelSpec& spec, const RunInput& input) {
  if (input.memories.empty()) return absl::OkStatus();
  if (spec.stack == nullptr || spec.stack->memory_rows == 0) {
    return absl::InvalidArgumentError("memories are given, and the model remembers no rows");
  }
  const StackSpec& stack = *spec.stack;
  const int64_t rows = MemoryRows(stack, input), layers = static_cast<int64_t>(stack.blocks.size());
  const int64_t given = static_cast<int64_t>(input.memories.size());
  if (rows <= stack.memory_rows && rows * layers * input.batch * stack.hidden == given) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("memories must be ", layers, " x ", input.batch, " x rows x ",
                                                 stack.hidden, " numbers with at most ", stack.memory_rows,
                                                 " rows, got ", given, " numbers"));
}

absl::Status CheckIds(absl::string_view name, const int32_t* ids, int64_t count, int64_t vocabulary) {
  for (int64_t i = 0; i < count; ++i) {
    if (ids[i] >= 0 && ids[i] < vocabulary) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(name, " ", ids[i], " at index ", i, " is outside the vocabulary of ", vocabulary));
  }
  return absl::OkStatus();
}

absl::Status CheckFlags(absl::string_view name, const int32_t* flags, int64_t count, int64_t most) {
  for (int64_t i = 0; flags != nullptr && i < count; ++i) {
    if (flags[i] >= 0 && flags[i] <= most) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        name, " at index ", i, " must be 0 ", most == 1 ? "or" : "to", " ", most, ", got ", flags[i]));
  }
  return absl::OkStatus();
}

// Tokens of the question, its separator included; 1 where there is none.
int64_t QuestionTokens(const HeadSpec& head, const int32_t* ids, int64_t count) {
  const int32_t* const separator = std::find(ids, ids + count, static_cast<int32_t>(head.separator_id));
  return separator == ids + count ? 1 : separator - ids + 1;
}

// Whether token types that are not given are the head's to say.
bool TypesByHead(const ModelSpec& spec, const RunInput& input, RunOutput output) {
  return output == RunOutput::kLogits && spec.head->question_penalty != 0 && input.token_types == nullptr &&
         input.ids != nullptr;
}

absl::Status CheckDecoder(const ModelSpec& spec, const RunInput& input) {
  const int64_t rows = OutputRows(spec, input);
  absl::Status status;
  if (input.decoder_ids != nullptr) {
    status = CheckIds("decoder id", input.decoder_ids, input.batch * rows, spec.decoder->vocabulary);
  } else if (input.ids == nullptr) {
    return absl::InvalidArgumentError("decoder ids must be given where there are no ids to take in their place");
  } else if (input.decoder_mask != nullptr && input.decoder_tokens != input.tokens) {
    return absl::InvalidArgumentError(
        absl::StrCat("decoder mask without decoder ids must have ", input.tokens, " rows, got ", input.decoder_tokens));
  }
  status.Update(CheckFlags("decoder mask", input.decoder_mask, input.batch * rows, 1));
  if (!status.ok()) return status;
  if (spec.decoder->max_positions > 0 && rows > spec.decoder->max_positions) {
    return absl::OutOfRangeError(absl::StrCat("the decoder takes at most ", spec.decoder->max_positions,
                                              " rows (its positions), got ", rows,
                                              input.decoder_ids == nullptr ? " of the source in their place" : ""));
  }
  if (spec.head != nullptr && spec.head->input == HeadInput::kLastEnd && rows != input.tokens) {
    return absl::InvalidArgumentError(absl::StrCat(
        "decoder ids must be as many as ids, ", input.tokens, ": the head reads the row of the source's end token, got ", rows));
  }
  return status;
}

}  // namespace

absl::Status ModelRun::Check(const Model& model, const RunInput& input, RunOutput output) {
  const ModelSpec& spec = model.spec();
  const int64_t rows = input.batch * input.tokens;
  if (input.ids == nullptr && input.vectors == nullptr) {
    return absl::InvalidArgumentError("ids or vectors must be given");
  }
  if (spec.decoder == nullptr && (input.decoder_ids != nullptr || input.decoder_mask != nullptr)) {
    return absl::InvalidArgumentError("decoder_ids and decoder_mask are for an encoder with a decoder; the model has none");
  }
  if (spec.stack == nullptr && (input.positions != nullptr || input.globals != nullptr)) {
    return absl::UnimplementedError(absl::StrCat(input.positions != nullptr ? "positions" : "globals",
                                                 ": rows of ", spec.family, " stand at 0, 1, 2 ... and all see all"));
  }
  absl::Status status;
  if (input.ids != nullptr) status = CheckIds("id", input.ids, rows, spec.vocabulary);
  status.Update(CheckFlags("mask", input.mask, rows, 1));
  const int64_t types = spec.stack != nullptr ? spec.stack->embedding.token_types : spec.token_types;
  if (spec.stack == nullptr || !spec.stack->types_in_attention) {
    status.Update(CheckFlags("token type", input.token_types, rows, std::max<int64_t>(types, 1) - 1));
  }
  status.Update(CheckFlags("global mask", input.globals, rows, 1));
  if (spec.positions.usable() > 0) {
    status.Update(CheckFlags("position", input.positions, rows, spec.positions.usable() - 1));
  }
  status.Update(CheckMemories(spec, input));
  if (!status.ok() || !Decodes(spec, output)) return status;
  return CheckDecoder(spec, input);
}

absl::StatusOr<RunShape> ModelRun::Shape(const Model& model, const RunInput& input, RunOutput output) {
  const ModelSpec& spec = model.spec();
  const int64_t rows = OutputRows(spec, input);
  const int64_t layers = spec.decoder != nullptr ? static_cast<int64_t>(spec.decoder->blocks.size()) : spec.layer_count();
  switch (output) {
    case RunOutput::kLastHiddenState: return RunShape{input.batch, rows, RowWidth(spec, false)};
    case RunOutput::kHiddenStates: return RunShape{layers + 1, input.batch, rows, RowWidth(spec, false)};
    case RunOutput::kPoolerOutput:
      if (!spec.pooler.weight) return absl::UnimplementedError("the model has no pooler");
      return RunShape{input.batch, spec.hidden};
    case RunOutput::kSentenceEmbedding: return RunShape{input.batch, model::EmbeddingWidth(spec)};
    case RunOutput::kQueries:
    case RunOutput::kKeys:
    case RunOutput::kValues:
      if (spec.stack != nullptr) {
        return absl::UnimplementedError(absl::StrCat("queries, keys and values are not kept for ", spec.family));
      }
      return RunShape{layers, input.batch, input.tokens, spec.heads, spec.head_dim};
    case RunOutput::kLogits: {
      if (spec.head == nullptr) return absl::UnimplementedError("the model has no head");
      if (spec.head->input != HeadInput::kRows) return RunShape{input.batch, spec.head->outputs};
      const int64_t wanted = input.rows.empty() ? rows : static_cast<int64_t>(input.rows.size());
      return RunShape{input.batch, wanted, spec.head->outputs};
    }
    case RunOutput::kEncoderLastHiddenState:
    case RunOutput::kEncoderHiddenStates: {
      if (spec.decoder == nullptr) return absl::UnimplementedError("the model has no decoder beside its encoder");
      RunShape shape = {input.batch, input.tokens, RowWidth(spec, true)};
      if (output == RunOutput::kEncoderHiddenStates) shape.insert(shape.begin(), spec.layer_count() + 1);
      return shape;
    }
    case RunOutput::kMemories: {
      if (spec.stack == nullptr || spec.stack->memory_rows == 0) {
        return absl::UnimplementedError("the model remembers no rows");
      }
      const StackSpec& stack = *spec.stack;
      if (absl::Status status = CheckMemories(spec, input); !status.ok()) return status;
      const int64_t before = !input.memories.empty() ? MemoryRows(stack, input)
                             : stack.memory_of_zeros ? stack.memory_rows
                                                     : 0;
      return RunShape{spec.layer_count(), input.batch, std::min(stack.memory_rows, before + input.tokens),
                                  stack.hidden};
    }
  }
  return absl::InternalError("an output without a shape");
}

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

void ModelRun::PoolRows(model::Pooling pooling, const float* rows, int64_t count, const int32_t* mask) {
  const int64_t width = RowWidth(model_->spec(), false);
  pool_.Reset();
  for (int64_t i = 0; i < count; ++i) {
    if (mask == nullptr || mask[i] != 0) pool_.Add(pooling, rows + i * width);
  }
  pool_.Finish(pooling, pooled_.data());
}

absl::Status ModelRun::Head(const RunInput& input, int64_t row, const float* rows, int64_t count, const int32_t* ids,
                            const int32_t* mask, float* result) {
  const HeadSpec& head = *model_->spec().head;
  const int64_t width = RowWidth(model_->spec(), false);
  const Context& context = model_->context();
  const auto apply = [&](const float* x, int64_t rows_here, float* out) {
    model::ApplyHead(context, head, *head_weights_, x, width, rows_here, head_, out);
  };
  const auto last = [&](const auto& wanted) {
    int64_t at = count - 1;
    while (at > 0 && !wanted(at)) --at;
    return at;
  };
  switch (head.input) {
    case HeadInput::kRows: {
      const bool all = input.rows.empty();
      const int64_t wanted = all ? count : static_cast<int64_t>(input.rows.size());
      float* const scores = result + row * wanted * head.outputs;
      const auto number = [&](int64_t i) { return all ? i : input.rows[static_cast<size_t>(i)]; };
      if (all) apply(rows, count, scores);
      for (int64_t i = 0; !all && i < wanted; ++i) apply(rows + number(i) * width, 1, scores + i * head.outputs);
      const int64_t question = head.question_penalty != 0 && ids != nullptr ? QuestionTokens(head, ids, count) : 0;
      for (int64_t i = 0; question > 0 && i < wanted; ++i) {
        if (number(i) == 0 || number(i) >= question) continue;
        for (int64_t o = 0; o < head.outputs; ++o) scores[i * head.outputs + o] -= static_cast<float>(head.question_penalty);
      }
      return absl::OkStatus();
    }
    case HeadInput::kFirstRow: apply(rows, 1, result + row * head.outputs); return absl::OkStatus();
    case HeadInput::kPooler:
      model::ApplyPooler(context, *weights_, rows, modules_, pooled_.data());
      apply(pooled_.data(), 1, result + row * head.outputs);
      return absl::OkStatus();
    case HeadInput::kLastRow: {
      const bool by_id = head.pad_id >= 0 && ids != nullptr;
      const auto kept = [&](int64_t i) { return by_id ? ids[i] != head.pad_id : mask == nullptr || mask[i] != 0; };
      apply(rows + last(kept) * width, 1, result + row * head.outputs);
      return absl::OkStatus();
    }
    case HeadInput::kMeanRow:
      PoolRows(model::Pooling::kMean, rows, count, mask);
      apply(pooled_.data(), 1, result + row * head.outputs);
      return absl::OkStatus();
    case HeadInput::kLastEnd:
      if (ids == nullptr) return absl::InvalidArgumentError("the head reads the row of the end token: ids are needed");
      if (std::find(ids, ids + count, static_cast<int32_t>(head.end_id)) == ids + count) {
        return absl::InvalidArgumentError(absl::StrCat("the head reads the row of the end token ", head.end_id,
                                                       ", and sequence ", row, " has none"));
      }
      apply(rows + last([&](int64_t i) { return ids[i] == head.end_id; }) * width, 1, result + row * head.outputs);
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status ModelRun::Finish(const RunInput& input, int64_t row, const float* rows, int64_t count, const int32_t* ids,
                              const int32_t* mask, RunOutput output, float* result) {
  const ModelSpec& spec = model_->spec();
  const int64_t width = RowWidth(spec, false);
  switch (output) {
    case RunOutput::kLastHiddenState: std::copy_n(rows, count * width, result + row * count * width); break;
    case RunOutput::kPoolerOutput:
      model::ApplyPooler(model_->context(), *weights_, rows, modules_, result + row * spec.hidden);
      break;
    case RunOutput::kSentenceEmbedding: {
      PoolRows(spec.sentence.pooling, rows, count, mask);
      model::ApplyModules(model_->context(), spec, *weights_, pooled_.data(), modules_,
                          result + row * model::EmbeddingWidth(spec));
      break;
    }
    case RunOutput::kLogits: return Head(input, row, rows, count, ids, mask, result);
    default: break;
  }
  return absl::OkStatus();
}

absl::Status ModelRun::RunEncoder(const RunInput& input, const model::Reading* window, RunOutput output, float* result) {
  const float* rows = encoder_->Run({input.ids, input.vectors, input.mask, input.token_types, input.batch, input.tokens}, window,
                                    Kept(output, result));
  for (int64_t b = 0; b < input.batch; ++b) {
    const int64_t first = b * input.tokens;
    const absl::Status status =
        Finish(input, b, rows + first * model_->spec().hidden, input.tokens,
               input.ids == nullptr ? nullptr : input.ids + first,
               input.mask == nullptr ? nullptr : input.mask + first, output, result);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> ModelRun::FindGlobals(const RunInput& input, int64_t row, RunOutput output) {
  using model::DefaultGlobals;
  size_t count = 0;
  const int64_t first = row * input.tokens;
  if (input.globals != nullptr) {
    for (int64_t i = 0; i < input.tokens; ++i) {
      if (input.globals[first + i] != 0) globals_[count++] = i;
    }
    return count;
  }
  const HeadSpec* head = output == RunOutput::kLogits ? model_->spec().head.get() : nullptr;
  if (head == nullptr || head->default_globals == DefaultGlobals::kNone || input.tokens == 0) return count;
  int64_t end = 1;
  if (head->default_globals == DefaultGlobals::kQuestion) {
    if (input.ids == nullptr) {
      return absl::InvalidArgumentError("globals must be given with vectors: the question is found by its ids");
    }
    int64_t separators = 0;
    for (int64_t i = input.tokens; i-- > 0;) {
      if (input.ids[first + i] != head->separator_id) continue;
      ++separators;
      end = i;
    }
    if (separators != 3) {
      return absl::InvalidArgumentError(
          absl::StrCat("a question and its text have exactly 3 separators (id ", head->separator_id, "), sequence ",
                       row, " has ", separators, "; or globals must be given"));
    }
  }
  while (static_cast<int64_t>(count) < end) {
    globals_[count] = static_cast<int64_t>(count);
    ++count;
  }
  return count;
}

absl::Status ModelRun::RunStacks(const RunInput& input, int64_t row, RunOutput output, float* result) {
  const ModelSpec& spec = model_->spec();
  const int64_t first = row * input.tokens;
  const auto at = [&](const int32_t* numbers) { return numbers == nullptr ? nullptr : numbers + first; };
  const auto keep_if = [&](bool wanted, int64_t rows, int64_t width) {
    return [=, this, &input](int64_t state, const float* x) {
      if (wanted) std::copy_n(x, rows * width, result + (state * input.batch + row) * rows * width);
    };
  };
  model::WholeStack::Input encoder;
  encoder.rows = input.tokens;
  encoder.ids = at(input.ids);
  encoder.vectors = input.vectors == nullptr ? nullptr : input.vectors + first * spec.stack->hidden;
  encoder.mask = at(input.mask);
  encoder.token_types = at(input.token_types);
  if (TypesByHead(spec, input, output)) {
    const int64_t question = QuestionTokens(*spec.head, encoder.ids, input.tokens);
    for (int64_t i = 0; i < input.tokens; ++i) types_[i] = i < question ? 0 : 1;
    encoder.token_types = types_.data();
  }
  encoder.positions = at(input.positions);
  const absl::StatusOr<size_t> globals = FindGlobals(input, row, output);
  if (!globals.ok()) return globals.status();
  encoder.globals = globals_.subspan(0, *globals);
  for (size_t i = 0; i < buckets_.size(); ++i) {
    const std::vector<int64_t>& all = buckets_[i].option.ints;
    if (all.size() % static_cast<size_t>(input.batch) != 0) {
      return absl::InvalidArgumentError(absl::StrCat("layers.", buckets_[i].layer, ".buckets must be as many for each of ",
                                                     input.batch, " sequences, got ", all.size()));
    }
    const size_t each = all.size() / static_cast<size_t>(input.batch);
    given_[i] = {static_cast<size_t>(buckets_[i].layer), absl::MakeConstSpan(all).subspan(static_cast<size_t>(row) * each, each)};
  }
  encoder.given = given_;
  encoder.part = part_;
  if (!input.memories.empty()) {
    encoder.memory_rows = MemoryRows(*spec.stack, input);
    const int64_t of_sequence = encoder.memory_rows * spec.stack->hidden;
    encoder.memory = input.memories.data() + row * of_sequence;
    encoder.memory_stride = input.batch * of_sequence;
  }
  if (output == RunOutput::kMemories) {
    absl::StatusOr<RunShape> shape = Shape(*model_, input, output);
    if (!shape.ok()) return shape.status();
    const int64_t of_sequence = (*shape)[2] * (*shape)[3];
    encoder.next_memory = result + row * of_sequence;
    encoder.next_memory_stride = input.batch * of_sequence;
  }
  const bool encoder_states = output == RunOutput::kEncoderHiddenStates ||
                              (output == RunOutput::kHiddenStates && spec.decoder == nullptr);
  const int64_t width = spec.stack->output_width();
  absl::StatusOr<const float*> rows = stack_->Run(encoder, keep_if(encoder_states, input.tokens, width));
  if (!rows.ok() || part_ != nullptr) return rows.status();
  if (output == RunOutput::kEncoderLastHiddenState) {
    std::copy_n(*rows, input.tokens * width, result + first * width);
  }
  if (spec.decoder == nullptr) {
    return Finish(input, row, *rows, input.tokens, encoder.ids, encoder.mask, output, result);
  }
  if (encoder_states || output == RunOutput::kEncoderLastHiddenState) return absl::OkStatus();

  model::WholeStack::Input decoder;
  decoder.rows = OutputRows(spec, input);
  if (input.decoder_ids != nullptr) {
    decoder.ids = input.decoder_ids + row * decoder.rows;
  } else {  // the source, one later
    shifted_[0] = static_cast<int32_t>(spec.decoder_start_id);
    std::copy_n(encoder.ids, decoder.rows - 1, shifted_.data() + 1);
    decoder.ids = shifted_.data();
  }
  decoder.mask = input.decoder_mask == nullptr ? nullptr : input.decoder_mask + row * decoder.rows;
  decoder.context = *rows;
  decoder.context_mask = encoder.mask;
  decoder.context_rows = input.tokens;
  rows = decoder_->Run(decoder, keep_if(output == RunOutput::kHiddenStates, decoder.rows,
                                        spec.decoder->output_width()));
  if (!rows.ok()) return rows.status();
  return Finish(input, row, *rows, decoder.rows, encoder.ids, decoder.mask, output, result);
}

absl::Status ModelRun::Run(const RunInput& input, const model::Reading* window, RunOutput output, float* result) {
  const int64_t decoder_rows = Decodes(model_->spec(), output) ? OutputRows(model_->spec(), input) : 0;
  if (input.batch > batch_ || input.tokens > tokens_ || decoder_rows > decoder_tokens_) {
    return absl::OutOfRangeError(absl::StrCat("the workspace was made for ", batch_, " x ", tokens_, " rows, got ",
                                              input.batch, " x ", input.tokens));
  }
  if (output == RunOutput::kLogits) {
    absl::StatusOr<const model::HeadWeights*> head = model_->PrepareHead();
    if (!head.ok()) return head.status();
    head_weights_ = *head;
  }
  if (encoder_.has_value()) return RunEncoder(input, window, output, result);
  for (int64_t b = 0; b < input.batch; ++b) {
    if (absl::Status status = RunStacks(input, b, output, result); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<float>> ModelRun::ReadPart(const RunInput& input, int64_t layer, absl::string_view name) {
  const ModelSpec& spec = model_->spec();
  if (spec.stack == nullptr) {
    return absl::UnimplementedError(absl::StrCat("parts of layers are not kept for ", spec.family));
  }
  if (layer < 0 || layer >= spec.layer_count()) {
    return absl::InvalidArgumentError(absl::StrCat("there is no layer ", layer, " of ", spec.layer_count()));
  }
  absl::StatusOr<std::vector<float>> own = layers_.blocks[static_cast<size_t>(layer)].attention->ReadPart(name);
  if (own.ok()) return own;
  model::WholeStack::WantedPart part = {static_cast<size_t>(layer), name, {}};
  part_ = &part;
  std::vector<float> all;
  absl::Status status;
  for (int64_t b = 0; status.ok() && b < input.batch; ++b) {
    status = RunStacks(input, b, RunOutput::kLastHiddenState, nullptr);
    all.insert(all.end(), part.numbers.begin(), part.numbers.end());
  }
  part_ = nullptr;
  if (!status.ok()) return status;
  return all;
}

}  // namespace lwave::stream
