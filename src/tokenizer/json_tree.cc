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
    if (InScored()) return Score(static_cast<double>(value));
    return InVocabulary() ? Piece(value) : Value(Json(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (InScored()) return Score(static_cast<double>(value));
    if (!InVocabulary()) return Value(Json(value));
    return Piece(value > static_cast<uint64_t>(INT64_MAX) ? INT64_MAX : static_cast<int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t&) override {
    return InScored() ? Score(value) : Value(Json(value));
  }
  bool string(string_t& value) override {
    if (part_ == Part::kScores && skip_depth_ == 2) return ScoredText(value);
    if (part_ == Part::kMerges && skip_depth_ == 2) return MergePart(value);
    if (part_ == Part::kMerges && skip_depth_ == 1) return MergeLine(value);
    return Value(Json(std::move(value)));
  }
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
      if (out_->has_vocabulary || out_->has_scores) return Fail("model.vocab occurs twice");
      out_->has_vocabulary = true;
      return Begin(Part::kVocabulary);
    }
    return Start(Json::object());
  }
  bool start_array(std::size_t) override {
    if (skip_depth_ == 0 && AtModelKey("vocab")) {
      if (out_->has_vocabulary || out_->has_scores) return Fail("model.vocab occurs twice");
      out_->has_scores = true;
      return Begin(Part::kScores);
    }
    if (skip_depth_ == 0 && AtModelKey("merges")) {
      if (out_->has_merges) return Fail("model.merges occurs twice");
      out_->has_merges = true;
      return Begin(Part::kMerges);
    }
    if ((part_ == Part::kScores || part_ == Part::kMerges) && skip_depth_ == 1) {
      ++skip_depth_;
      members_ = 0;
      return true;
    }
    return Start(Json::array());
  }
  bool end_object() override { return End(); }
  bool end_array() override {
    if (skip_depth_ == 2 && part_ != Part::kVocabulary && members_ != 2) {
      return Fail(absl::StrCat(PartName(), " must hold pairs, got ", members_, " values"));
    }
    return End();
  }

  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    return Fail(absl::StrCat("not valid JSON at byte ", position));
  }

 private:
  // The parts of a model that the tree does not hold.
  enum class Part { kNone, kVocabulary, kScores, kMerges };

  bool InVocabulary() const { return part_ == Part::kVocabulary && skip_depth_ == 1; }
  bool InScored() const { return part_ == Part::kScores && skip_depth_ == 2; }
  absl::string_view PartName() const { return part_ == Part::kMerges ? "model.merges" : "model.vocab"; }
  bool Begin(Part part) {
    part_ = part;
    skip_depth_ = 1;
    return true;
  }
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

  // ["text", score]
  bool ScoredText(absl::string_view text) {
    if (members_++ != 0) return Fail("model.vocab must hold pairs of text and score");
    if (out_->scored.size() >= static_cast<size_t>(kMaxVocabulary)) return Fail("the vocabulary is too large");
    out_->scored.push_back({out_->text.size(), text.size(), 0});
    out_->text.append(text.data(), text.size());
    return true;
  }
  bool Score(double score) {
    if (members_++ != 1) return Fail("model.vocab must hold pairs of text and score");
    out_->scored.back().score = score;
    return true;
  }

  // ["first", "second"], or "first second" as older files have it.
  bool MergePart(absl::string_view part) {
    if (++members_ > 2) return Fail("model.merges must hold pairs");
    if (members_ == 1) {
      if (out_->merges.size() >= kMaxMerges) return Fail("there are too many merges");
      out_->merges.push_back({out_->text.size(), part.size(), 0});
    } else {
      out_->merges.back().second_length = part.size();
    }
    out_->text.append(part.data(), part.size());
    return true;
  }
  bool MergeLine(absl::string_view line) {
    const size_t space = line.find(' ');
    if (space == absl::string_view::npos || line.find(' ', space + 1) != absl::string_view::npos) {
      return Fail(absl::StrCat("model.merges: \"", absl::CHexEscape(line.substr(0, 40)),
                               "\" is not two tokens with a space between"));
    }
    members_ = 0;
    return MergePart(line.substr(0, space)) && MergePart(line.substr(space + 1));
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
    if (skip_depth_ > 0) {
      return Fail(absl::StrCat(PartName(), " holds ", value.type_name(), " where none belongs"));
    }
    if (stack_.empty()) return Fail("expected an object at the top");
    return Place(std::move(value)) != nullptr;
  }

  bool Start(Json value) {
    if (skip_depth_ > 0) return Value(std::move(value));
    if (stack_.size() >= static_cast<size_t>(kMaxJsonDepth)) {
      return Fail(absl::StrCat("nested deeper than ", kMaxJsonDepth));
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
      if (--skip_depth_ == 0) part_ = Part::kNone;
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
  int skip_depth_ = 0;  // > 0: that deep in a part that the tree does not hold
  Part part_ = Part::kNone;
  int members_ = 0;  // so far, of a pair in it
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
