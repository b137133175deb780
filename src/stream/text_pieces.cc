// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/text_pieces.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace lwave::stream {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

}  // namespace

bool TextPieces::Add(int32_t id) {
  if (stopped_) return true;
  ids_.push_back(id);
  if (tokenizer_ == nullptr) return false;
  const absl::Span<const int32_t> all(ids_);
  const std::string before = tokenizer_->Decode(all.subspan(context_, certain_ - context_), true);
  const std::string now = tokenizer_->Decode(all.subspan(context_), true);
  // An unfinished character decodes to U+FFFD at the end: it waits for its other bytes.
  if (absl::EndsWith(now, kReplacement) || now.size() <= before.size() || !absl::StartsWith(now, before)) return false;
  pending_ += now.substr(before.size());
  context_ = certain_;
  certain_ = ids_.size();
  Release(false);
  return stopped_;
}

void TextPieces::Release(bool all) {
  size_t first = std::string::npos;
  for (const std::string& stop : stops_) first = std::min(first, pending_.find(stop));
  if (first != std::string::npos) {
    text_ += pending_.substr(0, first);
    pending_.clear();
    stopped_ = true;
    return;
  }
  size_t held = 0;  // the longest end of what is pending that begins a stop string
  for (const std::string& stop : stops_) {
    for (size_t n = std::min(stop.size() - 1, pending_.size()); n > held && !all; --n) {
      if (absl::EndsWith(pending_, absl::string_view(stop).substr(0, n))) held = n;
    }
  }
  text_ += pending_.substr(0, pending_.size() - held);
  pending_.erase(0, pending_.size() - held);
}

void TextPieces::Finish() {
  if (stopped_ || tokenizer_ == nullptr) return;
  const absl::Span<const int32_t> all(ids_);
  const std::string before = tokenizer_->Decode(all.subspan(context_, certain_ - context_), true);
  const std::string now = tokenizer_->Decode(all.subspan(context_), true);
  if (now.size() > before.size() && absl::StartsWith(now, before)) pending_ += now.substr(before.size());
  context_ = certain_ = ids_.size();
  Release(true);
}

std::string TextPieces::Take() {
  std::string piece = text_.substr(taken_);
  taken_ = text_.size();
  return piece;
}

bool TextPieces::Restore(const std::vector<int32_t>& ids, int64_t taken, bool finished) {
  for (const int32_t id : ids) Add(id);
  if (ids_.size() != ids.size()) return false;
  if (finished) Finish();
  if (taken < 0 || taken > static_cast<int64_t>(text_.size())) return false;
  taken_ = static_cast<size_t>(taken);
  return true;
}

}  // namespace lwave::stream
