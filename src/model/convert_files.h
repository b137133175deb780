// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Writing a directory all or nothing: into a temporary one beside it, which takes the final name when
// everything is there and disappears when anything fails.

#ifndef LONGWAVE_MODEL_CONVERT_FILES_H_
#define LONGWAVE_MODEL_CONVERT_FILES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/files.h"

namespace lwave::model {

// A new file, written at any offsets. Unavailable with the system's reason (no space, ...) when that fails.
class FileWriter {
 public:
  static absl::StatusOr<std::unique_ptr<FileWriter>> Create(const std::string& path);
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  ~FileWriter();
  absl::Status WriteAt(uint64_t offset, const void* data, size_t bytes);
  absl::Status Close();  // some file systems report a full disk only here

 private:
  FileWriter(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_;
  std::string path_;
};

// `destination` must not exist or be an empty directory, and its parent must exist.
class NewDirectory {
 public:
  static absl::StatusOr<std::unique_ptr<NewDirectory>> Create(const std::string& destination);
  NewDirectory(const NewDirectory&) = delete;
  NewDirectory& operator=(const NewDirectory&) = delete;
  ~NewDirectory();  // removes what was written unless Commit succeeded

  const std::string& path() const { return path_; }  // where to write meanwhile
  absl::Status MakeFolder(absl::string_view name);   // one that exists is fine
  absl::Status WriteText(absl::string_view name, absl::string_view text);
  absl::Status CopyFrom(const Folder& source, absl::string_view name);
  absl::Status Commit();

 private:
  NewDirectory(std::string path, std::string destination)
      : path_(std::move(path)), destination_(std::move(destination)) {}
  std::string path_;
  std::string destination_;
  bool committed_ = false;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CONVERT_FILES_H_
