// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Windows, templates and padding.

#include "tokenizer/encode.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace lwave::tokenizer {
namespace {

struct Row {
  Token token;
  int32_t word;
};
using Rows = std::vector<Row>;

absl::StatusOr<Rows> Tokenize(const Tokenizer& tokenizer, absl::string_view text, StreamOptions options,
                              const Allocator& allocator) {
  // A short text needs no storage for a long one, however much it grows when it is normalised.
  const size_t enough = 16 * std::min(text.size(), kMaxHeldBack) + 4096;
  options.held_back_bytes = std::min(options.held_back_bytes, enough);
  absl::StatusOr<TokenStreamPtr> stream = tokenizer.NewStream(options, allocator);
  if (!stream.ok()) return stream.status();
  Rows rows;
  int32_t word = -1;
  const auto drain = [&] {
    Token token;
    while ((*stream)->Next(&token)) {
      if (token.flags & kStartsWord) ++word;
      rows.push_back({token, word});
    }
  };
  while (!text.empty()) {
    text.remove_prefix((*stream)->Push(text));
    drain();
    if (!(*stream)->status().ok()) return (*stream)->status();
  }
  (*stream)->Finish();
  drain();
  if (!(*stream)->status().ok()) return (*stream)->status();
  return rows;
}

// A piece of a text's rows; `again` marks all windows but the first.
struct Window {
  size_t begin, end;
  bool again;
};

// The windows of `count` rows when only `room` fit at a time.
absl::Status Cut(size_t count, int64_t room, const Truncation& truncation, std::vector<Window>* windows) {
  windows->clear();
  const size_t most = static_cast<size_t>(std::max<int64_t>(room, 0));
  if (count <= most) {
    windows->push_back({0, count, false});
    return absl::OkStatus();
  }
  if (most == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_length ", truncation.max_length, " leaves no room for one of the two texts"));
  }
  if (truncation.stride < 0 || truncation.stride >= room) {
    return absl::InvalidArgumentError(absl::StrCat("stride must be 0 to ", room - 1, " where ", room,
                                                   " tokens fit, got ", truncation.stride));
  }
  const size_t step = most - static_cast<size_t>(truncation.stride);
  if (!truncation.from_left) {
    for (size_t begin = 0;; begin += step) {
      const size_t end = std::min(begin + most, count);
      windows->push_back({begin, end, begin != 0});
      if (end == count) break;
    }
  } else {
    for (size_t end = count;; end -= step) {
      const size_t begin = end > most ? end - most : 0;
      windows->push_back({begin, end, end != count});
      if (begin == 0) break;
    }
  }
  return absl::OkStatus();
}

// How many tokens of each text fit, by the reference's rules.
absl::Status Share(int64_t first, std::optional<int64_t> second, int64_t added, const Truncation& truncation,
                   int64_t* room_first, int64_t* room_second) {
  const int64_t room = truncation.max_length - added;
  *room_first = first;
  *room_second = second.value_or(0);
  // By the limits alone: whether they are sound does not depend on the text.
  if (room <= 0) {
    return absl::InvalidArgumentError(absl::StrCat("max_length must be at least ", added + 1, " (", added,
                                                   " special tokens and one of the text), got ", truncation.max_length));
  }
  if (truncation.stride < 0 || truncation.stride >= room) {
    return absl::InvalidArgumentError(absl::StrCat("stride must be 0 to ", room - 1, " where ", room,
                                                   " tokens fit, got ", truncation.stride));
  }
  const int64_t excess = first + *room_second - room;
  if (excess <= 0) return absl::OkStatus();
  if (truncation.strategy == Truncation::Strategy::kLongestFirst) {
    if (!second.has_value()) {
      *room_first = room;
      return absl::OkStatus();
    }
    int64_t shorter = std::min(first, *second);
    int64_t longer = shorter > room ? shorter : std::max(shorter, room - shorter);
    if (shorter + longer > room) {
      shorter = room / 2;
      longer = shorter + room % 2;
    }
    *room_first = first > *second ? longer : shorter;
    *room_second = first > *second ? shorter : longer;
    return absl::OkStatus();
  }
  const bool cut_first = truncation.strategy == Truncation::Strategy::kOnlyFirst;
  if (!cut_first && !second.has_value()) {
    return absl::InvalidArgumentError("only_second needs a second text");
  }
  int64_t* target = cut_first ? room_first : room_second;
  if (*target <= excess) {
    return absl::InvalidArgumentError(absl::StrCat("the ", cut_first ? "first" : "second", " text has ",
                                                   *target, " tokens, too few to take ", excess, " away"));
  }
  *target -= excess;
  return absl::OkStatus();
}

void AddId(int32_t id, int32_t type_id, Encoding* out) {
  out->ids.push_back(id);
  out->type_ids.push_back(type_id);
  out->special_mask.push_back(1);
  out->attention_mask.push_back(1);
  out->offsets.push_back({0, 0});
  out->word_ids.push_back(-1);
  out->sequence_ids.push_back(-1);
}

void AddRows(const Rows& rows, const Window& window, int32_t sequence, int32_t type_id, Encoding* out) {
  for (size_t i = window.begin; i < window.end; ++i) {
    const Row& row = rows[i];
    out->ids.push_back(row.token.id);
    // The reference sets types in first windows only.
    out->type_ids.push_back(window.again ? 0 : type_id);
    out->special_mask.push_back(0);
    out->attention_mask.push_back(1);
    out->offsets.push_back({row.token.byte_begin, row.token.byte_end});
    out->word_ids.push_back(row.word);
    out->sequence_ids.push_back(sequence);
  }
}

}  // namespace

