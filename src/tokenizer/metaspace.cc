// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/metaspace.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {
namespace {

absl::Status ReadSettings(const JsonObject& object, MetaspaceSettings* settings) {
  std::string scheme, spelt_out;
  bool add_prefix_space = true;
  absl::Status status =
      object.OnlyKeys({"type", "replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep"});
  if (status.ok()) status = object.String("replacement", &settings->replacement);
  if (status.ok()) status = object.Bool("add_prefix_space", &add_prefix_space);
  if (status.ok()) status = object.String("prepend_scheme", &scheme);
  if (status.ok()) status = object.Bool("split", &settings->split);
  if (status.ok()) status = object.String("str_rep", &spelt_out);
  if (!status.ok()) return status;
  size_t end = 0;
  if (!settings->replacement.empty() && IsValidUtf8(settings->replacement)) DecodeUtf8(settings->replacement, &end);
  if (end == 0 || end != settings->replacement.size()) {
    return absl::DataLossError(
        absl::StrCat(object.source(), ": ", object.Name("replacement"), " must be one character"));
  }
  // Files of the first releases say add_prefix_space only.
  if (scheme.empty()) scheme = add_prefix_space ? "always" : "never";
  if (scheme == "always") {
    settings->prepend = PrependScheme::kAlways;
  } else if (scheme == "first") {
    settings->prepend = add_prefix_space ? PrependScheme::kFirst : PrependScheme::kNever;
  } else if (scheme == "never") {
    settings->prepend = PrependScheme::kNever;
  } else {
    return absl::UnimplementedError(absl::StrCat(object.source(), ": ", object.Name("prepend_scheme"), " \"",
                                                 absl::CHexEscape(scheme.substr(0, 40)),
                                                 "\" is not supported, expected always, first or never"));
  }
  return absl::OkStatus();
}

class MetaspaceDecoder final : public DecoderStep {
 public:
  explicit MetaspaceDecoder(const MetaspaceSettings& settings)
      : replacement_(settings.replacement), prepended_(settings.prepend != PrependScheme::kNever) {}

  void Apply(std::vector<std::string>* tokens) const override {
    bool first = prepended_;
    for (std::string& token : *tokens) {
      absl::StrReplaceAll({{replacement_, first ? "" : " "}}, &token);
      first = false;
    }
  }

 private:
  const std::string replacement_;
  const bool prepended_;  // the first token's replacements stand for no space
};

}  // namespace

Metaspace::Metaspace(MetaspaceSettings settings) : settings_(std::move(settings)) {
  size_t at = 0;
  replacement_ = DecodeUtf8(settings_.replacement, &at);
}

bool Metaspace::Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out, uint32_t* settled) const {
  uint32_t last_word = 0;  // where the last word of `out` begins
  const uint32_t before = out->size;
  for (uint32_t at = 0; at < in.size;) {
    const uint32_t begin = at;
    const bool starts_word = in.word_starts[begin] != 0;
    const uint32_t c = NextCharacter(in.bytes, &at);
    const bool is_space = c == ' ' || c == replacement_;
    bool mark = starts_word;
    if (starts_word && !is_space) {
      const bool prepends = settings_.prepend == PrependScheme::kAlways ||
                            (settings_.prepend == PrependScheme::kFirst && edges.text_begin && begin == 0);
      if (prepends) {
        last_word = out->size - before;
        if (!out->Append(settings_.replacement, in.begins[begin], in.ends[begin], true)) return false;
        mark = false;
      }
    }
    mark |= is_space && settings_.split && begin != 0;
    if (mark) last_word = out->size - before;
    const absl::string_view bytes =
        is_space ? absl::string_view(settings_.replacement) : absl::string_view(in.bytes + begin, at - begin);
    if (!out->Append(bytes, in.begins[begin], in.ends[begin], mark)) return false;
  }
  *settled = edges.segment_end ? out->size - before : settings_.split ? last_word : 0;
  return true;
}

bool Metaspace::CanResume(uint32_t, uint32_t after) const {
  return !settings_.split || (after != ' ' && after != replacement_);
}

uint64_t Metaspace::Fingerprint() const {
  uint64_t hash = FingerprintBytes(FingerprintBytes(kFingerprintSeed, "Metaspace"), settings_.replacement);
  hash = FingerprintNumber(hash, static_cast<int64_t>(settings_.prepend));
  return FingerprintNumber(hash, settings_.split);
}

absl::Status ReadMetaspace(const JsonObject& object, PreTokenizers* steps) {
  MetaspaceSettings settings;
  const absl::Status status = ReadSettings(object, &settings);
  if (status.ok()) steps->push_back(std::make_unique<Metaspace>(std::move(settings)));
  return status;
}

absl::Status ReadMetaspaceDecoder(const JsonObject& object, DecoderSteps* steps) {
  MetaspaceSettings settings;
  const absl::Status status = ReadSettings(object, &settings);
  if (status.ok()) steps->push_back(std::make_unique<MetaspaceDecoder>(settings));
  return status;
}

}  // namespace lwave::tokenizer
