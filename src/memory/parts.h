// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a memory consists of, as `describe` shows it. The owner lists the rows that are there; everything else follows
// from what the spans of its arena are for, in the same way for all mechanisms:
//   payload, pending   the owner's parts: rows there now, and their bytes
//   free               room for rows of both kinds that are not there (yet, or ever where rings are whole tiles)
//   scratch, alignment
// The bytes of all parts add up to the arena, which is the plan.

#ifndef LONGWAVE_MEMORY_PARTS_H_
#define LONGWAVE_MEMORY_PARTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/arena.h"

namespace lwave::memory {

struct Part {
  std::string name;
  Use use = Use::kPayload;  // or kPending
  int64_t rows = 0;
  int64_t row_bytes = 0;
  int64_t oldest = 0;  // position of the oldest row; below 0 for rows of zeros in front of the sequence
  static constexpr int64_t kNoPosition = INT64_MIN;  // for rows that are not at a position
};

// A JSON array of objects with name, kind and bytes; those of rows have rows as well and, where there are any, oldest
// and age: how many rows have come since, the oldest included.   position: rows that have come
std::string DescribeParts(const std::vector<Part>& parts, const UsedBytes& uses, int64_t position);

}  // namespace lwave::memory

#endif  // LONGWAVE_MEMORY_PARTS_H_
