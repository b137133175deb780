// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading files, pipes and ranges.

#include "input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "diagnostics.h"

namespace lwave::cli {
namespace {

constexpr int64_t kForgetStep = 8 << 20;

int OpenTemporaryFile() {
  const char* variable = std::getenv("TMPDIR");
  const std::string folder = variable != nullptr && variable[0] != '\0' ? variable : "/tmp";
  std::string path = folder + "/longwave.XXXXXX";
  const int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) {
    throw Failure(folder, "cannot make a temporary file for text from a pipe: " + SystemError(errno));
  }
  unlink(path.c_str());
  return descriptor;
}

// Reads [begin, begin + count) as far as it is there; -1 on an error.
int64_t ReadAt(int descriptor, int64_t begin, int64_t count, char* bytes) {
  int64_t done = 0;
  while (done < count) {
    const ssize_t got = pread(descriptor, bytes + done, static_cast<size_t>(count - done), begin + done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += got;
  }
  return done;
}

}  // namespace

Input::Input(const std::string& name, bool keep_text) : name_(name) {
  const bool standard = name == "-";
  descriptor_ = standard ? STDIN_FILENO : open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) {
    CheckInterrupted();
    throw Failure(name, SystemError(errno));
  }
  struct stat status;
  const bool known = fstat(descriptor_, &status) == 0;
  const bool regular = known && S_ISREG(status.st_mode);
  if (!known || S_ISDIR(status.st_mode)) {
    const int error = known ? EISDIR : errno;
    if (!standard) close(descriptor_);
    throw Failure(name, SystemError(error));
  }
  if (regular) {
    if (standard) base_ = std::max<int64_t>(0, lseek(descriptor_, 0, SEEK_CUR));
    size_ = std::max<int64_t>(0, status.st_size - base_);
  }
  if (!keep_text) return;
  spooling_ = !regular;
  try {
    text_descriptor_ = spooling_ ? OpenTemporaryFile() : descriptor_;
  } catch (const Failure&) {
    if (!standard) close(descriptor_);
    throw;
  }
}

Input::~Input() {
  if (spooling_) close(text_descriptor_);
  if (name_ != "-") close(descriptor_);
}

int64_t Input::Read(char* buffer, int64_t capacity) {
  while (true) {
    CheckInterrupted();
    const ssize_t got = read(descriptor_, buffer, static_cast<size_t>(capacity));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Failure(name_, SystemError(errno));
    for (ssize_t done = 0; spooling_ && done < got;) {
      const ssize_t written =
          pwrite(text_descriptor_, buffer + done, static_cast<size_t>(got - done), position_ + done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw Failure(name_, "writing the temporary copy of the text: " + SystemError(errno));
      done += written;
    }
    position_ += got;
    return got;
  }
}

void Input::SkipTo(int64_t offset) {
  const auto fail = [&](int64_t bytes) {
    const std::string meaning = name_ == "-" ? " (standard input carries the whole document; see --rest)" : "";
    return Failure(name_, "has " + std::to_string(bytes) + " bytes, but the snapshot was taken after byte " +
                              std::to_string(offset) + meaning);
  };
  if (size_ >= 0) {
    if (size_ < offset) throw fail(size_);
    if (lseek(descriptor_, base_ + offset, SEEK_SET) < 0) throw Failure(name_, SystemError(errno));
    position_ = offset;
    return;
  }
  std::vector<char> buffer(static_cast<size_t>(kChunkBytes));
  while (position_ < offset) {
    if (Read(buffer.data(), std::min(kChunkBytes, offset - position_)) == 0) throw fail(position_);
  }
}

std::string Input::ReadRange(int64_t begin, int64_t end) const {
  std::string bytes(static_cast<size_t>(end - begin), '\0');
  const int64_t got = ReadAt(text_descriptor_, base_ + begin, end - begin, bytes.data());
  if (got < 0) throw Failure(name_, SystemError(errno));
  bytes.resize(static_cast<size_t>(got));
  return bytes;
}

void Input::ForgetBefore(int64_t offset) {
  if (!spooling_ || offset - forgotten_ < kForgetStep) return;
  // A file system that cannot do this keeps the whole copy, which is only a matter of disk.
  fallocate(text_descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, offset);
  forgotten_ = offset;
}

bool ReadFileRange(const std::string& path, int64_t begin, int64_t end, std::string& bytes) {
  struct stat status;
  // Asked before opening, which would wait for ever on a named pipe.
  if (path == "-" || stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  if (status.st_size < end) return false;
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  bytes.assign(static_cast<size_t>(end - begin), '\0');
  const int64_t got = ReadAt(descriptor, begin, end - begin, bytes.data());
  close(descriptor);
  return got == end - begin;
}

std::string ReadSmallFile(const std::string& path, int64_t most) {
  Input input(path, false);
  std::string bytes;
  std::vector<char> buffer(static_cast<size_t>(kChunkBytes));
  while (const int64_t got = input.Read(buffer.data(), kChunkBytes)) {
    bytes.append(buffer.data(), static_cast<size_t>(got));
    if (static_cast<int64_t>(bytes.size()) > most) {
      throw Failure(path, "larger than " + std::to_string(most) + " bytes, which no snapshot is");
    }
  }
  return bytes;
}

}  // namespace lwave::cli
