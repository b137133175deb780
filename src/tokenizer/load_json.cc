// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// tokenizer.json: which kind it is, and the WordPiece kind with all its settings.

#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tokenizer/json_tree.h"
#include "tokenizer/load.h"
#include "tokenizer/load_parts.h"
#include "tokenizer/special_names.h"
#include "tokenizer/wordpiece.h"

namespace lwave::tokenizer {
namespace {

using Json = nlohmann::json;

absl::Status ReadNormalizer(const JsonObject& top, WordPieceSettings* settings) {
  const Json* found;
  std::string type;
  absl::Status status = Component(top, "normalizer", &found, &type);
  if (!status.ok()) return status;
  if (found == nullptr) {
    settings->clean_text = settings->split_cjk = settings->strip_accents = settings->lowercase = false;
    return absl::OkStatus();
  }
  if (type != "BertNormalizer") return UnsupportedKind(top.source(), "normalizer", type, "BertNormalizer");
  const JsonObject object(*found, "normalizer", top.source());
  status = object.OnlyKeys({"type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"});
  if (status.ok()) status = object.Bool("clean_text", &settings->clean_text);
  if (status.ok()) status = object.Bool("handle_chinese_chars", &settings->split_cjk);
  if (status.ok()) status = object.Bool("lowercase", &settings->lowercase);
  settings->strip_accents = settings->lowercase;
  if (status.ok()) status = object.Bool("strip_accents", &settings->strip_accents);
  return status;
}

absl::Status ReadPreTokenizer(const JsonObject& top) {
  const Json* found;
  std::string type;
  absl::Status status = Component(top, "pre_tokenizer", &found, &type);
  if (!status.ok()) return status;
  if (type != "BertPreTokenizer") {
    return UnsupportedKind(top.source(), "pre_tokenizer", type, "BertPreTokenizer");
  }
  return JsonObject(*found, "pre_tokenizer", top.source()).OnlyKeys({"type"});
}

absl::Status ReadDecoder(const JsonObject& top, WordPieceSettings* settings) {
  const Json* found;
  std::string type;
  absl::Status status = Component(top, "decoder", &found, &type);
  if (!status.ok()) return status;
  settings->has_decoder = found != nullptr;
  if (found == nullptr) return absl::OkStatus();
  if (type != "WordPiece") return UnsupportedKind(top.source(), "decoder", type, "WordPiece");
  const JsonObject object(*found, "decoder", top.source());
  status = object.OnlyKeys({"type", "prefix", "cleanup"});
  if (status.ok()) status = object.String("prefix", &settings->decoder_prefix);
  if (status.ok()) status = object.Bool("cleanup", &settings->decoder_cleanup);
  return status;
}

absl::Status ReadModel(const JsonObject& top, const TokenizerJson& file, WordPieceSettings* settings) {
  const Json* found;
  std::string type;
  absl::Status status = Component(top, "model", &found, &type);
  if (!status.ok()) return status;
  if (found == nullptr) return Malformed(top.source(), "there is no model");
  const JsonObject object(*found, "model", top.source());
  // Files of the first releases leave the type out.
  if (type.empty() && object.Has("max_input_chars_per_word")) type = "WordPiece";
  if (type != "WordPiece") return UnsupportedKind(top.source(), "model", type, "WordPiece");
  status = object.OnlyKeys(
      {"type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab"});
  if (status.ok()) status = object.String("unk_token", &settings->unk_token);
  if (status.ok()) status = object.String("continuing_subword_prefix", &settings->continuation_prefix);
  if (status.ok()) status = object.Integer("max_input_chars_per_word", &settings->max_chars_per_word);
  if (status.ok() && !file.has_vocabulary) status = Malformed(top.source(), "model.vocab must be an object");
  return status;
}

// Whether the model is of a kind that is made of steps.
bool IsPipeline(const JsonObject& top, const TokenizerJson& file) {
  if (!top.Has("model") || !top.at("model").is_object()) return false;
  const Json& model = top.at("model");
  if (!model.contains("type") || !model.at("type").is_string()) return file.has_merges || file.has_scores;
  const std::string type = model.at("type").get<std::string>();
  return type == "BPE" || type == "Unigram" || type == "WordLevel";
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerFromJson(absl::string_view json, absl::string_view config,
                                                             absl::string_view source,
                                                             const Allocator& allocator) {
  TokenizerJson file;
  absl::Status status = ParseTokenizerJsonTree(json, source, &file);
  if (!status.ok()) return status;
  SpecialNames names;
  status = ReadSpecialNames(config, &names);
  if (!status.ok()) return status;

  const JsonObject top(file.tree, "", source);
  status = top.OnlyKeys({"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
                         "post_processor", "decoder", "model"});
  if (!status.ok()) return status;
  if (IsPipeline(top, file)) return PipelineFromJson(top, file, names, allocator);
  WordPieceSpec spec;
  spec.source = std::string(source);
  status = ReadModel(top, file, &spec.settings);
  if (status.ok()) status = ReadNormalizer(top, &spec.settings);
  if (status.ok()) status = ReadPreTokenizer(top);
  if (status.ok()) status = ReadDecoder(top, &spec.settings);
  if (status.ok()) status = ReadAddedTokens(top, &spec.added_tokens);
  for (const AddedTokenSpec& token : spec.added_tokens) {
    if (!status.ok() || !(token.single_word || token.normalized)) continue;
    status = Unsupported(
        source, absl::StrCat("added token \"", absl::CHexEscape(token.text.substr(0, 40)), "\" with ",
                             token.single_word ? "single_word" : "normalized", " true is not supported"));
  }
  PostProcessing processing;
  if (status.ok()) status = ReadPostProcessor(top, &processing);
  if (!status.ok()) return status;
  spec.single_template = std::move(processing.single);
  spec.pair_template = std::move(processing.pair);
  spec.vocabulary = file.Items();
  FindSpecialIds(names, spec.vocabulary, spec.added_tokens, &spec.special_ids);
  absl::StatusOr<std::unique_ptr<WordPieceTokenizer>> made = WordPieceTokenizer::Create(spec, allocator);
  if (!made.ok()) return made.status();
  return std::unique_ptr<Tokenizer>(std::move(*made));
}

}  // namespace lwave::tokenizer
