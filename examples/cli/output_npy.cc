// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Vectors as a NumPy array, and their ranges as JSON lines in a second file.

#include <bit>
#include <cstring>
#include <vector>

#include "diagnostics.h"
#include "output_file.h"
#include "records.h"

namespace lwave::cli {
namespace {

constexpr size_t kHeaderBytes = 128;  // room for two numbers of 19 digits

// NumPy's format 1.0: magic, version, length of the rest, a Python dictionary padded with spaces, a line end.
std::string Header(int64_t rows, int64_t width) {
  std::string header("\x93NUMPY\x01\x00", 8);
  constexpr size_t kRest = kHeaderBytes - 10;
  header += static_cast<char>(kRest & 0xff);
  header += static_cast<char>(kRest >> 8);
  header += "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
            std::to_string(width) + "), }";
  header.resize(kHeaderBytes - 1, ' ');
  return header + '\n';
}

class NpyWriter : public RecordWriter {
 public:
  NpyWriter(const std::string& path, int64_t width)
      : vectors_(path), ranges_(path + ".jsonl"), width_(width), row_(static_cast<size_t>(4 * width)) {
    vectors_.Write(Header(0, width));
  }

  void Write(const Record& record) override {
    for (int64_t i = 0; i < width_; ++i) {
      uint32_t bits = record.vector == nullptr ? 0 : std::bit_cast<uint32_t>(record.vector[i]);
      for (int64_t byte = 0; byte < 4; ++byte, bits >>= 8) row_[static_cast<size_t>(4 * i + byte)] = static_cast<char>(bits);
    }
    vectors_.Write({row_.data(), row_.size()});
    ranges_.Write(JsonLine(record, false));
    ++rows_;
  }

  void Flush() override {}

  void Commit() override {
    vectors_.WriteAt(0, Header(rows_, width_));
    ranges_.Flush();
    vectors_.Commit();
    ranges_.Commit();
  }

 private:
  OutputFile vectors_;
  OutputFile ranges_;
  int64_t width_;
  int64_t rows_ = 0;
  std::vector<char> row_;  // [width] float32, little-endian
};

}  // namespace

std::unique_ptr<RecordWriter> MakeNpyWriter(const std::string& path, int64_t width) {
  return std::make_unique<NpyWriter>(path, width);
}

}  // namespace lwave::cli
