// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// pytorch_model.bin: a dictionary of tensors saved by torch.save. Two formats: a zip archive (since torch 1.6) of
// data.pkl, the pickle of the dictionary, and data/KEY, the numbers of each storage; or, before, pickles (a magic
// number, the protocol, the machine, the dictionary, the list of keys) followed by each storage's count and numbers.
// Pickles are read as data (pickle_reader.h): nothing in the file is run.

#ifndef LONGWAVE_MODEL_TORCH_FILE_H_
#define LONGWAVE_MODEL_TORCH_FILE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/files.h"
#include "model/safetensors.h"

namespace lwave::model {

// Whether a directory's pytorch_model.bin is read where there is no model.safetensors. Opening a model for use refuses it
// (its numbers may lie unaligned, and its header is no header); conversion reads it.
enum class Pickles : int32_t { kRefuse, kRead };

// Tensors, sorted by name. They point into the bytes that were parsed, or, where their numbers do not lie one behind
// the other (transposed, sliced), into `copies`.
struct TorchTensors {
  std::vector<NamedTensor> tensors;
  std::vector<std::vector<uint8_t>> copies;  // in all at most twice the file
};

// Checks and reads the whole of a file that lies in memory. DataLoss: malformed, cut, a tensor outside of its storage, a
// name that stands twice. Unimplemented: anything but tensors, big-endian numbers, the tar format, TorchScript.
// Messages begin with `file`.
absl::StatusOr<TorchTensors> ParseTorchFile(absl::Span<const uint8_t> bytes, absl::string_view file);

// A file, mapped or held in memory. Immutable; any thread may read it.
class TorchFile {
 public:
  // `shown` names the file in messages.
  static absl::StatusOr<std::unique_ptr<TorchFile>> Open(FileBytes bytes, absl::string_view shown);

  absl::Span<const NamedTensor> tensors() const { return contents_.tensors; }
  const FileBytes& file() const { return file_; }

 private:
  FileBytes file_;
  TorchTensors contents_;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_TORCH_FILE_H_
