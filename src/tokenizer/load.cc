// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The files of a folder, and the plain vocab.txt.

#include "tokenizer/load.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tokenizer/load_sentencepiece.h"
#include "tokenizer/special_names.h"
#include "tokenizer/unicode.h"
#include "tokenizer/wordpiece.h"

namespace lwave::tokenizer {
namespace {

// Tokenizer classes whose vocab.txt means plain BERT WordPiece.
bool IsBertClass(absl::string_view name) {
  if (absl::EndsWith(name, "Fast")) name.remove_suffix(4);
  return name.empty() || name == "BertTokenizer" || name == "DistilBertTokenizer" ||
         name == "ElectraTokenizer" || name == "MobileBertTokenizer";
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerFromVocabulary(absl::string_view vocabulary,
                                                                   absl::string_view config,
                                                                   absl::string_view source,
                                                                   const Allocator& allocator) {
  SpecialNames names;
  absl::Status status = ReadSpecialNames(config, &names);
  if (!status.ok()) return status;
  if (!IsBertClass(names.tokenizer_class)) {
    return absl::UnimplementedError(absl::StrCat("tokenizer_config.json: tokenizer_class ",
                                                 names.tokenizer_class,
                                                 " is not supported without tokenizer.json"));
  }
  if (!names.split_words) {
    return absl::UnimplementedError("tokenizer_config.json: do_basic_tokenize false is not supported");
  }
  WordPieceSpec spec;
  spec.source = std::string(source);
  spec.settings.lowercase = names.lowercase;
  spec.settings.strip_accents = names.strip_accents;
  spec.settings.split_cjk = names.split_cjk;
  spec.settings.unk_token = names.unk;
  while (!vocabulary.empty()) {
    const size_t end = vocabulary.find('\n');
    absl::string_view line = vocabulary.substr(0, end);
    vocabulary.remove_prefix(end == absl::string_view::npos ? vocabulary.size() : end + 1);
    if (absl::EndsWith(line, "\r")) line.remove_suffix(1);
    const int64_t id = static_cast<int64_t>(spec.vocabulary.size());
    if (!IsValidUtf8(line))
      return absl::DataLossError(absl::StrCat(source, ": line ", id + 1, " is not UTF-8"));
    if (id >= kMaxVocabulary) {
      return absl::DataLossError(absl::StrCat(source, ": more than ", kMaxVocabulary, " lines"));
    }
    spec.vocabulary.push_back({line, id});
    for (const std::string* name : {&names.pad, &names.unk, &names.cls, &names.sep, &names.mask}) {
      if (line == *name) {
        AddedTokenSpec token;
        token.text = *name;
        token.id = id;
        token.special = true;
        spec.added_tokens.push_back(std::move(token));
        break;
      }
    }
  }
  FindSpecialIds(names, spec.vocabulary, spec.added_tokens, &spec.special_ids);
  MakeTemplates(spec.special_ids.cls, spec.special_ids.sep, &spec.single_template, &spec.pair_template);
  absl::StatusOr<std::unique_ptr<WordPieceTokenizer>> made = WordPieceTokenizer::Create(spec, allocator);
  if (!made.ok()) return made.status();
  return std::unique_ptr<Tokenizer>(std::move(*made));
}

absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(const Folder& folder, const Allocator& allocator,
                                                         const TokenizerOptions& options) {
  using Reader = absl::StatusOr<std::unique_ptr<Tokenizer>> (*)(absl::string_view contents, absl::string_view config,
                                                                absl::string_view source, const Allocator&);
  struct Form {
    absl::string_view file;
    Reader read;  // null: vocab.json, which needs merges.txt
    bool sentencepiece;
  };
  // The first that is there is taken.
  constexpr Form kForms[] = {
      {"tokenizer.json", TokenizerFromJson, false},
      {"vocab.txt", TokenizerFromVocabulary, false},
      {"vocab.json", nullptr, false},
      {"spiece.model", TokenizerFromSentencePiece, true},
      {"tokenizer.model", TokenizerFromSentencePiece, true},
      {"words.txt", TokenizerFromWords, false},
  };
  absl::StatusOr<std::string> config = folder.Read("tokenizer_config.json", kMaxTokenizerFileBytes);
  if (absl::IsNotFound(config.status())) config = std::string();
  if (!config.ok()) return config.status();
  const bool sentencepiece = options.route == TokenizerOptions::Route::kSentencePiece;
  for (const Form& form : kForms) {
    if (sentencepiece && !form.sentencepiece) continue;
    const absl::StatusOr<std::string> contents = folder.Read(form.file, kMaxTokenizerFileBytes);
    if (absl::IsNotFound(contents.status())) continue;
    if (!contents.ok()) return contents.status();
    if (form.read != nullptr) return form.read(*contents, *config, folder.Shown(form.file), allocator);
    const absl::StatusOr<std::string> merges = folder.Read("merges.txt", kMaxTokenizerFileBytes);
    if (!merges.ok()) return merges.status();
    return TokenizerFromMerges(*contents, *merges, *config, folder.Shown(form.file), allocator);
  }
  if (sentencepiece) {
    return absl::NotFoundError(absl::StrCat(folder.Shown(""), ": neither spiece.model nor tokenizer.model"));
  }
  return absl::NotFoundError(absl::StrCat(folder.Shown(""), ": neither tokenizer.json nor vocab.txt, vocab.json with "
                                          "merges.txt, spiece.model, tokenizer.model or words.txt"));
}

}  // namespace lwave::tokenizer
