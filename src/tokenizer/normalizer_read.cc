// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The normalizer of a tokenizer.json.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tokenizer/normalizer.h"
#include "tokenizer/precompiled.h"
#include "tokenizer/small_normalizers.h"
#include "tokenizer/unicode.h"
#include "tokenizer/unicode_form.h"

namespace lwave::tokenizer {
namespace {

using Json = nlohmann::json;

absl::Status Malformed(const JsonObject& object, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(object.source(), ": ", what));
}

absl::Status Unsupported(const JsonObject& object, absl::string_view what) {
  return absl::UnimplementedError(absl::StrCat(object.source(), ": ", what));
}

absl::Status ReadSequence(const JsonObject& object, const Allocator& allocator, Normalizers* steps) {
  absl::Status status = object.OnlyKeys({"type", "normalizers"});
  if (!status.ok()) return status;
  if (!object.Has("normalizers") || !object.at("normalizers").is_array()) {
    return Malformed(object, absl::StrCat(object.Name("normalizers"), " must be an array"));
  }
  size_t index = 0;
  for (const Json& item : object.at("normalizers")) {
    const std::string name = absl::StrCat(object.Name("normalizers"), "[", index++, "]");
    if (!item.is_object()) return Malformed(object, absl::StrCat(name, " must be an object"));
    status = ReadNormalizers(JsonObject(item, name, object.source()), allocator, steps);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ReadReplace(const JsonObject& object, Normalizers* steps) {
  absl::Status status = object.OnlyKeys({"type", "pattern", "content"});
  std::string content;
  if (status.ok()) status = object.String("content", &content);
  if (!status.ok()) return status;
  if (!object.Has("pattern") || !object.at("pattern").is_object()) {
    return Malformed(object, absl::StrCat(object.Name("pattern"), " must be an object"));
  }
  const JsonObject pattern(object.at("pattern"), object.Name("pattern"), object.source());
  std::string text, expression;
  status = pattern.OnlyKeys({"String", "Regex"});
  if (status.ok()) status = pattern.String("String", &text);
  if (status.ok()) status = pattern.String("Regex", &expression);
  if (!status.ok()) return status;
  if (text.empty() == expression.empty()) {
    return Malformed(object, absl::StrCat(pattern.path(), " must have a String or a Regex that is not empty"));
  }
  if (!text.empty()) {
    steps->push_back(std::make_unique<ReplaceText>(std::move(text), std::move(content)));
    return absl::OkStatus();
  }
  uint32_t c = 0;
  int64_t least = 0;
  if (!ReplaceRun::Parse(expression, &c, &least)) {
    return Unsupported(object, absl::StrCat(pattern.Name("Regex"), " \"", absl::CHexEscape(expression.substr(0, 40)),
                                            "\" is not supported, expected a run of one character like \" {2,}\""));
  }
  steps->push_back(std::make_unique<ReplaceRun>(c, least, std::move(content)));
  return absl::OkStatus();
}

absl::Status ReadPrecompiled(const JsonObject& object, const Allocator& allocator, Normalizers* steps) {
  absl::Status status = object.OnlyKeys({"type", "precompiled_charsmap"});
  std::string encoded, blob;
  if (status.ok()) status = object.String("precompiled_charsmap", &encoded);
  if (!status.ok()) return status;
  if (!absl::Base64Unescape(encoded, &blob)) {
    return Malformed(object, absl::StrCat(object.Name("precompiled_charsmap"), " is not base64"));
  }
  if (blob.empty()) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<Precompiled>> made = Precompiled::Create(blob, object.source(), allocator);
  if (!made.ok()) return made.status();
  steps->push_back(std::move(*made));
  return absl::OkStatus();
}

absl::Status ReadStrip(const JsonObject& object, Normalizers* steps) {
  bool left = true, right = true;
  absl::Status status = object.OnlyKeys({"type", "strip_left", "strip_right"});
  if (status.ok()) status = object.Bool("strip_left", &left);
  if (status.ok()) status = object.Bool("strip_right", &right);
  if (status.ok()) steps->push_back(std::make_unique<Strip>(left, right));
  return status;
}

absl::Status ReadPrepend(const JsonObject& object, Normalizers* steps) {
  std::string text;
  absl::Status status = object.OnlyKeys({"type", "prepend"});
  if (status.ok()) status = object.String("prepend", &text);
  if (status.ok() && !text.empty()) steps->push_back(std::make_unique<Prepend>(std::move(text)));
  return status;
}

}  // namespace

absl::Status ReadNormalizers(const JsonObject& object, const Allocator& allocator, Normalizers* steps) {
  std::string type;
  absl::Status status = object.String("type", &type);
  if (!status.ok()) return status;
  if (type == "Sequence") return ReadSequence(object, allocator, steps);
  if (type == "Replace") return ReadReplace(object, steps);
  if (type == "Precompiled") return ReadPrecompiled(object, allocator, steps);
  if (type == "Strip") return ReadStrip(object, steps);
  if (type == "Prepend") return ReadPrepend(object, steps);
  std::unique_ptr<Normalizer> made;
  if (type == "NFC") made = std::make_unique<UnicodeForm>(false, true);
  if (type == "NFD") made = std::make_unique<UnicodeForm>(false, false);
  if (type == "NFKC") made = std::make_unique<UnicodeForm>(true, true);
  if (type == "NFKD") made = std::make_unique<UnicodeForm>(true, false);
  if (type == "Lowercase") made = std::make_unique<LowercaseNormalizer>();
  if (type == "StripAccents") made = std::make_unique<StripAccents>();
  if (type == "Nmt") made = std::make_unique<Nmt>();
  if (made == nullptr) {
    return Unsupported(object,
                       absl::StrCat("normalizer of type \"", absl::CHexEscape(type.substr(0, 40)),
                                    "\" is not supported, expected Sequence, Precompiled, NFC, NFD, NFKC, NFKD, "
                                    "Lowercase, StripAccents, Strip, Replace, Prepend or Nmt"));
  }
  status = object.OnlyKeys({"type"});
  if (status.ok()) steps->push_back(std::move(made));
  return status;
}

std::string Normalized(const Normalizers& steps, absl::string_view text) {
  std::string result(text);
  TextEdges edges;
  edges.text_begin = edges.segment_begin = edges.segment_end = true;
  for (const std::unique_ptr<Normalizer>& step : steps) {
    std::vector<uint32_t> zeros(result.size() + 1);
    std::vector<uint8_t> marks(result.size() + 1);
    AlignedText in{result.data(), zeros.data(), zeros.data(), marks.data(), static_cast<uint32_t>(result.size()),
                   static_cast<uint32_t>(result.size())};
    for (size_t capacity = 2 * result.size() + 256;; capacity *= 2) {
      std::string bytes(capacity, '\0');
      std::vector<uint32_t> begins(capacity), ends(capacity);
      std::vector<uint8_t> starts(capacity);
      AlignedText out{bytes.data(), begins.data(), ends.data(), starts.data(), 0, static_cast<uint32_t>(capacity)};
      if (!step->Apply(in, edges, &out)) continue;
      bytes.resize(out.size);
      result = std::move(bytes);
      break;
    }
  }
  return result;
}

}  // namespace lwave::tokenizer
