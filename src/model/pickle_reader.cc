// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See pickle_reader.h.

#include "model/pickle_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/files.h"

namespace lwave::model {
namespace {

constexpr size_t kMaxPickleBytes = size_t{64} << 20;
constexpr size_t kMaxStack = size_t{1} << 20;
constexpr size_t kMaxValues = size_t{8} << 20;  // in containers, memo and tensors together
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
enum class Call : size_t { kOrderedDict, kRebuildTensor, kRebuildTensorV2, kRebuildParameter, kStorage };
struct KnownName {
  absl::string_view module, name;
  Call call;
};
constexpr KnownName kKnownNames[] = {
    {"collections", "OrderedDict", Call::kOrderedDict},
    {"torch._utils", "_rebuild_tensor", Call::kRebuildTensor},
    {"torch._utils", "_rebuild_tensor_v2", Call::kRebuildTensorV2},
    {"torch._utils", "_rebuild_parameter", Call::kRebuildParameter},
};

using Kind = PickleValue::Kind;

PickleValue Made(Kind kind, size_t index) {
  PickleValue value;
  value.kind = kind;
  value.index = index;
  return value;
}

PickleValue Integer(int64_t integer) {
  PickleValue value;
  value.kind = Kind::kInteger;
  value.integer = integer;
  return value;
}

class Machine {
 public:
  Machine(absl::Span<const uint8_t> bytes, absl::string_view file) : bytes_(bytes), file_(file) {}

  absl::StatusOr<Pickle> Run() {
    while (!stopped_) {
      const uint8_t* code = Read(1);
      if (code == nullptr) return Damaged("it ends before its end mark (truncated?)");
      if (absl::Status status = Step(*code); !status.ok()) return status;
      if (at_ > kMaxPickleBytes) return Damaged("it is too long");
      if (stack_.size() > kMaxStack) return Damaged("too many values wait on its stack");
      if (values_ > kMaxValues) return Damaged("it has too many values");
    }
    pickle_.bytes = at_;
    return std::move(pickle_);
  }

 private:
  absl::Status Damaged(absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(file_, ": malformed pickle: ", what, " (near byte ", at_, ")"));
  }
  absl::Status Refused(absl::string_view what) const {
    return absl::UnimplementedError(
        absl::StrCat(file_, ": its pickle ", what, "; only tensors by name are read, and nothing is run"));
  }

  const uint8_t* Read(uint64_t count) {
    if (count > bytes_.size() - at_) return nullptr;
    const uint8_t* data = bytes_.data() + at_;
    at_ += static_cast<size_t>(count);
    return data;
  }
  bool ReadLength(int size, uint64_t* length) {
    const uint8_t* data = Read(static_cast<uint64_t>(size));
    if (data == nullptr) return false;
    *length = 0;
    for (int i = size - 1; i >= 0; --i) *length = *length << 8 | data[i];
    return true;
  }

  absl::Status Push(PickleValue value) {
    stack_.push_back(value);
    return absl::OkStatus();
  }
  size_t Floor() const { return marks_.empty() ? 0 : marks_.back(); }
  bool Pop(PickleValue* value) {
    if (stack_.size() <= Floor()) return false;
    *value = stack_.back();
    stack_.pop_back();
    return true;
  }
  PickleValue* Top() { return stack_.size() <= Floor() ? nullptr : &stack_.back(); }
  absl::Status Empty() const { return Damaged("an instruction finds too few values"); }

