// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The one-pass reader of tokenizer files.

#include "tokenizer/json_tree.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace lwave::tokenizer {
namespace {

using Json = nlohmann::json;

// Recursion is bounded by kMaxJsonDepth.
void Empty(Json& value) {
  if (!value.is_structured()) return;
  for (Json& child : value) Empty(child);
  value.clear();
}

// Receives the parser's events. Every function returns false to stop.
class Handler final : public nlohmann::json_sax<Json> {
 public:
  Handler(absl::string_view source, TokenizerJson* out) : source_(source), out_(out) {}

  const absl::Status& status() const { return status_; }

  bool null() override { return Value(Json()); }
  bool boolean(bool value) override { return Value(Json(value)); }
  bool number_integer(number_integer_t value) override {
    return InVocabulary() ? Piece(value) : Value(Json(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (!InVocabulary()) return Value(Json(value));
    return Piece(value > static_cast<uint64_t>(INT64_MAX) ? INT64_MAX : static_cast<int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return Value(Json(value)); }
  bool string(string_t& value) override { return Value(Json(std::move(value))); }
  bool binary(binary_t&) override { return Fail("binary values are not JSON"); }

  bool key(string_t& key) override {
    if (InVocabulary()) {
      piece_.offset = out_->text.size();
      piece_.length = key.size();
      out_->text.append(key);
    } else if (skip_depth_ == 0) {
      key_ = std::move(key);
    }
    return true;
  }

  bool start_object(std::size_t) override {
    if (skip_depth_ == 0 && AtModelKey("vocab")) {
      skip_depth_ = 1;
      vocabulary_ = true;
      out_->has_vocabulary = true;
      out_->text.clear();
      out_->pieces.clear();
      return true;
    }
    return Start(Json::object());
  }
  bool start_array(std::size_t) override {
    if (skip_depth_ == 0 && (AtModelKey("vocab") || AtModelKey("merges"))) {
      skip_depth_ = 1;
      return true;
    }
    return Start(Json::array());
  }
  bool end_object() override { return End(); }
  bool end_array() override { return End(); }

  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    return Fail(absl::StrCat("not valid JSON at byte ", position));
  }

 private:
  bool InVocabulary() const { return vocabulary_ && skip_depth_ == 1; }
  // Whether the next value is the member `key` of the top object's "model".
  bool AtModelKey(absl::string_view key) const {
    return stack_.size() == 2 && stack_[1] == model_ && model_ != nullptr && stack_[1]->is_object() &&
           key_ == key;
  }

  bool Fail(absl::string_view what) {
    if (status_.ok()) status_ = absl::DataLossError(absl::StrCat(source_, ": ", what));
    return false;
  }

  bool Piece(int64_t id) {
    piece_.id = id;
    if (out_->pieces.size() >= static_cast<size_t>(kMaxVocabulary))
      return Fail("the vocabulary is too large");
    out_->pieces.push_back(piece_);
    return true;
  }

  Json* Place(Json value) {
    if (++values_ > kMaxJsonValues) {
      Fail(absl::StrCat("more than ", kMaxJsonValues, " values"));
      return nullptr;
    }
    if (stack_.empty()) {
      out_->tree = std::move(value);
      return &out_->tree;
    }
    Json& parent = *stack_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    Json& place = parent[key_];
    Empty(place);  // of an earlier member of the same name
    place = std::move(value);
    return &place;
  }

  bool Value(Json value) {
    if (InVocabulary()) {
      return Fail(absl::StrCat(
          "model.vocab: the id of \"",
          absl::CHexEscape(out_->text.substr(piece_.offset, std::min<size_t>(piece_.length, 40))),
          "\" is not an integer"));
    }
    if (skip_depth_ > 0) return true;
    if (stack_.empty()) return Fail("expected an object at the top");
    return Place(std::move(value)) != nullptr;
  }

  bool Start(Json value) {
    if (InVocabulary()) return Value(std::move(value));
    if (stack_.size() + static_cast<size_t>(skip_depth_) >= static_cast<size_t>(kMaxJsonDepth)) {
      return Fail(absl::StrCat("nested deeper than ", kMaxJsonDepth));
    }
    if (skip_depth_ > 0) {
      ++skip_depth_;
      return true;
    }
    if (stack_.empty() && !value.is_object()) return Fail("expected an object at the top");
    const bool is_model = stack_.size() == 1 && key_ == "model";
    Json* place = Place(std::move(value));
    if (place == nullptr) return false;
    if (is_model) model_ = place;
    stack_.push_back(place);
    return true;
  }

  bool End() {
    if (skip_depth_ > 0) {
      if (--skip_depth_ == 0) vocabulary_ = false;
    } else {
      stack_.pop_back();
    }
    return true;
  }

  absl::string_view source_;
  TokenizerJson* out_;
  absl::Status status_;
  std::vector<Json*> stack_;  // open objects and arrays; stable, since only the innermost grows
  Json* model_ = nullptr;
  std::string key_;
  size_t values_ = 0;
  int skip_depth_ = 0;       // > 0: below a part that the tree does not hold
  bool vocabulary_ = false;  // that part is the vocabulary
  TokenizerJson::Piece piece_ = {};
};

}  // namespace

TokenizerJson::~TokenizerJson() { Empty(tree); }

std::vector<VocabularyItem> TokenizerJson::Items() const {
  std::vector<VocabularyItem> items;
  items.reserve(pieces.size());
  for (const Piece& piece : pieces) {
    items.push_back({absl::string_view(text).substr(piece.offset, piece.length), piece.id});
  }
  return items;
}

absl::Status ParseTokenizerJsonTree(absl::string_view json, absl::string_view source, TokenizerJson* out) {
  Handler handler(source, out);
  out->text.reserve(json.size() / 2);
  const bool parsed = Json::sax_parse(json.begin(), json.end(), &handler);
  if (!handler.status().ok()) return handler.status();
  if (!parsed) return absl::DataLossError(absl::StrCat(source, ": not valid JSON"));
  return absl::OkStatus();
}

std::string JsonObject::Name(absl::string_view key) const {
  return path_.empty() ? std::string(key) : absl::StrCat(path_, ".", key);
}

absl::Status JsonObject::WrongType(const char* key, absl::string_view expected) const {
  return absl::DataLossError(
      absl::StrCat(source_, ": ", Name(key), " must be ", expected, ", got ", object_.at(key).type_name()));
}

absl::Status JsonObject::Bool(const char* key, bool* value) const {
  if (!Has(key)) return absl::OkStatus();
  if (!object_.at(key).is_boolean()) return WrongType(key, "true or false");
  *value = object_.at(key).get<bool>();
  return absl::OkStatus();
}

absl::Status JsonObject::Integer(const char* key, int64_t* value) const {
  if (!Has(key)) return absl::OkStatus();
  const Json& member = object_.at(key);
  if (!member.is_number_integer()) return WrongType(key, "an integer");
  const bool large = member.is_number_unsigned() && member.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX);
  *value = large ? INT64_MAX : member.get<int64_t>();
  return absl::OkStatus();
}

absl::Status JsonObject::String(const char* key, std::string* value) const {
  if (!Has(key)) return absl::OkStatus();
  if (!object_.at(key).is_string()) return WrongType(key, "a string");
  *value = object_.at(key).get<std::string>();
  return absl::OkStatus();
}

absl::Status JsonObject::OnlyKeys(std::initializer_list<absl::string_view> keys) const {
  for (const auto& item : object_.items()) {
    if (std::find(keys.begin(), keys.end(), absl::string_view(item.key())) == keys.end()) {
      return absl::UnimplementedError(
          absl::StrCat(source_, ": unknown setting ", Name(absl::CHexEscape(item.key().substr(0, 60)))));
    }
  }
  return absl::OkStatus();
}

}  // namespace lwave::tokenizer
