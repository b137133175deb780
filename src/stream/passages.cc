// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The rule of passages.h over the tokens of the open passage and one more.

#include "stream/passages.h"

#include <algorithm>
#include <vector>

namespace lwave::stream {

using tokenizer::Token;

PassageCutter::PassageCutter(Arena& arena, int64_t limit) : open_(arena.Take<Place>(limit + 1)), limit_(limit) {}

bool PassageCutter::Add(const Token& token, Passage* passage) {
  open_[static_cast<size_t>(count_++)] = {token.byte_begin, token.byte_end, token.flags};
  last_byte_ = token.byte_end;
  if (count_ <= limit_) return false;
  *passage = Close(ChooseCut());
  return true;
}

bool PassageCutter::Finish(Passage* passage) {
  if (count_ == 0) return false;
  *passage = Close(count_);
  return true;
}

int64_t PassageCutter::ChooseCut() const {
  const auto is_kind = [&](int64_t c, int kind) {
    const int64_t before = open_[static_cast<size_t>(c - 1)].flags;
    const int64_t at = open_[static_cast<size_t>(c)].flags;
    switch (kind) {
      case 0: return (at & tokenizer::kParagraphBefore) != 0;
      case 1:
        return ((before & tokenizer::kEndsSentence) != 0 && (at & tokenizer::kSpaceBefore) != 0) ||
               (before & tokenizer::kEndsCjkSentence) != 0;
      default: return (at & tokenizer::kStartsWord) != 0;
    }
  };
  for (int kind = 0; kind < 3; ++kind) {
    for (int64_t c = limit_; c >= (limit_ + 1) / 2; --c) {
      if (c > 0 && is_kind(c, kind)) return c;
    }
  }
  return limit_;
}

Passage PassageCutter::Close(int64_t count) {
  Passage passage;
  passage.token_begin = open_begin_;
  passage.token_end = open_begin_ + count;
  passage.byte_begin = open_[0].byte_begin;
  passage.byte_end = open_[static_cast<size_t>(count - 1)].byte_end;
  std::copy(open_.begin() + count, open_.begin() + count_, open_.begin());
  open_begin_ += count;
  count_ -= count;
  return passage;
}

void PassageCutter::Save(memory::SnapshotWriter& writer) const {
  std::vector<int64_t> numbers = {open_begin_, count_, last_byte_};
  for (int64_t i = 0; i < count_; ++i) {
    const Place& place = open_[static_cast<size_t>(i)];
    numbers.insert(numbers.end(), {place.byte_begin, place.byte_end, place.flags});
  }
  writer.AddInt64("open_passage", numbers);
}

absl::Status PassageCutter::Load(const memory::SnapshotReader& reader) {
  absl::StatusOr<std::vector<int64_t>> numbers = reader.Int64("open_passage", -1);
  if (!numbers.ok()) return numbers.status();
  const std::vector<int64_t>& n = *numbers;
  constexpr int64_t kMost = int64_t{1} << 60;
  if (n.size() < 3 || n[0] < 0 || n[0] > kMost || n[1] < 0 || n[1] > limit_ || n[2] < -1 || n[2] > kMost ||
      n.size() != static_cast<size_t>(3 + 3 * n[1])) {
    return absl::DataLossError("snapshot: the open passage is malformed");
  }
  open_begin_ = n[0];
  count_ = n[1];
  last_byte_ = n[2];
  for (int64_t i = 0; i < count_; ++i) {
    const size_t at = static_cast<size_t>(3 + 3 * i);
    if (n[at] < -1 || n[at] > kMost || n[at + 1] < n[at] || n[at + 1] > kMost || n[at + 2] < 0 || n[at + 2] > 255) {
      return absl::DataLossError("snapshot: a token of the open passage is malformed");
    }
    open_[static_cast<size_t>(i)] = {n[at], n[at + 1], n[at + 2]};
  }
  return absl::OkStatus();
}

}  // namespace lwave::stream
