// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See files.h.

#include "base/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace lwave {
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

absl::StatusOr<FileBytes> FileBytes::Map(const std::string& path) {
  Descriptor file;
  if (absl::Status status = file.Open(path); !status.ok()) return status;
  FileBytes mapped;
  if (file.size() == 0) return mapped;  // an empty mapping is an error of mmap, an empty file is none of ours
  void* data = ::mmap(nullptr, file.size(), PROT_READ, MAP_PRIVATE, file.fd(), 0);
  if (data == MAP_FAILED) {
    return absl::UnavailableError(
        absl::StrCat(ShownPath(path), ": cannot be mapped: ", std::strerror(errno)));
  }
  mapped.data_ = static_cast<const uint8_t*>(data);
  mapped.size_ = file.size();
  mapped.mapped_ = true;
  return mapped;
}

absl::StatusOr<FileBytes> FileBytes::Copy(absl::Span<const uint8_t> bytes, const Allocator& allocator) {
  FileBytes copy;
  if (absl::Status status = copy.copy_.Resize(allocator, bytes.size()); !status.ok()) return status;
  std::copy(bytes.begin(), bytes.end(), copy.copy_.begin());
  return copy;
}

FileBytes::FileBytes(FileBytes&& other) noexcept { *this = std::move(other); }

FileBytes& FileBytes::operator=(FileBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(mapped_, other.mapped_);
  std::swap(copy_, other.copy_);
  return *this;
}

FileBytes::~FileBytes() {
  if (mapped_) ::munmap(const_cast<uint8_t*>(data_), size_);
}

void FileBytes::Release(absl::Span<const uint8_t> range) const {
  if (!mapped_ || range.data() < data_ || range.data() > data_ + size_) return;
  const size_t begin = static_cast<size_t>(range.data() - data_);
  if (range.size() > size_ - begin) return;
  static const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const size_t first = (begin + page - 1) / page * page;
  // The file's last page belongs to its last byte alone.
  const size_t end = begin + range.size() == size_ ? size_ : (begin + range.size()) / page * page;
  if (first < end) ::madvise(const_cast<uint8_t*>(data_) + first, end - first, MADV_DONTNEED);
}

void FileBytes::ReadAhead(bool ahead) const {
  if (mapped_) ::madvise(const_cast<uint8_t*>(data_), size_, ahead ? MADV_NORMAL : MADV_RANDOM);
}

Folder Folder::OnDisk(std::string path) {
  Folder folder;
  folder.path_ = std::move(path);
  return folder;
}

absl::StatusOr<Folder> Folder::InMemory(absl::Span<const NamedBytes> files, const Allocator& allocator) {
  Folder folder;
  folder.allocator_ = &allocator;
  folder.files_.assign(files.begin(), files.end());
  std::sort(folder.files_.begin(), folder.files_.end(),
            [](const NamedBytes& a, const NamedBytes& b) { return a.name < b.name; });
  for (size_t i = 0; i < folder.files_.size(); ++i) {
    const absl::string_view name = folder.files_[i].name;
    if (name.empty() || name.front() == '/') {
      return absl::InvalidArgumentError(
          absl::StrCat("a buffer's name must be a file's name inside the folder, got ", ShownName(name)));
    }
    if (i > 0 && folder.files_[i - 1].name == name) {
      return absl::InvalidArgumentError(absl::StrCat("two buffers have the name ", ShownName(name)));
    }
  }
  if (folder.files_.empty()) return folder;
  // In sorted order the first and the last name have the fewest letters in common.
  const absl::string_view first = folder.files_.front().name, last = folder.files_.back().name;
  const auto differs = std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first;
  const size_t slash = first.substr(0, static_cast<size_t>(differs - first.begin())).rfind('/');
  if (slash != absl::string_view::npos) folder.path_ = std::string(first.substr(0, slash));
  return folder;
}

absl::Status Folder::Check() const {
  if (in_memory()) return absl::OkStatus();
  if (path_.empty()) return absl::InvalidArgumentError("the model's directory must not be empty");
  struct stat information;
  if (path_.find('\0') != std::string::npos || ::stat(path_.c_str(), &information) != 0) {
    return absl::NotFoundError(absl::StrCat(ShownPath(path_), ": No such file or directory"));
  }
  if (S_ISDIR(information.st_mode)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(ShownPath(path_), " must be a model's directory, but it is a file"));
}

std::string Folder::Path(absl::string_view name) const {
  if (name.empty()) return path_;
  return path_.empty() && in_memory() ? std::string(name) : absl::StrCat(path_, "/", name);
}

const NamedBytes* Folder::Find(absl::string_view name) const {
  const std::string path = Path(name);
  const auto found = std::lower_bound(files_.begin(), files_.end(), path,
                                      [](const NamedBytes& a, absl::string_view b) { return a.name < b; });
  return found != files_.end() && found->name == path ? &*found : nullptr;
}

Folder Folder::Inside(absl::string_view name) const {
  Folder inside = *this;
  inside.path_ = Path(name);
  return inside;
}

bool Folder::Holds(absl::string_view name) const {
  if (in_memory()) return Find(name) != nullptr;
  struct stat information;
  return ::stat(Path(name).c_str(), &information) == 0;
}

std::string Folder::Shown(absl::string_view name) const {
  const std::string path = Path(name);
  return in_memory() && path.empty() ? "the model's buffers" : ShownPath(path);
}

absl::StatusOr<FileBytes> Folder::Open(absl::string_view name) const {
  if (!in_memory()) return FileBytes::Map(Path(name));
  const NamedBytes* file = Find(name);
  if (file == nullptr) return absl::NotFoundError(absl::StrCat(Shown(name), ": no buffer has this name"));
  return FileBytes::Copy(file->bytes, *allocator_);
}

absl::StatusOr<std::string> Folder::Read(absl::string_view name, size_t max_bytes) const {
  const auto too_long = [&](size_t size) {
    return absl::DataLossError(absl::StrCat(Shown(name), " must have at most ", max_bytes, " bytes, got ", size));
  };
  if (in_memory()) {
    const NamedBytes* held = Find(name);
    if (held == nullptr) return absl::NotFoundError(absl::StrCat(Shown(name), ": no buffer has this name"));
    if (held->bytes.size() > max_bytes) return too_long(held->bytes.size());
    return std::string(held->bytes.begin(), held->bytes.end());
  }
  Descriptor file;
  if (absl::Status status = file.Open(Path(name)); !status.ok()) return status;
  if (file.size() > max_bytes) return too_long(file.size());
  std::string text(file.size(), '\0');
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::read(file.fd(), &text[done], text.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::UnavailableError(absl::StrCat(Shown(name), ": ", std::strerror(errno)));
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  text.resize(done);
  return text;
}

}  // namespace lwave
