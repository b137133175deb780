// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The files of a folder, and the plain vocab.txt.

#include "tokenizer/load.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tokenizer/special_names.h"
#include "tokenizer/unicode.h"
#include "tokenizer/wordpiece.h"

namespace lwave::tokenizer {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

absl::Status ReadFile(const std::string& path, std::string* contents) {
  std::error_code error;
  const std::filesystem::file_status found = std::filesystem::status(path, error);
  if (found.type() == std::filesystem::file_type::not_found) {
    return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  }
  if (error) return absl::UnavailableError(absl::StrCat(path, ": ", error.message()));
  if (found.type() != std::filesystem::file_type::regular) {
    return absl::UnavailableError(absl::StrCat(path, ": not a regular file"));
  }
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
  contents->clear();
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  if (!error && bytes <= kMaxTokenizerFileBytes) contents->reserve(static_cast<size_t>(bytes) + 1);
  char buffer[65536];
  while (const size_t count = std::fread(buffer, 1, sizeof(buffer), file.get())) {
    if (contents->size() + count > kMaxTokenizerFileBytes) {
      return absl::DataLossError(absl::StrCat(path, ": larger than ", kMaxTokenizerFileBytes, " bytes"));
    }
    contents->append(buffer, count);
  }
  if (std::ferror(file.get())) return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
  return absl::OkStatus();
}

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

absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(const std::string& folder,
                                                         const Allocator& allocator) {
  std::string config, contents;
  absl::Status status = ReadFile(absl::StrCat(folder, "/tokenizer_config.json"), &config);
  if (!status.ok() && !absl::IsNotFound(status)) return status;

  const std::string json_path = absl::StrCat(folder, "/tokenizer.json");
  status = ReadFile(json_path, &contents);
  if (status.ok()) return TokenizerFromJson(contents, config, json_path, allocator);
  if (!absl::IsNotFound(status)) return status;

  const std::string vocabulary_path = absl::StrCat(folder, "/vocab.txt");
  status = ReadFile(vocabulary_path, &contents);
  if (status.ok()) return TokenizerFromVocabulary(contents, config, vocabulary_path, allocator);
  if (!absl::IsNotFound(status)) return status;
  return absl::NotFoundError(absl::StrCat(folder, ": neither tokenizer.json nor vocab.txt"));
}

}  // namespace lwave::tokenizer
