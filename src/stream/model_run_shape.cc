// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What of a run can be said before anything is computed: whether the input fits the model, and the result's shape.

#include "stream/model_run_shape.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace lwave::stream {

using model::HeadInput;
using model::ModelSpec;
using model::StackSpec;

int64_t OutputRows(const ModelSpec& spec, const RunInput& input) {
  return spec.decoder != nullptr && input.decoder_ids != nullptr ? input.decoder_tokens : input.tokens;
}

bool Decodes(const ModelSpec& spec, RunOutput output) {
  return spec.decoder != nullptr && output != RunOutput::kEncoderLastHiddenState && output != RunOutput::kEncoderHiddenStates;
}

int64_t RowWidth(const ModelSpec& spec, bool encoder) {
  if (spec.decoder != nullptr && !encoder) return spec.decoder->output_width();
  return spec.stack != nullptr ? spec.stack->output_width() : spec.hidden;
}

int64_t MemoryRows(const StackSpec& stack, const RunInput& input) {
  const int64_t layers = static_cast<int64_t>(stack.blocks.size());
  return static_cast<int64_t>(input.memories.size()) / (layers * input.batch * stack.hidden);
}

namespace {

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

}  // namespace lwave::stream
