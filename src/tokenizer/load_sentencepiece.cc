// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/load_sentencepiece.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tokenizer/json_tree.h"
#include "tokenizer/pipeline.h"
#include "tokenizer/sentencepiece.h"
#include "tokenizer/sentencepiece_model.h"
#include "tokenizer/sentencepiece_normalizer.h"
#include "tokenizer/special_names.h"
#include "tokenizer/unicode.h"
#include "tokenizer/word_level.h"

namespace lwave::tokenizer {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMaxExtraIds = 65536;

// What a family puts around a text.
enum class Around { kNothing, kBert, kXlnet, kEnd, kBeginning };

// Families whose ids are not those of the file.
constexpr absl::string_view kShifted[] = {"XLMRoberta", "Camembert", "MBart", "MBart50", "Barthez", "Pegasus",
                                          "DebertaV2",  "M2M100",    "Nllb",  "XGLM",    "Speech2Text"};

absl::Status AroundOf(const SpecialNames& names, const SpecialIds& ids, Around* around) {
  absl::string_view name = names.tokenizer_class;
  absl::ConsumeSuffix(&name, "Fast");
  absl::ConsumeSuffix(&name, "Tokenizer");
  if (std::find(std::begin(kShifted), std::end(kShifted), name) != std::end(kShifted)) {
    return absl::UnimplementedError(absl::StrCat("tokenizer_config.json: tokenizer_class ", names.tokenizer_class,
                                                 " is not supported without tokenizer.json"));
  }
  const bool pair = ids.cls >= 0 && ids.sep >= 0;
  if (name == "XLNet") {
    *around = Around::kXlnet;
  } else if (name == "T5" || name == "LongT5" || name == "MT5") {
    *around = Around::kEnd;
  } else if (name == "Llama" || name == "CodeLlama" || name == "Gemma") {
    *around = Around::kBeginning;
  } else if (name == "Reformer") {
    *around = Around::kNothing;
  } else if (pair) {
    *around = names.cls == "<cls>" && names.sep == "<sep>" ? Around::kXlnet : Around::kBert;
  } else {
    *around = names.extra_ids > 0 ? Around::kEnd : Around::kNothing;
  }
  return absl::OkStatus();
}

// `pattern` writes a template: C, S, B and E for the ids of the classifier, separator, beginning and end tokens,
// 1 and 2 for the texts. `types` has a digit for each. Ids below 0 are left out.
Template MakeTemplate(absl::string_view pattern, absl::string_view types, const SpecialIds& ids, int32_t bos,
                      int32_t eos) {
  Template made;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    TemplatePiece piece;
    piece.type_id = types[i] - '0';
    if (c == '1' || c == '2') {
      piece.kind = c == '1' ? TemplatePiece::Kind::kSequenceA : TemplatePiece::Kind::kSequenceB;
    } else {
      piece.id = c == 'C' ? ids.cls : c == 'S' ? ids.sep : c == 'B' ? bos : eos;
      if (piece.id < 0) continue;
    }
    made.push_back(piece);
  }
  return made;
}

void MakeTemplates(Around around, const SpecialNames& names, const PieceModel& model, PipelineSpec* spec) {
  const auto find = [&model](absl::string_view name) { return name.empty() ? -1 : model.TokenToId(name); };
  int32_t bos = find(names.bos), eos = find(names.eos);
  absl::string_view single = "1", single_types = "0", pair = "12", pair_types = "01";
  switch (around) {
    case Around::kNothing:
      break;
    case Around::kBert:
      single = "C1S", single_types = "000", pair = "C1S2S", pair_types = "00011";
      break;
    case Around::kXlnet:
      single = "1SC", single_types = "002", pair = "1S2SC", pair_types = "00112";
      break;
    case Around::kEnd:
      single = "1E", single_types = "00", pair = "1E2E", pair_types = "0000";
      break;
    case Around::kBeginning:
      if (!names.add_bos) bos = -1;
      if (!names.add_eos) eos = -1;
      single = "B1E", single_types = "000", pair = "B1EB2E", pair_types = "000111";
      break;
  }
  spec->single_template = MakeTemplate(single, single_types, spec->special_ids, bos, eos);
  spec->pair_template = MakeTemplate(pair, pair_types, spec->special_ids, bos, eos);
}

AddedTokenSpec Special(absl::string_view text, int64_t id, bool match) {
  AddedTokenSpec token;
  token.text = std::string(text);
  token.id = id;
  token.special = true;
  token.match = match;
  return token;
}

absl::Status MakeDecoder(const SentencePieceFile& file, absl::string_view source, DecoderSteps* steps) {
  Json decoders = Json::array();
  decoders.push_back({{"type", "Replace"}, {"pattern", {{"String", "\xE2\x96\x81"}}}, {"content", " "}});
  decoders.push_back({{"type", "ByteFallback"}});
  decoders.push_back({{"type", "Fuse"}});
  if (file.add_dummy_prefix) {
    const int start = file.treat_whitespace_as_suffix ? 0 : 1;
    decoders.push_back({{"type", "Strip"}, {"content", " "}, {"start", start}, {"stop", 1 - start}});
  }
  const Json decoder = {{"type", "Sequence"}, {"decoders", std::move(decoders)}};
  return ReadDecoder(JsonObject(decoder, "decoder", source), steps);
}