absl::StatusOr<std::vector<Encoding>> Encode(const Tokenizer& tokenizer, absl::string_view text,
                                             std::optional<absl::string_view> pair,
                                             const EncodeOptions& options, const Allocator& allocator) {
  Rows rows[2];
  absl::StatusOr<Rows> tokens = Tokenize(tokenizer, text, options.stream, allocator);
  if (!tokens.ok()) return tokens.status();
  rows[0] = *std::move(tokens);
  if (pair.has_value()) {
    tokens = Tokenize(tokenizer, *pair, options.stream, allocator);
    if (!tokens.ok()) return tokens.status();
    rows[1] = *std::move(tokens);
  }
  using Kind = TemplatePiece::Kind;
  Template pieces = pair.has_value() ? tokenizer.pair_template() : tokenizer.single_template();
  if (!options.add_special) {
    std::erase_if(pieces, [](const TemplatePiece& piece) { return piece.kind == Kind::kId; });
  }
  const int64_t added = std::count_if(pieces.begin(), pieces.end(),
                                      [](const TemplatePiece& piece) { return piece.kind == Kind::kId; });

  std::vector<Window> windows[2] = {{{0, rows[0].size(), false}}, {{0, rows[1].size(), false}}};
  if (options.truncation.has_value()) {
    int64_t room[2];
    std::optional<int64_t> second;
    if (pair.has_value()) second = static_cast<int64_t>(rows[1].size());
    absl::Status status =
        Share(static_cast<int64_t>(rows[0].size()), second, added, *options.truncation, &room[0], &room[1]);
    for (int i = 0; i < 2 && status.ok(); ++i)
      status = Cut(rows[i].size(), room[i], *options.truncation, &windows[i]);
    if (!status.ok()) return status;
  }

  std::vector<Encoding> encodings;
  const auto compose = [&](const Window& first, const Window& second) {
    Encoding& out = encodings.emplace_back();
    for (const TemplatePiece& piece : pieces) {
      switch (piece.kind) {
        case Kind::kId:
          AddId(piece.id, piece.type_id, &out);
          break;
        case Kind::kSequenceA:
          AddRows(rows[0], first, 0, piece.type_id, &out);
          break;
        case Kind::kSequenceB:
          AddRows(rows[1], second, 1, piece.type_id, &out);
          break;
      }
    }
  };
  // The reference's order: both first windows; every later window of the first text with all of the second;
  // the first window of the first text with the later ones of the second.
  compose(windows[0][0], windows[1][0]);
  for (size_t i = 1; i < windows[0].size(); ++i) {
    for (const Window& second : windows[1]) compose(windows[0][i], second);
  }
  for (size_t i = 1; i < windows[1].size(); ++i) compose(windows[0][0], windows[1][i]);
  return encodings;
}

void Pad(const Padding& padding, absl::Span<Encoding> encodings) {
  size_t length = static_cast<size_t>(std::max<int64_t>(padding.length, 0));
  if (padding.length <= 0) {
    for (const Encoding& encoding : encodings) length = std::max(length, encoding.size());
  }
  const size_t multiple = static_cast<size_t>(std::max<int64_t>(padding.multiple_of, 1));
  length = (length + multiple - 1) / multiple * multiple;
  for (Encoding& encoding : encodings) {
    if (encoding.size() >= length) continue;
    const size_t missing = length - encoding.size();
    const auto extend = [&](auto& values, auto value) {
      values.insert(padding.on_left ? values.begin() : values.end(), missing, value);
    };
    extend(encoding.ids, padding.pad_id);
    extend(encoding.type_ids, padding.pad_type_id);
    extend(encoding.special_mask, uint8_t{1});
    extend(encoding.attention_mask, uint8_t{0});
    extend(encoding.offsets, std::pair<int64_t, int64_t>(0, 0));
    extend(encoding.word_ids, -1);
    extend(encoding.sequence_ids, -1);
  }
}

}  // namespace lwave::tokenizer
