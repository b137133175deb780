// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See safetensors.h. The header is read as events, because a tree of a hostile 100 MB header would take
// gigabytes.

#include "model/safetensors.h"

#include <algorithm>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "model/json.h"

namespace lwave::model {
namespace {

constexpr uint64_t kMaxHeaderBytes = 100000000;     // the reference reader's limit
constexpr uint64_t kMaxNumber = uint64_t{1} << 53;  // what every JSON reader holds exactly
constexpr size_t kMaxRank = 8;
constexpr size_t kMaxTensors = 200000;
constexpr size_t kMaxNameBytes = 4096;
constexpr int kHeaderDepth = 3;

struct TypeInfo {
  absl::string_view name;
  int bits;
  DataType type;
};
constexpr TypeInfo kTypes[] = {
    {"F32", 32, DataType::kF32},      {"F16", 16, DataType::kF16},
    {"BF16", 16, DataType::kBf16},    {"I8", 8, DataType::kI8},
    {"BOOL", 8, DataType::kOther},    {"U8", 8, DataType::kOther},
    {"I16", 16, DataType::kOther},    {"U16", 16, DataType::kOther},
    {"I32", 32, DataType::kOther},    {"U32", 32, DataType::kOther},
    {"I64", 64, DataType::kOther},    {"U64", 64, DataType::kOther},
    {"F64", 64, DataType::kOther},    {"C64", 64, DataType::kOther},
    {"F8_E5M2", 8, DataType::kOther}, {"F8_E4M3", 8, DataType::kOther},
    {"F8_E8M0", 8, DataType::kOther}, {"F8_E4M3FNUZ", 8, DataType::kOther},
    {"F6_E2M3", 6, DataType::kOther}, {"F8_E5M2FNUZ", 8, DataType::kOther},
    {"F6_E3M2", 6, DataType::kOther}, {"F4", 4, DataType::kOther},
};

struct Entry {
  std::string name;
  const TypeInfo* type = nullptr;
  std::vector<int64_t> shape;
  std::vector<uint64_t> offsets;
  bool has_shape = false, has_offsets = false;
};

// The header's grammar as a state machine: {name: {dtype, shape, data_offsets}, "__metadata__": {key: text}}.
class HeaderEvents : public JsonEvents {
 public:
  std::vector<Entry> entries;
  std::vector<std::pair<std::string, std::string>> metadata;

  bool Null() override { return Unexpected("null"); }
  bool Boolean(bool) override { return Unexpected("a truth value"); }
  bool Negative(int64_t) override { return Unexpected("a number with a minus"); }
  bool Real(double) override { return Unexpected("a number that is not a whole one up to 2^53"); }

  bool Natural(uint64_t value) override {
    if (state_ != State::kShape && state_ != State::kOffsets) return Unexpected("a number");
    if (value > kMaxNumber) return Unexpected("a number beyond 2^53");
    Entry& entry = entries.back();
    if (state_ == State::kShape) {
      if (entry.shape.size() == kMaxRank)
        return Fail(absl::StrCat("has more than ", kMaxRank, " dimensions"));
      entry.shape.push_back(static_cast<int64_t>(value));
    } else {
      if (entry.offsets.size() == 2) return Fail("must have two data_offsets, got more");
      entry.offsets.push_back(value);
    }
    return true;
  }

  bool String(std::string& value) override {
    if (state_ == State::kMetadataValue) {
      metadata.back().second = std::move(value);
      state_ = State::kMetadata;
      return true;
    }
    if (state_ != State::kType) return Unexpected("a string");
    for (const TypeInfo& type : kTypes) {
      if (type.name == value) entries.back().type = &type;
    }
    if (entries.back().type == nullptr) return Fail(absl::StrCat("has the unknown dtype ", ShownName(value)));
    state_ = State::kEntry;
    return true;
  }

  bool BeginObject() override {
    if (state_ == State::kStart) {
      state_ = State::kTop;
    } else if (state_ == State::kEntryValue) {
      state_ = State::kEntry;
    } else if (state_ == State::kMetadataStart) {
      state_ = State::kMetadata;
    } else {
      return Unexpected("an object");
    }
    return true;
  }

  bool Key(std::string& key) override {
    if (key.find('\0') != std::string::npos) {
      return Stop("a name contains a zero character");
    }
    if (state_ == State::kTop) return TopKey(key);
    if (state_ == State::kMetadata) {
      metadata.emplace_back(std::move(key), std::string());
      state_ = State::kMetadataValue;
      return true;
    }
    Entry& entry = entries.back();  // kEntry: the grammar allows keys nowhere else
    if (key == "dtype" && entry.type == nullptr) {
      state_ = State::kType;
    } else if (key == "shape" && !entry.has_shape) {
      entry.has_shape = true;
      state_ = State::kShapeStart;
    } else if (key == "data_offsets" && !entry.has_offsets) {
      entry.has_offsets = true;
      state_ = State::kOffsetsStart;
    } else {
      return Fail(absl::StrCat("has an unknown or repeated key ", ShownName(key)));
    }
    return true;
  }

