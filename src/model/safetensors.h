// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The safetensors format (one file): u64 little-endian length N, N bytes of JSON that name type, shape and
// byte range of every tensor, then the data. Everything is checked when a file is opened, so that a tensor
// handed out lies inside the mapping and has the bytes its shape asks for.

#ifndef LONGWAVE_MODEL_SAFETENSORS_H_
#define LONGWAVE_MODEL_SAFETENSORS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/files.h"

namespace lwave::model {

enum class DataType : int32_t { kF32, kF16, kBf16, kI8, kOther };

// A tensor in a mapped file; valid as long as the file. `data` may be misaligned for its type in files of old
// writers: check before a cast.
struct Tensor {
  DataType type = DataType::kOther;
  std::vector<int64_t> shape;
  const uint8_t* data = nullptr;
  int64_t bytes = 0;
};

struct NamedTensor {
  std::string name;
  absl::string_view type_name;  // as the format spells it ("F32", "I64"); static storage
  Tensor tensor;
};

// What a header says. Tensors point into the bytes that were parsed.
struct SafetensorsHeader {
  std::vector<NamedTensor> tensors;  // sorted by name
  std::vector<std::pair<std::string, std::string>> metadata;
  size_t header_bytes = 0;  // 8 + N: where the data begin
};

// Checks and reads the whole of a file that lies in memory. Errors are DataLoss and begin with `file`.
absl::StatusOr<SafetensorsHeader> ParseSafetensors(absl::Span<const uint8_t> bytes, absl::string_view file);

// A file, mapped or held in memory. Immutable; any thread may read it.
class SafetensorsFile {
 public:
  // `shown` names the file in messages.
  static absl::StatusOr<std::unique_ptr<SafetensorsFile>> Open(FileBytes bytes, absl::string_view shown);

  absl::Span<const NamedTensor> tensors() const { return header_.tensors; }
  const NamedTensor* Find(absl::string_view name) const;    // null when absent
  absl::string_view Metadata(absl::string_view key) const;  // empty when absent
  absl::Span<const uint8_t> header() const { return file_.bytes().subspan(0, header_.header_bytes); }
  int64_t bytes() const { return static_cast<int64_t>(file_.bytes().size()); }
  bool mapped() const { return file_.mapped(); }
  const FileBytes& file() const { return file_; }

 private:
  FileBytes file_;
  SafetensorsHeader header_;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_SAFETENSORS_H_
