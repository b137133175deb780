// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// GPT-2's splitter. Its pattern,
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// is matched by hand. The bytes stay as they are: a byte-level BpeModel reads them so.

#ifndef LONGWAVE_TOKENIZER_BYTE_LEVEL_H_
#define LONGWAVE_TOKENIZER_BYTE_LEVEL_H_

#include <memory>

#include "tokenizer/decoder.h"
#include "tokenizer/pre_tokenizer.h"

namespace lwave::tokenizer {

// `add_prefix_space`: every word that enters and does not begin with a space gets one. `split`: by the pattern.
std::unique_ptr<PreTokenizer> MakeByteLevel(bool add_prefix_space, bool split);

// Characters of all tokens back to bytes; a token with any other character stands for its own bytes. What is
// no UTF-8 becomes U+FFFD.
std::unique_ptr<DecoderStep> MakeByteLevelDecoder();

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_BYTE_LEVEL_H_