  bool EndObject() override {
    if (state_ == State::kTop) {
      state_ = State::kDone;
      return true;
    }
    if (state_ == State::kEntry) {
      const Entry& entry = entries.back();
      if (entry.type == nullptr) return Fail("has no dtype");
      if (!entry.has_shape) return Fail("has no shape");
      if (entry.offsets.size() != 2) return Fail("must have two data_offsets");
    }
    state_ = State::kTop;  // from kEntry or kMetadata
    return true;
  }

  bool BeginArray() override {
    if (state_ == State::kShapeStart) {
      state_ = State::kShape;
    } else if (state_ == State::kOffsetsStart) {
      state_ = State::kOffsets;
    } else {
      return Unexpected("a list");
    }
    return true;
  }

  bool EndArray() override {
    state_ = State::kEntry;
    return true;
  }

 private:
  enum class State {
    kStart,
    kTop,
    kEntryValue,
    kEntry,
    kType,
    kShapeStart,
    kShape,
    kOffsetsStart,
    kOffsets,
    kMetadataStart,
    kMetadata,
    kMetadataValue,
    kDone,
  };

  bool TopKey(std::string& key) {
    in_metadata_ = key == "__metadata__";
    if (in_metadata_) {
      if (has_metadata_) return Stop("__metadata__ stands twice");
      has_metadata_ = true;
      state_ = State::kMetadataStart;
      return true;
    }
    if (key.empty() || key.size() > kMaxNameBytes) {
      return Stop(absl::StrCat("a tensor's name must have 1 to ", kMaxNameBytes, " bytes, got ", key.size()));
    }
    if (entries.size() == kMaxTensors) return Stop(absl::StrCat("more than ", kMaxTensors, " tensors"));
    entries.emplace_back().name = std::move(key);
    state_ = State::kEntryValue;
    return true;
  }

  bool Stop(std::string why) {
    reason = std::move(why);
    return false;
  }

  bool Fail(absl::string_view what) {
    return Stop(absl::StrCat("tensor ", ShownName(entries.back().name), " ", what));
  }

  bool Unexpected(absl::string_view what) {
    if (state_ == State::kStart) return Stop("the header must be a JSON object");
    if (in_metadata_) return Stop(absl::StrCat("__metadata__ must map strings to strings, got ", what));
    return Fail(
        absl::StrCat("must be {dtype: text, shape: whole numbers, data_offsets: whole numbers}, got ", what));
  }