absl::StatusOr<std::unique_ptr<Tokenizer>> Make(PipelineSpec spec, const Allocator& allocator) {
  absl::StatusOr<std::unique_ptr<PipelineTokenizer>> made = PipelineTokenizer::Create(std::move(spec), allocator);
  if (!made.ok()) return made.status();
  return std::unique_ptr<Tokenizer>(*std::move(made));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerFromSentencePiece(absl::string_view contents,
                                                                      absl::string_view config,
                                                                      absl::string_view source,
                                                                      const Allocator& allocator) {
  SpecialNames names;
  absl::Status status = ReadSpecialNames(config, &names);
  SentencePieceFile file;
  if (status.ok()) status = ParseSentencePieceFile(contents, source, &file);
  if (!status.ok()) return status;
  if (names.extra_ids < 0 || names.extra_ids > kMaxExtraIds) {
    return absl::DataLossError(absl::StrCat("tokenizer_config.json: extra_ids ", names.extra_ids,
                                            " is not between 0 and ", kMaxExtraIds));
  }
  PipelineSpec spec;
  spec.source = std::string(source);
  absl::StatusOr<std::unique_ptr<SentencePieceModel>> model = SentencePieceModel::Create(file, source, allocator);
  if (!model.ok()) return model.status();
  absl::StatusOr<std::unique_ptr<SentencePieceNormalizer>> normalizer =
      SentencePieceNormalizer::Create(file, source, allocator);
  if (!normalizer.ok()) return normalizer.status();
  spec.normalizers.push_back(*std::move(normalizer));
  status = MakeDecoder(file, source, &spec.decoder);
  if (!status.ok()) return status;

  std::vector<VocabularyItem> items;
  const int64_t size = static_cast<int64_t>(file.pieces.size());
  for (int64_t id = 0; id < size; ++id) {
    const SentencePieceFile::Piece& piece = file.pieces[static_cast<size_t>(id)];
    items.push_back({piece.text, id});
    if (piece.type == PieceType::kControl || piece.type == PieceType::kUnknown) {
      spec.added_tokens.push_back(Special(piece.text, id, false));
    }
  }
  for (int64_t i = 0; i < names.extra_ids; ++i) {
    const std::string text = absl::StrCat("<extra_id_", i, ">");
    if ((*model)->TokenToId(text) >= 0) continue;
    spec.added_tokens.push_back(Special(text, size + names.extra_ids - 1 - i, false));
  }
  FindSpecialIds(names, items, spec.added_tokens, &spec.special_ids);
  Around around = Around::kNothing;
  status = AroundOf(names, spec.special_ids, &around);
  if (!status.ok()) return status;
  MakeTemplates(around, names, **model, &spec);
  spec.model = *std::move(model);
  return Make(std::move(spec), allocator);
}

absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerFromWords(absl::string_view words, absl::string_view config,
                                                              absl::string_view source,
                                                              const Allocator& allocator) {
  SpecialNames names;
  names.unk = "<unk>";
  names.eos = "<eos>";
  absl::Status status = ReadSpecialNames(config, &names);
  if (!status.ok()) return status;
  PipelineSpec spec;
  spec.source = std::string(source);
  std::vector<VocabularyItem> items;
  while (!words.empty()) {
    const size_t end = words.find('\n');
    absl::string_view line = words.substr(0, end);
    words.remove_prefix(end == absl::string_view::npos ? words.size() : end + 1);
    absl::ConsumeSuffix(&line, "\r");
    const int64_t id = static_cast<int64_t>(items.size());
    if (!IsValidUtf8(line)) return absl::DataLossError(absl::StrCat(source, ": line ", id + 1, " is not UTF-8"));
    if (id >= kMaxVocabulary) {
      return absl::DataLossError(absl::StrCat(source, ": more than ", kMaxVocabulary, " lines"));
    }
    items.push_back({line, id});
    for (const std::string* name : {&names.unk, &names.bos, &names.eos, &names.pad, &names.cls, &names.sep, &names.mask}) {
      if (name->empty() || line != *name) continue;
      spec.added_tokens.push_back(Special(line, id, true));
      break;
    }
  }
  absl::StatusOr<std::unique_ptr<WordLevelModel>> model =
      WordLevelModel::Create(items, names.unk, source, allocator);
  if (!model.ok()) return model.status();
  const Json split = {{"type", "WhitespaceSplit"}};
  status = ReadPreTokenizers(JsonObject(split, "pre_tokenizer", source), &spec.pre_tokenizers);
  if (!status.ok()) return status;
  FindSpecialIds(names, items, spec.added_tokens, &spec.special_ids);
  spec.single_template = MakeTemplate("1", "0", spec.special_ids, -1, -1);
  spec.pair_template = MakeTemplate("12", "01", spec.special_ids, -1, -1);
  spec.model = *std::move(model);
  return Make(std::move(spec), allocator);
}

}  // namespace lwave::tokenizer
