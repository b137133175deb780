// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How tokenizer.json names pre-tokenizers.

#include "tokenizer/pre_tokenizer.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tokenizer/byte_level.h"
#include "tokenizer/metaspace.h"
#include "tokenizer/split.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {
namespace {

bool IsNumeric(uint32_t c) { return CharacterClassOf(c) == CharacterClass::kNumber; }

absl::Status ReadBehavior(const JsonObject& object, SplitBehavior* behavior) {
  std::string name;
  absl::Status status = object.String("behavior", &name);
  if (!status.ok() || name.empty()) return status;
  absl::StatusOr<SplitBehavior> found = SplitBehaviorOf(name, object.source());
  if (!found.ok()) return found.status();
  *behavior = *found;
  return absl::OkStatus();
}

absl::Status ReadSplit(const JsonObject& object, PreTokenizers* steps) {
  absl::Status status = object.OnlyKeys({"type", "pattern", "behavior", "invert"});
  SplitBehavior behavior = SplitBehavior::kIsolated;
  bool invert = false;
  if (status.ok()) status = ReadBehavior(object, &behavior);
  if (status.ok()) status = object.Bool("invert", &invert);
  if (!status.ok()) return status;
  if (!object.Has("pattern") || !object.at("pattern").is_object()) {
    return absl::DataLossError(absl::StrCat(object.source(), ": ", object.Name("pattern"), " must be an object"));
  }
  const JsonObject pattern(object.at("pattern"), object.Name("pattern"), object.source());
  std::string text, regex;
  status = pattern.OnlyKeys({"String", "Regex"});
  if (status.ok()) status = pattern.String("String", &text);
  if (status.ok()) status = pattern.String("Regex", &regex);
  if (!status.ok()) return status;
  if (text.empty() == regex.empty() || !IsValidUtf8(text) || !IsValidUtf8(regex)) {
    return absl::DataLossError(
        absl::StrCat(object.source(), ": ", pattern.path(), " must be one String or Regex, not empty"));
  }
  if (!text.empty()) {
    steps->push_back(MakeTextSplit(std::move(text), behavior, invert));
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<Regex>> compiled = Regex::Compile(regex);
  if (!compiled.ok()) {
    return absl::Status(compiled.status().code(),
                        absl::StrCat(object.source(), ": ", pattern.path(), ": ", compiled.status().message()));
  }
  steps->push_back(MakePatternSplit(*std::move(compiled), std::move(regex), behavior, invert));
  return absl::OkStatus();
}

absl::Status ReadSequence(const JsonObject& object, PreTokenizers* steps) {
  absl::Status status = object.OnlyKeys({"type", "pretokenizers"});
  if (!status.ok()) return status;
  if (!object.Has("pretokenizers") || !object.at("pretokenizers").is_array()) {
    return absl::DataLossError(
        absl::StrCat(object.source(), ": ", object.Name("pretokenizers"), " must be an array"));
  }
  for (const nlohmann::json& item : object.at("pretokenizers")) {
    if (!item.is_object()) {
      return absl::DataLossError(
          absl::StrCat(object.source(), ": ", object.Name("pretokenizers"), " must hold objects"));
    }
    status = ReadPreTokenizers(JsonObject(item, object.Name("pretokenizers"), object.source()), steps);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadPreTokenizers(const JsonObject& object, PreTokenizers* steps) {
  std::string type;
  absl::Status status = object.String("type", &type);
  if (!status.ok()) return status;
  SplitBehavior behavior = SplitBehavior::kIsolated;
  if (type == "Sequence") return ReadSequence(object, steps);
  if (type == "Split") return ReadSplit(object, steps);
  if (type == "Metaspace") return ReadMetaspace(object, steps);
  if (type == "ByteLevel") {
    bool add_prefix_space = true, split = true, trim_offsets = true;
    status = object.OnlyKeys({"type", "add_prefix_space", "trim_offsets", "use_regex"});
    if (status.ok()) status = object.Bool("add_prefix_space", &add_prefix_space);
    if (status.ok()) status = object.Bool("trim_offsets", &trim_offsets);  // of no effect here
    if (status.ok()) status = object.Bool("use_regex", &split);
    steps->push_back(MakeByteLevel(add_prefix_space, split));
    return status;
  }
  if (type == "WhitespaceSplit") {
    steps->push_back(MakeCharacterSplit(type, &IsWhiteSpace, SplitBehavior::kRemoved));
    return object.OnlyKeys({"type"});
  }
  if (type == "Whitespace") {
    // \w+|[^\w\s]+ and nothing else.
    steps->push_back(MakeCharacterSplit("white", &IsWhiteSpace, SplitBehavior::kRemoved));
    steps->push_back(MakeCharacterSplit("word", &IsWordCharacter, SplitBehavior::kContiguous));
    return object.OnlyKeys({"type"});
  }
  if (type == "Punctuation") {
    status = object.OnlyKeys({"type", "behavior"});
    if (status.ok()) status = ReadBehavior(object, &behavior);
    steps->push_back(MakeCharacterSplit(type, &IsBertPunctuation, behavior));
    return status;
  }
  if (type == "Digits") {
    bool individual = false;
    status = object.OnlyKeys({"type", "individual_digits"});
    if (status.ok()) status = object.Bool("individual_digits", &individual);
    steps->push_back(MakeCharacterSplit(
        type, &IsNumeric, individual ? SplitBehavior::kIsolated : SplitBehavior::kContiguous));
    return status;
  }
  if (type == "BertPreTokenizer") {
    steps->push_back(MakeCharacterSplit("white", &IsWhiteSpace, SplitBehavior::kRemoved));
    steps->push_back(MakeCharacterSplit("bert", &IsBertPunctuation, SplitBehavior::kIsolated));
    return object.OnlyKeys({"type"});
  }
  return absl::UnimplementedError(absl::StrCat(object.source(), ": ", object.path(), " of type \"",
                                               absl::CHexEscape(type.substr(0, 40)), "\" is not supported"));
}

}  // namespace lwave::tokenizer
