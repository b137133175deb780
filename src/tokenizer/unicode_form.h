// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The normalizers NFC, NFD, NFKC and NFKD: the normalisation forms of Unicode Standard Annex 15, with the tables
// (Unicode 9) and the ranges of the reference library.

#ifndef LONGWAVE_TOKENIZER_UNICODE_FORM_H_
#define LONGWAVE_TOKENIZER_UNICODE_FORM_H_

#include <cstdint>

#include "tokenizer/normalizer.h"

namespace lwave::tokenizer {

class UnicodeForm final : public Normalizer {
 public:
  UnicodeForm(bool compatibility, bool compose) : compatibility_(compatibility), compose_(compose) {}

  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const override;
  bool CanCut(uint32_t before, uint32_t after) const override;
  bool Keeps(uint32_t c) const override;
  uint64_t Fingerprint() const override;

 private:
  bool compatibility_, compose_;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_UNICODE_FORM_H_
