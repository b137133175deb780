// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading tokenizer_config.json.

#include "tokenizer/special_names.h"

#include "tokenizer/json_tree.h"

namespace lwave::tokenizer {
namespace {

// A name stands there as a string or as an object with "content".
absl::Status ReadName(const JsonObject& object, const char* key, std::string* name) {
  if (object.Has(key) && object.at(key).is_object()) {
    return JsonObject(object.at(key), key, object.source()).String("content", name);
  }
  return object.String(key, name);
}

}  // namespace

absl::Status ReadSpecialNames(absl::string_view config, SpecialNames* names) {
  if (config.empty()) return absl::OkStatus();
  constexpr absl::string_view kSource = "tokenizer_config.json";
  TokenizerJson file;
  absl::Status status = ParseTokenizerJsonTree(config, kSource, &file);
  if (!status.ok()) return status;
  const JsonObject object(file.tree, "", kSource);
  status = ReadName(object, "unk_token", &names->unk);
  if (status.ok()) status = ReadName(object, "sep_token", &names->sep);
  if (status.ok()) status = ReadName(object, "pad_token", &names->pad);
  if (status.ok()) status = ReadName(object, "cls_token", &names->cls);
  if (status.ok()) status = ReadName(object, "mask_token", &names->mask);
  if (status.ok()) status = ReadName(object, "bos_token", &names->bos);
  if (status.ok()) status = ReadName(object, "eos_token", &names->eos);
  if (status.ok()) status = object.Bool("add_bos_token", &names->add_bos);
  if (status.ok()) status = object.Bool("add_eos_token", &names->add_eos);
  if (status.ok()) status = object.Integer("extra_ids", &names->extra_ids);
  if (status.ok()) status = object.String("tokenizer_class", &names->tokenizer_class);
  if (status.ok()) status = object.Bool("do_lower_case", &names->lowercase);
  if (status.ok()) status = object.Bool("tokenize_chinese_chars", &names->split_cjk);
  names->strip_accents = names->lowercase;
  if (status.ok()) status = object.Bool("strip_accents", &names->strip_accents);
  if (status.ok()) status = object.Bool("do_basic_tokenize", &names->split_words);
  return status;
}

void FindSpecialIds(const SpecialNames& names, absl::Span<const VocabularyItem> vocabulary,
                    absl::Span<const AddedTokenSpec> added, SpecialIds* ids) {
  const auto found = [&names, ids](absl::string_view text, int64_t id) {
    if (id < 0 || id >= kMaxVocabulary) return;
    if (text == names.unk) ids->unk = static_cast<int32_t>(id);
    if (text == names.sep) ids->sep = static_cast<int32_t>(id);
    if (text == names.pad) ids->pad = static_cast<int32_t>(id);
    if (text == names.cls) ids->cls = static_cast<int32_t>(id);
    if (text == names.mask) ids->mask = static_cast<int32_t>(id);
  };
  for (const VocabularyItem& item : vocabulary) found(item.text, item.id);
  for (const AddedTokenSpec& token : added) found(token.text, token.id);
}

void MakeTemplates(int32_t cls, int32_t sep, Template* single, Template* pair) {
  using Kind = TemplatePiece::Kind;
  const auto add = [](Template* pieces, Kind kind, int32_t id, int32_t type_id) {
    if (kind != Kind::kId || id >= 0) pieces->push_back({kind, id, type_id});
  };
  for (Template* pieces : {single, pair}) {
    pieces->clear();
    add(pieces, Kind::kId, cls, 0);
    add(pieces, Kind::kSequenceA, -1, 0);
    add(pieces, Kind::kId, sep, 0);
  }
  add(pair, Kind::kSequenceB, -1, 1);
  add(pair, Kind::kId, sep, 1);
}

}  // namespace lwave::tokenizer
