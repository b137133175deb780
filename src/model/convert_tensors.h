// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The weights of one folder of a checkpoint, written as one safetensors file: in rows, as others read them too, or in the
// layout that kernels use in place.

#ifndef LONGWAVE_MODEL_CONVERT_TENSORS_H_
#define LONGWAVE_MODEL_CONVERT_TENSORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kernels/types.h"
#include "model/checkpoint.h"
#include "model/convert_long.h"
#include "model/stack_spec.h"

namespace lwave::model {

// How one tensor gets into the file. What the spec does not ask for is copied as it is.
enum class TensorForm : int32_t {
  kFloats,  // as f32: norms, biases, small tables
  kRows,    // [rows, width] in the weight type, by row
  kPanels,  // a matrix in panels of the weight type
};

// What the spec uses of one folder, and in which form it goes into a file of `type`.
struct FolderPlan {
  struct Entry {
    std::string name;  // in the new file
    TensorForm form = TensorForm::kFloats;
    int64_t rows = 0, width = 0;  // of matrices and tables; rows == 1 for others
    LinearSpec linear;            // of kPanels: where the matrix lies in the source
  };
  std::vector<Entry> entries;  // sorted by name, each once
};
FolderPlan PlanFolder(const ModelSpec& spec, absl::string_view folder, kernels::NumberType type, bool packed);

// Whether matrices lie in panels: f16 is no type of products, and int8 rows are no type of anybody's matrices.
bool Panels(kernels::NumberType type, bool packed);

absl::string_view NumberTypeName(kernels::NumberType type);  // "f32", "bf16", "f16", "int8"

// Writes the folder's tensors to a new file `path`; returns the CRC32C of its header. Data begin at a
// multiple of 64 bytes, and every tensor at a multiple of its number's size, panels at one of 64. Needs a few
// MB of memory whatever the size of the model. Unimplemented: int8 weights into another type (they have lost
// what it would need). InvalidArgument: numbers that the type cannot hold. Unavailable: the file cannot be
// written. changes: other names and tables of the model's own folder, or null.
absl::StatusOr<uint32_t> WriteTensors(const Checkpoint& source, absl::string_view folder, kernels::NumberType type,
                                      bool packed, const LongChanges* changes, const std::string& path);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CONVERT_TENSORS_H_
