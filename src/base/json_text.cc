// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/json_text.h"

#include "absl/strings/str_join.h"

namespace lwave {
namespace {

// Bytes of the valid UTF-8 sequence that `text` begins with; 0 when it begins with none.
size_t SequenceLength(absl::string_view text) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = at(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xC2 && lead <= 0xDF ? 2 : (lead & 0xF0) == 0xE0 ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  const uint8_t second = at(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

}  // namespace

std::string JsonQuoted(absl::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    const char c = text[0];
    if (length == 0) quoted += "\xEF\xBF\xBD";
    else if (length > 1) quoted.append(text.data(), length);
    else if (c == '"' || c == '\\') (quoted += '\\') += c;
    else if (c == '\b') quoted += "\\b";
    else if (c == '\f') quoted += "\\f";
    else if (c == '\n') quoted += "\\n";
    else if (c == '\r') quoted += "\\r";
    else if (c == '\t') quoted += "\\t";
    else if (static_cast<uint8_t>(c) < 0x20) absl::StrAppend(&quoted, "\\u", absl::Hex(static_cast<uint8_t>(c), absl::kZeroPad4));
    else quoted += c;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return quoted + "\"";
}

JsonText& JsonText::Add(absl::string_view key, absl::Span<const int64_t> values) {
  return AddJson(key, absl::StrCat("[", absl::StrJoin(values, ","), "]"));
}

JsonText& JsonText::AddJson(absl::string_view key, absl::string_view json) {
  absl::StrAppend(&members_, members_.empty() ? "" : ",", JsonQuoted(key), ":", json);
  return *this;
}

}  // namespace lwave
