// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The first steps of a tokenizer: each rewrites a stretch of text and keeps the ranges of its bytes.
//
// A long text comes in stretches. A step says between which characters it may be cut, so that the parts
// normalised one by one give what the whole would.
//
// Immutable; any number of threads.

#ifndef LONGWAVE_TOKENIZER_NORMALIZER_H_
#define LONGWAVE_TOKENIZER_NORMALIZER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"
#include "tokenizer/aligned_text.h"
#include "tokenizer/json_tree.h"

namespace lwave::tokenizer {

class Normalizer {
 public:
  virtual ~Normalizer() = default;

  // Appends the normalised text of `in` to `out` (other storage). False when there is no room; `out` is then
  // of no use.
  virtual bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const = 0;

  // Whether text may be cut between these neighbours, whatever else it holds.
  virtual bool CanCut(uint32_t before, uint32_t after) const = 0;

  // Whether the character comes out as itself and alone, next to a place where CanCut allows a cut. A step
  // behind this one judges cuts by such characters only.
  virtual bool Keeps(uint32_t c) const = 0;

  // Of kind and settings.
  virtual uint64_t Fingerprint() const = 0;

  // What its tables took from the allocator.
  virtual size_t TableBytes() const { return 0; }

 protected:
  Normalizer() = default;
};

using Normalizers = std::vector<std::unique_ptr<Normalizer>>;

// Adds the steps of a normalizer of tokenizer.json ("Sequence" adds its parts). Unimplemented naming a kind
// or setting that is not supported, DataLoss, ResourceExhausted. The allocator must outlive the steps.
absl::Status ReadNormalizers(const JsonObject& normalizer, const Allocator& allocator, Normalizers* steps);

// A short text by itself, as a whole segment.
std::string Normalized(const Normalizers& steps, absl::string_view text);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_NORMALIZER_H_
