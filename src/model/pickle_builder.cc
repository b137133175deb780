// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See pickle_builder.h.

#include "model/pickle_builder.h"

#include <algorithm>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/files.h"

namespace lwave::model {
namespace {

constexpr int64_t kMaxNumber = int64_t{1} << 53;
constexpr size_t kMaxRank = 8;

constexpr StorageType kStorageTypes[] = {
    {"FloatStorage", "F32", 4, DataType::kF32},  {"HalfStorage", "F16", 2, DataType::kF16},
    {"BFloat16Storage", "BF16", 2, DataType::kBf16}, {"CharStorage", "I8", 1, DataType::kI8},
    {"DoubleStorage", "F64", 8, DataType::kOther},   {"LongStorage", "I64", 8, DataType::kOther},
    {"IntStorage", "I32", 4, DataType::kOther},      {"ShortStorage", "I16", 2, DataType::kOther},
    {"ByteStorage", "U8", 1, DataType::kOther},      {"BoolStorage", "BOOL", 1, DataType::kOther},
};

// The calls that are known; a storage's class is only ever named.
enum class Known : size_t { kOrderedDict, kRebuildTensor, kRebuildTensorV2, kRebuildParameter, kStorage };
struct KnownName {
  absl::string_view module, name;
  Known call;
};
constexpr KnownName kKnownNames[] = {
    {"collections", "OrderedDict", Known::kOrderedDict},
    {"torch._utils", "_rebuild_tensor", Known::kRebuildTensor},
    {"torch._utils", "_rebuild_tensor_v2", Known::kRebuildTensorV2},
    {"torch._utils", "_rebuild_parameter", Known::kRebuildParameter},
};

using Kind = PickleValue::Kind;

}  // namespace

PickleValue PickleAt(Kind kind, size_t index) {
  PickleValue value;
  value.kind = kind;
  value.index = index;
  return value;
}

absl::Status PickleBuilder::Refused(absl::string_view what) const {
  return absl::UnimplementedError(
      absl::StrCat(file_, ": its pickle ", what, "; only tensors by name are read, and nothing is run"));
}

PickleValue PickleBuilder::Text(Kind kind, absl::string_view bytes) {
  pickle_.texts.push_back(bytes);
  ++values_;
  return PickleAt(kind, pickle_.texts.size() - 1);
}

PickleValue PickleBuilder::Container(Kind kind, std::vector<PickleValue> items) {
  values_ += items.size() + 2;
  pickle_.items.push_back(std::move(items));
  return PickleAt(kind, pickle_.items.size() - 1);
}

absl::StatusOr<PickleValue> PickleBuilder::Name(absl::string_view module, absl::string_view name) const {
  for (const KnownName& known : kKnownNames) {
    if (known.module == module && known.name == name) return PickleAt(Kind::kGlobal, static_cast<size_t>(known.call));
  }
  for (size_t i = 0; i < std::size(kStorageTypes); ++i) {
    if (module == "torch" && kStorageTypes[i].torch == name)
      return PickleAt(Kind::kGlobal, static_cast<size_t>(Known::kStorage) + i);
  }
  return Refused(absl::StrCat("asks for ", ShownName(absl::StrCat(module, ".", name))));
}

// ('storage', class, key, device, numbers), and in the old format a sixth: None, or a view of another storage.
absl::StatusOr<PickleValue> PickleBuilder::Storage(PickleValue tuple) {
  const std::vector<PickleValue>& items = ItemsOf(tuple);
  const bool well_formed = items.size() >= 5 && items.size() <= 6 && items[0].kind == Kind::kText &&
                           TextOf(items[0]) == "storage" && items[1].kind == Kind::kGlobal &&
                           items[1].index >= static_cast<size_t>(Known::kStorage) && items[2].kind == Kind::kText &&
                           items[3].kind == Kind::kText && items[4].kind == Kind::kInteger && items[4].integer >= 0 &&
                           items[4].integer <= kMaxNumber;
  if (!well_formed) return Refused("refers to data in an unknown way");
  if (items.size() == 6 && items[5].kind != Kind::kNone) return Refused("has a storage that is a view of another");
  pickle_.storages.push_back({&kStorageTypes[items[1].index - static_cast<size_t>(Known::kStorage)], TextOf(items[2]),
                              items[4].integer});
  values_ += 3;
  return PickleAt(Kind::kStorage, pickle_.storages.size() - 1);
}

absl::StatusOr<PickleValue> PickleBuilder::Call(PickleValue function, PickleValue tuple) {
  const std::vector<PickleValue>& arguments = ItemsOf(tuple);
  switch (static_cast<Known>(std::min(function.index, static_cast<size_t>(Known::kStorage)))) {
    case Known::kOrderedDict: return CallOrderedDict(arguments);
    case Known::kRebuildTensor: return CallRebuildTensor(arguments, false);
    case Known::kRebuildTensorV2: return CallRebuildTensor(arguments, true);
    case Known::kRebuildParameter:
      if (arguments.size() != 3 || arguments[0].kind != Kind::kTensor)
        return Refused("calls torch._utils._rebuild_parameter in an unknown way");
      return arguments[0];
    case Known::kStorage: break;
  }
  return Refused("makes a storage by a call");
}

// OrderedDict(), or as Python 2 wrote it OrderedDict([[key, value], ...]).
absl::StatusOr<PickleValue> PickleBuilder::CallOrderedDict(const std::vector<PickleValue>& arguments) {
  std::vector<PickleValue> pairs;
  if (!arguments.empty()) {
    if (arguments.size() != 1 || arguments[0].kind != Kind::kList)
      return Refused("calls collections.OrderedDict in an unknown way");
    for (const PickleValue& pair : ItemsOf(arguments[0])) {
      if ((pair.kind != Kind::kList && pair.kind != Kind::kTuple) || ItemsOf(pair).size() != 2)
        return Refused("calls collections.OrderedDict in an unknown way");
      for (const PickleValue& value : ItemsOf(pair)) pairs.push_back(value);
    }
  }
  return Container(Kind::kDictionary, std::move(pairs));
}

bool PickleBuilder::ReadNumbers(PickleValue from, std::vector<int64_t>* out) const {
  if (from.kind != Kind::kTuple || pickle_.items[from.index].size() > kMaxRank) return false;
  for (const PickleValue& value : pickle_.items[from.index]) {
    if (value.kind != Kind::kInteger || value.integer < 0 || value.integer > kMaxNumber) return false;
    out->push_back(value.integer);
  }
  return true;
}

// (storage, offset, shape, strides), and in version 2 (requires_grad, hooks, metadata), where hooks must be empty.
absl::StatusOr<PickleValue> PickleBuilder::CallRebuildTensor(const std::vector<PickleValue>& arguments,
                                                             bool second_version) {
  PickledTensor tensor;
  const auto empty = [&](const PickleValue& v) {
    return v.kind == Kind::kNone || (v.kind == Kind::kDictionary && ItemsOf(v).empty());
  };
  bool known = arguments.size() >= 4 && arguments[0].kind == Kind::kStorage && arguments[1].kind == Kind::kInteger &&
               arguments[1].integer >= 0 && arguments[1].integer <= kMaxNumber &&
               ReadNumbers(arguments[2], &tensor.shape) && ReadNumbers(arguments[3], &tensor.strides) &&
               tensor.shape.size() == tensor.strides.size();
  if (second_version) {
    known = known && arguments.size() >= 6 && arguments.size() <= 7 && arguments[4].kind == Kind::kBoolean &&
            empty(arguments[5]) && (arguments.size() < 7 || empty(arguments[6]));
  } else {
    known = known && arguments.size() == 4;
  }
  if (!known) return Refused("builds a tensor in an unknown way");
  tensor.storage = arguments[0].index;
  tensor.offset = arguments[1].integer;
  values_ += 16;
  pickle_.tensors.push_back(std::move(tensor));
  return PickleAt(Kind::kTensor, pickle_.tensors.size() - 1);
}

}  // namespace lwave::model
