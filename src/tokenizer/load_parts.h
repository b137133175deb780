// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The parts of tokenizer.json that all kinds of tokenizers share.

#ifndef LONGWAVE_TOKENIZER_LOAD_PARTS_H_
#define LONGWAVE_TOKENIZER_LOAD_PARTS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"
#include "tokenizer/added_tokens.h"
#include "tokenizer/json_tree.h"
#include "tokenizer/special_names.h"
#include "tokenizer/tokenizer.h"

namespace lwave::tokenizer {

// DataLoss and Unimplemented, naming the file.
absl::Status Malformed(absl::string_view source, absl::string_view what);
absl::Status Unsupported(absl::string_view source, absl::string_view what);

// The member `key` of the top object and its type; *component is null when it is absent or null.
absl::Status Component(const JsonObject& top, const char* key, const nlohmann::json** component,
                       std::string* type);

absl::Status UnsupportedKind(absl::string_view source, absl::string_view key, absl::string_view type,
                             absl::string_view expected);

absl::Status ReadAddedTokens(const JsonObject& top, std::vector<AddedTokenSpec>* tokens);

// What is done to the tokens of a text.
struct PostProcessing {
  Template single, pair;
  bool trim_offsets = false;        // white space at the ends of tokens is left out of their ranges
  bool keeps_prefix_space = false;  // but for the first space of the first token
};
absl::Status ReadPostProcessor(const JsonObject& top, PostProcessing* processing);

// RoBERTa's templates: cls A sep and cls A sep sep B sep, all of type 0.
void MakeRobertaTemplates(int32_t cls, int32_t sep, Template* single, Template* pair);

// A tokenizer made of steps from a parsed tokenizer.json.
absl::StatusOr<std::unique_ptr<Tokenizer>> PipelineFromJson(const JsonObject& top, const TokenizerJson& file,
                                                            const SpecialNames& names,
                                                            const Allocator& allocator);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_LOAD_PARTS_H_
