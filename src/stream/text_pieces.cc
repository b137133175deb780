// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/text_pieces.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace lwave::stream {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";
// Ids whose text does not become certain. A character has at most 4 bytes, so that so many hold broken ones.
constexpr int64_t kMostUncertain = 32;
// What stands before so many replacements stays as it is: a character's first byte is at most 3 before its last.
constexpr size_t kSafeBytes = 4 * kReplacement.size();

}  // namespace

std::string TextPieces::Decode(const std::vector<int32_t>& ids, int64_t begin, int64_t end) const {
  return tokenizer_->Decode(
      absl::MakeConstSpan(ids).subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)), true);
}

void TextPieces::Step(int32_t id, Held& held, std::string& out) const {
  if (tokenizer_->IsSpecial(id)) return;  // gives no text and leaves that of others as it is
  held.ids.push_back(id);
  const int64_t count = static_cast<int64_t>(held.ids.size());
  const std::string before = Decode(held.ids, 0, held.certain), now = Decode(held.ids, 0, count);
  const bool follows = absl::StartsWith(now, before);
  int64_t certain = count;
  size_t bytes = now.size();
  // An unfinished character decodes to U+FFFD at the end: it waits for its other bytes.
  if (absl::EndsWith(now, kReplacement) || now.size() <= before.size() || !follows) {
    if (count - held.certain < kMostUncertain) return;
    if (!follows) {  // nor does it ever become text behind what was given: a text of its own
      held.pending += Decode(held.ids, held.certain, count);
      held.ids.clear();
      held.certain = 0;
      return Release(false, held, out);
    }
    if (now.size() == before.size()) {  // ids without text
      held.ids.resize(static_cast<size_t>(held.certain));
      return;
    }
    // Broken bytes without end: those that no character can hold any more are certain.
    for (bytes = 0; bytes == 0 && --certain > held.certain;) {
      const std::string part = Decode(held.ids, 0, certain);
      if (part.size() > before.size() && part.size() + kSafeBytes <= now.size() && absl::StartsWith(now, part)) {
        bytes = part.size();
      }
    }
    if (bytes == 0) certain = count, bytes = now.size();
  }
  held.pending.append(now, before.size(), bytes - before.size());
  held.ids.erase(held.ids.begin(), held.ids.begin() + held.certain);
  held.certain = certain - held.certain;
  Release(false, held, out);
}

void TextPieces::Release(bool all, Held& held, std::string& out) const {
  std::string& pending = held.pending;
  size_t first = std::string::npos;
  for (const std::string& stop : stops_) first = std::min(first, pending.find(stop));
  if (first != std::string::npos) {
    out.append(pending, 0, first);
    pending.clear();
    held.ids.clear();
    held.certain = 0;
    held.stopped = true;
    return;
  }
  size_t kept = 0;  // the longest end of what is pending that begins a stop string
  for (const std::string& stop : stops_) {
    for (size_t n = std::min(stop.size() - 1, pending.size()); n > kept && !all; --n) {
      if (absl::EndsWith(pending, absl::string_view(stop).substr(0, n))) kept = n;
    }
  }
  out.append(pending, 0, pending.size() - kept);
  pending.erase(0, pending.size() - kept);
}

void TextPieces::End(Held& held, std::string& out) const {
  if (held.stopped) return;
  const std::string before = Decode(held.ids, 0, held.certain);
  const std::string now = Decode(held.ids, 0, static_cast<int64_t>(held.ids.size()));
  if (!absl::StartsWith(now, before)) {  // broken bytes have changed what was given out: a text of its own
    held.pending += Decode(held.ids, held.certain, static_cast<int64_t>(held.ids.size()));
  } else {
    held.pending.append(now, before.size(), std::string::npos);
  }
  held.ids.clear();
  held.certain = 0;
  Release(true, held, out);
}

void TextPieces::Commit(Held held, const std::string& out) {
  text_.reserve(text_.size() + out.size());
  text_ += out;
  held_ = std::move(held);
  if (text_.size() <= kMostWaiting) return;
  size_t cut = text_.size() - kMostWaiting;
  while (cut < text_.size() && (static_cast<uint8_t>(text_[cut]) & 0xC0) == 0x80) ++cut;  // whole characters
  text_.erase(0, cut);
  dropped_ += static_cast<int64_t>(cut);
}

bool TextPieces::Add(int32_t id, bool last) {
  if (tokenizer_ == nullptr) return false;
  Held held = held_;
  std::string out;
  if (!held.stopped) Step(id, held, out);
  if (last) End(held, out);
  Commit(std::move(held), out);
  return held_.stopped;
}

void TextPieces::Finish() {
  if (tokenizer_ == nullptr) return;
  Held held = held_;
  std::string out;
  End(held, out);
  Commit(std::move(held), out);
}

bool TextPieces::Restore(Held held, std::string waiting, int64_t dropped) {
  size_t longest = 0;
  for (const std::string& stop : stops_) longest = std::max(longest, stop.size() - 1);
  const int64_t ids = static_cast<int64_t>(held.ids.size());
  if (held.certain < 0 || held.certain > ids || ids > 2 * kMostUncertain || held.pending.size() > longest ||
      waiting.size() > kMostWaiting || dropped < 0) {
    return false;
  }
  if (tokenizer_ == nullptr && (ids > 0 || !held.pending.empty() || !waiting.empty() || dropped > 0 || held.stopped)) {
    return false;
  }
  held_ = std::move(held);
  text_ = std::move(waiting);
  dropped_ = dropped;
  return true;
}

}  // namespace lwave::stream
