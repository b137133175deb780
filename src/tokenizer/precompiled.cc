// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/precompiled.h"

#include <algorithm>
#include <utility>

#include "tokenizer/grapheme.h"
#include "tokenizer/transform.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {
namespace {

// Clusters of so many bytes are not replaced as a whole.
constexpr uint32_t kLongCluster = 6;

// A Transform that learns late what the last character stands for.
class Writer {
 public:
  Writer(const AlignedText& in, bool forgets, AlignedText* out) : transform_(in, out), forgets_(forgets) {}

  bool Keep(absl::string_view character) { return Put(character, 0); }

  // `old_count` characters become `text`.
  bool Replace(int32_t old_count, absl::string_view text) {
    int32_t count = 0;
    for (const char byte : text) count += (static_cast<uint8_t>(byte) & 0xC0) != 0x80;
    for (size_t at = 0, i = 0; at < text.size(); ++i) {
      size_t end = at + 1;
      while (end < text.size() && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) ++end;
      if (!Put(text.substr(at, end - at), static_cast<int32_t>(i) >= old_count ? 1 : 0)) return false;
      at = end;
    }
    if (count >= old_count) return true;
    if (!last_.empty()) {
      change_ -= old_count - count;
    } else if (!forgets_) {
      transform_.Skip(old_count - count);
    }
    return true;
  }

  bool Flush() {
    const bool ok = last_.empty() || transform_.Emit(last_, change_);
    last_ = absl::string_view();
    return ok;
  }

 private:
  bool Put(absl::string_view character, int32_t change) {
    if (!Flush()) return false;
    last_ = character;
    change_ = change;
    return true;
  }

  Transform transform_;
  bool forgets_;  // characters that go at the beginning
  absl::string_view last_;
  int32_t change_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Precompiled>> Precompiled::Create(absl::string_view blob, absl::string_view source,
                                                                 const Allocator& allocator) {
  std::unique_ptr<Precompiled> made(new Precompiled);
  const absl::Status status = made->map_.Build(blob, source, allocator);
  if (!status.ok()) return status;
  return made;
}

bool Precompiled::Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out) const {
  const absl::string_view text = in.text();
  Writer writer(in, edges.segment_begin && edges.segment_end, out);
  absl::string_view replacement;
  for (uint32_t at = 0; at < in.size;) {
    uint32_t end = at;
    GraphemeBreaks breaks(NextCharacter(in.bytes, &end));
    int32_t characters = 1;
    for (uint32_t next = end; end < in.size && end - at < kLongCluster; end = next, ++characters) {
      if (breaks.Before(NextCharacter(in.bytes, &next))) break;
    }
    if (end - at < kLongCluster) {
      const absl::string_view cluster = text.substr(at, end - at);
      if (map_.Shortest(cluster, &replacement) > 0) {
        if (!writer.Replace(characters, replacement)) return false;
        at = end;
        continue;
      }
    } else {
      for (uint32_t next = end; end < in.size; end = next) {
        if (breaks.Before(NextCharacter(in.bytes, &next))) break;
      }
    }
    while (at < end) {
      const uint32_t begin = at;
      NextCharacter(in.bytes, &at);
      const absl::string_view character = text.substr(begin, at - begin);
      const bool found = map_.Shortest(character, &replacement) > 0;
      if (!(found ? writer.Replace(1, replacement) : writer.Keep(character))) return false;
    }
  }
  return writer.Flush();
}

bool Precompiled::CanCut(uint32_t before, uint32_t after) const {
  if (!GraphemeBreaks::AlwaysBreaks(before, after)) return false;
  // `after` may become one cluster with what follows it.
  char bytes[4];
  return !map_.CouldGrow(absl::string_view(bytes, EncodeUtf8(after, bytes)));
}

bool Precompiled::Keeps(uint32_t c) const {
  char bytes[4];
  absl::string_view replacement;
  return map_.Shortest(absl::string_view(bytes, EncodeUtf8(c, bytes)), &replacement) == 0;
}

uint64_t Precompiled::Fingerprint() const {
  return FingerprintNumber(FingerprintBytes(kFingerprintSeed, "Precompiled"), static_cast<int64_t>(map_.Fingerprint()));
}

}  // namespace lwave::tokenizer
