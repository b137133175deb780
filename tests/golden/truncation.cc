// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Truncation. See the header.

#include "truncation.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace lwave::golden {
namespace {

using test::Tokens;

// `again`: from a window of a text that is not its first; the reference sets token types in first windows only.
void Append(Tokens& to, const Tokens& from, int64_t begin, int64_t end, bool again = false) {
  to.ids.insert(to.ids.end(), from.ids.begin() + begin, from.ids.begin() + end);
  for (int64_t i = begin; i < end; ++i) to.types.push_back(again ? 0 : from.types[static_cast<size_t>(i)]);
  to.begins.insert(to.begins.end(), from.begins.begin() + begin, from.begins.begin() + end);
  to.ends.insert(to.ends.end(), from.ends.begin() + begin, from.ends.begin() + end);
}

int64_t Size(const Tokens& tokens) { return static_cast<int64_t>(tokens.ids.size()); }

// Where the tokens of `part` stand in `whole` at or after `from`.
int64_t Find(const Tokens& whole, const Tokens& part, int64_t from) {
  for (int64_t at = from; at + Size(part) <= Size(whole); ++at) {
    if (std::equal(part.ids.begin(), part.ids.end(), whole.ids.begin() + at) &&
        std::equal(part.begins.begin(), part.begins.end(), whole.begins.begin() + at) &&
        std::equal(part.ends.begin(), part.ends.end(), whole.ends.begin() + at)) {
      return at;
    }
  }
  throw std::runtime_error("the tokens of a text are not among those with special tokens");
}

using Range = std::pair<int64_t, int64_t>;

// Windows of at most `length` of `size` tokens, each sharing `stride` tokens with the one before.
std::vector<Range> Windows(int64_t size, int64_t length, const Truncation& truncation) {
  if (length >= size) return {{0, size}};
  if (length <= 0) return {{0, 0}, {0, size}};
  if (truncation.stride >= length) throw std::runtime_error("the stride is not below the window");
  std::vector<Range> windows;
  if (truncation.left) {
    for (int64_t end = size; end > 0; end -= length - truncation.stride) {
      windows.push_back({std::max<int64_t>(end - length, 0), end});
      if (windows.back().first == 0) break;
    }
  } else {
    for (int64_t begin = 0; begin < size; begin += length - truncation.stride) {
      windows.push_back({begin, std::min(begin + length, size)});
      if (windows.back().second == size) break;
    }
  }
  return windows;
}

}  // namespace

std::vector<Tokens> EncodeTruncated(const test::Tokenizer& tokenizer, const std::string& text,
                                    const std::string* pair, const Truncation& truncation) {
  const Tokens whole = test::Encode(tokenizer, text, pair, true);
  if (Size(whole) <= truncation.max_length) return {whole};

  const Tokens first = test::Encode(tokenizer, text, nullptr, false);
  Tokens second;
  if (pair != nullptr) second = test::Encode(tokenizer, *pair, nullptr, false);
  const int64_t first_at = Find(whole, first, 0);
  const int64_t second_at = pair == nullptr ? Size(whole) : Find(whole, second, first_at + Size(first));

  const int64_t added = Size(whole) - Size(first) - Size(second);
  const int64_t room = truncation.max_length - added;
  const int64_t excess = Size(whole) - truncation.max_length;
  int64_t first_length = Size(first), second_length = Size(second);
  if (truncation.strategy == "only_first" || pair == nullptr) {
    first_length -= excess;
  } else if (truncation.strategy == "only_second") {
    second_length -= excess;
  } else {
    // The longer one gives first; where both are long they share the room, the longer one getting an odd token.
    const bool swap = first_length > second_length;
    if (swap) std::swap(first_length, second_length);
    second_length = first_length > room ? first_length : std::max(first_length, room - first_length);
    if (first_length + second_length > room) {
      first_length = room / 2;
      second_length = first_length + room % 2;
    }
    if (swap) std::swap(first_length, second_length);
  }

  const std::vector<Range> first_windows = Windows(Size(first), first_length, truncation);
  const std::vector<Range> second_windows = Windows(Size(second), second_length, truncation);
  const auto compose = [&](const Range& a, const Range& b) {
    Tokens tokens;
    Append(tokens, whole, 0, first_at);
    Append(tokens, whole, first_at + a.first, first_at + a.second, a != first_windows[0]);
    Append(tokens, whole, first_at + Size(first), second_at);
    if (pair != nullptr) {
      Append(tokens, whole, second_at + b.first, second_at + b.second,
             b != second_windows[0]);
      Append(tokens, whole, second_at + Size(second), Size(whole));
    }
    return tokens;
  };
  // Order: the kept window; the first text's further windows, each with all of the second's; the first's kept
  // window with the second's further ones.
  std::vector<Tokens> windows = {compose(first_windows[0], second_windows[0])};
  for (size_t a = 1; a < first_windows.size(); ++a) {
    for (const Range& b : second_windows) windows.push_back(compose(first_windows[a], b));
  }
  for (size_t b = 1; b < second_windows.size(); ++b) windows.push_back(compose(first_windows[0], second_windows[b]));
  return windows;
}

}  // namespace lwave::golden
