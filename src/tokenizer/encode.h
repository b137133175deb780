// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A whole text, or a pair, at once: with the template's ids around it, cut into windows and padded as the
// reference library does. For questions, short texts and tests; long texts go through a TokenStream.

#ifndef LONGWAVE_TOKENIZER_ENCODE_H_
#define LONGWAVE_TOKENIZER_ENCODE_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "tokenizer/tokenizer.h"

namespace lwave::tokenizer {

// One row per token; all vectors have one length.
struct Encoding {
  std::vector<int32_t> ids;
  std::vector<int32_t> type_ids;
  std::vector<uint8_t> special_mask;                 // 1: added by the template or by padding
  std::vector<uint8_t> attention_mask;               // 0: padding
  std::vector<std::pair<int64_t, int64_t>> offsets;  // raw bytes of its own text; 0, 0 for added ones
  std::vector<int32_t> word_ids;                     // counted in its own text; -1 for added ones
  std::vector<int32_t> sequence_ids;                 // 0 or 1: which text; -1 for added ones

  size_t size() const { return ids.size(); }
};

struct Truncation {
  enum class Strategy { kLongestFirst, kOnlyFirst, kOnlySecond };
  int64_t max_length = 512;  // with the template's ids
  int64_t stride = 0;        // tokens that neighbouring windows share
  Strategy strategy = Strategy::kLongestFirst;
  bool from_left = false;  // which end is cut off the first window
};

struct Padding {
  int64_t length = 0;       // 0: as long as the longest
  int64_t multiple_of = 0;  // 0: any length
  bool on_left = false;
  int32_t pad_id = 0;
  int32_t pad_type_id = 0;
};

struct EncodeOptions {
  bool add_special = true;
  StreamOptions stream;
  std::optional<Truncation> truncation;
};

// All windows of the text; the first is the result, the others follow in the reference's order (there is one
// window without truncation). InvalidArgument when max_length leaves no room for a text or the strategy, or stride is
// too large.
absl::StatusOr<std::vector<Encoding>> Encode(const Tokenizer& tokenizer, absl::string_view text,
                                             std::optional<absl::string_view> pair,
                                             const EncodeOptions& options, const Allocator& allocator);

// Makes all of one length.
void Pad(const Padding& padding, absl::Span<Encoding> encodings);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_ENCODE_H_
