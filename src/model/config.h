// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Keys of a configuration file, read with defaults and bounds. The first thing that is wrong is kept, so that
// a family can ask for all its keys and look at the status once.

#ifndef LONGWAVE_MODEL_CONFIG_H_
#define LONGWAVE_MODEL_CONFIG_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "model/json.h"

namespace lwave::model {

// Reads one JSON object, which must outlive it. A key that is absent or null takes its default; without a
// default it is an error. Errors are DataLoss "FILE: KEY must be EXPECTED, got VALUE". After an error every
// function returns some value within its bounds. One thread.
class ConfigReader {
 public:
  // `file` is how messages name it; `value` is an error itself unless it is an object.
  ConfigReader(const JsonValue& value, std::string file);

  bool Has(absl::string_view key) const;  // present and not null
  bool IsNull(absl::string_view key) const;  // present, and null: for keys whose default is another than none
  bool IsInteger(absl::string_view key) const;
  int64_t Integer(absl::string_view key, std::optional<int64_t> fallback, int64_t low, int64_t high);
  // A list of `count` whole numbers, or one number that stands for all of them.
  std::vector<int64_t> Integers(absl::string_view key, int64_t fallback, int64_t count, int64_t low, int64_t high);
  double Number(absl::string_view key, std::optional<double> fallback, double low, double high);
  bool Boolean(absl::string_view key, std::optional<bool> fallback);
  std::string String(absl::string_view key, std::optional<std::string> fallback);
  const JsonValue* Object(absl::string_view key);  // null when absent
  const JsonValue* Array(absl::string_view key);   // null when absent
  const JsonValue* Value(absl::string_view key) const { return Get(key); }  // of any kind; null when absent

  // An error unless every key of the object is one of `known`.
  void AllowOnly(std::initializer_list<absl::string_view> known);
  // "FILE: KEY must be EXPECTED, got ...", DataLoss.
  void Wrong(absl::string_view key, absl::string_view expected);
  // "FILE: MESSAGE", Unimplemented: right in itself, but not something that Longwave does.
  void Unsupported(absl::string_view message);
  // The status of a reader of an object within this one.
  void Adopt(const absl::Status& inner) { status_.Update(inner); }

  const absl::Status& status() const { return status_; }
  const std::string& file() const { return file_; }

 private:
  const JsonValue* Get(absl::string_view key) const;  // null when absent or null

  const JsonValue& value_;
  std::string file_;
  absl::Status status_;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CONFIG_H_
