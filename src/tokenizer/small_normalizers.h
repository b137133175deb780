// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Normalizers that look at one character at a time, or at a short pattern.

#ifndef LONGWAVE_TOKENIZER_SMALL_NORMALIZERS_H_
#define LONGWAVE_TOKENIZER_SMALL_NORMALIZERS_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "tokenizer/normalizer.h"

namespace lwave::tokenizer {

// "Lowercase": full lower case of each character on its own.
class LowercaseNormalizer final : public Normalizer {
 public:
  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const override;
  bool CanCut(uint32_t, uint32_t) const override { return true; }
  bool Keeps(uint32_t c) const override;
  uint64_t Fingerprint() const override;
};

// "StripAccents": leaves out combining marks (category M of Unicode 9).
class StripAccents final : public Normalizer {
 public:
  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const override;
  bool CanCut(uint32_t, uint32_t) const override { return true; }
  bool Keeps(uint32_t c) const override;
  uint64_t Fingerprint() const override;
};

// "Nmt": leaves out control characters, makes spaces of line ends, byte order marks and the like.
class Nmt final : public Normalizer {
 public:
  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const override;
  bool CanCut(uint32_t, uint32_t) const override { return true; }
  bool Keeps(uint32_t c) const override;
  uint64_t Fingerprint() const override;
};

// "Strip": leaves out white space at the ends of a segment.
class Strip final : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}
  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const override;
  // Not behind white space: what follows decides whether it is at an end.
  bool CanCut(uint32_t before, uint32_t after) const override;
  // White space behind a cut may go, but then all that follows goes.
  bool Keeps(uint32_t) const override { return true; }
  uint64_t Fingerprint() const override;

 private:
  bool left_, right_;
};

// "Prepend": puts a text before a segment that is not empty.
class Prepend final : public Normalizer {
 public:
  explicit Prepend(std::string text) : text_(std::move(text)) {}
  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const override;
  bool CanCut(uint32_t, uint32_t) const override { return true; }
  bool Keeps(uint32_t) const override { return true; }
  uint64_t Fingerprint() const override;

 private:
  std::string text_;
};

// "Replace" with a string as pattern.
class ReplaceText final : public Normalizer {
 public:
  // `pattern` is not empty.
  ReplaceText(std::string pattern, std::string content) : pattern_(std::move(pattern)), content_(std::move(content)) {}
  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const override;
  bool CanCut(uint32_t before, uint32_t after) const override;
  bool Keeps(uint32_t c) const override;
  uint64_t Fingerprint() const override;

 private:
  std::string pattern_, content_;
};

// "Replace" with a regular expression for a run of one character: "c{n,}" or "c+".
class ReplaceRun final : public Normalizer {
 public:
  // Runs of at least `least` (1 or more) characters `c`.
  ReplaceRun(uint32_t c, int64_t least, std::string content) : c_(c), least_(least), content_(std::move(content)) {}
  // Reads the expression; false when it is another kind.
  static bool Parse(absl::string_view expression, uint32_t* c, int64_t* least);
  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const override;
  bool CanCut(uint32_t before, uint32_t after) const override { return before != c_ || after != c_; }
  bool Keeps(uint32_t c) const override { return c != c_; }
  uint64_t Fingerprint() const override;

 private:
  uint32_t c_;
  int64_t least_;
  std::string content_;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_SMALL_NORMALIZERS_H_
