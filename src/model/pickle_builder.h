// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The values of a pickle as they are put together, and what the few names that tensors need would do if they were
// called: torch's _rebuild_tensor and its kin, storages, collections.OrderedDict. Anything else is refused by name.

#ifndef LONGWAVE_MODEL_PICKLE_BUILDER_H_
#define LONGWAVE_MODEL_PICKLE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/pickle_reader.h"

namespace lwave::model {

// A value that is an index into the pickle.
PickleValue PickleAt(PickleValue::Kind kind, size_t index);

// The statuses are Unimplemented, and begin with the name of the file. One thread at a time.
class PickleBuilder {
 public:
  explicit PickleBuilder(absl::string_view file) : file_(file) {}

  // Of containers, memo and tensors together: what the reader bounds.
  size_t values() const { return values_; }
  void CountValues(size_t count) { values_ += count; }

  // A text, or a number of more than 64 bits.
  PickleValue Text(PickleValue::Kind kind, absl::string_view bytes);
  absl::string_view TextOf(PickleValue value) const { return pickle_.texts[value.index]; }
  // A tuple, list or dictionary.
  PickleValue Container(PickleValue::Kind kind, std::vector<PickleValue> items);
  std::vector<PickleValue>& ItemsOf(PickleValue container) { return pickle_.items[container.index]; }

  absl::StatusOr<PickleValue> Name(absl::string_view module, absl::string_view name) const;
  // What a tuple refers to, numbers elsewhere in the file.
  absl::StatusOr<PickleValue> Storage(PickleValue tuple);
  // A global with a tuple of arguments.
  absl::StatusOr<PickleValue> Call(PickleValue function, PickleValue tuple);

  absl::Status Refused(absl::string_view what) const;
  Pickle Take() { return std::move(pickle_); }

 private:
  absl::StatusOr<PickleValue> CallOrderedDict(const std::vector<PickleValue>& arguments);
  absl::StatusOr<PickleValue> CallRebuildTensor(const std::vector<PickleValue>& arguments, bool second_version);
  bool ReadNumbers(PickleValue from, std::vector<int64_t>* out) const;

  const absl::string_view file_;
  size_t values_ = 0;
  Pickle pickle_;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_PICKLE_BUILDER_H_
