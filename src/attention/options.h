// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The options of a mechanism: a table says which exist and what is allowed, an Options holds what was set. Numbers
// and tensors alike are keyed values; a tensor is a list of numbers in row-major order.

#ifndef LONGWAVE_ATTENTION_OPTIONS_H_
#define LONGWAVE_ATTENTION_OPTIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace lwave::attention {

enum class OptionType : int32_t { kInt = 1, kInts = 2, kText = 3, kFloat = 4, kFloats = 5 };

struct OptionInfo {
  const char* name;
  OptionType type;
  double minimum = 0, maximum = 0;  // of numbers
  // The words that a text may be, separated by '|'; of several, separated by commas, where `many`. A number with
  // words may be set as a text as well; a text without may be any.
  const char* words = nullptr;
  bool many = false;
};

class Options {
 public:
  // InvalidArgument when the option's type, bounds or words do not fit; then nothing is changed.
  absl::Status SetInts(const OptionInfo& option, absl::Span<const int64_t> values);
  absl::Status SetFloats(const OptionInfo& option, absl::Span<const float> values);
  absl::Status SetFloat(const OptionInfo& option, double value);
  absl::Status SetText(const OptionInfo& option, absl::string_view text);

  bool Has(absl::string_view name) const;
  int64_t Int(absl::string_view name, int64_t otherwise) const;
  bool Flag(absl::string_view name) const { return Int(name, 0) != 0; }
  double Float(absl::string_view name, double otherwise) const;
  std::string Text(absl::string_view name, absl::string_view otherwise) const;
  std::vector<std::string> Texts(absl::string_view name) const;  // split at commas
  const std::vector<int64_t>& Ints(absl::string_view name) const;  // empty when not set
  const std::vector<float>& Floats(absl::string_view name) const;  // empty when not set

  // A list of one number a head; one number holds for all, none gives `otherwise`.
  absl::StatusOr<std::vector<int64_t>> PerHead(absl::string_view name, int64_t heads, int64_t otherwise) const;
  // The same for words.
  absl::StatusOr<std::vector<std::string>> TextPerHead(absl::string_view name, int64_t heads,
                                                       absl::string_view otherwise) const;
  // A tensor of `count` numbers; InvalidArgument when it is not set or has another size.
  absl::StatusOr<std::vector<float>> Tensor(absl::string_view name, int64_t count) const;

  // Everything that was set, tensors as a checksum: what a snapshot must agree with.
  std::string ToJson() const;

 private:
  struct Value {
    std::vector<int64_t> ints;
    std::vector<float> floats;
    double number = 0;
    std::string text;
    bool is_text = false;
    OptionType type = OptionType::kInt;
  };
  const Value* Find(absl::string_view name) const;

  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_OPTIONS_H_
