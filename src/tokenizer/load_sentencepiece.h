// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tokenizers from the plain vocabulary files of families that are made of steps.
//
// Errors as in load.h.

#ifndef LONGWAVE_TOKENIZER_LOAD_SENTENCEPIECE_H_
#define LONGWAVE_TOKENIZER_LOAD_SENTENCEPIECE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"
#include "tokenizer/tokenizer.h"

namespace lwave::tokenizer {

// From the contents of spiece.model or tokenizer.model, and of tokenizer_config.json (or empty). Control tokens
// written in a text are ordinary characters. What is put around a text follows from tokenizer_class; for a general
// class from the names of special tokens: XLNet's where <cls> and <sep> are named so, else BERT's where both
// exist, else T5's where extra_ids are, else nothing.
absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerFromSentencePiece(absl::string_view contents,
                                                                      absl::string_view config,
                                                                      absl::string_view source,
                                                                      const Allocator& allocator);

// From the contents of words.txt (Transformer-XL: one word a line, split at white space, nothing added).
absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerFromWords(absl::string_view words, absl::string_view config,
                                                              absl::string_view source,
                                                              const Allocator& allocator);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_LOAD_SENTENCEPIECE_H_
