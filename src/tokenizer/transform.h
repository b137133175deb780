// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How the reference library keeps ranges while a text is rewritten: new characters come one by one, each with a
// change. 0: it stands for the next old character and takes its range; -n: so do the n old ones behind that one,
// whose ranges are lost; +1: it is new and takes the range of the old character used last.

#ifndef LONGWAVE_TOKENIZER_TRANSFORM_H_
#define LONGWAVE_TOKENIZER_TRANSFORM_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "tokenizer/aligned_text.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {

class Transform {
 public:
  // Both must outlive it.
  Transform(const AlignedText& in, AlignedText* out) : in_(in), out_(out) {}

  // Leaves old characters out.
  void Skip(int64_t characters) {
    for (; characters > 0 && at_ < in_.size; --characters) NextCharacter(in_.bytes, &at_);
  }

  // False when there is no room.
  bool Emit(uint32_t c, int32_t change) {
    char bytes[4];
    return Emit(absl::string_view(bytes, EncodeUtf8(c, bytes)), change);
  }
  bool Emit(absl::string_view character, int32_t change) {
    if (in_.size == 0) return true;
    uint32_t begin, end;
    if (change > 0) {
      begin = at_ == 0 ? in_.begins[0] : in_.begins[at_ - 1];
      end = at_ == 0 ? begin : in_.ends[at_ - 1];
    } else {
      const uint32_t at = at_ < in_.size ? at_ : in_.size - 1;
      begin = in_.begins[at];
      end = in_.ends[at];
      Skip(1 - int64_t{change});
    }
    return out_->Append(character, begin, end);
  }

 private:
  const AlignedText& in_;
  AlignedText* out_;
  uint32_t at_ = 0;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_TRANSFORM_H_
