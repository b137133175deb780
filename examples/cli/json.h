// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// As much JSON as the tool needs: writing strings and numbers, and reading one value after another from a text.

#ifndef LONGWAVE_EXAMPLES_CLI_JSON_H_
#define LONGWAVE_EXAMPLES_CLI_JSON_H_

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lwave::cli {

// Appends a JSON string of `text` (UTF-8; bad parts as U+FFFD).
void AppendJsonString(std::string& json, std::string_view text);
// Appends the shortest decimal that reads back to the same float; null if it is not finite.
void AppendJsonFloat(std::string& json, float value);

class JsonError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Reads a text from front to end, strictly as RFC 8259 has it. Every function throws JsonError, whose message says
// what was expected at which column (from 1).
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  // The first character of the next value: one of { [ " t f n - or a digit.
  char Peek();

  // for (reader.EnterObject(); reader.NextMember(key);) read its value
  void EnterObject();
  bool NextMember(std::string& key);
  // for (reader.EnterArray(); reader.NextElement();) read it
  void EnterArray();
  bool NextElement();

  std::string ReadString();
  std::string_view ReadNumber();  // as it is written
  int64_t ReadInteger();
  float ReadFloat();  // null is NaN
  bool ReadBoolean();
  void ReadNull();
  void SkipValue(int depth = 0);
  void ExpectEnd();  // only white space is left

  [[noreturn]] void Fail(std::string_view expected) const;

 private:
  void SkipSpace();
  void Expect(char c, std::string_view what);
  void ExpectWord(std::string_view word);
  uint32_t ReadHex4();

  std::string_view text_;
  size_t position_ = 0;
  bool first_ = false;  // just behind { or [
};

// A whole JSON text as a tree, for `info`.
struct JsonValue {
  enum class Kind { kScalar, kString, kArray, kObject };
  Kind kind = Kind::kScalar;
  std::string text;  // a scalar as it is written, or a string's characters
  std::vector<JsonValue> items;
  std::vector<std::pair<std::string, JsonValue>> members;

  const JsonValue* Find(std::string_view key) const;
};
JsonValue ParseJson(std::string_view text);

// The same text with line ends and indentation.
std::string IndentJson(const JsonValue& value, int indent = 0);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_JSON_H_
