// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See torch_zip.h. Sizes and places are taken from the directory at the archive's end: local headers may leave them
// open (torch's do).

#include "model/torch_zip.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/files.h"

namespace lwave::model {
namespace {

constexpr uint64_t kLocalBytes = 30, kDirectoryBytes = 46, kEndBytes = 22, kEnd64Bytes = 56, kLocator64Bytes = 20;
constexpr uint32_t kLocalMark = 0x04034b50, kDirectoryMark = 0x02014b50, kEndMark = 0x06054b50,
                   kEnd64Mark = 0x06064b50, kLocator64Mark = 0x07064b50;
constexpr uint64_t kMostComment = 65535;
constexpr uint64_t kMostEntries = 1000000;

uint64_t Number(const uint8_t* bytes, int size) {
  uint64_t value = 0;
  for (int i = size - 1; i >= 0; --i) value = value << 8 | bytes[i];
  return value;
}

class Archive {
 public:
  Archive(absl::Span<const uint8_t> bytes, absl::string_view file) : bytes_(bytes), file_(file) {}

  absl::StatusOr<std::vector<ZipEntry>> Read() {
    if (absl::Status status = FindDirectory(); !status.ok()) return status;
    std::vector<ZipEntry> entries;
    entries.reserve(static_cast<size_t>(count_));
    uint64_t at = directory_;
    for (uint64_t i = 0; i < count_; ++i) {
      absl::StatusOr<ZipEntry> entry = ReadEntry(&at);
      if (!entry.ok()) return entry.status();
      entries.push_back(*entry);
    }
    if (at != end_) return Damaged("its directory has another length than it says");
    if (absl::Status status = CheckPlaces(entries); !status.ok()) return status;
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (size_t j = 1; j < entries.size(); ++j) {
      if (entries[j].name == entries[j - 1].name)
        return Damaged(absl::StrCat("the entry ", ShownName(entries[j].name), " stands twice"));
    }
    return entries;
  }

 private:
  absl::Status Damaged(absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(file_, ": malformed zip archive: ", what));
  }
  // `size` bytes at `offset`, when they lie before `limit`; else null.
  const uint8_t* At(uint64_t offset, uint64_t size, uint64_t limit) const {
    return offset <= limit && size <= limit - offset ? bytes_.data() + offset : nullptr;
  }

  absl::Status FindDirectory() {
    const uint64_t size = bytes_.size();
    if (size < kEndBytes) return Damaged("it is too short");
    const uint64_t first = size - kEndBytes - std::min(size - kEndBytes, kMostComment);
    uint64_t at = size - kEndBytes + 1;
    const uint8_t* end = nullptr;
    while (end == nullptr && at-- > first) {
      const uint8_t* here = bytes_.data() + at;
      if (Number(here, 4) == kEndMark && at + kEndBytes + Number(here + 20, 2) == size) end = here;
    }
    if (end == nullptr) return Damaged("it has no end mark (truncated?)");
    uint64_t bytes = Number(end + 12, 4);
    uint64_t disks = Number(end + 4, 2) | Number(end + 6, 2), on_disk = Number(end + 8, 2);
    count_ = Number(end + 10, 2);
    directory_ = Number(end + 16, 4);
    end_ = at;
    const uint8_t* locator = at < kLocator64Bytes ? nullptr : bytes_.data() + at - kLocator64Bytes;
    if (locator != nullptr && Number(locator, 4) == kLocator64Mark) {
      const uint64_t offset = Number(locator + 8, 8);
      const uint8_t* end64 = At(offset, kEnd64Bytes, at - kLocator64Bytes);
      if (end64 == nullptr || Number(end64, 4) != kEnd64Mark) return Damaged("its Zip64 end record is missing");
      disks = Number(end64 + 16, 4) | Number(end64 + 20, 4) | Number(locator + 4, 4);
      on_disk = Number(end64 + 24, 8);
      count_ = Number(end64 + 32, 8);
      bytes = Number(end64 + 40, 8);
      directory_ = Number(end64 + 48, 8);
      end_ = offset;
    }
    if (disks != 0 || on_disk != count_)
      return absl::UnimplementedError(absl::StrCat(file_, ": an archive of several disks is not supported"));
    if (directory_ > end_ || end_ - directory_ != bytes) return Damaged("its directory does not end where it should");
    if (count_ > bytes / kDirectoryBytes || count_ > kMostEntries)
      return Damaged(absl::StrCat("its directory of ", bytes, " bytes cannot hold ", count_, " entries"));
    return absl::OkStatus();
  }

