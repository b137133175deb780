// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Checking and keeping options.

#include "attention/options.h"

#include <algorithm>
#include <cmath>

#include "absl/crc/crc32c.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/json_text.h"

namespace lwave::attention {
namespace {

// Lists hold a number a head, tensors of integers (random blocks) rather more.
constexpr int64_t kMostNumbers = int64_t{1} << 31;

absl::Status Wrong(const OptionInfo& option, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("option ", option.name, " ", what));
}

std::string TypeName(OptionType type) {
  switch (type) {
    case OptionType::kInt: return "is an integer";
    case OptionType::kInts: return "is a list of integers";
    case OptionType::kText: return "is a text";
    case OptionType::kFloat: return "is a number";
    case OptionType::kFloats: return "is a tensor of numbers";
  }
  return "";
}

}  // namespace

absl::Status Options::SetInts(const OptionInfo& option, absl::Span<const int64_t> values) {
  if (option.type == OptionType::kFloat && values.size() == 1) return SetFloat(option, static_cast<double>(values[0]));
  if (option.type != OptionType::kInt && option.type != OptionType::kInts) return Wrong(option, TypeName(option.type));
  const int64_t count = static_cast<int64_t>(values.size());
  if ((option.type == OptionType::kInt && count != 1) || count > kMostNumbers) {
    return Wrong(option, absl::StrCat(TypeName(option.type), ", got ", count, " numbers"));
  }
  for (int64_t value : values) {
    if (static_cast<double>(value) < option.minimum || static_cast<double>(value) > option.maximum) {
      return Wrong(option, absl::StrCat("must be ", static_cast<int64_t>(option.minimum), " to ",
                                        static_cast<int64_t>(option.maximum), ", got ", value));
    }
  }
  Value value;
  value.type = option.type;
  value.ints.assign(values.begin(), values.end());
  values_.insert_or_assign(option.name, std::move(value));
  return absl::OkStatus();
}

absl::Status Options::SetFloats(const OptionInfo& option, absl::Span<const float> values) {
  if (option.type == OptionType::kFloat && values.size() == 1) return SetFloat(option, static_cast<double>(values[0]));
  if (option.type != OptionType::kFloats) return Wrong(option, TypeName(option.type));
  if (static_cast<int64_t>(values.size()) > kMostNumbers) return Wrong(option, "has too many numbers");
  Value value;
  value.type = option.type;
  value.floats.assign(values.begin(), values.end());
  values_.insert_or_assign(option.name, std::move(value));
  return absl::OkStatus();
}

absl::Status Options::SetFloat(const OptionInfo& option, double number) {
  if (option.type != OptionType::kFloat) return Wrong(option, TypeName(option.type));
  if (!(number >= option.minimum && number <= option.maximum)) {
    return Wrong(option, absl::StrCat("must be ", option.minimum, " to ", option.maximum, ", got ", number));
  }
  Value value;
  value.type = option.type;
  value.number = number;
  values_.insert_or_assign(option.name, std::move(value));
  return absl::OkStatus();
}

absl::Status Options::SetText(const OptionInfo& option, absl::string_view text) {
  const bool any_text = option.words == nullptr && option.type == OptionType::kText;
  if (option.words == nullptr && !any_text) return Wrong(option, TypeName(option.type));
  const std::vector<std::string> words = absl::StrSplit(any_text ? text : option.words, '|');
  const std::vector<std::string> parts =
      option.many ? absl::StrSplit(text, ',') : std::vector<std::string>{std::string(text)};
  for (const std::string& part : parts) {
    if (!any_text && std::find(words.begin(), words.end(), part) == words.end()) {
      return Wrong(option, absl::StrCat("must be ", option.many ? "a list of " : "", absl::StrJoin(words, ", "), ", got ",
                                        part));
    }
  }
  Value value;
  value.type = option.type;
  value.text = std::string(text);
  value.is_text = true;
  values_.insert_or_assign(option.name, std::move(value));
  return absl::OkStatus();
}

