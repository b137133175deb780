// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See config.h.

#include "model/config.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"

namespace lwave::model {

ConfigReader::ConfigReader(const JsonValue& value, std::string file) : value_(value), file_(std::move(file)) {
  if (!value.is_object()) status_ = absl::DataLossError(absl::StrCat(file_, " must hold a JSON object"));
}

const JsonValue* ConfigReader::Get(absl::string_view key) const {
  const JsonValue* found = value_.Find(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

bool ConfigReader::Has(absl::string_view key) const { return Get(key) != nullptr; }

bool ConfigReader::IsNull(absl::string_view key) const {
  const JsonValue* found = value_.Find(key);
  return found != nullptr && found->is_null();
}

void ConfigReader::Wrong(absl::string_view key, absl::string_view expected) {
  if (!status_.ok()) return;
  const JsonValue* got = value_.Find(key);
  status_ = absl::DataLossError(absl::StrCat(file_, ": ", key, " must be ", expected, ", got ",
                                             got == nullptr ? "nothing" : got->Shown()));
}

void ConfigReader::Unsupported(absl::string_view message) {
  if (status_.ok()) status_ = absl::UnimplementedError(absl::StrCat(file_, ": ", message));
}

bool ConfigReader::IsInteger(absl::string_view key) const {
  const JsonValue* found = Get(key);
  return found != nullptr && found->is_integer();
}

int64_t ConfigReader::Integer(absl::string_view key, std::optional<int64_t> fallback, int64_t low,
                              int64_t high) {
  const JsonValue* found = Get(key);
  if (found == nullptr && fallback.has_value()) return *fallback;
  if (found == nullptr || !found->is_integer() || found->integer < low || found->integer > high) {
    Wrong(key, absl::StrCat("a whole number from ", low, " to ", high));
    return low;
  }
  return found->integer;
}

std::vector<int64_t> ConfigReader::Integers(absl::string_view key, int64_t fallback, int64_t count, int64_t low,
                                            int64_t high) {
  const JsonValue* found = Get(key);
  if (found == nullptr || !found->is_array()) {
    return std::vector<int64_t>(static_cast<size_t>(count), Integer(key, fallback, low, high));
  }
  std::vector<int64_t> numbers;
  for (const JsonValue& item : found->items) {
    if (!item.is_integer() || item.integer < low || item.integer > high) break;
    numbers.push_back(item.integer);
  }
  if (numbers.size() != found->items.size() || numbers.size() != static_cast<size_t>(count)) {
    Wrong(key, absl::StrCat("a list of ", count, " whole numbers from ", low, " to ", high));
    numbers.assign(static_cast<size_t>(count), low);
  }
  return numbers;
}

double ConfigReader::Number(absl::string_view key, std::optional<double> fallback, double low, double high) {
  const JsonValue* found = Get(key);
  if (found == nullptr && fallback.has_value()) return *fallback;
  if (found == nullptr || !found->is_number() || !(found->real >= low && found->real <= high)) {
    Wrong(key, absl::StrCat("a number from ", low, " to ", high));
    return low;
  }
  return found->real;
}

bool ConfigReader::Boolean(absl::string_view key, std::optional<bool> fallback) {
  const JsonValue* found = Get(key);
  if (found == nullptr && fallback.has_value()) return *fallback;
  if (found == nullptr || found->kind != JsonValue::Kind::kBoolean) {
    Wrong(key, "true or false");
    return false;
  }
  return found->boolean;
}

std::string ConfigReader::String(absl::string_view key, std::optional<std::string> fallback) {
  const JsonValue* found = Get(key);
  if (found == nullptr && fallback.has_value()) return *std::move(fallback);
  if (found == nullptr || !found->is_string()) {
    Wrong(key, "a string");
    return {};
  }
  return found->string;
}

const JsonValue* ConfigReader::Object(absl::string_view key) {
  const JsonValue* found = Get(key);
  if (found == nullptr || found->is_object()) return found;
  Wrong(key, "an object");
  return nullptr;
}

const JsonValue* ConfigReader::Array(absl::string_view key) {
  const JsonValue* found = Get(key);
  if (found == nullptr || found->is_array()) return found;
  Wrong(key, "a list");
  return nullptr;
}

void ConfigReader::AllowOnly(std::initializer_list<absl::string_view> known) {
  for (const auto& [key, value] : value_.members) {
    if (std::find(known.begin(), known.end(), key) == known.end() && status_.ok()) {
      status_ =
          absl::UnimplementedError(absl::StrCat(file_, ": the field ", ShownName(key), " is not known"));
    }
  }
}

}  // namespace lwave::model
