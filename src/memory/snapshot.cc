// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Writing and checking the container that snapshot.h describes.

#include "memory/snapshot.h"

#include <cstring>
#include <utility>

#include "absl/crc/crc32c.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"

namespace lwave::memory {
namespace {

constexpr uint8_t kMagic[8] = {0x89, 'L', 'W', 'S', 0x0D, 0x0A, 0x1A, 0x0A};
constexpr uint32_t kFormat = 1;
constexpr uint32_t kMaxHeaderBytes = 1 << 20;
constexpr uint32_t kMaxSections = 1 << 16;
constexpr size_t kNameBytes = 16;

uint32_t Crc(const uint8_t* data, size_t bytes) {
  return static_cast<uint32_t>(absl::ComputeCrc32c(absl::string_view(reinterpret_cast<const char*>(data), bytes)));
}

const char* TypeName(SectionType type) {
  switch (type) {
    case SectionType::kBytes: return "u8";
    case SectionType::kInt32: return "i32";
    case SectionType::kInt64: return "i64";
    case SectionType::kF32: return "f32";
    case SectionType::kF64: return "f64";
  }
  return "?";
}

absl::Status Damaged(absl::string_view what) { return absl::DataLossError(absl::StrCat("snapshot: ", what)); }

}  // namespace

std::vector<uint8_t> SnapshotWriter::Finish() const {
  size_t payload = 0;
  for (const Section& section : sections_) payload += section.data.size();
  const size_t head = sizeof(kMagic) + 4 + 4 + header_.size() + 4 + sections_.size() * (kNameBytes + 16) + 4;
  std::vector<uint8_t> out(head + payload);
  ByteWriter writer(absl::MakeSpan(out));
  writer.PutBytes(kMagic, sizeof(kMagic));
  writer.Put<uint32_t>(kFormat);
  writer.Put<uint32_t>(static_cast<uint32_t>(header_.size()));
  writer.PutBytes(header_.data(), header_.size());
  writer.Put<uint32_t>(static_cast<uint32_t>(sections_.size()));
  for (const Section& section : sections_) {
    char name[kNameBytes] = {};
    section.name.copy(name, kNameBytes - 1);
    writer.PutBytes(name, kNameBytes);
    writer.Put<uint32_t>(static_cast<uint32_t>(section.type));
    writer.Put<uint32_t>(Crc(section.data.data(), section.data.size()));
    writer.Put<uint64_t>(section.data.size());
  }
  writer.Put<uint32_t>(Crc(out.data(), writer.used()));
  for (const Section& section : sections_) writer.PutBytes(section.data.data(), section.data.size());
  return out;
}

absl::StatusOr<SnapshotReader> SnapshotReader::Parse(absl::Span<const uint8_t> data) {
  ByteReader reader(data);
  const absl::Span<const uint8_t> magic = reader.GetBlock(sizeof(kMagic));
  if (!reader.ok() || std::memcmp(magic.data(), kMagic, sizeof(kMagic)) != 0) {
    return Damaged("not a Longwave snapshot, or damaged by a text-mode transfer");
  }
  const uint32_t format = reader.Get<uint32_t>();
  if (!reader.ok()) return Damaged("truncated");
  if (format != kFormat) {
    return Damaged(absl::StrCat("format ", format, " is not known to this version of Longwave (it reads ", kFormat, ")"));
  }
  const uint32_t header_bytes = reader.Get<uint32_t>();
  if (header_bytes > kMaxHeaderBytes) return Damaged("the header's length is not credible");
  const absl::Span<const uint8_t> header = reader.GetBlock(header_bytes);
  const uint32_t count = reader.Get<uint32_t>();
  if (!reader.ok()) return Damaged("truncated");
  if (count > kMaxSections) return Damaged("the number of sections is not credible");
  struct Entry {
    std::string name;
    uint32_t type, crc;
    uint64_t bytes;
  };
  std::vector<Entry> entries;
  for (uint32_t i = 0; i < count; ++i) {
    const absl::Span<const uint8_t> name = reader.GetBlock(kNameBytes);
    Entry entry;
    entry.type = reader.Get<uint32_t>();
    entry.crc = reader.Get<uint32_t>();
    entry.bytes = reader.Get<uint64_t>();
    if (!reader.ok()) return Damaged("truncated");
    const char* text = reinterpret_cast<const char*>(name.data());
    entry.name.assign(text, strnlen(text, kNameBytes));
    entries.push_back(std::move(entry));
  }
  const size_t covered = data.size() - reader.left();
  const uint32_t crc = reader.Get<uint32_t>();
  if (!reader.ok()) return Damaged("truncated");
  if (crc != Crc(data.data(), covered)) return Damaged("the header is damaged (checksum)");

  SnapshotReader snapshot;
  snapshot.header_ = absl::string_view(reinterpret_cast<const char*>(header.data()), header.size());
  for (Entry& entry : entries) {
    if (entry.type < 1 || entry.type > 5) return Damaged(absl::StrCat("section ", entry.name, " has an unknown type"));
    if (entry.bytes > reader.left()) return Damaged(absl::StrCat("truncated in section ", entry.name));
    const absl::Span<const uint8_t> block = reader.GetBlock(static_cast<size_t>(entry.bytes));
    if (Crc(block.data(), block.size()) != entry.crc) {
      return Damaged(absl::StrCat("section ", entry.name, " is damaged (checksum)"));
    }
    snapshot.sections_.push_back({std::move(entry.name), static_cast<SectionType>(entry.type), block});
  }
  if (reader.left() != 0) return Damaged("bytes follow the last section");
  return snapshot;
}

absl::StatusOr<const SnapshotReader::Section*> SnapshotReader::Find(absl::string_view name, SectionType type,
                                                                    int64_t count, size_t width) const {
  for (const Section& section : sections_) {
    if (section.name != name) continue;
    if (section.type != type || section.data.size() % width != 0) {
      return Damaged(absl::StrCat("section ", name, " is not of type ", TypeName(type)));
    }
    const int64_t numbers = static_cast<int64_t>(section.data.size() / width);
    if (count >= 0 && numbers != count) {
      return Damaged(absl::StrCat("section ", name, " must hold ", count, " numbers, holds ", numbers));
    }
    return &section;
  }
  return Damaged(absl::StrCat("section ", name, " is missing"));
}

template <typename T>
absl::StatusOr<std::vector<T>> SnapshotReader::Copy(absl::string_view name, SectionType type, int64_t count) const {
  absl::StatusOr<const Section*> section = Find(name, type, count, sizeof(T));
  if (!section.ok()) return section.status();
  std::vector<T> out((*section)->data.size() / sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), (*section)->data.data(), (*section)->data.size());
  return out;
}

