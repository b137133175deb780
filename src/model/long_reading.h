// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave.json: how a model reads text beyond its positions, and the check value of a converted model's
// header.

#ifndef LONGWAVE_MODEL_LONG_READING_H_
#define LONGWAVE_MODEL_LONG_READING_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/files.h"
#include "model/spec.h"

namespace lwave::model {

struct LongwaveFile {
  std::optional<LongReading> long_reading;
  // CRC32C of the header of model.safetensors (its length field included), so that a converted model notices
  // any flipped bit there, even one that leaves a well-formed header.
  std::optional<uint32_t> header_crc32c;
};

// An absent file is an empty result. The reading's numbers are checked against `spec`, but not whether its pooling
// allows a window. DataLoss: malformed or out of range. Unimplemented: unknown fields, kinds and formats, by name.
absl::StatusOr<LongwaveFile> ReadLongwaveFile(const Folder& folder, const ModelSpec& spec);
std::string FormatLongwaveFile(const LongwaveFile& file);

// One width stands for all layers; makes it one number a layer.
void SpreadOverLayers(const ModelSpec& spec, LongReading& reading);

// Unimplemented for a model whose pooling is not the mean: a window does not read it.
absl::Status CheckWindowPooling(const ModelSpec& spec);

// Checks the numbers of a long reading against a spec; the message names the field. InvalidArgument.
absl::Status ValidateLongReading(const ModelSpec& spec, const LongReading& reading);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_LONG_READING_H_
