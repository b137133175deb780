// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See torch_file.h.

#include "model/torch_file.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "model/pickle_reader.h"
#include "model/torch_zip.h"

namespace lwave::model {
namespace {

constexpr size_t kMaxTensors = 200000;
constexpr size_t kMaxNameBytes = 4096;
// 0x1950a86a20f9469cfc6c, the first pickle of the old format.
constexpr absl::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
constexpr int64_t kOldProtocol = 1001;

using Bytes = absl::Span<const uint8_t>;
using Storages = std::map<absl::string_view, Bytes>;
using Kind = PickleValue::Kind;

absl::Status Damaged(absl::string_view file, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(file, ": ", what));
}

absl::Status BigEndian(absl::string_view file) {
  return absl::UnimplementedError(absl::StrCat(file, ": its numbers are not little-endian; save it on such a machine"));
}

// Numbers i of the tensor, one behind the other, each of `size` bytes.   from // the tensor's storage at its offset
void CopyStrided(const PickledTensor& tensor, size_t axis, const uint8_t* from, int64_t size, uint8_t** to) {
  if (axis == tensor.shape.size()) {
    std::memcpy(*to, from, static_cast<size_t>(size));
    *to += size;
    return;
  }
  for (int64_t i = 0; i < tensor.shape[axis]; ++i)
    CopyStrided(tensor, axis + 1, from + i * tensor.strides[axis] * size, size, to);
}

class Builder {
 public:
  Builder(const Pickle& pickle, const Storages& storages, size_t copy_limit, absl::string_view file)
      : pickle_(pickle), storages_(storages), copy_limit_(copy_limit), file_(file) {}

  absl::StatusOr<TorchTensors> Build() {
    if (pickle_.root.kind != Kind::kDictionary) {
      return absl::UnimplementedError(
          absl::StrCat(file_, " does not hold a dictionary of tensors; save the model's state_dict()"));
    }
    const std::vector<PickleValue>& members = pickle_.items[pickle_.root.index];
    if (members.size() / 2 > kMaxTensors) return Damaged(file_, absl::StrCat("more than ", kMaxTensors, " tensors"));
    out_.tensors.reserve(members.size() / 2);
    for (size_t i = 0; i + 1 < members.size(); i += 2) {
      if (absl::Status status = Add(members[i], members[i + 1]); !status.ok()) return status;
    }
    std::sort(out_.tensors.begin(), out_.tensors.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (size_t i = 1; i < out_.tensors.size(); ++i) {
      if (out_.tensors[i].name == out_.tensors[i - 1].name)
        return Damaged(file_, absl::StrCat("tensor ", ShownName(out_.tensors[i].name), " stands twice"));
    }
    return std::move(out_);
  }

 private:
  absl::Status Add(const PickleValue& key, const PickleValue& value) {
    if (key.kind != Kind::kText) return absl::UnimplementedError(absl::StrCat(file_, ": a tensor's name is no text"));
    const absl::string_view name = pickle_.texts[key.index];
    const auto fail = [&](absl::string_view what) {
      return Damaged(file_, absl::StrCat("tensor ", ShownName(name), " ", what));
    };
    if (name.empty() || name.size() > kMaxNameBytes ||
        !std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c < 0x7F; })) {
      return fail(absl::StrCat("must have a name of 1 to ", kMaxNameBytes, " printable ASCII characters"));
    }
    if (value.kind != Kind::kTensor) {
      return absl::UnimplementedError(absl::StrCat(
          file_, ": ", ShownName(name), " is no tensor; save the model's state_dict(), which holds tensors only"));
    }
    const PickledTensor& tensor = pickle_.tensors[value.index];
    const PickledStorage& storage = pickle_.storages[tensor.storage];
    const auto found = storages_.find(storage.key);
    if (found == storages_.end()) return fail(absl::StrCat("needs the data ", ShownName(storage.key), ", which is missing"));
    const int64_t size = storage.type->bytes;
    // numbers <= 2^53, so the product cannot overflow.
    if (static_cast<int64_t>(found->second.size()) != storage.numbers * size) {
      return fail(absl::StrCat("needs a storage of ", storage.numbers * size, " bytes, the file holds ",
                               found->second.size()));
    }
    int64_t numbers = 1, last = tensor.offset;
    bool overflow = false, contiguous = true, empty = false;
    for (size_t axis = tensor.shape.size(); axis-- > 0;) {
      const int64_t length = tensor.shape[axis];
      if (length != 1 && tensor.strides[axis] != numbers) contiguous = false;
      empty = empty || length == 0;
      overflow = overflow || __builtin_mul_overflow(numbers, length, &numbers);
      int64_t reach = 0;
      overflow = overflow || (length > 0 && __builtin_mul_overflow(length - 1, tensor.strides[axis], &reach)) ||
                 __builtin_add_overflow(last, reach, &last);
    }
    int64_t taken = 0;
    overflow = overflow || __builtin_mul_overflow(numbers, size, &taken);
    if (!empty && (overflow || last >= storage.numbers)) {
      return fail(absl::StrCat("of shape [", absl::StrJoin(tensor.shape, ", "), "] lies outside of its data of ",
                               storage.numbers, " numbers"));
    }
    NamedTensor& named = out_.tensors.emplace_back();
    named.name = std::string(name);
    named.type_name = storage.type->safetensors;
    named.tensor.type = storage.type->type;
    named.tensor.shape = tensor.shape;
    named.tensor.bytes = empty ? 0 : taken;
    named.tensor.data = found->second.data() + (empty ? 0 : tensor.offset * size);
    if (empty || contiguous) return absl::OkStatus();
    // Strides of 0 make any number of bytes out of one.
    if (static_cast<uint64_t>(named.tensor.bytes) > copy_limit_) {
      return fail("lies in strides, and what lies so would take more than twice the file's bytes");
    }
    copy_limit_ -= static_cast<size_t>(named.tensor.bytes);
    std::vector<uint8_t>& copy = out_.copies.emplace_back(static_cast<size_t>(named.tensor.bytes));
    uint8_t* to = copy.data();
    CopyStrided(tensor, 0, named.tensor.data, size, &to);
    named.tensor.data = copy.data();
    return absl::OkStatus();
  }

