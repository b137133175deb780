// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From tokens back to text: a chain of steps over a list of strings, joined at the end.
//
// Immutable; any number of threads.

#ifndef LONGWAVE_TOKENIZER_DECODER_H_
#define LONGWAVE_TOKENIZER_DECODER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tokenizer/json_tree.h"

namespace lwave::tokenizer {

class DecoderStep {
 public:
  virtual ~DecoderStep() = default;
  virtual void Apply(std::vector<std::string>* tokens) const = 0;

 protected:
  DecoderStep() = default;
};

// With no step at all, tokens are joined by spaces.
using DecoderSteps = std::vector<std::unique_ptr<DecoderStep>>;

// Adds the steps of a decoder of tokenizer.json ("Sequence" adds its parts): ByteLevel, ByteFallback, Fuse,
// Replace, Strip, Metaspace, WordPiece. Unimplemented naming a kind or setting that is not supported,
// DataLoss.
absl::Status ReadDecoder(const JsonObject& decoder, DecoderSteps* steps);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_DECODER_H_
