// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON of tokenizer files, read in one pass: the settings become a small tree, the vocabulary (most of the
// file) and the merges go straight into flat storage. Depth and number of values are bounded; nothing throws on
// bad input.

#ifndef LONGWAVE_TOKENIZER_JSON_TREE_H_
#define LONGWAVE_TOKENIZER_JSON_TREE_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {

inline constexpr int kMaxJsonDepth = 64;
inline constexpr size_t kMaxJsonValues = 1 << 20;  // outside vocabulary and merges
inline constexpr size_t kMaxMerges = size_t{1} << 24;

// A tokenizer.json: everything but what lies under model.vocab and model.merges is in `tree`.
struct TokenizerJson {
  TokenizerJson() = default;
  TokenizerJson(const TokenizerJson&) = delete;
  TokenizerJson& operator=(const TokenizerJson&) = delete;
  // Empties the tree from its leaves: nlohmann's own destructor allocates for a container that is not empty,
  // which would end the process when there is no memory.
  ~TokenizerJson();

  nlohmann::json tree;
  bool has_vocabulary = false;  // model.vocab is an object of text to id
  std::string text;             // of all its tokens, one after the other
  struct Piece {
    size_t offset, length;
    int64_t id;
  };
  std::vector<Piece> pieces;

  bool has_scores = false;  // model.vocab is an array of pairs of text and score; ids are places in it
  struct Scored {
    size_t offset, length;
    double score;
  };
  std::vector<Scored> scored;

  bool has_merges = false;  // model.merges is an array of pairs, or of strings with one space in them
  struct Merge {
    size_t offset, first_length, second_length;  // both parts in `text`, one right after the other
  };
  std::vector<Merge> merges;

  absl::string_view Text(size_t offset, size_t length) const {
    return absl::string_view(text).substr(offset, length);
  }
  std::vector<VocabularyItem> Items() const;  // views into `text`
};

// DataLoss naming `source` for anything that is not JSON with an object at the top, or exceeds the bounds, or
// has an id that is no integer.
absl::Status ParseTokenizerJsonTree(absl::string_view json, absl::string_view source, TokenizerJson* out);

// Reads members of an object that may be missing. Each fails with DataLoss naming `source` and the key when
// the value has another type.
class JsonObject {
 public:
  // `path` is where the object stands, for messages ("normalizer").
  JsonObject(const nlohmann::json& object, std::string path, absl::string_view source)
      : object_(object), path_(std::move(path)), source_(source) {}

  bool Has(const char* key) const { return object_.contains(key) && !object_.at(key).is_null(); }
  const nlohmann::json& at(const char* key) const { return object_.at(key); }
  absl::Status Bool(const char* key, bool* value) const;
  absl::Status Integer(const char* key, int64_t* value) const;
  absl::Status String(const char* key, std::string* value) const;
  // Unimplemented, naming the key, when there is one that is not in the list.
  absl::Status OnlyKeys(std::initializer_list<absl::string_view> keys) const;
  std::string Name(absl::string_view key) const;
  const std::string& path() const { return path_; }
  absl::string_view source() const { return source_; }

 private:
  absl::Status WrongType(const char* key, absl::string_view expected) const;

  const nlohmann::json& object_;
  std::string path_;
  absl::string_view source_;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_JSON_TREE_H_
