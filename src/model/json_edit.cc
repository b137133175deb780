// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/json_edit.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json_text.h"

namespace lwave::model {
namespace {

std::vector<JsonMember>::iterator Place(JsonValue& object, absl::string_view key) {
  return std::lower_bound(object.members.begin(), object.members.end(), key,
                          [](const JsonMember& member, absl::string_view name) { return member.key < name; });
}

std::string FormatReal(double value) {
  char text[64];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  std::string written(text, error == std::errc() ? end : text);
  // It was written with a point or an exponent, and stays a real number for those who tell them apart.
  if (written.find_first_of(".en") == std::string::npos) written += ".0";
  return written;
}

void Append(const JsonValue& value, bool outermost, std::string* out) {
  const absl::string_view first = outermost ? "\n  " : "", next = outermost ? ",\n  " : ", ";
  switch (value.kind) {
    case JsonValue::Kind::kNull: *out += "null"; return;
    case JsonValue::Kind::kBoolean: *out += value.boolean ? "true" : "false"; return;
    case JsonValue::Kind::kInteger: absl::StrAppend(out, value.integer); return;
    case JsonValue::Kind::kReal: *out += FormatReal(value.real); return;
    case JsonValue::Kind::kString: *out += JsonQuoted(value.string); return;
    case JsonValue::Kind::kArray:
      *out += "[";
      for (size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) *out += ", ";
        Append(value.items[i], false, out);
      }
      *out += "]";
      return;
    case JsonValue::Kind::kObject:
      *out += "{";
      for (size_t i = 0; i < value.members.size(); ++i) {
        absl::StrAppend(out, i == 0 ? first : next, JsonQuoted(value.members[i].key), ": ");
        Append(value.members[i].value, false, out);
      }
      *out += outermost ? "\n}\n" : "}";
      return;
  }
}

}  // namespace

JsonValue JsonOf(int64_t value) {
  JsonValue made;
  made.kind = JsonValue::Kind::kInteger;
  made.integer = value;
  made.real = static_cast<double>(value);
  return made;
}

JsonValue JsonOf(absl::string_view text) {
  JsonValue made;
  made.kind = JsonValue::Kind::kString;
  made.string = std::string(text);
  return made;
}

JsonValue JsonOf(absl::Span<const int64_t> values) {
  JsonValue made = EmptyArray();
  for (const int64_t value : values) made.items.push_back(JsonOf(value));
  return made;
}

JsonValue EmptyObject() {
  JsonValue made;
  made.kind = JsonValue::Kind::kObject;
  return made;
}

JsonValue EmptyArray() {
  JsonValue made;
  made.kind = JsonValue::Kind::kArray;
  return made;
}

void SetMember(JsonValue& object, absl::string_view key, JsonValue value) {
  const auto place = Place(object, key);
  if (place != object.members.end() && place->key == key) {
    place->value = std::move(value);
  } else {
    object.members.insert(place, JsonMember{std::string(key), std::move(value)});
  }
}

void RemoveMember(JsonValue& object, absl::string_view key) {
  const auto place = Place(object, key);
  if (place != object.members.end() && place->key == key) object.members.erase(place);
}

std::string FormatJson(const JsonValue& value) {
  std::string out;
  Append(value, true, &out);
  return out;
}

}  // namespace lwave::model
