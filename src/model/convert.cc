// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See convert.h.

#include "model/convert.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/files.h"
#include "model/attention_override.h"
#include "model/checkpoint.h"
#include "model/convert_files.h"
#include "model/convert_tensors.h"
#include "model/json.h"
#include "model/json_edit.h"
#include "model/modules.h"

namespace lwave::model {
namespace {

// Copied where present; config.json and tokenizer_config.json may be changed on the way. The vocabulary's older forms say the same as tokenizer.json, so they only stand in
// for it.
constexpr absl::string_view kAlways[] = {
    "generation_config.json",
    "chat_template.jinja",
    "config_sentence_transformers.json",
    "tokenizer.json",
    "added_tokens.json",
    "special_tokens_map.json",
    "LICENSE",
    "LICENSE.txt",
    "NOTICE",
};
constexpr absl::string_view kWithoutTokenizerJson[] = {
    "vocab.txt", "vocab.json", "merges.txt", "sentencepiece.bpe.model", "spiece.model", "tokenizer.model", "words.txt",
};
constexpr absl::string_view kConfig = "config.json", kTokenizerConfig = "tokenizer_config.json";
constexpr size_t kMostConfigBytes = size_t{8} << 20, kMostTokenizerBytes = size_t{64} << 20;

std::vector<std::string> FilesToCopy(const Folder& source, const ModelSpec& spec) {
  std::vector<std::string> files = SentenceModuleFiles(source, spec.sentence);
  const auto add = [&](absl::string_view name) {
    if (source.Holds(name)) files.emplace_back(name);
  };
  for (const absl::string_view name : kAlways) add(name);
  if (!source.Holds("tokenizer.json")) {
    for (const absl::string_view name : kWithoutTokenizerJson) add(name);
  }
  return files;
}

// The id of the token between a question and its text, from the files of a tokenizer; -1 where none says it.
int64_t FindSeparator(const Folder& files) {
  constexpr absl::string_view kSeparator = "[SEP]";
  if (files.Holds("tokenizer.json")) {
    const absl::StatusOr<JsonValue> tokenizer = ReadJsonFile(files, "tokenizer.json", kMostTokenizerBytes);
    const JsonValue* added = tokenizer.ok() ? tokenizer->Find("added_tokens") : nullptr;
    for (size_t i = 0; added != nullptr && i < added->items.size(); ++i) {
      const JsonValue* content = added->items[i].Find("content");
      const JsonValue* id = added->items[i].Find("id");
      if (content != nullptr && content->string == kSeparator && id != nullptr && id->is_integer()) return id->integer;
    }
  }
  const absl::StatusOr<FileBytes> words = files.Open("vocab.txt");
  if (!words.ok()) return -1;
  int64_t line = 0;
  const absl::string_view text(reinterpret_cast<const char*>(words->bytes().data()), words->bytes().size());
  for (const absl::string_view word : absl::StrSplit(text, '\n')) {
    if (absl::StripTrailingAsciiWhitespace(word) == kSeparator) return line;
    ++line;
  }
  return -1;
}

// Copies a file of settings, whose number `key` becomes `value`.
absl::Status CopyWithLength(const Folder& files, const std::string& name, absl::string_view key, int64_t value,
                            const std::string& tokenizer_class, NewDirectory& out) {
  absl::StatusOr<JsonValue> settings = files.Holds(name) ? ReadJsonFile(files, name, kMostConfigBytes) : EmptyObject();
  if (!settings.ok()) return settings.status();
  SetMember(*settings, key, JsonOf(value));
  if (!tokenizer_class.empty() && settings->Find("tokenizer_class") == nullptr) {
    SetMember(*settings, "tokenizer_class", JsonOf(tokenizer_class));
  }
  return out.WriteText(name, FormatJson(*settings));
}

// Everything but weights, config.json and longwave.json.
absl::Status CopyFiles(const Folder& files, const ModelSpec& spec, const LongChanges& changes, NewDirectory& out) {
  const bool longer = changes.max_tokens > 0;
  for (const std::string& name : FilesToCopy(files, spec)) {
    const size_t slash = name.find('/');
    absl::Status status = slash == std::string::npos ? absl::OkStatus() : out.MakeFolder(name.substr(0, slash));
    const bool length = longer && absl::StartsWith(name, "sentence_") && absl::EndsWith(name, "_config.json");
    if (status.ok()) {
      status = length ? CopyWithLength(files, name, "max_seq_length", changes.max_tokens, "", out) : out.CopyFrom(files, name);
    }
    if (!status.ok()) return status;
  }
  const std::string name(kTokenizerConfig);
  if (longer) return CopyWithLength(files, name, "model_max_length", changes.max_tokens, changes.tokenizer_class, out);
  return files.Holds(name) ? out.CopyFrom(files, name) : absl::OkStatus();
}

// What the directory will say of itself (config: null where that is nothing new), and what its attention, where it is
// another than the family's, cannot be.
absl::StatusOr<LongChanges> PlanChanges(const Folder& files, const ModelSpec& spec, const ConvertOptions& options,
                                        bool has_long_reading) {
  absl::StatusOr<JsonValue> config = ReadJsonFile(files, kConfig, kMostConfigBytes);
  if (!config.ok()) return config.status();
  const std::string before = FormatJson(*config);
  LongChanges changes;
  if (options.long_form.has_value()) {
    absl::StatusOr<LongChanges> planned = PlanLongForm(spec, *config, *options.long_form, FindSeparator(files));
    if (!planned.ok()) return planned.status();
    changes = *std::move(planned);
  } else {
    changes.config = *std::move(config);
  }
  const JsonValue* attention = changes.config.Find("longwave_attention");
  const bool other_attention = attention != nullptr && !attention->is_null();
  if (options.long_form.has_value() && other_attention) {
    absl::StatusOr<std::vector<AttentionOverride>> overrides = ReadAttentionOverrides(*attention);
    if (!overrides.ok()) return overrides.status();
    ModelSpec changed = spec;
    const absl::Status status = ApplyAttentionOverride(*overrides, TensorNames({}, ""), &changed);
    if (!status.ok()) return status;
  }
  MarkForLongwave(changes.config, Panels(options.weight_type, options.packed) || has_long_reading || other_attention);
  if (FormatJson(changes.config) == before) changes.config = JsonValue();
  return changes;
}

}  // namespace

absl::Status Convert(const std::string& source, const std::string& destination,
                     const ConvertOptions& options) {
  absl::StatusOr<std::unique_ptr<Checkpoint>> checkpoint = Checkpoint::Open(source, Pickles::kRead);
  if (!checkpoint.ok()) return checkpoint.status();
  const ModelSpec& spec = (*checkpoint)->spec();
  if (options.packed && options.weight_type == kernels::NumberType::kF16) {
    return absl::InvalidArgumentError("f16 weights have no packed layout; f32, bf16 and int8 have");
  }
  if (options.long_form.has_value() && (options.long_reading.has_value() || spec.long_reading.has_value())) {
    return absl::InvalidArgumentError("a model has a long form or a long reading (longwave.json), not both");
  }
  LongwaveFile longwave;
  longwave.long_reading = spec.long_reading;
  if (options.long_reading.has_value()) {
    longwave.long_reading = options.long_reading;
    if (absl::Status status = CheckWindowPooling(spec); !status.ok()) return status;
    SpreadOverLayers(spec, *longwave.long_reading);
    if (absl::Status status = ValidateLongReading(spec, *longwave.long_reading); !status.ok()) return status;
  }

  const Folder files = Folder::OnDisk(source);
  const absl::StatusOr<LongChanges> changes = PlanChanges(files, spec, options, longwave.long_reading.has_value());
  if (!changes.ok()) return changes.status();

  absl::StatusOr<std::unique_ptr<NewDirectory>> directory = NewDirectory::Create(destination);
  if (!directory.ok()) return directory.status();
  NewDirectory& out = **directory;
  absl::Status status = CopyFiles(files, spec, *changes, out);
  if (!status.ok()) return status;
  const bool same_config = changes->config.is_null();
  status = same_config ? out.CopyFrom(files, kConfig) : out.WriteText(kConfig, FormatJson(changes->config));
  if (!status.ok()) return status;
  std::vector<std::string> folders = {""};
  for (const DenseModuleSpec& dense : spec.sentence.dense) folders.push_back(dense.folder);
  for (const std::string& folder : folders) {
    const std::string path =
        absl::StrCat(out.path(), "/", folder, folder.empty() ? "" : "/", "model.safetensors");
    absl::StatusOr<uint32_t> crc = WriteTensors(**checkpoint, folder, options.weight_type, options.packed, &*changes, path);
    if (!crc.ok()) return crc.status();
    if (folder.empty()) longwave.header_crc32c = *crc;
  }
  status = out.WriteText("longwave.json", FormatLongwaveFile(longwave));
  if (!status.ok()) return status;

  // What was written must open before it gets its name.
  status = Checkpoint::Open(out.path()).status();
  if (!status.ok()) {
    return absl::InternalError(absl::StrCat("the converted model does not open: ", status.message()));
  }
  return out.Commit();
}

}  // namespace lwave::model
