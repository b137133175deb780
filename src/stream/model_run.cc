// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The running.

#include "stream/model_run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "stream/model_run_shape.h"

namespace lwave::stream {

using model::HeadInput;
using model::HeadSpec;
using model::ModelSpec;

namespace {

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

}  // namespace

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

absl::Status ModelRun::CheckPart(const Model& model, int64_t layer) {
  const ModelSpec& spec = model.spec();
  if (spec.stack == nullptr) {
    return absl::UnimplementedError(absl::StrCat("parts of layers are not kept for ", spec.family));
  }
  if (layer < 0 || layer >= spec.layer_count()) {
    return absl::InvalidArgumentError(absl::StrCat("there is no layer ", layer, " of ", spec.layer_count()));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ModelRun::PartSize(const Model& model, const RunInput& input,
                                           absl::Span<const model::LayerOption> extra, int64_t layer,
                                           absl::string_view name) {
  if (absl::Status status = CheckPart(model, layer); !status.ok()) return status;
  ModelRun measured(ModelPtr(const_cast<Model*>(&model), [](Model*) {}));
  if (absl::Status status = measured.MakeLayersOf(model, extra); !status.ok()) return status;
  const model::StackSpec& stack = *model.spec().stack;
  const attention::Layer& attention = *measured.layers_.blocks[static_cast<size_t>(layer)].attention;
  const absl::StatusOr<std::vector<float>> own = attention.ReadPart(name);
  if (own.ok()) return static_cast<int64_t>(own->size());
  const bool remembers = !input.memories.empty() && !stack.blocks[static_cast<size_t>(layer)].attention.sees_memory;
  const int64_t rows = stack.PaddedRows(input.tokens);
  Arena measure;
  const absl::StatusOr<int64_t> each =
      attention.MakeWhole(measure, rows, rows)->PartSize(name, rows, remembers ? MemoryRows(stack, input) : -1);
  if (!each.ok()) return absl::Status(each.status().code(), absl::StrCat("layer ", layer, ": ", each.status().message()));
  return *each * input.batch;
}

absl::StatusOr<std::vector<float>> ModelRun::ReadPart(const RunInput& input, int64_t layer, absl::string_view name) {
  if (absl::Status status = CheckPart(*model_, layer); !status.ok()) return status;
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
