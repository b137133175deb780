// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Files as the checkpoint reader takes them: regular files only, mapped read-only or read whole up to a
// bound.

#ifndef LONGWAVE_MODEL_MAPPED_FILE_H_
#define LONGWAVE_MODEL_MAPPED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace lwave::model {

// A path as error messages show it: without control characters, and the beginning of a long one left out.
std::string ShownPath(absl::string_view path);
// A name found inside a file, quoted, escaped and cut so that a message stays one short line.
std::string ShownName(absl::string_view name);

// A regular file mapped read-only for as long as this object lives. Any thread may read it. The size is taken
// once, when it is opened; whoever truncates the file afterwards breaks the contract of every mapping.
class MappedFile {
 public:
  // NotFound: there is no such file. InvalidArgument: it is a directory, pipe or device. Unavailable: the
  // system refuses to open or map it.
  static absl::StatusOr<MappedFile> Open(const std::string& path);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  absl::Span<const uint8_t> bytes() const { return {data_, size_}; }

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

// The whole of a small regular file. DataLoss when it is longer than `max_bytes`; other errors as above.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_bytes);

// True when something of that name exists, whatever it is.
bool PathExists(const std::string& path);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_MAPPED_FILE_H_
