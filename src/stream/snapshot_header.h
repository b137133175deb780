// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The header of a snapshot of a model's stream or memory: whose it is, and with which options.

#ifndef LONGWAVE_STREAM_SNAPSHOT_HEADER_H_
#define LONGWAVE_STREAM_SNAPSHOT_HEADER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "stream/model.h"
#include "model/reading.h"

namespace lwave::stream {

struct SnapshotFacts {
  std::string kind;  // "stream" or "memory"
  int64_t bytes_taken = 0;
  int64_t tokens = 0;
  int64_t passages = 0;
  int64_t emitted_bytes = 0;
};

// JSON text: kind, model, fingerprint, dimensions, options, facts.
std::string SnapshotHeader(const Model& model, const model::Reading& reading, const SnapshotFacts& facts);

// The options of a snapshot of this model. DataLoss: malformed. Aborted: of another model or another kind of
// handle, named in the message.
absl::StatusOr<model::ReadingOptions> CheckSnapshotHeader(absl::string_view header, const Model& model,
                                                          absl::string_view kind);

// The parts of it, for headers of another shape: the fingerprint as text, and the check of kind and model.
std::string FingerprintText(const Model& model);
absl::Status CheckKindAndModel(const model::JsonValue& header, const Model& model, absl::string_view kind);

// Header and sections of any snapshot as one JSON object, for people.
absl::StatusOr<std::string> DescribeSnapshot(absl::Span<const uint8_t> data);

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_SNAPSHOT_HEADER_H_