  const Pickle& pickle_;
  const Storages& storages_;
  size_t copy_limit_;
  const absl::string_view file_;
  TorchTensors out_;
};

absl::StatusOr<TorchTensors> ParseZip(Bytes bytes, absl::string_view file) {
  const absl::StatusOr<std::vector<ZipEntry>> entries = ReadStoredZip(bytes, file);
  if (!entries.ok()) return entries.status();
  const ZipEntry* dictionary = nullptr;
  for (const ZipEntry& entry : *entries) {
    if (!absl::EndsWith(entry.name, "/data.pkl") || entry.name.find('/') + 9 != entry.name.size()) continue;
    if (dictionary != nullptr) return Damaged(file, "it has two data.pkl");
    dictionary = &entry;
  }
  if (dictionary == nullptr) return Damaged(file, "a zip archive without data.pkl is no checkpoint");
  const absl::string_view root = dictionary->name.substr(0, dictionary->name.size() - 8);  // "archive/"
  Storages storages;
  for (const ZipEntry& entry : *entries) {
    absl::string_view name = entry.name;
    if (!absl::ConsumePrefix(&name, root)) continue;
    if (name == "constants.pkl") {
      return absl::UnimplementedError(absl::StrCat(file, " is a TorchScript program; save the model's state_dict()"));
    }
    const absl::string_view text(reinterpret_cast<const char*>(entry.data.data()), entry.data.size());
    if (name == "byteorder" && text != "little") return BigEndian(file);
    if (absl::ConsumePrefix(&name, "data/")) storages.emplace(name, entry.data);
  }
  const absl::StatusOr<Pickle> pickle = ReadPickle(dictionary->data, file);
  if (!pickle.ok()) return pickle.status();
  return Builder(*pickle, storages, 2 * bytes.size(), file).Build();
}

const PickleValue* Member(const Pickle& pickle, absl::string_view key) {
  if (pickle.root.kind != Kind::kDictionary) return nullptr;
  const std::vector<PickleValue>& members = pickle.items[pickle.root.index];
  for (size_t i = 0; i + 1 < members.size(); i += 2) {
    if (members[i].kind == Kind::kText && pickle.texts[members[i].index] == key) return &members[i + 1];
  }
  return nullptr;
}

