// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text from ids as they are generated: what is certain leaves, an unfinished character and what may yet become a stop
// string is held back.

#ifndef LONGWAVE_STREAM_TEXT_PIECES_H_
#define LONGWAVE_STREAM_TEXT_PIECES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tokenizer/tokenizer.h"

namespace lwave::stream {

class TextPieces {
 public:
  explicit TextPieces(const tokenizer::Tokenizer* tokenizer) : tokenizer_(tokenizer) {}

  // A text that ends generation; it is not part of the text that comes out. Not empty.
  void AddStop(absl::string_view text) { stops_.emplace_back(text); }
  const std::vector<std::string>& stops() const { return stops_; }

  // True when a stop string has come: nothing more will.
  bool Add(int32_t id);
  // No more ids will come: what was held back leaves.
  void Finish();

  // What has become certain since the last Take.
  std::string Take();
  absl::string_view Waiting() const { return absl::string_view(text_).substr(taken_); }
  bool stopped() const { return stopped_; }
  // All text that is certain so far.
  const std::string& text() const { return text_; }

  // For snapshots: everything follows from the ids and from how much was taken.
  const std::vector<int32_t>& ids() const { return ids_; }
  int64_t taken() const { return static_cast<int64_t>(taken_); }
  bool Restore(const std::vector<int32_t>& ids, int64_t taken, bool finished);

 private:
  void Release(bool all);

  const tokenizer::Tokenizer* tokenizer_;
  std::vector<std::string> stops_;
  std::vector<int32_t> ids_;
  // Decoding starts anew at context_, some ids before the first whose text is not certain: what a token's text is
  // depends on its neighbours.
  size_t context_ = 0, certain_ = 0;
  std::string pending_;  // certain characters that a stop string could begin in
  std::string text_;
  size_t taken_ = 0;
  bool stopped_ = false;
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_TEXT_PIECES_H_
