// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A tiny reader and writer of safetensors files for test data. It trusts its input: the files are ours.
// Errors are thrown as std::runtime_error that names the file, which fails a test with that text.
//
// A file is: u64 little-endian size of the header | header (JSON) | data. The header maps a tensor's name to
// {"dtype","shape","data_offsets":[begin,end]}; offsets count from the first byte after the header.

#ifndef LONGWAVE_TESTS_REFERENCE_SAFETENSORS_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_SAFETENSORS_REFERENCE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lwave::reference {

struct StoredTensor {
  std::string dtype;  // "F64", "F32", "F16", "BF16", "I64", "I32", "I8", "U8"
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes;  // row-major, little-endian

  int64_t size() const;  // number of elements
  std::vector<double> Doubles() const;
  std::vector<float> Floats() const;  // Doubles rounded to float; exact for F32 and narrower
  std::vector<int64_t> Integers() const;
};

struct StoredFile {
  std::map<std::string, StoredTensor> tensors;
  std::map<std::string, std::string> metadata;  // "__metadata__"

  bool Has(const std::string& name) const { return tensors.count(name) != 0; }
  const StoredTensor& At(const std::string& name) const;  // throws and names the tensor
};

StoredFile ReadSafetensors(const std::string& path);
void WriteSafetensors(const std::string& path, const StoredFile& file);

// Makers for the writer. The product of `shape` must be the number of values.
StoredTensor StoreF32(std::vector<int64_t> shape, const std::vector<double>& values);
StoredTensor StoreI64(std::vector<int64_t> shape, const std::vector<int64_t>& values);

// One number of 16 bits as a double, exactly.
double HalfToDouble(uint16_t bits);
double Bfloat16ToDouble(uint16_t bits);

// The whole file as bytes; throws when it cannot be read.
std::string ReadWholeFile(const std::string& path);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_SAFETENSORS_REFERENCE_H_
