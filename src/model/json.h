// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON that comes from strangers: read as events with every bound checked, or as a small tree. Duplicate
// keys, deep nesting, bad UTF-8 and trailing bytes are errors. Nothing here throws.

#ifndef LONGWAVE_MODEL_JSON_H_
#define LONGWAVE_MODEL_JSON_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/files.h"

namespace lwave::model {

// Receives the parts of a JSON text in order. A function that returns false stops the parse; the reason is
// then what it put into `reason`.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;
  virtual bool Null() = 0;
  virtual bool Boolean(bool value) = 0;
  virtual bool Natural(uint64_t value) = 0;  // written without sign, fraction and exponent
  virtual bool Negative(int64_t value) = 0;  // written with a minus ("-0" too), without fraction and exponent
  virtual bool Real(double value) = 0;
  virtual bool String(std::string& value) = 0;  // may be moved from
  virtual bool BeginObject() = 0;
  virtual bool Key(std::string& key) = 0;  // may be moved from
  virtual bool EndObject() = 0;
  virtual bool BeginArray() = 0;
  virtual bool EndArray() = 0;

  std::string reason;
};

// Reads the whole of `text`. DataLoss messages begin with `file` (as it is to be shown). Nesting beyond
// `max_depth` is an error, so that a tree built from the events can be walked recursively.
absl::Status ParseJsonEvents(absl::string_view text, absl::string_view file, int max_depth,
                             JsonEvents& events);

struct JsonMember;

// One value of a tree.
struct JsonValue {
  enum class Kind : int32_t { kNull, kBoolean, kInteger, kReal, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  int64_t integer = 0;  // kInteger; numbers beyond int64 are kReal
  double real = 0;      // kInteger and kReal
  std::string string;
  std::vector<JsonValue> items;     // kArray
  std::vector<JsonMember> members;  // kObject, sorted by key

  bool is_null() const { return kind == Kind::kNull; }
  bool is_integer() const { return kind == Kind::kInteger; }
  bool is_number() const { return kind == Kind::kInteger || kind == Kind::kReal; }
  bool is_string() const { return kind == Kind::kString; }
  bool is_array() const { return kind == Kind::kArray; }
  bool is_object() const { return kind == Kind::kObject; }
  // The member of that key, or null when this is no object or has none.
  const JsonValue* Find(absl::string_view key) const;
  // How a message shows this value: short, on one line.
  std::string Shown() const;
};

struct JsonMember {
  std::string key;
  JsonValue value;
};

absl::StatusOr<JsonValue> ParseJson(absl::string_view text, absl::string_view file);
// Reads and parses a file of at most `max_bytes`.
absl::StatusOr<JsonValue> ReadJsonFile(const Folder& folder, absl::string_view name, size_t max_bytes);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_JSON_H_
