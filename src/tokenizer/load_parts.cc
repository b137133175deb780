// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Added tokens and post-processors of tokenizer.json.

#include "tokenizer/load_parts.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace lwave::tokenizer {

absl::Status Malformed(absl::string_view source, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(source, ": ", what));
}

absl::Status Unsupported(absl::string_view source, absl::string_view what) {
  return absl::UnimplementedError(absl::StrCat(source, ": ", what));
}

namespace {

using Json = nlohmann::json;

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

absl::Status ReadTemplateProcessing(const JsonObject& object, PostProcessing* processing) {
  absl::Status status = object.OnlyKeys({"type", "single", "pair", "special_tokens"});
  processing->single.clear();
  processing->pair.clear();
  if (status.ok()) status = ReadTemplate(object, "single", &processing->single);
  if (status.ok()) status = ReadTemplate(object, "pair", &processing->pair);
  if (status.ok()) status = CheckTemplate(processing->single, false, object.source());
  if (status.ok()) status = CheckTemplate(processing->pair, true, object.source());
  return status;
}

absl::Status ReadTrimming(const JsonObject& object, PostProcessing* processing) {
  bool trim = true, prefix_space = true;
  absl::Status status = object.Bool("trim_offsets", &trim);
  if (status.ok()) status = object.Bool("add_prefix_space", &prefix_space);
  processing->trim_offsets = trim;
  processing->keeps_prefix_space = trim && prefix_space;
  return status;
}

// One processor; *templates counts those that add ids.
absl::Status ReadProcessor(const JsonObject& object, PostProcessing* processing, int* templates) {
  std::string type;
  absl::Status status = object.String("type", &type);
  if (!status.ok()) return status;
  if (type == "Sequence") {
    status = object.OnlyKeys({"type", "processors"});
    if (!status.ok()) return status;
    if (!object.Has("processors") || !object.at("processors").is_array()) {
      return Malformed(object.source(), absl::StrCat(object.Name("processors"), " must be an array"));
    }
    for (const Json& item : object.at("processors")) {
      if (!item.is_object()) {
        return Malformed(object.source(), absl::StrCat(object.Name("processors"), " must hold objects"));
      }
      status = ReadProcessor(JsonObject(item, object.Name("processors"), object.source()), processing, templates);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }
  if (type == "ByteLevel") {
    status = object.OnlyKeys({"type", "add_prefix_space", "trim_offsets", "use_regex"});
    return status.ok() ? ReadTrimming(object, processing) : status;
  }
  if (++*templates > 1) return Unsupported(object.source(), "a second processor that adds tokens is not supported");
  if (type == "TemplateProcessing") return ReadTemplateProcessing(object, processing);
  const bool roberta = type == "RobertaProcessing";
  if (type != "BertProcessing" && !roberta) {
    return UnsupportedKind(object.source(), object.path(), type,
                           "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel or Sequence");
  }
  int32_t cls = -1, sep = -1;
  status = roberta ? object.OnlyKeys({"type", "sep", "cls", "trim_offsets", "add_prefix_space"})
                   : object.OnlyKeys({"type", "sep", "cls"});
  if (status.ok()) status = ReadNamedId(object, "sep", &sep);
  if (status.ok()) status = ReadNamedId(object, "cls", &cls);
  if (status.ok() && roberta) status = ReadTrimming(object, processing);
  if (!status.ok()) return status;
  if (roberta) {
    MakeRobertaTemplates(cls, sep, &processing->single, &processing->pair);
  } else {
    MakeTemplates(cls, sep, &processing->single, &processing->pair);
  }
  return absl::OkStatus();
}

}  // namespace

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

absl::Status ReadAddedTokens(const JsonObject& top, std::vector<AddedTokenSpec>* tokens) {
  if (!top.Has("added_tokens")) return absl::OkStatus();
  if (!top.at("added_tokens").is_array()) return Malformed(top.source(), "added_tokens must be an array");
  for (const Json& item : top.at("added_tokens")) {
    if (!item.is_object()) return Malformed(top.source(), "added_tokens must hold objects");
    const JsonObject object(item, "added_tokens", top.source());
    AddedTokenSpec token;
    absl::Status status =
        object.OnlyKeys({"id", "content", "special", "lstrip", "rstrip", "single_word", "normalized"});
    if (status.ok()) status = object.Integer("id", &token.id);
    if (status.ok()) status = object.String("content", &token.text);
    if (status.ok()) status = object.Bool("special", &token.special);
    if (status.ok()) status = object.Bool("lstrip", &token.strip_left);
    if (status.ok()) status = object.Bool("rstrip", &token.strip_right);
    if (status.ok()) status = object.Bool("single_word", &token.single_word);
    if (status.ok()) status = object.Bool("normalized", &token.normalized);
    if (!status.ok()) return status;
    tokens->push_back(std::move(token));
  }
  return absl::OkStatus();
}

absl::Status ReadPostProcessor(const JsonObject& top, PostProcessing* processing) {
  const Json* found;
  std::string type;
  absl::Status status = Component(top, "post_processor", &found, &type);
  if (!status.ok()) return status;
  MakeTemplates(-1, -1, &processing->single, &processing->pair);
  if (found == nullptr) return absl::OkStatus();
  int templates = 0;
  return ReadProcessor(JsonObject(*found, "post_processor", top.source()), processing, &templates);
}

void MakeRobertaTemplates(int32_t cls, int32_t sep, Template* single, Template* pair) {
  using Kind = TemplatePiece::Kind;
  *single = {{Kind::kId, cls, 0}, {Kind::kSequenceA, -1, 0}, {Kind::kId, sep, 0}};
  *pair = *single;
  pair->push_back({Kind::kId, sep, 0});
  pair->push_back({Kind::kSequenceB, -1, 0});
  pair->push_back({Kind::kId, sep, 0});
}

}  // namespace lwave::tokenizer
