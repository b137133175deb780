// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Building and matching added tokens.

#include "tokenizer/added_tokens.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {
namespace {

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, 40)), "\"");
}

// The flags of a text that follows something that does not end a sentence.
void SetSentenceFlags(absl::string_view text, AddedTokens::Record* record) {
  bool closers_only = true, ends = false, cjk = false;
  for (size_t at = 0; at < text.size();) {
    const uint8_t bits = SentenceBits(DecodeUtf8(text, &at));
    closers_only = closers_only && (bits & kSentenceCloser) != 0;
    ends = (bits & kSentenceTerminator) != 0 || (ends && (bits & kSentenceCloser) != 0);
    cjk = (bits & kSentenceCjkEnd) != 0;
  }
  record->closers_only = closers_only ? 1 : 0;
  record->sentence_flags = static_cast<uint8_t>((ends ? kEndsSentence : 0) | (cjk ? kEndsCjkSentence : 0));
}

}  // namespace

absl::Status AddedTokens::Build(absl::Span<const AddedTokenSpec> tokens, absl::string_view source,
                                const Allocator& allocator) {
  if (tokens.size() > kMaxAddedTokens) {
    return absl::DataLossError(
        absl::StrCat(source, ": ", tokens.size(), " added tokens, expected at most ", kMaxAddedTokens));
  }
  std::vector<const AddedTokenSpec*> order;
  std::vector<absl::string_view> texts;
  size_t text_bytes = 0, match_bytes = 0;
  for (const AddedTokenSpec& token : tokens) {
    if (token.text.empty()) return absl::DataLossError(absl::StrCat(source, ": an added token is empty"));
    if (token.text.size() > kMaxAddedTokenBytes) {
      return absl::UnimplementedError(absl::StrCat(source, ": added token ", Quoted(token.text), " has ",
                                                   token.text.size(), " bytes, expected at most ",
                                                   kMaxAddedTokenBytes));
    }
    if (!IsValidUtf8(token.text)) {
      return absl::DataLossError(absl::StrCat(source, ": added token ", Quoted(token.text), " is not UTF-8"));
    }
    if (token.id < 0 || token.id >= kMaxVocabulary) {
      return absl::DataLossError(absl::StrCat(source, ": added token ", Quoted(token.text), " has id ",
                                              token.id, ", expected 0 to ", kMaxVocabulary - 1));
    }
    texts.push_back(token.text);
    order.push_back(&token);
    text_bytes += token.text.size();
    if (token.match) match_bytes += token.text.size();
  }
  std::sort(texts.begin(), texts.end());
  const auto repeated = std::adjacent_find(texts.begin(), texts.end());
  if (repeated != texts.end()) {
    return absl::DataLossError(absl::StrCat(source, ": added token ", Quoted(*repeated), " occurs twice"));
  }
  std::sort(order.begin(), order.end(),
            [](const AddedTokenSpec* a, const AddedTokenSpec* b) { return a->id < b->id; });

  AddedTokens fresh;
  absl::Status status = fresh.text_.Resize(allocator, text_bytes);
  if (status.ok()) status = fresh.records_.Resize(allocator, order.size());
  if (status.ok()) status = fresh.nodes_.Resize(allocator, match_bytes + 1);
  if (!status.ok()) return status;

  int32_t node_count = 1;
  fresh.nodes_[0].record = kNone;
  uint32_t offset = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const AddedTokenSpec& token = *order[i];
    if (i > 0 && order[i - 1]->id == token.id) {
      return absl::DataLossError(absl::StrCat(source, ": id ", token.id, " is given to two added tokens, ",
                                              Quoted(order[i - 1]->text), " and ", Quoted(token.text)));
    }
    std::memcpy(fresh.text_.data() + offset, token.text.data(), token.text.size());
    Record& record = fresh.records_[i];
    record.offset = offset;
    record.length = static_cast<uint32_t>(token.text.size());
    record.id = static_cast<int32_t>(token.id);
    record.special = token.special ? 1 : 0;
    record.strip_left = token.strip_left ? 1 : 0;
    record.strip_right = token.strip_right ? 1 : 0;
    record.single_word = token.single_word ? 1 : 0;
    SetSentenceFlags(token.text, &record);
    offset += record.length;
    if (!token.match) continue;

    fresh.longest_ = std::max(fresh.longest_, token.text.size());
    fresh.begins_[static_cast<uint8_t>(token.text[0])] = 1;
    int32_t node = 0;
    for (const char c : token.text) {
      const uint8_t byte = static_cast<uint8_t>(c);
      int32_t child = fresh.Child(node, byte);
      if (child == 0) {
        child = node_count++;
        Node& made = fresh.nodes_[static_cast<size_t>(child)];
        Node& parent = fresh.nodes_[static_cast<size_t>(node)];
        made.byte = byte;
        made.record = kNone;
        made.next_sibling = parent.first_child;
        parent.first_child = child;
      }
      node = child;
    }
    fresh.nodes_[static_cast<size_t>(node)].record = static_cast<int32_t>(i);
  }
  *this = std::move(fresh);
  return absl::OkStatus();
}

int32_t AddedTokens::Child(int32_t node, uint8_t byte) const {
  int32_t child = nodes_[static_cast<size_t>(node)].first_child;
  while (child != 0 && nodes_[static_cast<size_t>(child)].byte != byte) {
    child = nodes_[static_cast<size_t>(child)].next_sibling;
  }
  return child;
}

int AddedTokens::Match(absl::string_view text, bool final) const {
  if (nodes_.empty()) return kNone;
  int32_t node = 0;
  int best = kNone;
  for (const char c : text) {
    node = Child(node, static_cast<uint8_t>(c));
    if (node == 0) return best;
    if (nodes_[static_cast<size_t>(node)].record != kNone) best = nodes_[static_cast<size_t>(node)].record;
  }
  const bool can_grow = nodes_[static_cast<size_t>(node)].first_child != 0;
  return can_grow && !final ? kMore : best;
}

const AddedTokens::Record* AddedTokens::FindId(int32_t id) const {
  const Record* found =
      std::lower_bound(records_.begin(), records_.end(), id,
                       [](const Record& record, int32_t value) { return record.id < value; });
  return found != records_.end() && found->id == id ? found : nullptr;
}

const AddedTokens::Record* AddedTokens::FindText(absl::string_view token) const {
  for (const Record& record : records_) {
    if (text(record) == token) return &record;
  }
  return nullptr;
}

uint64_t AddedTokens::Fingerprint() const {
  uint64_t hash = kFingerprintSeed;
  for (const Record& record : records_) {
    hash = FingerprintNumber(hash, record.id);
    hash = FingerprintNumber(hash, record.special | record.strip_left << 1 | record.strip_right << 2 |
                                         record.single_word << 3);
    hash = FingerprintBytes(hash, text(record));
  }
  return hash;
}

}  // namespace lwave::tokenizer
