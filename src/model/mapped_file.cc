// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See mapped_file.h.

#include "model/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace lwave::model {
namespace {

constexpr size_t kShownPathBytes = 110;
constexpr size_t kShownNameBytes = 80;

// An open descriptor of a regular file, with its size.
class Descriptor {
 public:
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  absl::Status Open(const std::string& path) {
    if (path.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat(ShownPath(path), ": a path must not contain a zero byte"));
    }
    // Without O_NONBLOCK a named pipe would wait for a writer for ever.
    do {
      fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    } while (fd_ < 0 && errno == EINTR);
    if (fd_ < 0) {
      const int error = errno;
      const std::string message = absl::StrCat(ShownPath(path), ": ", std::strerror(error));
      return error == ENOENT || error == ENOTDIR ? absl::NotFoundError(message)
                                                 : absl::UnavailableError(message);
    }
    struct stat information;
    if (::fstat(fd_, &information) != 0) {
      return absl::UnavailableError(absl::StrCat(ShownPath(path), ": ", std::strerror(errno)));
    }
    if (!S_ISREG(information.st_mode)) {
      return absl::InvalidArgumentError(
          absl::StrCat(ShownPath(path), " must be a regular file, but it is ",
                       S_ISDIR(information.st_mode) ? "a directory" : "a pipe, socket or device"));
    }
    size_ = static_cast<size_t>(information.st_size);
    return absl::OkStatus();
  }
  int fd() const { return fd_; }
  size_t size() const { return size_; }

 private:
  int fd_ = -1;
  size_t size_ = 0;
};

}  // namespace

std::string ShownPath(absl::string_view path) {
  if (path.size() <= kShownPathBytes) return absl::Utf8SafeCHexEscape(path);
  absl::string_view tail = path.substr(path.size() - kShownPathBytes);
  const size_t slash = tail.find('/');
  if (slash != absl::string_view::npos && slash + 1 < tail.size()) tail = tail.substr(slash);
  return absl::StrCat("...", absl::Utf8SafeCHexEscape(tail));
}

std::string ShownName(absl::string_view name) {
  if (name.size() <= kShownNameBytes) return absl::StrCat("\"", absl::Utf8SafeCHexEscape(name), "\"");
  size_t end = kShownNameBytes;  // not inside a character
  while (end > kShownNameBytes - 4 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat("\"", absl::Utf8SafeCHexEscape(name.substr(0, end)), "...\"");
}

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  Descriptor file;
  if (absl::Status status = file.Open(path); !status.ok()) return status;
  MappedFile mapped;
  if (file.size() == 0) return mapped;  // an empty mapping is an error of mmap, an empty file is none of ours
  void* data = ::mmap(nullptr, file.size(), PROT_READ, MAP_PRIVATE, file.fd(), 0);
  if (data == MAP_FAILED) {
    return absl::UnavailableError(
        absl::StrCat(ShownPath(path), ": cannot be mapped: ", std::strerror(errno)));
  }
  mapped.data_ = static_cast<const uint8_t*>(data);
  mapped.size_ = file.size();
  return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept { *this = std::move(other); }

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<uint8_t*>(data_), size_);
}

absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_bytes) {
  Descriptor file;
  if (absl::Status status = file.Open(path); !status.ok()) return status;
  if (file.size() > max_bytes) {
    return absl::DataLossError(
        absl::StrCat(ShownPath(path), " must have at most ", max_bytes, " bytes, got ", file.size()));
  }
  std::string text(file.size(), '\0');
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::read(file.fd(), &text[done], text.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::UnavailableError(absl::StrCat(ShownPath(path), ": ", std::strerror(errno)));
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  text.resize(done);
  return text;
}

bool PathExists(const std::string& path) {
  struct stat information;
  return ::stat(path.c_str(), &information) == 0;
}

}  // namespace lwave::model
