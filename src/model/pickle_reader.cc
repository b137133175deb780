// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The instructions; what is built, and what names would do, is in pickle_builder.h.

#include "model/pickle_reader.h"

#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "model/pickle_builder.h"

namespace lwave::model {
namespace {

constexpr size_t kMaxPickleBytes = size_t{64} << 20;
constexpr size_t kMaxStack = size_t{1} << 20;
constexpr size_t kMaxValues = size_t{8} << 20;  // in containers, memo and tensors together

using Kind = PickleValue::Kind;

PickleValue Integer(int64_t integer) {
  PickleValue value;
  value.kind = Kind::kInteger;
  value.integer = integer;
  return value;
}

class Machine {
 public:
  Machine(absl::Span<const uint8_t> bytes, absl::string_view file) : bytes_(bytes), file_(file), builder_(file) {}

  absl::StatusOr<Pickle> Run() {
    while (!stopped_) {
      const uint8_t* code = Read(1);
      if (code == nullptr) return Damaged("it ends before its end mark (truncated?)");
      if (absl::Status status = Step(*code); !status.ok()) return status;
      if (at_ > kMaxPickleBytes) return Damaged("it is too long");
      if (stack_.size() > kMaxStack) return Damaged("too many values wait on its stack");
      if (builder_.values() > kMaxValues) return Damaged("it has too many values");
    }
    Pickle pickle = builder_.Take();
    pickle.root = root_;
    pickle.bytes = at_;
    return pickle;
  }

 private:
  absl::Status Damaged(absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(file_, ": malformed pickle: ", what, " (near byte ", at_, ")"));
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
  absl::Status Push(const absl::StatusOr<PickleValue>& value) { return value.ok() ? Push(*value) : value.status(); }
  size_t Floor() const { return marks_.empty() ? 0 : marks_.back(); }
  bool Pop(PickleValue* value) {
    if (stack_.size() <= Floor()) return false;
    *value = stack_.back();
    stack_.pop_back();
    return true;
  }
  PickleValue* Top() { return stack_.size() <= Floor() ? nullptr : &stack_.back(); }
  absl::Status Empty() const { return Damaged("an instruction finds too few values"); }

  absl::Status PushContainer(Kind kind, std::vector<PickleValue> items) {
    return Push(builder_.Container(kind, std::move(items)));
  }
  absl::Status PushText(int length_size) {
    uint64_t length = 0;
    const uint8_t* text = ReadLength(length_size, &length) ? Read(length) : nullptr;
    if (text == nullptr) return Damaged("a text ends behind the file");
    if (length > kMaxPickleBytes) return Damaged("a text is too long");
    return Push(builder_.Text(Kind::kText, {reinterpret_cast<const char*>(text), static_cast<size_t>(length)}));
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
      return Push(builder_.Text(Kind::kLong, {reinterpret_cast<const char*>(digits), static_cast<size_t>(length)}));
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
    return PushContainer(Kind::kTuple, std::move(items));
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
    std::vector<PickleValue>& items = builder_.ItemsOf(owner);
    items.insert(items.end(), stack_.begin() + static_cast<ptrdiff_t>(first), stack_.end());
    builder_.CountValues(count);
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
    if (memo_.insert_or_assign(key, *top).second) builder_.CountValues(4);
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
  absl::Status PushNameOfLines() {
    const absl::StatusOr<absl::string_view> module = ReadLine();
    if (!module.ok()) return module.status();
    const absl::StatusOr<absl::string_view> name = ReadLine();
    return name.ok() ? Push(builder_.Name(*module, *name)) : name.status();
  }
  absl::Status PushNameOfStack() {
    PickleValue name, module;
    if (!Pop(&name) || !Pop(&module)) return Empty();
    if (name.kind != Kind::kText || module.kind != Kind::kText) return Damaged("a name is no text");
    return Push(builder_.Name(builder_.TextOf(module), builder_.TextOf(name)));
  }

  absl::Status PushStorage() {
    PickleValue id;
    if (!Pop(&id)) return Empty();
    if (id.kind != Kind::kTuple) return Damaged("a reference to data is no tuple");
    return Push(builder_.Storage(id));
  }
  absl::Status CallTop() {
    PickleValue arguments, function;
    if (!Pop(&arguments) || !Pop(&function)) return Empty();
    if (function.kind != Kind::kGlobal) return builder_.Refused("calls something that is no known function");
    if (arguments.kind != Kind::kTuple) return Damaged("a call's arguments are no tuple");
    return Push(builder_.Call(function, arguments));
  }
  // The attributes of an OrderedDict (torch's _metadata: versions of its modules) say nothing about the tensors.
  absl::Status Build() {
    PickleValue state;
    const PickleValue* owner = nullptr;
    if (!Pop(&state) || (owner = Top()) == nullptr) return Empty();
    if (owner->kind == Kind::kDictionary && state.kind == Kind::kDictionary) return absl::OkStatus();
    return builder_.Refused("sets attributes of something other than a dictionary");
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
      case ')': return PushContainer(Kind::kTuple, {});
      case 0x85: return PushTuple(1);
      case 0x86: return PushTuple(2);
      case 0x87: return PushTuple(3);
      case 't': return PushMarkedTuple();
      case ']': return PushContainer(Kind::kList, {});
      case 'a': return Append(Kind::kList, 1);
      case 'e': return AppendMarked(Kind::kList);
      case '}': return PushContainer(Kind::kDictionary, {});
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
        root_ = stack_.back();
        stopped_ = true;
        return absl::OkStatus();
      default: return builder_.Refused(absl::StrCat("has the instruction 0x", absl::Hex(code, absl::kZeroPad2)));
    }
  }

  const absl::Span<const uint8_t> bytes_;
  const absl::string_view file_;
  size_t at_ = 0;
  bool stopped_ = false;
  std::vector<PickleValue> stack_;
  std::vector<size_t> marks_;  // heights of the stack
  std::map<uint64_t, PickleValue> memo_;
  PickleValue root_;
  PickleBuilder builder_;
};

}  // namespace

absl::StatusOr<Pickle> ReadPickle(absl::Span<const uint8_t> bytes, absl::string_view file) {
  return Machine(bytes, file).Run();
}

}  // namespace lwave::model