absl::StatusOr<std::vector<int32_t>> SnapshotReader::Int32(absl::string_view name, int64_t count) const {
  return Copy<int32_t>(name, SectionType::kInt32, count);
}
absl::StatusOr<std::vector<int64_t>> SnapshotReader::Int64(absl::string_view name, int64_t count) const {
  return Copy<int64_t>(name, SectionType::kInt64, count);
}
absl::StatusOr<std::vector<float>> SnapshotReader::F32(absl::string_view name, int64_t count) const {
  return Copy<float>(name, SectionType::kF32, count);
}
absl::StatusOr<std::vector<double>> SnapshotReader::F64(absl::string_view name, int64_t count) const {
  return Copy<double>(name, SectionType::kF64, count);
}
absl::StatusOr<absl::Span<const uint8_t>> SnapshotReader::Bytes(absl::string_view name) const {
  absl::StatusOr<const Section*> section = Find(name, SectionType::kBytes, -1, 1);
  if (!section.ok()) return section.status();
  return (*section)->data;
}

std::string SnapshotReader::DescribeSections() const {
  std::string text = "[";
  for (const Section& section : sections_) {
    if (text.size() > 1) text += ",";
    std::string name;
    for (char c : section.name) {
      if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') name += c;
    }
    absl::StrAppend(&text, "{\"name\":\"", name, "\",\"type\":\"", TypeName(section.type),
                    "\",\"bytes\":", section.data.size(), "}");
  }
  return text + "]";
}

}  // namespace lwave::memory