const Options::Value* Options::Find(absl::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

bool Options::Has(absl::string_view name) const { return Find(name) != nullptr; }

int64_t Options::Int(absl::string_view name, int64_t otherwise) const {
  const Value* value = Find(name);
  return value == nullptr || value->ints.empty() ? otherwise : value->ints[0];
}

double Options::Float(absl::string_view name, double otherwise) const {
  const Value* value = Find(name);
  return value == nullptr || value->is_text ? otherwise : value->number;
}

std::string Options::Text(absl::string_view name, absl::string_view otherwise) const {
  const Value* value = Find(name);
  return value == nullptr || !value->is_text ? std::string(otherwise) : value->text;
}

std::vector<std::string> Options::Texts(absl::string_view name) const {
  const std::string text = Text(name, "");
  if (text.empty()) return {};
  return absl::StrSplit(text, ',');
}

const std::vector<int64_t>& Options::Ints(absl::string_view name) const {
  static const std::vector<int64_t> none;
  const Value* value = Find(name);
  return value == nullptr ? none : value->ints;
}

const std::vector<float>& Options::Floats(absl::string_view name) const {
  static const std::vector<float> none;
  const Value* value = Find(name);
  return value == nullptr ? none : value->floats;
}

absl::StatusOr<std::vector<int64_t>> Options::PerHead(absl::string_view name, int64_t heads, int64_t otherwise) const {
  const std::vector<int64_t>& set = Ints(name);
  if (set.empty()) return std::vector<int64_t>(static_cast<size_t>(heads), otherwise);
  if (set.size() == 1) return std::vector<int64_t>(static_cast<size_t>(heads), set[0]);
  if (static_cast<int64_t>(set.size()) == heads) return set;
  return absl::InvalidArgumentError(
      absl::StrCat("option ", name, " must be one number or one a head (", heads, "), got ", set.size()));
}

absl::StatusOr<std::vector<std::string>> Options::TextPerHead(absl::string_view name, int64_t heads,
                                                              absl::string_view otherwise) const {
  std::vector<std::string> words = Texts(name);
  if (words.empty()) words = {std::string(otherwise)};
  if (words.size() == 1) words.resize(static_cast<size_t>(heads), words[0]);
  if (static_cast<int64_t>(words.size()) != heads) {
    return absl::InvalidArgumentError(
        absl::StrCat("option ", name, " must be one word or one a head (", heads, "), got ", words.size()));
  }
  return words;
}

absl::StatusOr<std::vector<float>> Options::Tensor(absl::string_view name, int64_t count) const {
  const std::vector<float>& set = Floats(name);
  if (!Has(name)) return absl::InvalidArgumentError(absl::StrCat("option ", name, " must be set: ", count, " numbers"));
  if (static_cast<int64_t>(set.size()) != count) {
    return absl::InvalidArgumentError(absl::StrCat("option ", name, " must have ", count, " numbers, has ", set.size()));
  }
  return set;
}

std::string Options::ToJson() const {
  JsonText json;
  for (const auto& [name, value] : values_) {
    if (value.is_text) {
      json.Add(name, value.text);
    } else if (value.type == OptionType::kFloat) {
      json.AddJson(name, std::isfinite(value.number) ? absl::StrCat(value.number) : "null");
    } else if (value.type == OptionType::kInt) {
      json.Add(name, value.ints[0]);
    } else if (value.type == OptionType::kInts && value.ints.size() <= 64) {
      json.Add(name, absl::MakeConstSpan(value.ints));
    } else {
      const bool ints = value.type == OptionType::kInts;
      const size_t count = ints ? value.ints.size() : value.floats.size();
      const char* bytes = ints ? reinterpret_cast<const char*>(value.ints.data())
                               : reinterpret_cast<const char*>(value.floats.data());
      JsonText tensor;
      tensor.Add("count", count);
      tensor.Add("crc32c", static_cast<uint32_t>(absl::ComputeCrc32c({bytes, count * (ints ? 8 : 4)})));
      json.AddJson(name, tensor.Text());
    }
  }
  return json.Text();
}

}  // namespace lwave::attention
