// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// tokenizer.json: the kinds that are made of steps.

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tokenizer/bpe.h"
#include "tokenizer/load_parts.h"
#include "tokenizer/pipeline.h"
#include "tokenizer/unigram.h"
#include "tokenizer/word_level.h"

namespace lwave::tokenizer {
namespace {

using Json = nlohmann::json;

// Whether the last pre-tokenizer is ByteLevel; Unimplemented when another one is, whose successors would
// see the bytes written as characters.
absl::Status FindByteLevel(const Json& step, absl::string_view source, bool* last) {
  // Compared as strings: a comparison with JSON would allocate where nothing may be thrown.
  *last = step.is_object() && step.contains("type") && step.at("type").is_string() &&
          step.at("type").get_ref<const std::string&>() == "ByteLevel";
  if (!step.is_object() || !step.contains("pretokenizers") || !step.at("pretokenizers").is_array()) {
    return absl::OkStatus();
  }
  size_t left = step.at("pretokenizers").size();
  for (const Json& inner : step.at("pretokenizers")) {
    absl::Status status = FindByteLevel(inner, source, last);
    if (!status.ok()) return status;
    if (--left > 0 && *last) {
      return absl::UnimplementedError(
          absl::StrCat(source, ": pre_tokenizer: steps behind ByteLevel are not supported"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<PieceModel>> ReadBpe(const JsonObject& model, const TokenizerJson& file,
                                                    bool byte_level, const Allocator& allocator) {
  BpeSpec spec;
  spec.source = std::string(model.source());
  spec.byte_level = byte_level;
  std::string prefix, suffix;
  absl::Status status =
      model.OnlyKeys({"type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
                      "byte_fallback", "ignore_merges", "vocab", "merges"});
  if (status.ok()) status = model.String("unk_token", &spec.unk_token);
  if (status.ok()) status = model.String("continuing_subword_prefix", &prefix);
  if (status.ok()) status = model.String("end_of_word_suffix", &suffix);
  if (status.ok()) status = model.Bool("fuse_unk", &spec.fuse_unk);
  if (status.ok()) status = model.Bool("byte_fallback", &spec.byte_fallback);
  if (status.ok()) status = model.Bool("ignore_merges", &spec.ignore_merges);
  if (!status.ok()) return status;
  if (model.Has("dropout") && !(model.at("dropout").is_number() && model.at("dropout").get<double>() == 0)) {
    return absl::UnimplementedError(absl::StrCat(model.source(), ": model.dropout is not supported"));
  }
  if (!prefix.empty() || !suffix.empty()) {
    return absl::UnimplementedError(absl::StrCat(model.source(), ": model.",
                                                 prefix.empty() ? "end_of_word_suffix" : "continuing_subword_prefix",
                                                 " is not supported"));
  }
  if (!file.has_vocabulary || !file.has_merges) {
    return absl::DataLossError(
        absl::StrCat(model.source(), ": model.vocab must be an object and model.merges an array"));
  }
  spec.vocabulary = file.Items();
  spec.merges.reserve(file.merges.size());
  for (const TokenizerJson::Merge& merge : file.merges) {
    spec.merges.push_back({file.Text(merge.offset, merge.first_length),
                           file.Text(merge.offset + merge.first_length, merge.second_length)});
  }
  absl::StatusOr<std::unique_ptr<BpeModel>> made = BpeModel::Create(spec, allocator);
  if (!made.ok()) return made.status();
  return std::unique_ptr<PieceModel>(*std::move(made));
}

absl::StatusOr<std::unique_ptr<PieceModel>> ReadModel(const JsonObject& top, const TokenizerJson& file,
                                                      bool byte_level, const Allocator& allocator) {
  const JsonObject model(top.at("model"), "model", top.source());
  std::string type;
  absl::Status status = model.String("type", &type);
  if (!status.ok()) return status;
  if (type.empty()) type = file.has_merges ? "BPE" : "Unigram";
  if (type == "BPE") return ReadBpe(model, file, byte_level, allocator);
  if (byte_level) {
    return absl::UnimplementedError(absl::StrCat(top.source(), ": ByteLevel with a model of type ", type,
                                                 " is not supported"));
  }
  return type == "Unigram" ? ReadUnigram(model, file, allocator) : ReadWordLevel(model, file, allocator);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> PipelineFromJson(const JsonObject& top, const TokenizerJson& file,
                                                            const SpecialNames& names,
                                                            const Allocator& allocator) {
  PipelineSpec spec;
  spec.source = std::string(top.source());
  const Json* normalizer;
  const Json* pre_tokenizer;
  const Json* decoder;
  std::string type;
  bool byte_level = false;
  absl::Status status = Component(top, "normalizer", &normalizer, &type);
  if (status.ok()) status = Component(top, "pre_tokenizer", &pre_tokenizer, &type);
  if (status.ok()) status = Component(top, "decoder", &decoder, &type);
  if (status.ok() && normalizer != nullptr) {
    status = ReadNormalizers(JsonObject(*normalizer, "normalizer", top.source()), allocator, &spec.normalizers);
  }
  if (status.ok() && pre_tokenizer != nullptr) {
    status = FindByteLevel(*pre_tokenizer, top.source(), &byte_level);
    if (status.ok()) {
      status = ReadPreTokenizers(JsonObject(*pre_tokenizer, "pre_tokenizer", top.source()), &spec.pre_tokenizers);
    }
  }
  if (status.ok() && decoder != nullptr) {
    status = ReadDecoder(JsonObject(*decoder, "decoder", top.source()), &spec.decoder);
  }
  PostProcessing processing;
  if (status.ok()) status = ReadAddedTokens(top, &spec.added_tokens);
  if (status.ok()) status = ReadPostProcessor(top, &processing);
  if (!status.ok()) return status;
  spec.single_template = std::move(processing.single);
  spec.pair_template = std::move(processing.pair);
  spec.trim_offsets = processing.trim_offsets;
  spec.trim_keeps_prefix_space = processing.keeps_prefix_space;
  FindSpecialIds(names, file.Items(), spec.added_tokens, &spec.special_ids);
  absl::StatusOr<std::unique_ptr<PieceModel>> model = ReadModel(top, file, byte_level, allocator);
  if (!model.ok()) return model.status();
  spec.model = *std::move(model);
  absl::StatusOr<std::unique_ptr<PipelineTokenizer>> made = PipelineTokenizer::Create(std::move(spec), allocator);
  if (!made.ok()) return made.status();
  return std::unique_ptr<Tokenizer>(*std::move(made));
}

}  // namespace lwave::tokenizer
