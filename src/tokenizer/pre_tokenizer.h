// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The second steps of a tokenizer: each cuts the words of a stretch of text into smaller words, and may drop or
// rewrite some of it. The segment enters the first step as one word; its first byte carries the mark of
// a new word only where the segment begins. No step looks beyond the word that it cuts.
//
// Immutable; any number of threads.

#ifndef LONGWAVE_TOKENIZER_PRE_TOKENIZER_H_
#define LONGWAVE_TOKENIZER_PRE_TOKENIZER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "tokenizer/aligned_text.h"
#include "tokenizer/json_tree.h"

namespace lwave::tokenizer {

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;

  // Whether the step only sets marks: Apply may then be given the same text as `in` and `out`, and always is.
  virtual bool in_place() const = 0;

  // Whether it ever cuts.
  virtual bool splits() const = 0;

  // Appends to `out` the words of `in`, each with a mark at its first byte (but the very first byte of the
  // text gets the mark that it has in `in`: if 0, it goes on with a word, and nothing may be put before it).
  // *settled receives how many bytes of `out` form words that no text behind the stretch can change, and
  // that are followed by a new word; all of them when edges.segment_end. A step with splits() false sets it
  // to 0 when more text follows. False when there is no room.
  virtual bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out,
                     uint32_t* settled) const = 0;

  // Whether these neighbours in the text that Apply gets, when they stand in one long word, may be
  // taken apart: a stretch that begins with `after` (no mark at its first byte) goes on with the same word as
  // the whole text would. Asked where no word has settled, for a word of more than kLongWordBytes.
  static constexpr uint32_t kLongWordBytes = 64;
  virtual bool CanResume(uint32_t before, uint32_t after) const = 0;

  // What Apply needs in edges.scratch.
  virtual size_t ScratchBytes() const { return 0; }

  // Of kind and settings.
  virtual uint64_t Fingerprint() const = 0;

 protected:
  PreTokenizer() = default;
};

using PreTokenizers = std::vector<std::unique_ptr<PreTokenizer>>;

// Adds the steps of a pre_tokenizer of tokenizer.json ("Sequence" adds its parts). Unimplemented naming a
// kind or setting that is not supported, DataLoss.
absl::Status ReadPreTokenizers(const JsonObject& pre_tokenizer, PreTokenizers* steps);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_PRE_TOKENIZER_H_
