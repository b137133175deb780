// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A model directory: its tensors (memory-mapped safetensors, one file or sharded by an index), its configuration and
// its translation to a ModelSpec. Opening maps and validates; nothing is packed, and nothing copied but the tensors of
// a folder in memory.

#ifndef LONGWAVE_MODEL_CHECKPOINT_H_
#define LONGWAVE_MODEL_CHECKPOINT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/files.h"
#include "model/safetensors.h"
#include "model/spec.h"
#include "model/torch_file.h"

namespace lwave::model {

// A matrix [outputs, inputs] as the checkpoint holds it. Three forms:
//   rows    F32, F16 or BF16 of shape [outputs, inputs]; packed as f32 panels, or as bf16 ones where conversion to bf16
//           wrote the file
//   panels  the layout of kernels/gemm.h, shape [ceil(outputs/32), ceil(inputs/group), 32, group], types F32
//           (group 1), BF16 (2), I8 (4); only in files whose metadata says "longwave.layout": "panel32"
//   I8 panels come with `<name>.scale` F32 [outputs]
struct MatrixView {
  bool panels = false;
  bool bf16_products = false;  // BF16 rows of a file whose metadata says "longwave.weights": "bf16"
  Tensor weight;
  const float* scales = nullptr;  // [outputs], I8 only (aligned)
};

// A table [rows, width] of F32, F16, BF16, or I8 with `<name>.scale` F32 [rows].
struct TableView {
  Tensor table;
  const float* scales = nullptr;  // [rows], I8 only (aligned)
};

class Checkpoint {
 public:
  // Errors name the file and the reason: NotFound, InvalidArgument (a directory was expected), DataLoss
  // (truncated, malformed), Unimplemented (a family, option or tensor type that Longwave does not know).
  static absl::StatusOr<std::unique_ptr<Checkpoint>> Open(const Folder& folder, Pickles pickles = Pickles::kRefuse);
  static absl::StatusOr<std::unique_ptr<Checkpoint>> Open(const std::string& directory,
                                                          Pickles pickles = Pickles::kRefuse) {
    return Open(Folder::OnDisk(directory), pickles);
  }
  ~Checkpoint();
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  const ModelSpec& spec() const { return spec_; }
  const std::string& directory() const { return directory_; }
  // The directory's last component, or "_name_or_path"'s when that is a bare name; for people, not for
  // checks.
  const std::string& name() const { return name_; }
  // Stable over processes and machines: configuration, long reading aside; tensor names, types and shapes; up
  // to 4 KiB from the beginning and end of every tensor's data. Does not read all weights (see the note in
  // the .cc).
  uint64_t fingerprint() const { return fingerprint_; }
  int64_t mapped_bytes() const { return mapped_bytes_; }
  int64_t held_bytes() const { return held_bytes_; }  // of a folder in memory: copies of its tensors

  // `folder` is empty for the model itself, else a module's folder ("2_Dense"). Shapes are checked against
  // the spec when the checkpoint is opened, so these cannot fail for names of the spec.
  MatrixView Matrix(const LinearSpec& linear, absl::string_view folder = "") const;
  TableView Table(const TensorName& name) const;
  // F32, F16 or BF16 vectors (tensors of any shape) as f32: the numbers from `first` on of `size` in all (0: as many as
  // `out` has).
  void ReadVector(const TensorName& name, absl::string_view folder, absl::Span<float> out, int64_t first = 0,
                  int64_t size = 0) const;
  const Tensor* Find(absl::string_view folder, absl::string_view name) const;  // null when absent
  // Says that these bytes of a tensor are not needed for now: pages of the file that only they touch leave this
  // process's memory, and come back when they are read. For any thread, also while others read the same bytes.
  void Release(const uint8_t* data, int64_t bytes) const;
  void ReleaseAll() const;  // of every file
  // Every tensor of the model (or of a module's folder), sorted by name; those of heads included.
  std::vector<const NamedTensor*> Tensors(absl::string_view folder = "") const;

 private:
  Checkpoint();
  struct Files;
  std::unique_ptr<Files> files_;
  std::string directory_, name_;
  ModelSpec spec_;
  uint64_t fingerprint_ = 0;
  int64_t mapped_bytes_ = 0, held_bytes_ = 0;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CHECKPOINT_H_