absl::StatusOr<TorchTensors> ParseOld(Bytes bytes, absl::string_view file) {
  size_t at = 0;
  absl::Status status;
  const auto next = [&]() -> Pickle {
    absl::StatusOr<Pickle> pickle = ReadPickle(bytes.subspan(at), file);
    if (!pickle.ok()) {
      status.Update(pickle.status());
      return {};
    }
    at += pickle->bytes;
    return *std::move(pickle);
  };
  const Pickle magic = next();
  if (!status.ok() || magic.root.kind != Kind::kLong || magic.texts[magic.root.index] != kMagic) {
    return Damaged(file, "it is neither a zip archive nor begins with the magic number of torch.save");
  }
  const Pickle protocol = next(), machine = next(), dictionary = next(), keys = next();
  if (!status.ok()) return status;
  if (protocol.root.kind != Kind::kInteger || protocol.root.integer != kOldProtocol) {
    return absl::UnimplementedError(absl::StrCat(file, ": torch.save's protocol is not ", kOldProtocol));
  }
  const PickleValue* little = Member(machine, "little_endian");
  if (little == nullptr || little->kind != Kind::kBoolean) return Damaged(file, "it does not say how numbers are stored");
  if (little->integer == 0) return BigEndian(file);

  std::map<absl::string_view, const PickledStorage*> wanted;
  for (const PickledStorage& storage : dictionary.storages) wanted.emplace(storage.key, &storage);
  Storages storages;
  if (keys.root.kind != Kind::kList) return Damaged(file, "it has no list of storages");
  for (const PickleValue& value : keys.items[keys.root.index]) {
    if (value.kind != Kind::kText) return Damaged(file, "a storage's key is no text");
    const absl::string_view key = keys.texts[value.index];
    const auto storage = wanted.find(key);
    if (storage == wanted.end()) return Damaged(file, absl::StrCat("no tensor needs the storage ", ShownName(key)));
    uint64_t numbers = 0;
    if (bytes.size() - at < 8) return Damaged(file, "it ends before its storages do (truncated?)");
    for (int i = 7; i >= 0; --i) numbers = numbers << 8 | bytes[at + static_cast<size_t>(i)];
    at += 8;
    const uint64_t size = static_cast<uint64_t>(storage->second->type->bytes);
    if (numbers > (bytes.size() - at) / size) {
      return Damaged(file, absl::StrCat("the storage ", ShownName(key), " of ", numbers,
                                        " numbers ends behind the file (truncated?)"));
    }
    if (!storages.emplace(key, bytes.subspan(at, static_cast<size_t>(numbers * size))).second)
      return Damaged(file, absl::StrCat("the storage ", ShownName(key), " stands twice"));
    at += static_cast<size_t>(numbers * size);
  }
  if (at != bytes.size()) return Damaged(file, absl::StrCat(bytes.size() - at, " bytes follow its last storage"));
  return Builder(dictionary, storages, 2 * bytes.size(), file).Build();
}

}  // namespace

absl::StatusOr<TorchTensors> ParseTorchFile(Bytes bytes, absl::string_view file) {
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (absl::StartsWith(text, "PK\x03\x04")) return ParseZip(bytes, file);
  if (text.size() > 262 && text.substr(257, 5) == "ustar") {
    return absl::UnimplementedError(absl::StrCat(file, ": torch's tar format (before 0.1.10) is not supported; "
                                                       "load and save it with a newer torch"));
  }
  return ParseOld(bytes, file);
}

absl::StatusOr<std::unique_ptr<TorchFile>> TorchFile::Open(FileBytes bytes, absl::string_view shown) {
  auto file = std::make_unique<TorchFile>();
  file->file_ = std::move(bytes);
  absl::StatusOr<TorchTensors> contents = ParseTorchFile(file->file_.bytes(), shown);
  if (!contents.ok()) return contents.status();
  file->contents_ = *std::move(contents);
  return file;
}

}  // namespace lwave::model
