// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One input, a file or standard input, read once from front to end in pieces.

#ifndef LONGWAVE_EXAMPLES_CLI_INPUT_H_
#define LONGWAVE_EXAMPLES_CLI_INPUT_H_

#include <cstdint>
#include <string>

namespace lwave::cli {

// How much of an input is in memory at a time.
inline constexpr int64_t kChunkBytes = 256 << 10;

class Input {
 public:
  // Opens a file, or standard input for "-". With keep_text, ReadRange works: a regular file is read again; what
  // comes through a pipe is copied to an unnamed temporary file in $TMPDIR or /tmp, which is emptied from the
  // front by ForgetBefore, so that memory stays fixed and the disk holds about the open passage.
  // Throws Failure.
  Input(const std::string& name, bool keep_text);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  const std::string& name() const { return name_; }
  int64_t size() const { return size_; }          // bytes, or -1 when that is not known
  int64_t position() const { return position_; }  // bytes read so far

  // Reads at most `capacity` bytes; 0 at the end. Throws Failure and Interrupted.
  int64_t Read(char* buffer, int64_t capacity);

  // Goes on at `offset`, by seeking or by reading. Throws Failure if the input is shorter.
  void SkipTo(int64_t offset);

  // The bytes [begin, end) as far as they are there. Needs keep_text. Throws Failure.
  std::string ReadRange(int64_t begin, int64_t end) const;

  // Nothing before `offset` will be asked for any more.
  void ForgetBefore(int64_t offset);

 private:
  std::string name_;
  int descriptor_ = -1;
  int text_descriptor_ = -1;  // what ReadRange reads: the file itself or the temporary file
  bool spooling_ = false;
  int64_t base_ = 0;  // where the input begins in text_descriptor_
  int64_t size_ = -1;
  int64_t position_ = 0;
  int64_t forgotten_ = 0;
};

// The bytes [begin, end) of a regular file; false if it is none or has not got them. Throws nothing.
bool ReadFileRange(const std::string& path, int64_t begin, int64_t end, std::string& bytes);

// A whole small file; throws Failure, also when it is larger than `most` bytes.
std::string ReadSmallFile(const std::string& path, int64_t most);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_INPUT_H_
