// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "word_losses.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "diagnostics.h"
#include "input.h"

namespace lwave::cli {
namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

size_t SkipSpace(std::string_view text, size_t at) {
  while (at < text.size() && IsSpace(text[at])) ++at;
  return at;
}
size_t SkipWord(std::string_view text, size_t at) {
  while (at < text.size() && !IsSpace(text[at])) ++at;
  return at;
}

bool ParseCount(std::string_view text, int64_t* count) {
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), *count);
  return status == std::errc() && end == text.data() + text.size() && *count >= 0;
}

int64_t Decade(int64_t count) {
  if (count <= 0) return -1;
  int64_t decade = 0;
  for (; count >= 10; count /= 10) ++decade;
  return decade;
}

}  // namespace

void CountWords(std::string_view text, WordCounts& counts) {
  for (size_t at = SkipSpace(text, 0); at < text.size();) {
    const size_t end = SkipWord(text, at);
    ++counts[std::string(text.substr(at, end - at))];
    at = SkipSpace(text, end);
  }
}

WordCounts ReadCounts(const std::string& file) {
  const std::string text = ReadSmallFile(file, int64_t{256} << 20);
  WordCounts counts;
  size_t line = 1;
  for (size_t at = 0; at < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view row = std::string_view(text).substr(at, end - at);
    at = end + 1;
    const size_t first = SkipSpace(row, 0), first_end = SkipWord(row, first);
    if (first == row.size()) continue;
    const size_t second = SkipSpace(row, first_end), second_end = SkipWord(row, second);
    const std::string_view a = row.substr(first, first_end - first), b = row.substr(second, second_end - second);
    int64_t count = 0;
    if (SkipSpace(row, second_end) == row.size() && ParseCount(b, &count)) {
      counts[std::string(a)] += count;
    } else if (SkipSpace(row, second_end) == row.size() && !b.empty() && ParseCount(a, &count)) {
      counts[std::string(b)] += count;
    } else {
      throw Failure(file, "line " + std::to_string(line) + ": expected WORD COUNT or COUNT WORD");
    }
  }
  return counts;
}

WordLosses LossesOfWords(std::string_view text, const std::vector<TokenLoss>& tokens, const WordCounts& counts) {
  WordLosses all;
  std::map<int64_t, Bucket> buckets;
  size_t next = 0;  // token
  for (size_t at = SkipSpace(text, 0); at < text.size();) {
    const size_t end = SkipWord(text, at);
    double loss = 0;
    bool any = false, scored = true;
    for (; next < tokens.size(); ++next) {
      const TokenLoss& token = tokens[next];
      // White space in front of a word is its own, as byte-level tokens have it.
      const size_t begin = std::max<size_t>(SkipSpace(text, static_cast<size_t>(std::max<int64_t>(token.begin, 0))), 0);
      if (begin >= end) break;
      loss += token.loss;
      scored = scored && token.scored;
      any = true;
    }
    if (any && scored) {
      const auto found = counts.find(std::string(text.substr(at, end - at)));
      Bucket& bucket = buckets[Decade(found == counts.end() ? 0 : found->second)];
      ++all.words;
      ++bucket.words;
      all.loss += loss;
      bucket.loss += loss;
    }
    at = SkipSpace(text, end);
  }
  for (auto& [decade, bucket] : buckets) {
    bucket.decade = decade;
    all.buckets.push_back(bucket);
  }
  return all;
}

}  // namespace lwave::cli
