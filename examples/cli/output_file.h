// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where results go: standard output, or a file that appears only when it is complete.

#ifndef LONGWAVE_EXAMPLES_CLI_OUTPUT_FILE_H_
#define LONGWAVE_EXAMPLES_CLI_OUTPUT_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace lwave::cli {

class OutputFile {
 public:
  // Opens standard output for "" and "-". A path that is a regular file, or nothing yet, is written as a temporary
  // file beside it, which Commit renames; anything else (a device, a pipe) is written directly.
  // Throws OutputFailure.
  explicit OutputFile(const std::string& path);
  // Without Commit the temporary file is removed.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // All throw OutputFailure.
  void Write(std::string_view bytes);
  void WriteAt(int64_t offset, std::string_view bytes);  // regular files only
  void Flush();
  void Commit();

  const std::string& name() const { return name_; }
  bool regular() const { return !temporary_.empty(); }
  bool terminal() const { return terminal_; }

 private:
  [[noreturn]] void Fail(int error_number) const;

  std::string name_;       // for messages
  std::string target_;     // the file to become
  std::string temporary_;  // empty when written directly
  std::string buffer_;
  int descriptor_ = -1;
  bool standard_ = false;
  bool terminal_ = false;
};

// Whether `path` is a regular file or may become one.
bool IsRegularTarget(const std::string& path);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_OUTPUT_FILE_H_
