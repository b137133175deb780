// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See convert.h.

#include "model/convert.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "model/checkpoint.h"
#include "model/convert_files.h"
#include "model/convert_tensors.h"
#include "model/modules.h"

namespace lwave::model {
namespace {

// Copied where present. The vocabulary's older forms say the same as tokenizer.json, so they only stand in
// for it.
constexpr absl::string_view kAlways[] = {
    "config.json",
    "config_sentence_transformers.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "added_tokens.json",
    "special_tokens_map.json",
    "LICENSE",
    "LICENSE.txt",
    "NOTICE",
};
constexpr absl::string_view kWithoutTokenizerJson[] = {
    "vocab.txt", "vocab.json", "merges.txt", "sentencepiece.bpe.model", "spiece.model", "tokenizer.model",
};

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

}  // namespace

absl::Status Convert(const std::string& source, const std::string& destination,
                     const ConvertOptions& options) {
  absl::StatusOr<std::unique_ptr<Checkpoint>> checkpoint = Checkpoint::Open(source, Pickles::kRead);
  if (!checkpoint.ok()) return checkpoint.status();
  const ModelSpec& spec = (*checkpoint)->spec();
  if (options.packed && options.weight_type == kernels::NumberType::kF16) {
    return absl::InvalidArgumentError("f16 weights have no packed layout; f32, bf16 and int8 have");
  }
  LongwaveFile longwave;
  longwave.long_reading = spec.long_reading;
  if (options.long_reading.has_value()) {
    longwave.long_reading = options.long_reading;
    if (absl::Status status = CheckWindowPooling(spec); !status.ok()) return status;
    SpreadOverLayers(spec, *longwave.long_reading);
    if (absl::Status status = ValidateLongReading(spec, *longwave.long_reading); !status.ok()) return status;
  }

  absl::StatusOr<std::unique_ptr<NewDirectory>> directory = NewDirectory::Create(destination);
  if (!directory.ok()) return directory.status();
  NewDirectory& out = **directory;
  const Folder files = Folder::OnDisk(source);
  for (const std::string& name : FilesToCopy(files, spec)) {
    const size_t slash = name.find('/');
    absl::Status status =
        slash == std::string::npos ? absl::OkStatus() : out.MakeFolder(name.substr(0, slash));
    if (status.ok()) status = out.CopyFrom(files, name);
    if (!status.ok()) return status;
  }
  std::vector<std::string> folders = {""};
  for (const DenseModuleSpec& dense : spec.sentence.dense) folders.push_back(dense.folder);
  for (const std::string& folder : folders) {
    const std::string path =
        absl::StrCat(out.path(), "/", folder, folder.empty() ? "" : "/", "model.safetensors");
    absl::StatusOr<uint32_t> crc = WriteTensors(**checkpoint, folder, options.weight_type, options.packed, path);
    if (!crc.ok()) return crc.status();
    if (folder.empty()) longwave.header_crc32c = *crc;
  }
  if (absl::Status status = out.WriteText("longwave.json", FormatLongwaveFile(longwave)); !status.ok())
    return status;

  // What was written must open before it gets its name.
  if (absl::Status status = Checkpoint::Open(out.path()).status(); !status.ok()) {
    return absl::InternalError(absl::StrCat("the converted model does not open: ", status.message()));
  }
  return out.Commit();
}

}  // namespace lwave::model