  absl::StatusOr<ZipEntry> ReadEntry(uint64_t* at) const {
    const uint8_t* head = At(*at, kDirectoryBytes, end_);
    if (head == nullptr || Number(head, 4) != kDirectoryMark) return Damaged("its directory is cut or damaged");
    const uint64_t name_bytes = Number(head + 28, 2), extra_bytes = Number(head + 30, 2);
    const uint64_t rest = name_bytes + extra_bytes + Number(head + 32, 2);
    const uint8_t* name = At(*at + kDirectoryBytes, rest, end_);
    if (name == nullptr) return Damaged("its directory is cut or damaged");
    *at += kDirectoryBytes + rest;
    ZipEntry entry;
    entry.name = absl::string_view(reinterpret_cast<const char*>(name), static_cast<size_t>(name_bytes));
    const auto fail = [&](absl::string_view what) {
      return Damaged(absl::StrCat("the entry ", ShownName(entry.name), " ", what));
    };
    if (Number(head + 10, 2) != 0 || (Number(head + 8, 2) & 1) != 0) {
      return absl::UnimplementedError(
          absl::StrCat(file_, ": the entry ", ShownName(entry.name), " is compressed or encrypted, not stored"));
    }
    uint64_t packed = Number(head + 20, 4), bytes = Number(head + 24, 4), offset = Number(head + 42, 4);
    // What does not fit in 32 bits stands in the Zip64 field, in this order.
    const uint8_t* field = name + name_bytes;
    for (const uint8_t* end = field + extra_bytes; end - field >= 4;) {
      const uint64_t id = Number(field, 2), size = Number(field + 2, 2);
      const uint8_t* value = field + 4;
      if (size > static_cast<uint64_t>(end - value)) return fail("has a damaged extra field");
      field = value + size;
      if (id != 1) continue;
      for (uint64_t* number : {&bytes, &packed, &offset}) {
        if (*number != UINT32_MAX) continue;
        if (field - value < 8) return fail("has a short Zip64 field");
        *number = Number(value, 8);
        value += 8;
      }
    }
    if (packed != bytes) return fail("has two sizes");
    const uint8_t* local = At(offset, kLocalBytes, directory_);
    if (local == nullptr || Number(local, 4) != kLocalMark) return fail("is not where the directory says");
    const uint64_t local_name = Number(local + 26, 2);
    const uint64_t skipped = kLocalBytes + local_name + Number(local + 28, 2);
    const uint8_t* data = At(offset, skipped, directory_) == nullptr ? nullptr : At(offset + skipped, bytes, directory_);
    if (data == nullptr) return fail("ends behind the data (truncated?)");
    if (absl::string_view(reinterpret_cast<const char*>(local) + kLocalBytes, static_cast<size_t>(local_name)) !=
        entry.name) {
      return fail("has another name where it lies");
    }
    entry.data = absl::MakeConstSpan(data, static_cast<size_t>(bytes));
    return entry;
  }

  // An archive whose entries share bytes may unfold to any size.
  absl::Status CheckPlaces(const std::vector<ZipEntry>& entries) const {
    std::vector<const ZipEntry*> order;
    for (const ZipEntry& entry : entries) order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const ZipEntry* a, const ZipEntry* b) {
      return a->data.data() != b->data.data() ? a->data.data() < b->data.data() : a->data.size() < b->data.size();
    });
    for (size_t i = 1; i < order.size(); ++i) {
      // Between two entries lies at least the second one's header.
      if (order[i - 1]->data.data() + order[i - 1]->data.size() + kLocalBytes > order[i]->data.data())
        return Damaged(absl::StrCat("the entries ", ShownName(order[i - 1]->name), " and ", ShownName(order[i]->name),
                                    " overlap"));
    }
    return absl::OkStatus();
  }

  const absl::Span<const uint8_t> bytes_;
  const absl::string_view file_;
  uint64_t count_ = 0, directory_ = 0, end_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<ZipEntry>> ReadStoredZip(absl::Span<const uint8_t> bytes, absl::string_view file) {
  return Archive(bytes, file).Read();
}

}  // namespace lwave::model
