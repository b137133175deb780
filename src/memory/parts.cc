// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "memory/parts.h"

#include "absl/strings/str_join.h"
#include "base/json_text.h"

namespace lwave::memory {

std::string DescribeParts(const std::vector<Part>& parts, const UsedBytes& uses, int64_t position) {
  std::vector<std::string> texts;
  int64_t free = uses[Use::kPayload] + uses[Use::kPending];
  for (const Part& part : parts) {
    JsonText json;
    json.Add("name", part.name).Add("kind", part.use == Use::kPayload ? "payload" : "pending");
    json.Add("rows", part.rows).Add("bytes", part.rows * part.row_bytes);
    if (part.rows > 0 && part.oldest != Part::kNoPosition) json.Add("oldest", part.oldest).Add("age", position - part.oldest);
    texts.push_back(json.Text());
    free -= part.rows * part.row_bytes;
  }
  const auto rest = [&texts](const char* name, int64_t bytes) {
    texts.push_back(JsonText().Add("name", name).Add("kind", name).Add("bytes", bytes).Text());
  };
  rest("free", free);
  rest("scratch", uses[Use::kScratch]);
  rest("alignment", uses[Use::kPadding]);
  return "[" + absl::StrJoin(texts, ",") + "]";
}

}  // namespace lwave::memory
