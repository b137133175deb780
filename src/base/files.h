// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Files as the readers of models and tokenizers take them: of a folder on disk, where they are regular files, mapped
// read-only or read whole up to a bound; or of a folder that is a list of named buffers in memory.

#ifndef LONGWAVE_BASE_FILES_H_
#define LONGWAVE_BASE_FILES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/allocator.h"

namespace lwave {

// A path as error messages show it: without control characters, and the beginning of a long one left out.
std::string ShownPath(absl::string_view path);
// A name found inside a file, quoted, escaped and cut so that a message stays one short line.
std::string ShownName(absl::string_view name);

// The bytes of a file for as long as this object lives: a read-only mapping, or a copy that begins at a multiple of
// kAlignment. Any thread may read them. A mapping's size is taken once, when it is opened; whoever truncates the file
// afterwards breaks the contract of every mapping.
class FileBytes {
 public:
  // NotFound: there is no such file. InvalidArgument: it is a directory, pipe or device. Unavailable: the
  // system refuses to open or map it.
  static absl::StatusOr<FileBytes> Map(const std::string& path);
  // ResourceExhausted: the allocator, which must outlive the copy, has not that much.
  static absl::StatusOr<FileBytes> Copy(absl::Span<const uint8_t> bytes, const Allocator& allocator);

  FileBytes() = default;
  FileBytes(FileBytes&& other) noexcept;
  FileBytes& operator=(FileBytes&& other) noexcept;
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes();

  absl::Span<const uint8_t> bytes() const { return mapped_ ? absl::MakeConstSpan(data_, size_) : copy_.span(); }
  bool mapped() const { return mapped_; }
  // Gives the pages of a mapping that lie wholly in `range` back to the system, which reads them again when they are
  // needed. Does nothing for a copy, and for ranges outside. Any thread, also while others read them.
  void Release(absl::Span<const uint8_t> range) const;
  // Whether a page of a mapping that comes from the disk brings those behind it (true at first). False where only a
  // few bytes here and there will be read.
  void ReadAhead(bool ahead) const;

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  bool mapped_ = false;
  Buffer<uint8_t> copy_;
};

struct NamedBytes {
  absl::string_view name;  // as the file lies in the folder: "config.json", "1_Pooling/config.json"
  absl::Span<const uint8_t> bytes;
};

// Where files are looked up by name. Copies are cheap and refer to the same files.
class Folder {
 public:
  static Folder OnDisk(std::string path);
  // The names and bytes are the caller's and must stay as they are while the folder is used; what Open gives outlives
  // them. Folders that all names begin with are the folder's own path. InvalidArgument: a name is empty, absolute or
  // stands twice.
  static absl::StatusOr<Folder> InMemory(absl::Span<const NamedBytes> files, const Allocator& allocator);

  // Ok when files may be looked up: for a path, when it is a directory.
  absl::Status Check() const;
  Folder Inside(absl::string_view name) const;  // the folder itself for ""
  // True when something of that name exists, whatever it is.
  bool Holds(absl::string_view name) const;
  absl::StatusOr<FileBytes> Open(absl::string_view name) const;
  // The whole of a small file. DataLoss when it is longer than `max_bytes`; other errors as Map.
  absl::StatusOr<std::string> Read(absl::string_view name, size_t max_bytes) const;

  std::string Shown(absl::string_view name) const;  // how messages call a file in it; "" for the folder
  const std::string& path() const { return path_; }  // in memory: the folders that all names begin with
  bool in_memory() const { return allocator_ != nullptr; }

 private:
  std::string Path(absl::string_view name) const;
  const NamedBytes* Find(absl::string_view name) const;

  std::string path_;
  std::vector<NamedBytes> files_;
  const Allocator* allocator_ = nullptr;
};

}  // namespace lwave

#endif  // LONGWAVE_BASE_FILES_H_
