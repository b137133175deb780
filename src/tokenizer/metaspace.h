// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// "Metaspace": spaces become a visible character (U+2581), which begins each word, and is put before the first.

#ifndef LONGWAVE_TOKENIZER_METASPACE_H_
#define LONGWAVE_TOKENIZER_METASPACE_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "tokenizer/decoder.h"
#include "tokenizer/pre_tokenizer.h"

namespace lwave::tokenizer {

enum class PrependScheme {
  kAlways,  // before each word that this step is given
  kFirst,   // before the first word of a document only
  kNever,
};

struct MetaspaceSettings {
  std::string replacement = "\xE2\x96\x81";  // one character
  PrependScheme prepend = PrependScheme::kAlways;
  bool split = true;  // words are cut before each replacement
};

class Metaspace final : public PreTokenizer {
 public:
  explicit Metaspace(MetaspaceSettings settings);

  bool in_place() const override { return false; }
  bool splits() const override { return settings_.split; }
  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out, uint32_t* settled) const override;
  bool CanResume(uint32_t before, uint32_t after) const override;
  uint64_t Fingerprint() const override;

 private:
  MetaspaceSettings settings_;
  uint32_t replacement_ = 0;
};

// The pre-tokenizer and the decoder of a tokenizer.json. DataLoss or Unimplemented for settings that do not make
// sense or are not supported.
absl::Status ReadMetaspace(const JsonObject& object, PreTokenizers* steps);
absl::Status ReadMetaspaceDecoder(const JsonObject& object, DecoderSteps* steps);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_METASPACE_H_
