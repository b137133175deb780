// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The tensors of one folder, from model.safetensors or from the shards that model.safetensors.index.json
// lists.

#ifndef LONGWAVE_MODEL_CHECKPOINT_FILES_H_
#define LONGWAVE_MODEL_CHECKPOINT_FILES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/files.h"
#include "model/safetensors.h"
#include "model/spec.h"

namespace lwave::model {

class TensorFolder {
 public:
  struct Stored {
    const NamedTensor* named = nullptr;
    bool panel_file = false;  // its file's metadata says "longwave.layout": "panel32"
  };

  // NotFound names what was looked for; Unimplemented: only a pickled
  // checkpoint.
  static absl::StatusOr<std::unique_ptr<TensorFolder>> Open(const Folder& folder);

  const Stored* Find(absl::string_view name) const;                     // null when absent
  absl::Span<const absl::string_view> names() const { return names_; }  // sorted
  absl::Span<const Stored> tensors() const { return tensors_; }         // in the same order
  const std::string& file() const { return file_; }                     // how messages call it
  absl::Span<const std::unique_ptr<SafetensorsFile>> files() const { return files_; }
  int64_t mapped_bytes() const;
  int64_t held_bytes() const;  // copied into memory

  // Type, shape, alignment and scales of what a spec asks for. DataLoss, or Unimplemented for other types.
  absl::Status CheckMatrix(const LinearSpec& linear) const;  // with its bias
  absl::Status CheckTable(absl::string_view name, int64_t rows, int64_t width) const;
  absl::Status CheckVector(absl::string_view name, int64_t size) const;
  absl::Status CheckNumbers(absl::string_view name, const std::vector<int64_t>& shape) const;

 private:
  absl::Status AddFile(const Folder& folder, absl::string_view name);
  absl::Status AddShards(const Folder& folder);
  absl::StatusOr<const Stored*> Need(absl::string_view name) const;
  absl::Status CheckShape(const NamedTensor& tensor, const std::vector<int64_t>& expected) const;
  absl::Status CheckScales(absl::string_view name, int64_t size) const;

  std::vector<std::unique_ptr<SafetensorsFile>> files_;
  std::vector<Stored> tensors_;
  std::vector<absl::string_view> names_;
  std::string file_;
};

// The panel shape of a [outputs, inputs] matrix in a type (kernels/gemm.h).
std::vector<int64_t> PanelShape(DataType type, int64_t outputs, int64_t inputs);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CHECKPOINT_FILES_H_
