// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See json.h. nlohmann-json does the lexing and the grammar; its own tree is not used because it keeps the
// last of duplicate keys and reports by exceptions.

#include "model/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"

namespace lwave::model {
namespace {

constexpr int kMaxDepth = 32;
constexpr int64_t kMaxValues = 1000000;

// What nlohmann's parser calls; forwards to JsonEvents and counts the depth.
class Forwarder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Forwarder(JsonEvents& events, int max_depth) : events_(events), max_depth_(max_depth) {}

  bool null() override { return events_.Null(); }
  bool boolean(bool value) override { return events_.Boolean(value); }
  bool number_integer(number_integer_t value) override { return events_.Negative(value); }
  bool number_unsigned(number_unsigned_t value) override { return events_.Natural(value); }
  bool number_float(number_float_t value, const string_t&) override { return events_.Real(value); }
  bool string(string_t& value) override { return events_.String(value); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return Deeper() && events_.BeginObject(); }
  bool key(string_t& value) override { return events_.Key(value); }
  bool end_object() override { return --depth_, events_.EndObject(); }
  bool start_array(std::size_t) override { return Deeper() && events_.BeginArray(); }
  bool end_array() override { return --depth_, events_.EndArray(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    // The library's own text quotes the input, which may be binary.
    events_.reason = absl::StrCat("malformed JSON near byte ", position);
    return false;
  }

 private:
  bool Deeper() {
    if (++depth_ <= max_depth_) return true;
    events_.reason = absl::StrCat("JSON nested deeper than ", max_depth_);
    return false;
  }

  JsonEvents& events_;
  const int max_depth_;
  int depth_ = 0;
};

class TreeBuilder : public JsonEvents {
 public:
  bool Null() override { return Place() != nullptr; }
  bool Boolean(bool value) override {
    JsonValue* place = Place();
    if (place == nullptr) return false;
    place->kind = JsonValue::Kind::kBoolean;
    place->boolean = value;
    return true;
  }
  bool Natural(uint64_t value) override {
    return value <= INT64_MAX ? Integer(static_cast<int64_t>(value)) : Real(static_cast<double>(value));
  }
  bool Negative(int64_t value) override { return Integer(value); }
  bool Real(double value) override {
    JsonValue* place = Place();
    if (place == nullptr) return false;
    place->kind = JsonValue::Kind::kReal;
    place->real = value;
    return true;
  }
  bool String(std::string& value) override {
    JsonValue* place = Place();
    if (place == nullptr) return false;
    place->kind = JsonValue::Kind::kString;
    place->string = std::move(value);
    return true;
  }
  bool BeginObject() override { return Begin(JsonValue::Kind::kObject); }
  bool Key(std::string& key) override {
    open_.back()->members.push_back({std::move(key), JsonValue()});
    return true;
  }
  bool EndObject() override {
    auto& members = open_.back()->members;
    open_.pop_back();
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    for (size_t i = 1; i < members.size(); ++i) {
      if (members[i].key == members[i - 1].key) {
        reason = absl::StrCat("the key ", ShownName(members[i].key), " stands twice in one object");
        return false;
      }
    }
    return true;
  }
  bool BeginArray() override { return Begin(JsonValue::Kind::kArray); }
  bool EndArray() override {
    open_.pop_back();
    return true;
  }

  JsonValue root;

 private:
  // Where the next value belongs; null (with a reason) when there are too many.
  JsonValue* Place() {
    if (++values_ > kMaxValues) {
      reason = absl::StrCat("more than ", kMaxValues, " JSON values");
      return nullptr;
    }
    if (open_.empty()) return &root;
    JsonValue& parent = *open_.back();
    if (parent.is_object()) return &parent.members.back().value;
    return &parent.items.emplace_back();
  }
  bool Integer(int64_t value) {
    JsonValue* place = Place();
    if (place == nullptr) return false;
    place->kind = JsonValue::Kind::kInteger;
    place->integer = value;
    place->real = static_cast<double>(value);
    return true;
  }
  bool Begin(JsonValue::Kind kind) {
    JsonValue* place = Place();
    if (place == nullptr) return false;
    place->kind = kind;
    open_.push_back(place);  // stays valid: a parent grows only after its open child is closed
    return true;
  }

  std::vector<JsonValue*> open_;
  int64_t values_ = 0;
};

}  // namespace

absl::Status ParseJsonEvents(absl::string_view text, absl::string_view file, int max_depth,
                             JsonEvents& events) {
  // The lexer takes a zero byte for the end of input and would accept anything behind it.
  if (text.find('\0') != absl::string_view::npos) {
    return absl::DataLossError(absl::StrCat(file, ": malformed JSON: it contains a zero byte"));
  }
  Forwarder forwarder(events, max_depth);
  if (nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &forwarder)) return absl::OkStatus();
  if (events.reason.empty()) events.reason = "malformed JSON";
  return absl::DataLossError(absl::StrCat(file, ": ", events.reason));
}

const JsonValue* JsonValue::Find(absl::string_view key) const {
  const auto found = std::lower_bound(members.begin(), members.end(), key,
                                      [](const auto& member, absl::string_view k) { return member.key < k; });
  return found != members.end() && found->key == key ? &found->value : nullptr;
}

std::string JsonValue::Shown() const {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBoolean:
      return boolean ? "true" : "false";
    case Kind::kInteger:
      return absl::StrCat(integer);
    case Kind::kReal:
      return absl::StrCat(real);
    case Kind::kString:
      return ShownName(string);
    case Kind::kArray:
      return "a list";
    case Kind::kObject:
      return "an object";
  }
  return "";
}

absl::StatusOr<JsonValue> ParseJson(absl::string_view text, absl::string_view file) {
  TreeBuilder builder;
  if (absl::Status status = ParseJsonEvents(text, file, kMaxDepth, builder); !status.ok()) return status;
  return std::move(builder.root);
}

absl::StatusOr<JsonValue> ReadJsonFile(const Folder& folder, absl::string_view name, size_t max_bytes) {
  absl::StatusOr<std::string> text = folder.Read(name, max_bytes);
  if (!text.ok()) return text.status();
  return ParseJson(*text, folder.Shown(name));
}

}  // namespace lwave::model