  size_t NewItems(std::vector<PickleValue> items) {
    values_ += items.size() + 2;
    pickle_.items.push_back(std::move(items));
    return pickle_.items.size() - 1;
  }
  absl::Status PushText(int length_size) {
    uint64_t length = 0;
    const uint8_t* text = ReadLength(length_size, &length) ? Read(length) : nullptr;
    if (text == nullptr) return Damaged("a text ends behind the file");
    if (length > kMaxPickleBytes) return Damaged("a text is too long");
    pickle_.texts.emplace_back(reinterpret_cast<const char*>(text), static_cast<size_t>(length));
    ++values_;
    return Push(Made(Kind::kText, pickle_.texts.size() - 1));
  }
  absl::Status PushNumber(int size) {
    uint64_t value = 0;
    if (!ReadLength(size, &value)) return Damaged("a number ends behind the file");
    return Push(Integer(size == 4 ? int64_t{static_cast<int32_t>(value)} : static_cast<int64_t>(value)));
  }
  absl::Status PushLong() {
    uint64_t length = 0;
    const uint8_t* digits = ReadLength(1, &length) ? Read(length) : nullptr;
    if (digits == nullptr) return Damaged("a number ends behind the file");
    if (length > 8) {
      pickle_.texts.emplace_back(reinterpret_cast<const char*>(digits), static_cast<size_t>(length));
      ++values_;
      return Push(Made(Kind::kLong, pickle_.texts.size() - 1));
    }
    uint64_t value = length > 0 && digits[length - 1] >= 0x80 ? UINT64_MAX : 0;
    for (uint64_t i = length; i-- > 0;) value = value << 8 | digits[i];
    return Push(Integer(static_cast<int64_t>(value)));
  }
  absl::Status PushReal() {
    const uint8_t* data = Read(8);  // big-endian, as only this instruction
    if (data == nullptr) return Damaged("a number ends behind the file");
    uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | data[i];
    PickleValue value;
    value.kind = Kind::kReal;
    value.real = std::bit_cast<double>(bits);
    return Push(value);
  }

