// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The tensors of one folder, from model.safetensors or from the shards that model.safetensors.index.json
// lists; where conversion asks for it, from pytorch_model.bin or its shards.

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
#include "model/torch_file.h"

namespace lwave::model {

// What follows the name of a tensor that is a table and a matrix (tied weights), in a file of panels: the matrix.
inline constexpr absl::string_view kTiedPanels = ".panels";

class TensorFolder {
 public:
  struct Stored {
    const NamedTensor* named = nullptr;
    bool panel_file = false;  // its file's metadata says "longwave.layout": "panel32"
    bool bf16_file = false;   // its file's metadata says "longwave.weights": "bf16"
  };

  // NotFound names what was looked for; Unimplemented: only a pickled checkpoint, and it is not to be read.
  static absl::StatusOr<std::unique_ptr<TensorFolder>> Open(const Folder& folder, Pickles pickles = Pickles::kRefuse);

  const Stored* Find(absl::string_view name) const;                     // null when absent
  // A matrix in panels under the name it has there (LinearSpec::PanelName, or with kTiedPanels where the tensor is a table
  // as well), else as its weight's tensor.
  const Stored* FindMatrix(const LinearSpec& linear) const;
  absl::Span<const absl::string_view> names() const { return names_; }  // sorted
  absl::Span<const Stored> tensors() const { return tensors_; }         // in the same order
  const std::string& file() const { return file_; }                     // how messages call it
  absl::Span<const std::unique_ptr<SafetensorsFile>> files() const { return files_; }
  // The system may take back the pages of a file that only these bytes touch; they are read again when needed. Does
  // nothing for bytes that are held in memory.
  void Release(const uint8_t* data, int64_t bytes) const;
  void ReleaseAll() const;
  void ReadAhead(bool ahead) const;  // see FileBytes
  int64_t mapped_bytes() const;
  int64_t held_bytes() const;  // copied into memory

  // Type, shape, alignment and scales of what a spec asks for. DataLoss, or Unimplemented for other types.
  absl::Status CheckMatrix(const LinearSpec& linear) const;  // with its bias
  absl::Status CheckTable(absl::string_view name, int64_t rows, int64_t width) const;
  absl::Status CheckVector(absl::string_view name, int64_t size) const;
  absl::Status CheckNumbers(absl::string_view name, const std::vector<int64_t>& shape) const;

 private:
  absl::Status AddFile(const Folder& folder, absl::string_view name);
  absl::Status AddPickle(const Folder& folder, absl::string_view name);
  absl::Status AddShards(const Folder& folder, absl::string_view index, Pickles kind);
  absl::StatusOr<const Stored*> Need(absl::string_view name) const;
  absl::Status CheckShape(const NamedTensor& tensor, const std::vector<int64_t>& expected) const;
  absl::Status CheckScales(absl::string_view name, int64_t size) const;

  std::vector<std::unique_ptr<SafetensorsFile>> files_;
  std::vector<std::unique_ptr<TorchFile>> pickles_;
  std::vector<Stored> tensors_;
  std::vector<absl::string_view> names_;
  std::string file_;
};

// The panel shape of a [outputs, inputs] matrix in a type (kernels/gemm.h).
std::vector<int64_t> PanelShape(DataType type, int64_t outputs, int64_t inputs);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CHECKPOINT_FILES_H_
