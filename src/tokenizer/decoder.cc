// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The decoder steps, and how tokenizer.json names them.

#include "tokenizer/decoder.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tokenizer/aligned_text.h"
#include "tokenizer/byte_level.h"
#include "tokenizer/metaspace.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {
namespace {

// Runs of "<0x..>" become the bytes' text, or one U+FFFD a byte when that is no UTF-8.
class ByteFallback final : public DecoderStep {
 public:
  void Apply(std::vector<std::string>* tokens) const override {
    std::vector<std::string> out;
    std::string bytes;
    const auto flush = [&out, &bytes] {
      if (bytes.empty()) return;
      if (IsValidUtf8(bytes)) {
        out.push_back(bytes);
      } else {
        for (size_t i = 0; i < bytes.size(); ++i) out.push_back("\xEF\xBF\xBD");
      }
      bytes.clear();
    };
    for (std::string& token : *tokens) {
      std::string byte;
      if (token.size() == 6 && absl::StartsWith(token, "<0x") && token[5] == '>' &&
          absl::ascii_isxdigit(static_cast<unsigned char>(token[3])) &&
          absl::ascii_isxdigit(static_cast<unsigned char>(token[4])) &&
          absl::HexStringToBytes(token.substr(3, 2), &byte)) {
        bytes += byte;
      } else {
        flush();
        out.push_back(std::move(token));
      }
    }
    flush();
    *tokens = std::move(out);
  }
};

class Fuse final : public DecoderStep {
 public:
  void Apply(std::vector<std::string>* tokens) const override {
    std::string all;
    for (const std::string& token : *tokens) all += token;
    tokens->assign(1, std::move(all));
  }
};

class ReplaceText final : public DecoderStep {
 public:
  ReplaceText(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}
  void Apply(std::vector<std::string>* tokens) const override {
    for (std::string& token : *tokens) absl::StrReplaceAll({{from_, to_}}, &token);
  }

 private:
  const std::string from_, to_;
};

// Takes up to so many of one character off the ends of each token.
class StripCharacter final : public DecoderStep {
 public:
  StripCharacter(std::string content, int64_t start, int64_t stop)
      : content_(std::move(content)), start_(start), stop_(stop) {}
  void Apply(std::vector<std::string>* tokens) const override {
    for (std::string& token : *tokens) {
      absl::string_view rest = token;
      for (int64_t i = 0; i < start_ && absl::StartsWith(rest, content_); ++i) {
        rest.remove_prefix(content_.size());
      }
      for (int64_t i = 0; i < stop_ && absl::EndsWith(rest, content_); ++i) rest.remove_suffix(content_.size());
      token = std::string(rest);
    }
  }

 private:
  const std::string content_;
  const int64_t start_, stop_;
};

absl::Status ReadReplace(const JsonObject& object, DecoderSteps* steps) {
  std::string from, to;
  absl::Status status = object.OnlyKeys({"type", "pattern", "content"});
  if (status.ok()) status = object.String("content", &to);
  if (!status.ok()) return status;
  if (!object.Has("pattern") || !object.at("pattern").is_object()) {
    return absl::DataLossError(absl::StrCat(object.source(), ": ", object.Name("pattern"), " must be an object"));
  }
  const JsonObject pattern(object.at("pattern"), object.Name("pattern"), object.source());
  status = pattern.OnlyKeys({"String"});
  if (status.ok()) status = pattern.String("String", &from);
  if (!status.ok()) return status;
  if (from.empty()) {
    return absl::DataLossError(absl::StrCat(object.source(), ": ", pattern.Name("String"), " is empty"));
  }
  steps->push_back(std::make_unique<ReplaceText>(std::move(from), std::move(to)));
  return absl::OkStatus();
}

absl::Status ReadStrip(const JsonObject& object, DecoderSteps* steps) {
  std::string content;
  int64_t start = 0, stop = 0;
  absl::Status status = object.OnlyKeys({"type", "content", "start", "stop"});
  if (status.ok()) status = object.String("content", &content);
  if (status.ok()) status = object.Integer("start", &start);
  if (status.ok()) status = object.Integer("stop", &stop);
  if (!status.ok()) return status;
  uint32_t at = 0;
  if (!content.empty() && IsValidUtf8(content)) NextCharacter(content.data(), &at);
  if (at == 0 || at != content.size() || start < 0 || stop < 0) {
    return absl::DataLossError(
        absl::StrCat(object.source(), ": ", object.path(), " must have one character and counts of at least 0"));
  }
  steps->push_back(std::make_unique<StripCharacter>(std::move(content), start, stop));
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadDecoder(const JsonObject& decoder, DecoderSteps* steps) {
  std::string type;
  absl::Status status = decoder.String("type", &type);
  if (!status.ok()) return status;
  if (type == "Sequence") {
    status = decoder.OnlyKeys({"type", "decoders"});
    if (!status.ok()) return status;
    if (!decoder.Has("decoders") || !decoder.at("decoders").is_array()) {
      return absl::DataLossError(
          absl::StrCat(decoder.source(), ": ", decoder.Name("decoders"), " must be an array"));
    }
    for (const nlohmann::json& item : decoder.at("decoders")) {
      if (!item.is_object()) {
        return absl::DataLossError(
            absl::StrCat(decoder.source(), ": ", decoder.Name("decoders"), " must hold objects"));
      }
      status = ReadDecoder(JsonObject(item, decoder.Name("decoders"), decoder.source()), steps);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }
  if (type == "ByteLevel") {
    steps->push_back(MakeByteLevelDecoder());
    return decoder.OnlyKeys({"type", "add_prefix_space", "trim_offsets", "use_regex"});
  }
  if (type == "ByteFallback") {
    steps->push_back(std::make_unique<ByteFallback>());
    return decoder.OnlyKeys({"type"});
  }
  if (type == "Fuse") {
    steps->push_back(std::make_unique<Fuse>());
    return decoder.OnlyKeys({"type"});
  }
  if (type == "Replace") return ReadReplace(decoder, steps);
  if (type == "Strip") return ReadStrip(decoder, steps);
  if (type == "Metaspace") return ReadMetaspaceDecoder(decoder, steps);
  return absl::UnimplementedError(absl::StrCat(decoder.source(), ": ", decoder.path(), " of type \"",
                                               absl::CHexEscape(type.substr(0, 40)), "\" is not supported"));
}

}  // namespace lwave::tokenizer
