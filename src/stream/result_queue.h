// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Finished results that wait to be read: a ring of fixed capacity on an arena.

#ifndef LONGWAVE_STREAM_RESULT_QUEUE_H_
#define LONGWAVE_STREAM_RESULT_QUEUE_H_

#include <cstdint>

#include "absl/types/span.h"
#include "base/arena.h"
#include "memory/parts.h"
#include "stream/passages.h"

namespace lwave::stream {

enum class ResultKind : int64_t { kNone = 0, kPassage = 1, kDocument = 2 };

struct Result {
  ResultKind kind = ResultKind::kNone;
  int64_t has_vector = 1;
  Passage range;
};

class ResultQueue {
 public:
  ResultQueue(Arena& arena, int64_t capacity, int64_t width)
      : results_(arena.Take<Result>(capacity)),
        vectors_(arena.Take<float>(capacity * width, Use::kPending)),
        width_(width) {}

  bool full() const { return count_ == static_cast<int64_t>(results_.size()); }
  int64_t count() const { return count_; }

  // Puts a result behind the others; its vector // [width] is to be written through the pointer. Not when full.
  float* Put(const Result& result) {
    const size_t place = Place(count_++);
    results_[place] = result;
    return vectors_.data() + place * static_cast<size_t>(width_);
  }
  // The i-th waiting result, 0 the oldest.
  const Result& At(int64_t i) const { return results_[Place(i)]; }
  const float* Vector(int64_t i) const { return vectors_.data() + Place(i) * static_cast<size_t>(width_); }
  // The vectors that wait, as a part of the stream.
  memory::Part Waiting() const {
    return {"results", Use::kPending, count_, width_ * int64_t{sizeof(float)}, memory::Part::kNoPosition};
  }
  void Clear() { begin_ = count_ = 0; }
  void Pop() {
    begin_ = static_cast<int64_t>(Place(1));
    --count_;
  }

 private:
  size_t Place(int64_t i) const {
    const int64_t at = begin_ + i;
    const int64_t size = static_cast<int64_t>(results_.size());
    return static_cast<size_t>(at < size ? at : at - size);
  }

  absl::Span<Result> results_;
  absl::Span<float> vectors_;  // [capacity, width]
  int64_t width_;
  int64_t begin_ = 0;
  int64_t count_ = 0;
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_RESULT_QUEUE_H_
