// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A JSON text as a tree, and indented.

#include "json.h"

namespace lwave::cli {
namespace {

JsonValue ReadValue(JsonReader& reader, int depth) {
  if (depth > 64) reader.Fail("less nesting");
  JsonValue value;
  std::string key;
  switch (reader.Peek()) {
    case '{':
      value.kind = JsonValue::Kind::kObject;
      for (reader.EnterObject(); reader.NextMember(key);) {
        std::string name = key;
        value.members.emplace_back(std::move(name), ReadValue(reader, depth + 1));
      }
      break;
    case '[':
      value.kind = JsonValue::Kind::kArray;
      for (reader.EnterArray(); reader.NextElement();) value.items.push_back(ReadValue(reader, depth + 1));
      break;
    case '"':
      value.kind = JsonValue::Kind::kString;
      value.text = reader.ReadString();
      break;
    case 't':
    case 'f': value.text = reader.ReadBoolean() ? "true" : "false"; break;
    case 'n':
      reader.ReadNull();
      value.text = "null";
      break;
    default: value.text = reader.ReadNumber();
  }
  return value;
}

bool IsFlat(const JsonValue& value) {
  for (const JsonValue& item : value.items) {
    if (item.kind == JsonValue::Kind::kArray || item.kind == JsonValue::Kind::kObject) return false;
  }
  return true;
}

}  // namespace

const JsonValue* JsonValue::Find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

JsonValue ParseJson(std::string_view text) {
  JsonReader reader(text);
  JsonValue value = ReadValue(reader, 0);
  reader.ExpectEnd();
  return value;
}

std::string IndentJson(const JsonValue& value, int indent) {
  const std::string inner(static_cast<size_t>(indent) + 2, ' ');
  const std::string outer(static_cast<size_t>(indent), ' ');
  std::string json;
  bool first = true;
  switch (value.kind) {
    case JsonValue::Kind::kScalar: return value.text;
    case JsonValue::Kind::kString: AppendJsonString(json, value.text); return json;
    case JsonValue::Kind::kArray: {
      if (value.items.empty()) return "[]";
      const bool flat = IsFlat(value);  // lists of numbers stay on one line
      for (const JsonValue& item : value.items) {
        json += first ? (flat ? "[" : "[\n" + inner) : (flat ? ", " : ",\n" + inner);
        json += IndentJson(item, indent + 2);
        first = false;
      }
      return json + (flat ? "]" : "\n" + outer + "]");
    }
    case JsonValue::Kind::kObject:
      if (value.members.empty()) return "{}";
      for (const auto& [name, member] : value.members) {
        json += (first ? "{\n" : ",\n") + inner;
        AppendJsonString(json, name);
        json += ": " + IndentJson(member, indent + 2);
        first = false;
      }
      return json + "\n" + outer + "}";
  }
  return json;
}

}  // namespace lwave::cli
