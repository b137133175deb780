// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Cutting a document into passages of at most `limit` tokens, token by token. While more than L tokens remain
// from token s, the cut is before token c, s + ceil(L / 2) <= c <= s + L, at the greatest c of the first kind
// that exists: (a) a paragraph break lies before c; (b) token c - 1 ends a sentence and white space comes before
// c, or it ends in a full-width full stop; (c) c starts a word; (d) s + L. A rest of at most L is one passage.
// Cuts depend on the tokens alone, never on the calls that brought them.

#ifndef LONGWAVE_STREAM_PASSAGES_H_
#define LONGWAVE_STREAM_PASSAGES_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/arena.h"
#include "memory/snapshot.h"
#include "tokenizer/tokenizer.h"

namespace lwave::stream {

struct Passage {
  int64_t byte_begin = -1, byte_end = -1;  // -1 where ids were pushed
  int64_t token_begin = 0, token_end = 0;
};

// Lives on an arena.
class PassageCutter {
 public:
  PassageCutter(Arena& arena, int64_t limit);

  // Takes the next token. True when that closes a passage, which is then in *passage.
  bool Add(const tokenizer::Token& token, Passage* passage);
  // The rest at the end of the document; false when there is none. Call once.
  bool Finish(Passage* passage);

  void Reset() { open_begin_ = count_ = last_byte_ = 0; }

  // First token of the open passage.
  int64_t open_begin() const { return open_begin_; }
  int64_t tokens() const { return open_begin_ + count_; }
  int64_t last_byte() const { return last_byte_; }  // end of the last token taken, 0 at the beginning

  void Save(memory::SnapshotWriter& writer) const;
  absl::Status Load(const memory::SnapshotReader& reader);

 private:
  struct Place {
    int64_t byte_begin, byte_end;
    int64_t flags;
  };
  int64_t ChooseCut() const;
  Passage Close(int64_t count);

  absl::Span<Place> open_;  // [limit + 1], the open passage's tokens
  int64_t limit_;
  int64_t open_begin_ = 0;
  int64_t count_ = 0;
  int64_t last_byte_ = 0;
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_PASSAGES_H_
