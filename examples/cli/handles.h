// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Owners of the C API's handles.

#ifndef LONGWAVE_EXAMPLES_CLI_HANDLES_H_
#define LONGWAVE_EXAMPLES_CLI_HANDLES_H_

#include <memory>

#include "longwave/longwave.h"

namespace lwave::cli {

template <auto Destroy>
struct HandleDeleter {
  template <typename Handle>
  void operator()(Handle* handle) const {
    Destroy(handle);
  }
};

using AttentionHandle = std::unique_ptr<lwave_attention, HandleDeleter<lwave_attention_destroy>>;
using ContextHandle = std::unique_ptr<lwave_context, HandleDeleter<lwave_context_destroy>>;
using ConfigHandle = std::unique_ptr<lwave_config, HandleDeleter<lwave_config_destroy>>;
using EncodingsHandle = std::unique_ptr<lwave_encodings, HandleDeleter<lwave_encodings_destroy>>;
using GeneratorHandle = std::unique_ptr<lwave_generator, HandleDeleter<lwave_generator_destroy>>;
using InputsHandle = std::unique_ptr<lwave_inputs, HandleDeleter<lwave_inputs_destroy>>;
using ModelHandle = std::unique_ptr<lwave_model, HandleDeleter<lwave_model_destroy>>;
using ScorerHandle = std::unique_ptr<lwave_scorer, HandleDeleter<lwave_scorer_destroy>>;
using StreamHandle = std::unique_ptr<lwave_stream, HandleDeleter<lwave_stream_destroy>>;
using TokenizerHandle = std::unique_ptr<lwave_tokenizer, HandleDeleter<lwave_tokenizer_destroy>>;

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_HANDLES_H_