  State state_ = State::kStart;
  bool has_metadata_ = false, in_metadata_ = false;
};

// The bytes that type and shape ask for, or a reason.
absl::StatusOr<uint64_t> BytesOf(const Entry& entry) {
  uint64_t bits = 1;
  for (const int64_t dimension : entry.shape) {
    if (__builtin_mul_overflow(bits, static_cast<uint64_t>(dimension), &bits)) bits = UINT64_MAX;
    if (bits == UINT64_MAX) break;
  }
  if (bits == UINT64_MAX || __builtin_mul_overflow(bits, static_cast<uint64_t>(entry.type->bits), &bits)) {
    return absl::DataLossError(absl::StrCat("shape [", absl::StrJoin(entry.shape, ", "), "] overflows"));
  }
  if (bits % 8 != 0) return absl::DataLossError("does not fill whole bytes");
  return bits / 8;
}

// Tensors must fill the data exactly, in any order: no hole, no overlap, nothing behind the last.
absl::Status CheckRanges(const std::vector<Entry>& entries, uint64_t data_bytes, absl::string_view file) {
  std::vector<const Entry*> by_offset;
  by_offset.reserve(entries.size());
  for (const Entry& entry : entries) by_offset.push_back(&entry);
  std::sort(by_offset.begin(), by_offset.end(),
            [](const Entry* a, const Entry* b) { return a->offsets < b->offsets; });
  uint64_t end = 0;
  for (const Entry* entry : by_offset) {
    const auto fail = [&](absl::string_view what) {
      return absl::DataLossError(absl::StrCat(file, ": tensor ", ShownName(entry->name), " ", what));
    };
    const uint64_t begin = entry->offsets[0];
    if (begin != end) {
      return fail(absl::StrCat("must begin at data byte ", end, " (no holes, no overlaps), got ", begin));
    }
    end = entry->offsets[1];
    if (end < begin) return fail(absl::StrCat("ends at data byte ", end, ", before it begins"));
    const absl::StatusOr<uint64_t> bytes = BytesOf(*entry);
    if (!bytes.ok()) return fail(bytes.status().message());
    if (end - begin != *bytes) {
      return fail(absl::StrCat("needs ", *bytes, " bytes for shape [", absl::StrJoin(entry->shape, ", "),
                               "] of ", entry->type->name, ", its data_offsets give ", end - begin));
    }
    if (end > data_bytes) {
      return fail(absl::StrCat("ends at data byte ", end, ", the file has ", data_bytes, " (truncated?)"));
    }
  }
  if (end != data_bytes) {
    return absl::DataLossError(
        absl::StrCat(file, ": tensors fill ", end, " bytes, the file has ", data_bytes, " bytes of data"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SafetensorsHeader> ParseSafetensors(absl::Span<const uint8_t> bytes, absl::string_view file) {
  const auto fail = [&](absl::string_view what) {
    return absl::DataLossError(absl::StrCat(file, ": ", what));
  };
  if (bytes.size() < 8) {
    return fail(absl::StrCat("a safetensors file has at least 8 bytes, this one ", bytes.size()));
  }
  uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | bytes[static_cast<size_t>(i)];
  if (length < 2 || length > kMaxHeaderBytes) {
    return fail(absl::StrCat("the header's length must be 2 to ", kMaxHeaderBytes, ", got ", length));
  }
  if (length > bytes.size() - 8) {
    return fail(absl::StrCat("the header needs ", length, " bytes, the file has ", bytes.size() - 8,
                             " (truncated?)"));
  }
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()) + 8, length);
  if (text[0] != '{') return fail("the header does not begin with {");

  HeaderEvents events;
  if (absl::Status status = ParseJsonEvents(text, file, kHeaderDepth, events); !status.ok()) return status;
  SafetensorsHeader header;
  header.header_bytes = 8 + static_cast<size_t>(length);
  header.metadata = std::move(events.metadata);
  std::sort(header.metadata.begin(), header.metadata.end());
  for (size_t i = 1; i < header.metadata.size(); ++i) {
    if (header.metadata[i].first == header.metadata[i - 1].first) {
      return fail(absl::StrCat("__metadata__ has the key ", ShownName(header.metadata[i].first), " twice"));
    }
  }
  if (absl::Status status = CheckRanges(events.entries, bytes.size() - header.header_bytes, file);
      !status.ok()) {
    return status;
  }
  const uint8_t* data = bytes.data() + header.header_bytes;
  header.tensors.reserve(events.entries.size());
  for (Entry& entry : events.entries) {
    NamedTensor& named = header.tensors.emplace_back();
    named.name = std::move(entry.name);
    named.type_name = entry.type->name;
    named.tensor.type = entry.type->type;
    named.tensor.shape = std::move(entry.shape);
    named.tensor.data = data + entry.offsets[0];
    named.tensor.bytes = static_cast<int64_t>(entry.offsets[1] - entry.offsets[0]);
  }
  std::sort(header.tensors.begin(), header.tensors.end(),
            [](const NamedTensor& a, const NamedTensor& b) { return a.name < b.name; });
  for (size_t i = 1; i < header.tensors.size(); ++i) {
    if (header.tensors[i].name == header.tensors[i - 1].name) {
      return fail(absl::StrCat("tensor ", ShownName(header.tensors[i].name), " stands twice in the header"));
    }
  }
  return header;
}

absl::StatusOr<std::unique_ptr<SafetensorsFile>> SafetensorsFile::Open(FileBytes bytes, absl::string_view shown) {
  auto file = std::make_unique<SafetensorsFile>();
  file->file_ = std::move(bytes);
  absl::StatusOr<SafetensorsHeader> header = ParseSafetensors(file->file_.bytes(), shown);
  if (!header.ok()) return header.status();
  file->header_ = std::move(*header);
  return file;
}

const NamedTensor* SafetensorsFile::Find(absl::string_view name) const {
  const auto found = std::lower_bound(header_.tensors.begin(), header_.tensors.end(), name,
                                      [](const NamedTensor& a, absl::string_view b) { return a.name < b; });
  return found != header_.tensors.end() && found->name == name ? &*found : nullptr;
}

absl::string_view SafetensorsFile::Metadata(absl::string_view key) const {
  for (const auto& [name, value] : header_.metadata) {
    if (name == key) return value;
  }
  return {};
}

}  // namespace lwave::model
