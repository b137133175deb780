// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The pickles that torch.save writes, as data. A pickle is a program for a small stack machine which may import and call
// anything; this reader knows the few instructions that build dictionaries, lists, tuples, texts, numbers and tensors,
// and the few names those need. It imports and calls nothing: what the known names would do is done here, and
// any other name or instruction is refused by name. The instructions are described in CPython's pickletools.py, the
// names in torch/_utils.py and torch/serialization.py.

#ifndef LONGWAVE_MODEL_PICKLE_READER_H_
#define LONGWAVE_MODEL_PICKLE_READER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "model/safetensors.h"

namespace lwave::model {

// A kind of storage: how torch and safetensors call its numbers, and how many bytes one takes.
struct StorageType {
  absl::string_view torch, safetensors;
  int64_t bytes;
  DataType type;
};

// One value. Larger ones are indices into the pickle that they belong to; several may share one, as in Python.
struct PickleValue {
  enum class Kind : int32_t {
    kNone,
    kBoolean,
    kInteger,
    kLong,  // beyond 64 bits: texts[index] holds its little-endian bytes
    kReal,
    kText,   // texts[index]
    kTuple,  // items[index]
    kList,   // items[index]
    kDictionary,  // items[index]: key, value, key, value ..., in the order they were set
    kGlobal,      // a name that is known, not yet called
    kStorage,     // storages[index]
    kTensor,      // tensors[index]
  };
  Kind kind = Kind::kNone;
  union {
    int64_t integer = 0;  // kBoolean, kInteger
    double real;
    size_t index;
  };
};

// Numbers that lie elsewhere in the file.
struct PickledStorage {
  const StorageType* type = nullptr;
  absl::string_view key;
  int64_t numbers = 0;
};

// Number [i, j, ...] is storage[offset + i * strides[0] + j * strides[1] + ...]. All are 0 to 2^53; nothing more is
// checked.
struct PickledTensor {
  size_t storage = 0;
  int64_t offset = 0;
  std::vector<int64_t> shape, strides;
};

// Texts point into the bytes that were read.
struct Pickle {
  PickleValue root;
  std::vector<absl::string_view> texts;
  std::vector<std::vector<PickleValue>> items;
  std::vector<PickledStorage> storages;
  std::vector<PickledTensor> tensors;
  size_t bytes = 0;  // of the pickle; what follows belongs to others
};

// Reads the pickle at the beginning of `bytes`. Time and memory are bounded by its length, and by limits on values,
// stack and memo far above what a checkpoint needs. DataLoss: malformed or cut. Unimplemented: an instruction, name or
// call that builds no tensor; the message names it. Messages begin with `file`.
absl::StatusOr<Pickle> ReadPickle(absl::Span<const uint8_t> bytes, absl::string_view file);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_PICKLE_READER_H_
