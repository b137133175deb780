// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole texts through the byte-wise decoder.

#include "tokenizer/utf8_stream.h"

namespace lwave::tokenizer {

std::string ReplaceInvalidUtf8(absl::string_view bytes) {
  constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out;
  out.reserve(bytes.size());
  Utf8State state;
  size_t begin = 0;  // of the unfinished character
  for (size_t at = 0; at < bytes.size(); ++at) {
    const uint8_t byte = static_cast<uint8_t>(bytes[at]);
    if (state.needed != 0) {
      if (state.Continues(byte)) {
        if (state.Continue(byte)) out.append(bytes.data() + begin, at + 1 - begin);
        continue;
      }
      out.append(kReplacement);
      state.Drop();
    }
    begin = at;
    if (!state.Begin(byte)) {
      out.append(kReplacement);
    } else if (state.needed == 0) {
      out += bytes[at];
    }
  }
  if (state.needed != 0) out.append(kReplacement);
  return out;
}

}  // namespace lwave::tokenizer
