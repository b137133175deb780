// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Buffered writing, and the rename at the end.

#include "output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "diagnostics.h"

namespace lwave::cli {
namespace {

constexpr size_t kBufferBytes = 64 << 10;

}  // namespace

bool IsRegularTarget(const std::string& path) {
  if (path.empty() || path == "-") return false;
  struct stat status;
  return stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

OutputFile::OutputFile(const std::string& path) : name_(path) {
  if (path.empty() || path == "-") {
    name_ = "standard output";
    standard_ = true;
    descriptor_ = STDOUT_FILENO;
    terminal_ = isatty(descriptor_) != 0;
    return;
  }
  if (!IsRegularTarget(path)) {
    descriptor_ = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) Fail(errno);
    terminal_ = isatty(descriptor_) != 0;
    return;
  }
  // Through a symbolic link it is the file behind it that is replaced.
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  target_ = error ? path : real.string();
  std::string pattern = target_ + ".part.XXXXXX";
  descriptor_ = mkostemp(pattern.data(), O_CLOEXEC);
  if (descriptor_ < 0) Fail(errno);
  temporary_ = pattern;
  struct stat status;
  const mode_t mask = umask(0);
  umask(mask);
  const mode_t mode = stat(target_.c_str(), &status) == 0 ? status.st_mode & 0777 : 0666 & ~mask;
  fchmod(descriptor_, mode);
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
  if (!standard_ && descriptor_ >= 0) close(descriptor_);
}

void OutputFile::Fail(int error_number) const { throw OutputFailure(name_, SystemError(error_number)); }

void OutputFile::Write(std::string_view bytes) {
  buffer_.append(bytes);
  if (buffer_.size() >= kBufferBytes) Flush();
}

void OutputFile::Flush() {
  if (buffer_.empty()) return;
  if (terminal_) ClearStatusLine();
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) {
      CheckInterrupted();
      continue;
    }
    if (written < 0) Fail(errno);
    rest.remove_prefix(static_cast<size_t>(written));
  }
  buffer_.clear();
}

void OutputFile::WriteAt(int64_t offset, std::string_view bytes) {
  Flush();
  while (!bytes.empty()) {
    const ssize_t written = pwrite(descriptor_, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) Fail(errno);
    offset += written;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void OutputFile::Commit() {
  Flush();
  if (temporary_.empty()) return;
  if (close(descriptor_) != 0) {
    descriptor_ = -1;
    Fail(errno);
  }
  descriptor_ = -1;
  if (rename(temporary_.c_str(), target_.c_str()) != 0) Fail(errno);
  temporary_.clear();
}

}  // namespace lwave::cli
