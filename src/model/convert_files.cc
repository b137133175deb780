// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See convert_files.h.

#include "model/convert_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"

namespace lwave::model {
namespace {

constexpr int kTemporaryNames = 100;

absl::Status SystemError(absl::string_view path, int error) {
  const std::string message = absl::StrCat(ShownPath(path), ": ", std::strerror(error));
  return error == ENOENT || error == ENOTDIR ? absl::NotFoundError(message) : absl::UnavailableError(message);
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileWriter>> FileWriter::Create(const std::string& path) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return SystemError(path, errno);
  return std::unique_ptr<FileWriter>(new FileWriter(fd, path));
}

FileWriter::~FileWriter() {
  if (fd_ >= 0) ::close(fd_);
}

absl::Status FileWriter::WriteAt(uint64_t offset, const void* data, size_t bytes) {
  const char* from = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = ::pwrite(fd_, from, bytes, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return SystemError(path_, written < 0 ? errno : ENOSPC);
    from += written;
    offset += static_cast<uint64_t>(written);
    bytes -= static_cast<size_t>(written);
  }
  return absl::OkStatus();
}

absl::Status FileWriter::Close() {
  const int fd = std::exchange(fd_, -1);
  return fd >= 0 && ::close(fd) != 0 && errno != EINTR ? SystemError(path_, errno) : absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<NewDirectory>> NewDirectory::Create(const std::string& destination) {
  std::string target = destination;
  while (target.size() > 1 && target.back() == '/') target.pop_back();
  if (target.empty() || target.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("the destination must be the name of a directory");
  }
  struct stat information;
  if (::lstat(target.c_str(), &information) == 0) {
    std::error_code error;
    if (!S_ISDIR(information.st_mode) || !std::filesystem::is_empty(target, error) || error) {
      return absl::InvalidArgumentError(absl::StrCat(
          ShownPath(target), " exists already; the destination must be new or an empty directory"));
    }
  }
  for (int i = 0; i < kTemporaryNames; ++i) {
    const std::string path = absl::StrCat(target, ".partial-", ::getpid(), "-", i);
    if (::mkdir(path.c_str(), 0777) == 0) {
      return std::unique_ptr<NewDirectory>(new NewDirectory(path, std::move(target)));
    }
    if (errno != EEXIST) return SystemError(target, errno);
  }
  return absl::UnavailableError(absl::StrCat(ShownPath(target), ": too many .partial directories beside it"));
}

NewDirectory::~NewDirectory() {
  std::error_code ignored;
  if (!committed_) std::filesystem::remove_all(path_, ignored);
}

absl::Status NewDirectory::MakeFolder(absl::string_view name) {
  const std::string path = absl::StrCat(path_, "/", name);
  return ::mkdir(path.c_str(), 0777) == 0 || errno == EEXIST ? absl::OkStatus() : SystemError(path, errno);
}

absl::Status NewDirectory::WriteText(absl::string_view name, absl::string_view text) {
  auto file = FileWriter::Create(absl::StrCat(path_, "/", name));
  if (!file.ok()) return file.status();
  if (absl::Status status = (*file)->WriteAt(0, text.data(), text.size()); !status.ok()) return status;
  return (*file)->Close();
}

absl::Status NewDirectory::CopyFrom(const Folder& source, absl::string_view name) {
  absl::StatusOr<FileBytes> file = source.Open(name);
  if (!file.ok()) return file.status();
  const absl::Span<const uint8_t> bytes = file->bytes();
  return WriteText(name, absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

absl::Status NewDirectory::Commit() {
  if (std::rename(path_.c_str(), destination_.c_str()) != 0) return SystemError(destination_, errno);
  committed_ = true;
  return absl::OkStatus();
}

}  // namespace lwave::model