  absl::Status PushTuple(size_t count) {
    if (stack_.size() < Floor() + count) return Empty();
    std::vector<PickleValue> items(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return Push(Made(Kind::kTuple, NewItems(std::move(items))));
  }
  absl::Status PushMarkedTuple() {
    if (marks_.empty()) return Damaged("a tuple has no beginning");
    const size_t count = stack_.size() - marks_.back();
    marks_.pop_back();
    return PushTuple(count);
  }
  // Moves `count` values from the stack into the container below them.
  absl::Status Append(Kind kind, size_t count) {
    if (stack_.size() < Floor() + count + 1) return Empty();
    const size_t first = stack_.size() - count;
    const PickleValue owner = stack_[first - 1];
    if (owner.kind != kind) return Damaged("values are put into something that holds none");
    if (kind == Kind::kDictionary && count % 2 != 0) return Damaged("a key has no value");
    std::vector<PickleValue>& items = pickle_.items[owner.index];
    items.insert(items.end(), stack_.begin() + static_cast<ptrdiff_t>(first), stack_.end());
    values_ += count;
    stack_.resize(first);
    return absl::OkStatus();
  }
  absl::Status AppendMarked(Kind kind) {
    if (marks_.empty()) return Damaged("a list has no beginning");
    const size_t count = stack_.size() - marks_.back();
    marks_.pop_back();
    return Append(kind, count);
  }

  absl::Status Memoize(uint64_t key) {
    const PickleValue* top = Top();
    if (top == nullptr) return Empty();
    values_ += memo_.insert_or_assign(key, *top).second ? 4 : 0;
    return absl::OkStatus();
  }
  absl::Status MemoizeAt(int size) {
    uint64_t key = 0;
    return ReadLength(size, &key) ? Memoize(key) : Damaged("it ends inside an instruction");
  }
  absl::Status Recall(int size) {
    uint64_t key = 0;
    if (!ReadLength(size, &key)) return Damaged("it ends inside an instruction");
    const auto found = memo_.find(key);
    return found == memo_.end() ? Damaged("it refers to a value that it has not remembered") : Push(found->second);
  }

  absl::StatusOr<absl::string_view> ReadLine() {
    const uint8_t* begin = bytes_.data() + at_;
    const uint8_t* end = std::find(begin, bytes_.data() + bytes_.size(), '\n');
    if (end == bytes_.data() + bytes_.size()) return Damaged("a name ends behind the file");
    at_ += static_cast<size_t>(end - begin) + 1;
    return absl::string_view(reinterpret_cast<const char*>(begin), static_cast<size_t>(end - begin));
  }
  absl::Status PushName(absl::string_view module, absl::string_view name) {
    for (const KnownName& known : kKnownNames) {
      if (known.module == module && known.name == name)
        return Push(Made(Kind::kGlobal, static_cast<size_t>(known.call)));
    }
    for (size_t i = 0; i < std::size(kStorageTypes); ++i) {
      if (module == "torch" && kStorageTypes[i].torch == name)
        return Push(Made(Kind::kGlobal, static_cast<size_t>(Call::kStorage) + i));
    }
    return Refused(absl::StrCat("asks for ", ShownName(absl::StrCat(module, ".", name))));
  }
  absl::Status PushNameOfLines() {
    const absl::StatusOr<absl::string_view> module = ReadLine();
    if (!module.ok()) return module.status();
    const absl::StatusOr<absl::string_view> name = ReadLine();
    return name.ok() ? PushName(*module, *name) : name.status();
  }
  absl::Status PushNameOfStack() {
    PickleValue name, module;
    if (!Pop(&name) || !Pop(&module)) return Empty();
    if (name.kind != Kind::kText || module.kind != Kind::kText) return Damaged("a name is no text");
    return PushName(pickle_.texts[module.index], pickle_.texts[name.index]);
  }

  // ('storage', class, key, device, numbers), and in the old format a sixth: None, or a view of another storage.
  absl::Status PushStorage() {
    PickleValue id;
    if (!Pop(&id)) return Empty();
    if (id.kind != Kind::kTuple) return Damaged("a reference to data is no tuple");
    const std::vector<PickleValue>& items = pickle_.items[id.index];
    const bool well_formed = items.size() >= 5 && items.size() <= 6 && items[0].kind == Kind::kText &&
                             pickle_.texts[items[0].index] == "storage" && items[1].kind == Kind::kGlobal &&
                             items[1].index >= static_cast<size_t>(Call::kStorage) &&
                             items[2].kind == Kind::kText && items[3].kind == Kind::kText &&
                             items[4].kind == Kind::kInteger && items[4].integer >= 0 &&
                             items[4].integer <= kMaxNumber;
    if (!well_formed) return Refused("refers to data in an unknown way");
    if (items.size() == 6 && items[5].kind != Kind::kNone) return Refused("has a storage that is a view of another");
    pickle_.storages.push_back({&kStorageTypes[items[1].index - static_cast<size_t>(Call::kStorage)],
                                pickle_.texts[items[2].index], items[4].integer});
    values_ += 3;
    return Push(Made(Kind::kStorage, pickle_.storages.size() - 1));
  }

  absl::Status CallTop() {
    PickleValue arguments, function;
    if (!Pop(&arguments) || !Pop(&function)) return Empty();
    if (function.kind != Kind::kGlobal) return Refused("calls something that is no known function");
    if (arguments.kind != Kind::kTuple) return Damaged("a call's arguments are no tuple");
    const std::vector<PickleValue>& items = pickle_.items[arguments.index];
    switch (static_cast<Call>(std::min(function.index, static_cast<size_t>(Call::kStorage)))) {
      case Call::kOrderedDict: return CallOrderedDict(items);
      case Call::kRebuildTensor: return CallRebuildTensor(items, false);
      case Call::kRebuildTensorV2: return CallRebuildTensor(items, true);
      case Call::kRebuildParameter:
        if (items.size() != 3 || items[0].kind != Kind::kTensor)
          return Refused("calls torch._utils._rebuild_parameter in an unknown way");
        return Push(items[0]);
      case Call::kStorage: break;
    }
    return Refused("makes a storage by a call");
  }

  // OrderedDict(), or as Python 2 wrote it OrderedDict([[key, value], ...]).
  absl::Status CallOrderedDict(const std::vector<PickleValue>& arguments) {
    std::vector<PickleValue> pairs;
    if (!arguments.empty()) {
      if (arguments.size() != 1 || arguments[0].kind != Kind::kList)
        return Refused("calls collections.OrderedDict in an unknown way");
      for (const PickleValue& pair : pickle_.items[arguments[0].index]) {
        if ((pair.kind != Kind::kList && pair.kind != Kind::kTuple) || pickle_.items[pair.index].size() != 2)
          return Refused("calls collections.OrderedDict in an unknown way");
        for (const PickleValue& value : pickle_.items[pair.index]) pairs.push_back(value);
      }
    }
    return Push(Made(Kind::kDictionary, NewItems(std::move(pairs))));
  }

  bool ReadNumbers(PickleValue from, std::vector<int64_t>* out) const {
    if (from.kind != Kind::kTuple || pickle_.items[from.index].size() > kMaxRank) return false;
    for (const PickleValue& value : pickle_.items[from.index]) {
      if (value.kind != Kind::kInteger || value.integer < 0 || value.integer > kMaxNumber) return false;
      out->push_back(value.integer);
    }
    return true;
  }
  // (storage, offset, shape, strides), and in version 2 (requires_grad, hooks, metadata), where hooks must be empty.
  absl::Status CallRebuildTensor(const std::vector<PickleValue>& arguments, bool second_version) {
    PickledTensor tensor;
    const auto empty = [&](const PickleValue& v) {
      return v.kind == Kind::kNone || (v.kind == Kind::kDictionary && pickle_.items[v.index].empty());
    };
    bool known = arguments.size() >= 4 && arguments[0].kind == Kind::kStorage &&
                 arguments[1].kind == Kind::kInteger && arguments[1].integer >= 0 &&
                 arguments[1].integer <= kMaxNumber && ReadNumbers(arguments[2], &tensor.shape) &&
                 ReadNumbers(arguments[3], &tensor.strides) && tensor.shape.size() == tensor.strides.size();
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
    return Push(Made(Kind::kTensor, pickle_.tensors.size() - 1));
  }

  // The attributes of an OrderedDict (torch's _metadata: versions of its modules) say nothing about the tensors.
  absl::Status Build() {
    PickleValue state;
    const PickleValue* owner = nullptr;
    if (!Pop(&state) || (owner = Top()) == nullptr) return Empty();
    if (owner->kind == Kind::kDictionary && state.kind == Kind::kDictionary) return absl::OkStatus();
    return Refused("sets attributes of something other than a dictionary");
  }

  absl::Status Step(uint8_t code) {
    switch (code) {
      case 0x80: {  // PROTO
        const uint8_t* version = Read(1);
        if (version == nullptr || *version > 5) return Damaged("an unknown protocol");
        return absl::OkStatus();
      }
      case 0x95:  // FRAME: a hint for buffers
        return Read(8) != nullptr ? absl::OkStatus() : Damaged("it ends inside an instruction");
      case '(': marks_.push_back(stack_.size()); return marks_.size() > kMaxStack ? Damaged("too deep") : absl::OkStatus();
      case 'N': return Push(PickleValue());
      case 0x88:
      case 0x89: {
        PickleValue value;
        value.kind = Kind::kBoolean;
        value.integer = code == 0x88;
        return Push(value);
      }
      case 'K': return PushNumber(1);
      case 'M': return PushNumber(2);
      case 'J': return PushNumber(4);
      case 0x8a: return PushLong();
      case 'G': return PushReal();
      case 0x8c:  // SHORT_BINUNICODE
      case 'U': return PushText(1);
      case 'X':  // BINUNICODE
      case 'T': return PushText(4);
      case 0x8d: return PushText(8);
      case ')': return Push(Made(Kind::kTuple, NewItems({})));
      case 0x85: return PushTuple(1);
      case 0x86: return PushTuple(2);
      case 0x87: return PushTuple(3);
      case 't': return PushMarkedTuple();
      case ']': return Push(Made(Kind::kList, NewItems({})));
      case 'a': return Append(Kind::kList, 1);
      case 'e': return AppendMarked(Kind::kList);
      case '}': return Push(Made(Kind::kDictionary, NewItems({})));
      case 's': return Append(Kind::kDictionary, 2);
      case 'u': return AppendMarked(Kind::kDictionary);
      case 'q': return MemoizeAt(1);
      case 'r': return MemoizeAt(4);
      case 0x94: return Memoize(memo_.size());
      case 'h': return Recall(1);
      case 'j': return Recall(4);
      case 'c': return PushNameOfLines();
      case 0x93: return PushNameOfStack();
      case 'Q': return PushStorage();
      case 'R': return CallTop();
      case 'b': return Build();
      case '.':
        if (stack_.size() != 1 || !marks_.empty()) return Damaged("it ends with values left over");
        pickle_.root = stack_.back();
        stopped_ = true;
        return absl::OkStatus();
      default: return Refused(absl::StrCat("has the instruction 0x", absl::Hex(code, absl::kZeroPad2)));
    }
  }

  const absl::Span<const uint8_t> bytes_;
  const absl::string_view file_;
  size_t at_ = 0, values_ = 0;
  bool stopped_ = false;
  std::vector<PickleValue> stack_;
  std::vector<size_t> marks_;  // heights of the stack
  std::map<uint64_t, PickleValue> memo_;
  Pickle pickle_;
};

}  // namespace

absl::StatusOr<Pickle> ReadPickle(absl::Span<const uint8_t> bytes, absl::string_view file) {
  return Machine(bytes, file).Run();
}

}  // namespace lwave::model
