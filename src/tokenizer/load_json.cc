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
#include "tokenizer/special_names.h"
#include "tokenizer/wordpiece.h"

namespace lwave::tokenizer {
namespace {

using Json = nlohmann::json;

absl::Status Malformed(absl::string_view source, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(source, ": ", what));
}

absl::Status Unsupported(absl::string_view source, absl::string_view what) {
  return absl::UnimplementedError(absl::StrCat(source, ": ", what));
}

// The member `key` of the top object and its type; *component is null when it is absent or null.
absl::Status Component(const JsonObject& top, const char* key, const Json** component, std::string* type) {
  *component = nullptr;
  type->clear();
  if (!top.Has(key)) return absl::OkStatus();
  if (!top.at(key).is_object()) {
    return Malformed(top.source(), absl::StrCat(key, " must be an object, got ", top.at(key).type_name()));
  }
  *component = &top.at(key);
  return JsonObject(**component, key, top.source()).String("type", type);
}

absl::Status UnsupportedKind(absl::string_view source, absl::string_view key, absl::string_view type,
                             absl::string_view expected) {
  return Unsupported(source, absl::StrCat(key, " of type \"", absl::CHexEscape(type.substr(0, 40)),
                                          "\" is not supported, expected ", expected));
}

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

absl::Status ReadAddedTokens(const JsonObject& top, std::vector<AddedTokenSpec>* tokens) {
  if (!top.Has("added_tokens")) return absl::OkStatus();
  if (!top.at("added_tokens").is_array()) return Malformed(top.source(), "added_tokens must be an array");
  for (const Json& item : top.at("added_tokens")) {
    if (!item.is_object()) return Malformed(top.source(), "added_tokens must hold objects");
    const JsonObject object(item, "added_tokens", top.source());
    AddedTokenSpec token;
    bool single_word = false, normalized = false;
    absl::Status status =
        object.OnlyKeys({"id", "content", "special", "lstrip", "rstrip", "single_word", "normalized"});
    if (status.ok()) status = object.Integer("id", &token.id);
    if (status.ok()) status = object.String("content", &token.text);
    if (status.ok()) status = object.Bool("special", &token.special);
    if (status.ok()) status = object.Bool("lstrip", &token.strip_left);
    if (status.ok()) status = object.Bool("rstrip", &token.strip_right);
    if (status.ok()) status = object.Bool("single_word", &single_word);
    if (status.ok()) status = object.Bool("normalized", &normalized);
    if (!status.ok()) return status;
    if (single_word || normalized) {
      return Unsupported(
          top.source(), absl::StrCat("added token \"", absl::CHexEscape(token.text.substr(0, 40)), "\" with ",
                                     single_word ? "single_word" : "normalized", " true is not supported"));
    }
    tokens->push_back(std::move(token));
  }
  return absl::OkStatus();
}

// ["[SEP]", 102]
absl::Status ReadNamedId(const JsonObject& object, const char* key, int32_t* id) {
  if (!object.Has(key) || !object.at(key).is_array() || object.at(key).size() != 2 ||
      !object.at(key)[1].is_number_integer()) {
    return Malformed(object.source(), absl::StrCat(object.Name(key), " must be a pair of token and id"));
  }
  const int64_t value = object.at(key)[1].get<int64_t>();
  if (value < 0 || value >= kMaxVocabulary) {
    return Malformed(object.source(), absl::StrCat(object.Name(key), " has id ", value));
  }
  *id = static_cast<int32_t>(value);
  return absl::OkStatus();
}

// One of TemplateProcessing's lists, with its names of special tokens resolved.
absl::Status ReadTemplate(const JsonObject& processor, const char* key, Template* pieces) {
  const std::string name = processor.Name(key);
  const absl::string_view source = processor.source();
  if (!processor.Has(key) || !processor.at(key).is_array()) {
    return Malformed(source, absl::StrCat(name, " must be an array"));
  }
  for (const Json& item : processor.at(key)) {
    if (!item.is_object() || item.size() != 1 || !item.begin()->is_object()) {
      return Malformed(source, absl::StrCat(name, " must hold objects with one member"));
    }
    const std::string kind = item.begin().key();
    const JsonObject inner(*item.begin(), absl::StrCat(name, ".", absl::CHexEscape(kind.substr(0, 40))),
                           source);
    std::string id;
    int64_t type_id = 0;
    absl::Status status = inner.String("id", &id);
    if (status.ok()) status = inner.Integer("type_id", &type_id);
    if (!status.ok()) return status;
    if (type_id < 0 || type_id > INT32_MAX)
      return Malformed(source, absl::StrCat(name, " has type_id ", type_id));
    TemplatePiece piece;
    piece.type_id = static_cast<int32_t>(type_id);
    if (kind == "Sequence" && (id == "A" || id == "B")) {
      piece.kind = id == "A" ? TemplatePiece::Kind::kSequenceA : TemplatePiece::Kind::kSequenceB;
      pieces->push_back(piece);
      continue;
    }
    if (kind != "SpecialToken")
      return Unsupported(source, absl::StrCat(name, " holds ", inner.path(), " ", id));
    if (!processor.Has("special_tokens") || !processor.at("special_tokens").is_object() ||
        !processor.at("special_tokens").contains(id) || !processor.at("special_tokens").at(id).is_object() ||
        !processor.at("special_tokens").at(id).contains("ids") ||
        !processor.at("special_tokens").at(id).at("ids").is_array()) {
      return Malformed(source, absl::StrCat(processor.Name("special_tokens"), " has no ids for \"",
                                            absl::CHexEscape(id.substr(0, 40)), "\""));
    }
    for (const Json& value : processor.at("special_tokens").at(id).at("ids")) {
      if (!value.is_number_integer() || value.get<int64_t>() < 0 || value.get<int64_t>() >= kMaxVocabulary) {
        return Malformed(source, absl::StrCat(processor.Name("special_tokens"), " has an id out of range"));
      }
      piece.kind = TemplatePiece::Kind::kId;
      piece.id = value.get<int32_t>();
      pieces->push_back(piece);
    }
  }
  return absl::OkStatus();
}

// A text must occur once in its template, and in order.
absl::Status CheckTemplate(const Template& pieces, bool pair, absl::string_view source) {
  std::string order;
  for (const TemplatePiece& piece : pieces) {
    if (piece.kind == TemplatePiece::Kind::kSequenceA) order += 'A';
    if (piece.kind == TemplatePiece::Kind::kSequenceB) order += 'B';
  }
  if (order == (pair ? "AB" : "A")) return absl::OkStatus();
  return Unsupported(source, absl::StrCat("post_processor.", pair ? "pair" : "single", " has the texts \"",
                                          order.substr(0, 8), "\", expected \"", pair ? "AB" : "A", "\""));
}

absl::Status ReadPostProcessor(const JsonObject& top, Template* single, Template* pair) {
  const Json* found;
  std::string type;
  absl::Status status = Component(top, "post_processor", &found, &type);
  if (!status.ok()) return status;
  if (found == nullptr) {
    MakeTemplates(-1, -1, single, pair);
    return absl::OkStatus();
  }
  const JsonObject object(*found, "post_processor", top.source());
  if (type == "BertProcessing") {
    int32_t cls = -1, sep = -1;
    status = object.OnlyKeys({"type", "sep", "cls"});
    if (status.ok()) status = ReadNamedId(object, "sep", &sep);
    if (status.ok()) status = ReadNamedId(object, "cls", &cls);
    if (status.ok()) MakeTemplates(cls, sep, single, pair);
    return status;
  }
  if (type != "TemplateProcessing") {
    return UnsupportedKind(top.source(), "post_processor", type, "TemplateProcessing or BertProcessing");
  }
  status = object.OnlyKeys({"type", "single", "pair", "special_tokens"});
  if (status.ok()) status = ReadTemplate(object, "single", single);
  if (status.ok()) status = ReadTemplate(object, "pair", pair);
  if (status.ok()) status = CheckTemplate(*single, false, top.source());
  if (status.ok()) status = CheckTemplate(*pair, true, top.source());
  return status;
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
  WordPieceSpec spec;
  spec.source = std::string(source);
  status = ReadModel(top, file, &spec.settings);
  if (status.ok()) {
    status = top.OnlyKeys({"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
                           "post_processor", "decoder", "model"});
  }
  if (status.ok()) status = ReadNormalizer(top, &spec.settings);
  if (status.ok()) status = ReadPreTokenizer(top);
  if (status.ok()) status = ReadDecoder(top, &spec.settings);
  if (status.ok()) status = ReadAddedTokens(top, &spec.added_tokens);
  if (status.ok()) status = ReadPostProcessor(top, &spec.single_template, &spec.pair_template);
  if (!status.ok()) return status;
  spec.vocabulary = file.Items();
  FindSpecialIds(names, spec.vocabulary, spec.added_tokens, &spec.special_ids);
  absl::StatusOr<std::unique_ptr<WordPieceTokenizer>> made = WordPieceTokenizer::Create(spec, allocator);
  if (!made.ok()) return made.status();
  return std::unique_ptr<Tokenizer>(std::move(*made));
}

}  // namespace lwave::tokenizer
