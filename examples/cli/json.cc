// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Writing and reading JSON.

#include "json.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "utf8.h"

namespace lwave::cli {
namespace {

constexpr int kMostDepth = 64;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendUtf8(std::string& text, uint32_t c) {
  const auto byte = [&text](uint32_t value) { text += static_cast<char>(value); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xc0 | c >> 6);
    byte(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    byte(0xe0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3f));
    byte(0x80 | (c & 0x3f));
  } else {
    byte(0xf0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3f));
    byte(0x80 | (c >> 6 & 0x3f));
    byte(0x80 | (c & 0x3f));
  }
}

}  // namespace

void AppendJsonString(std::string& json, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  json += '"';
  while (!text.empty()) {
    const Utf8Part part = FirstUtf8Part(text);
    const auto c = static_cast<unsigned char>(text[0]);
    if (!part.valid) {
      json += kReplacementCharacter;
    } else if (c == '"' || c == '\\') {
      json += '\\';
      json += text[0];
    } else if (c == '\n') {
      json += "\\n";
    } else if (c == '\r') {
      json += "\\r";
    } else if (c == '\t') {
      json += "\\t";
    } else if (c < 0x20) {
      json += "\\u00";
      json += kHex[c >> 4];
      json += kHex[c & 15];
    } else {
      json += text.substr(0, part.bytes);
    }
    text.remove_prefix(part.bytes);
  }
  json += '"';
}

void AppendJsonFloat(std::string& json, float value) {
  if (!std::isfinite(value)) {
    json += "null";
    return;
  }
  char digits[32];
  const auto [end, status] = std::to_chars(digits, digits + sizeof(digits), value);
  json.append(digits, end);
}

void JsonReader::Fail(std::string_view expected) const {
  throw JsonError("column " + std::to_string(position_ + 1) + ": expected " + std::string(expected) +
                  (position_ >= text_.size() ? ", but the line ends" : ""));
}

void JsonReader::SkipSpace() {
  while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t' ||
                                      text_[position_] == '\n' || text_[position_] == '\r')) {
    ++position_;
  }
}

char JsonReader::Peek() {
  SkipSpace();
  return position_ < text_.size() ? text_[position_] : '\0';
}

void JsonReader::Expect(char c, std::string_view what) {
  if (Peek() != c || position_ >= text_.size()) Fail(what);
  ++position_;
}

void JsonReader::ExpectWord(std::string_view word) {
  SkipSpace();
  if (text_.substr(position_, word.size()) != word) Fail(word);
  position_ += word.size();
}

void JsonReader::EnterObject() {
  Expect('{', "an object");
  first_ = true;
}

bool JsonReader::NextMember(std::string& key) {
  if (Peek() == '}') {
    ++position_;
    first_ = false;
    return false;
  }
  if (!first_) Expect(',', "',' or '}'");
  first_ = false;
  key = ReadString();
  Expect(':', "':'");
  return true;
}

void JsonReader::EnterArray() {
  Expect('[', "an array");
  first_ = true;
}

bool JsonReader::NextElement() {
  if (Peek() == ']') {
    ++position_;
    first_ = false;
    return false;
  }
  if (!first_) Expect(',', "',' or ']'");
  first_ = false;
  return true;
}

uint32_t JsonReader::ReadHex4() {
  uint32_t value = 0;
  const std::string_view digits = text_.substr(position_, 4);
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (status != std::errc() || digits.size() != 4 || end != digits.data() + 4) Fail("four hexadecimal digits");
  position_ += 4;
  return value;
}

std::string JsonReader::ReadString() {
  Expect('"', "a string");
  std::string value;
  while (true) {
    if (position_ >= text_.size()) Fail("the end of a string");
    const char c = text_[position_];
    if (static_cast<unsigned char>(c) < 0x20) Fail("no control character in a string");
    if (c == '"') {
      ++position_;
      return value;
    }
    if (c != '\\') {
      const Utf8Part part = FirstUtf8Part(text_.substr(position_));
      if (!part.valid) Fail("UTF-8");
      value += text_.substr(position_, part.bytes);
      position_ += part.bytes;
      continue;
    }
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    const char escape = position_ + 1 < text_.size() ? text_[position_ + 1] : '\0';
    if (const size_t which = kNames.find(escape); escape != '\0' && which != kNames.npos) {
      value += kValues[which];
      position_ += 2;
      continue;
    }
    if (escape != 'u') Fail("an escape such as \\n or \\u0041");
    position_ += 2;
    uint32_t character = ReadHex4();
    if (character >= 0xd800 && character < 0xdc00 && text_.substr(position_, 2) == "\\u") {
      position_ += 2;
      const uint32_t low = ReadHex4();
      if (low < 0xdc00 || low > 0xdfff) Fail("the second half of a surrogate pair");
      character = 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00);
    } else if (character >= 0xd800 && character <= 0xdfff) {
      Fail("the second half of a surrogate pair");
    }
    AppendUtf8(value, character);
  }
}

std::string_view JsonReader::ReadNumber() {
  SkipSpace();
  size_t p = position_;
  const auto digits = [&] {
    const size_t begin = p;
    while (p < text_.size() && IsDigit(text_[p])) ++p;
    return p > begin;
  };
  const auto at = [&](char c) { return p < text_.size() && text_[p] == c; };
  if (at('-')) ++p;
  const bool zero = at('0');
  if (zero ? (++p, false) : !digits()) Fail("a number");
  if (at('.')) {
    ++p;
    if (!digits()) Fail("a number");
  }
  if (at('e') || at('E')) {
    ++p;
    if (at('+') || at('-')) ++p;
    if (!digits()) Fail("a number");
  }
  const std::string_view number = text_.substr(position_, p - position_);
  position_ = p;
  return number;
}

int64_t JsonReader::ReadInteger() {
  SkipSpace();
  const size_t begin = position_;
  const std::string_view number = ReadNumber();
  int64_t value = 0;
  const auto [end, status] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (status != std::errc() || end != number.data() + number.size()) {
    position_ = begin;
    Fail("a whole number");
  }
  return value;
}

float JsonReader::ReadFloat() {
  if (Peek() == 'n') {
    ReadNull();
    return std::numeric_limits<float>::quiet_NaN();
  }
  const size_t begin = position_;
  const std::string_view number = ReadNumber();
  float value = 0;
  const auto [end, status] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (status != std::errc()) {
    position_ = begin;
    Fail("a number within the range of float");
  }
  return value;
}

bool JsonReader::ReadBoolean() {
  const bool value = Peek() == 't';
  ExpectWord(value ? "true" : "false");
  return value;
}

void JsonReader::ReadNull() { ExpectWord("null"); }

void JsonReader::SkipValue(int depth) {
  if (depth > kMostDepth) Fail("less nesting");
  std::string key;
  switch (Peek()) {
    case '{':
      for (EnterObject(); NextMember(key);) SkipValue(depth + 1);
      return;
    case '[':
      for (EnterArray(); NextElement();) SkipValue(depth + 1);
      return;
    case '"': ReadString(); return;
    case 't':
    case 'f': ReadBoolean(); return;
    case 'n': ReadNull(); return;
    default: ReadNumber();
  }
}

void JsonReader::ExpectEnd() {
  SkipSpace();
  if (position_ != text_.size()) Fail("nothing more");
}

}  // namespace lwave::cli
