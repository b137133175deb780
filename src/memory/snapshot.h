// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The file form of a memory, format 1, little-endian:
//   magic     8 bytes: 89 'L' 'W' 'S' 0D 0A 1A 0A   (damaged by text-mode transfers, like PNG's)
//   u32       format version, 1
//   u32       bytes of the header
//   header    JSON: mechanism, dimensions, configuration, the model's name and fingerprint
//   u32       number of sections
//   table     per section: name [16] (NUL-padded), u32 dtype, u32 CRC32C of its payload, u64 bytes
//   u32       CRC32C of all the above
//   payload   the sections one after another, rows from oldest to newest
// Nothing may follow. What the sections mean is their owner's business; here they are named typed bytes.

#ifndef LONGWAVE_MEMORY_SNAPSHOT_H_
#define LONGWAVE_MEMORY_SNAPSHOT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace lwave::memory {

enum class SectionType : uint32_t { kBytes = 1, kInt32 = 2, kInt64 = 3, kF32 = 4, kF64 = 5 };

class SnapshotWriter {
 public:
  explicit SnapshotWriter(std::string header_json) : header_(std::move(header_json)) {}

  // `name` at most 15 characters.
  void AddBytes(absl::string_view name, absl::Span<const uint8_t> data) { Add(name, SectionType::kBytes, data); }
  void AddInt32(absl::string_view name, absl::Span<const int32_t> data) {
    Add(name, SectionType::kInt32, Raw(data.data(), data.size() * 4));
  }
  void AddInt64(absl::string_view name, absl::Span<const int64_t> data) {
    Add(name, SectionType::kInt64, Raw(data.data(), data.size() * 8));
  }
  void AddF32(absl::string_view name, absl::Span<const float> data) {
    Add(name, SectionType::kF32, Raw(data.data(), data.size() * 4));
  }
  void AddF64(absl::string_view name, absl::Span<const double> data) {
    Add(name, SectionType::kF64, Raw(data.data(), data.size() * 8));
  }
  std::vector<uint8_t> Finish() const;

 private:
  struct Section {
    std::string name;
    SectionType type;
    std::vector<uint8_t> data;
  };
  static absl::Span<const uint8_t> Raw(const void* data, size_t bytes) {
    return absl::MakeConstSpan(static_cast<const uint8_t*>(data), bytes);
  }
  void Add(absl::string_view name, SectionType type, absl::Span<const uint8_t> data) {
    sections_.push_back({std::string(name), type, std::vector<uint8_t>(data.begin(), data.end())});
  }

  std::string header_;
  std::vector<Section> sections_;
};

// A parsed snapshot: views into the caller's bytes, all checksums verified.
class SnapshotReader {
 public:
  // DataLoss for everything that is not a whole snapshot of a known format.
  static absl::StatusOr<SnapshotReader> Parse(absl::Span<const uint8_t> data);

  absl::string_view header() const { return header_; }
  // The section's numbers, copied; DataLoss when it is missing, of another type or not `count` long
  // (count < 0: any length).
  absl::StatusOr<std::vector<int32_t>> Int32(absl::string_view name, int64_t count) const;
  absl::StatusOr<std::vector<int64_t>> Int64(absl::string_view name, int64_t count) const;
  absl::StatusOr<std::vector<float>> F32(absl::string_view name, int64_t count) const;
  absl::StatusOr<std::vector<double>> F64(absl::string_view name, int64_t count) const;
  absl::StatusOr<absl::Span<const uint8_t>> Bytes(absl::string_view name) const;
  // Name, type and length of every section, for people.
  std::string DescribeSections() const;  // a JSON array

 private:
  struct Section {
    std::string name;
    SectionType type;
    absl::Span<const uint8_t> data;
  };
  absl::StatusOr<const Section*> Find(absl::string_view name, SectionType type, int64_t count, size_t width) const;
  template <typename T>
  absl::StatusOr<std::vector<T>> Copy(absl::string_view name, SectionType type, int64_t count) const;

  absl::string_view header_;
  std::vector<Section> sections_;
};

}  // namespace lwave::memory

#endif  // LONGWAVE_MEMORY_SNAPSHOT_H_
