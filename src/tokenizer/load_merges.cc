// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// vocab.json and merges.txt: the byte-level tokenizers of GPT-2, RoBERTa, BART, LED and Longformer.

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tokenizer/bpe.h"
#include "tokenizer/byte_level.h"
#include "tokenizer/json_tree.h"
#include "tokenizer/load.h"
#include "tokenizer/load_parts.h"
#include "tokenizer/pipeline.h"
#include "tokenizer/special_names.h"

namespace lwave::tokenizer {
namespace {

// What tokenizer_config.json says beyond the names that WordPiece has as well.
struct Settings {
  bool roberta = false;  // or GPT-2
  bool add_prefix_space = false;
  std::string bos, eos;
  bool mask_strips = false;  // the mask token takes the white space before it
};

absl::Status ReadName(const JsonObject& object, const char* key, std::string* name) {
  if (object.Has(key) && object.at(key).is_object()) {
    return JsonObject(object.at(key), key, object.source()).String("content", name);
  }
  return object.String(key, name);
}

absl::Status ReadSettings(absl::string_view config, SpecialNames* names, Settings* settings) {
  constexpr absl::string_view kSource = "tokenizer_config.json";
  *names = SpecialNames();
  absl::Status status = ReadSpecialNames(config, names);
  if (!status.ok()) return status;
  absl::string_view kind = names->tokenizer_class;
  if (absl::EndsWith(kind, "Fast")) kind.remove_suffix(4);
  settings->roberta = kind == "RobertaTokenizer" || kind == "BartTokenizer" || kind == "LEDTokenizer" ||
                      kind == "LongformerTokenizer";
  if (!settings->roberta && kind != "GPT2Tokenizer") {
    return absl::UnimplementedError(absl::StrCat(kSource, ": tokenizer_class \"",
                                                 absl::CHexEscape(names->tokenizer_class.substr(0, 60)),
                                                 "\" is not supported without tokenizer.json"));
  }
  TokenizerJson file;
  status = ParseTokenizerJsonTree(config, kSource, &file);
  if (!status.ok()) return status;
  const JsonObject object(file.tree, "", kSource);
  // The names that both kinds have where the file does not say.
  *names = SpecialNames();
  if (settings->roberta) {
    settings->bos = names->cls = "<s>";
    settings->eos = names->sep = "</s>";
    names->pad = "<pad>";
    names->unk = "<unk>";
    names->mask = "<mask>";
    settings->mask_strips = true;
  } else {
    settings->bos = settings->eos = names->unk = "<|endoftext|>";
    names->cls = names->sep = names->pad = names->mask = "";
  }
  status = ReadSpecialNames(config, names);
  if (status.ok()) status = ReadName(object, "bos_token", &settings->bos);
  if (status.ok()) status = ReadName(object, "eos_token", &settings->eos);
  if (status.ok()) status = object.Bool("add_prefix_space", &settings->add_prefix_space);
  if (status.ok() && object.Has("mask_token") && object.at("mask_token").is_object()) {
    status = JsonObject(object.at("mask_token"), "mask_token", kSource).Bool("lstrip", &settings->mask_strips);
  }
  return status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerFromMerges(absl::string_view vocabulary, absl::string_view merges,
                                                               absl::string_view config, absl::string_view source,
                                                               const Allocator& allocator) {
  SpecialNames names;
  Settings settings;
  absl::Status status = ReadSettings(config, &names, &settings);
  if (!status.ok()) return status;
  // The vocabulary is read as if it stood in a tokenizer.json.
  TokenizerJson file;
  status = ParseTokenizerJsonTree(absl::StrCat("{\"model\":{\"vocab\":", vocabulary, "}}"), source, &file);
  if (!status.ok()) return status;
  if (!file.has_vocabulary) return absl::DataLossError(absl::StrCat(source, ": expected an object of texts and ids"));

  BpeSpec bpe;
  bpe.source = std::string(source);
  bpe.byte_level = true;
  bpe.vocabulary = file.Items();
  int64_t line_number = 0;
  while (!merges.empty()) {
    const size_t end = merges.find('\n');
    absl::string_view line = merges.substr(0, end);
    merges.remove_prefix(end == absl::string_view::npos ? merges.size() : end + 1);
    if (absl::EndsWith(line, "\r")) line.remove_suffix(1);
    ++line_number;
    if (line.empty() || (line_number == 1 && absl::StartsWith(line, "#version"))) continue;
    const size_t space = line.find(' ');
    if (space == absl::string_view::npos || line.find(' ', space + 1) != absl::string_view::npos) {
      return absl::DataLossError(
          absl::StrCat("merges.txt: line ", line_number, " is not two tokens with a space between"));
    }
    bpe.merges.push_back({line.substr(0, space), line.substr(space + 1)});
  }
  absl::StatusOr<std::unique_ptr<BpeModel>> model = BpeModel::Create(bpe, allocator);
  if (!model.ok()) return model.status();

  PipelineSpec spec;
  spec.source = std::string(source);
  spec.pre_tokenizers.push_back(MakeByteLevel(settings.add_prefix_space, true));
  spec.decoder.push_back(MakeByteLevelDecoder());
  const auto add = [&](const std::string& text, bool strip_left) {
    const int32_t id = (*model)->TokenToId(text);
    if (text.empty() || id < 0) return;
    for (const AddedTokenSpec& token : spec.added_tokens) {
      if (token.text == text) return;
    }
    AddedTokenSpec token;
    token.text = text;
    token.id = id;
    token.special = true;
    token.strip_left = strip_left;
    spec.added_tokens.push_back(std::move(token));
  };
  for (const std::string* name : {&settings.bos, &settings.eos, &names.unk, &names.sep, &names.pad, &names.cls}) {
    add(*name, false);
  }
  add(names.mask, settings.mask_strips);
  FindSpecialIds(names, bpe.vocabulary, spec.added_tokens, &spec.special_ids);
  MakeTemplates(-1, -1, &spec.single_template, &spec.pair_template);
  if (settings.roberta) {
    if (spec.special_ids.cls < 0 || spec.special_ids.sep < 0) {
      return absl::DataLossError(absl::StrCat(source, ": the tokens \"", absl::CHexEscape(names.cls), "\" and \"",
                                              absl::CHexEscape(names.sep), "\" are not in the vocabulary"));
    }
    MakeRobertaTemplates(spec.special_ids.cls, spec.special_ids.sep, &spec.single_template, &spec.pair_template);
    spec.trim_offsets = true;
    spec.trim_keeps_prefix_space = settings.add_prefix_space;
  }
  spec.model = *std::move(model);
  absl::StatusOr<std::unique_ptr<PipelineTokenizer>> made = PipelineTokenizer::Create(std::move(spec), allocator);
  if (!made.ok()) return made.status();
  return std::unique_ptr<Tokenizer>(*std::move(made));
}

}  // namespace lwave::tokenizer
