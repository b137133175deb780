// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text from ids as they are generated: what is certain leaves, an unfinished character and what may yet become a stop
// string is held back. In bounded memory: only the last ids are kept, and of text that nobody takes the last kMostWaiting
// bytes.

#ifndef LONGWAVE_STREAM_TEXT_PIECES_H_
#define LONGWAVE_STREAM_TEXT_PIECES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tokenizer/tokenizer.h"

namespace lwave::stream {

class TextPieces {
 public:
  static constexpr size_t kMostWaiting = 65536;

  explicit TextPieces(const tokenizer::Tokenizer* tokenizer) : tokenizer_(tokenizer) {}

  // A text that ends generation; it is not part of the text that comes out. Not empty.
  void AddStop(absl::string_view text) { stops_.emplace_back(text); }
  const std::vector<std::string>& stops() const { return stops_; }

  // True when a stop string has come: nothing more will. `last`: no more ids will come, so that what was held back leaves
  // as well. An exception (of memory) leaves everything as it was.
  bool Add(int32_t id, bool last);
  // No more ids will come. Likewise.
  void Finish();
  // More text follows one that has ended.
  void Resume() { held_.stopped = false; }

  // What has become certain since the last Take.
  std::string Take() { return std::exchange(text_, std::string()); }
  absl::string_view Waiting() const { return text_; }
  // Bytes of the oldest text that nobody took, and that more has replaced.
  int64_t dropped() const { return dropped_; }

  // What is not certain yet.
  struct Held {
    // Decoding starts anew with the ids of the last text that was certain: what a token's text is depends on its
    // neighbours. The first `certain` ids are these.
    std::vector<int32_t> ids;
    int64_t certain = 0;
    std::string pending;  // certain characters that a stop string could begin in
    bool stopped = false;
  };
  const Held& held() const { return held_; }
  // From a snapshot, behind its stop strings; false where this cannot be.
  bool Restore(Held held, std::string waiting, int64_t dropped);

 private:
  std::string Decode(const std::vector<int32_t>& ids, int64_t begin, int64_t end) const;
  // Each adds what becomes certain to `out`.
  void Step(int32_t id, Held& held, std::string& out) const;
  void End(Held& held, std::string& out) const;
  void Release(bool all, Held& held, std::string& out) const;
  // Makes the changes; what may throw comes first.
  void Commit(Held held, const std::string& out);

  const tokenizer::Tokenizer* tokenizer_;
  std::vector<std::string> stops_;
  Held held_;
  std::string text_;
  int64_t dropped_ = 0;
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_TEXT_PIECES_H_
