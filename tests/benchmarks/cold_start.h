// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Cold start: how long it takes from the start of a process to its first vector, and how much memory.

#ifndef LONGWAVE_TESTS_BENCHMARKS_COLD_START_H_
#define LONGWAVE_TESTS_BENCHMARKS_COLD_START_H_

#include <cstdint>
#include <string>

#include "bench_common.h"

namespace lwave::bench {

struct ColdStart {
  Timing timing;
  int64_t peak_memory = 0;  // bytes, the most of any run
  int64_t tokens = 0;       // of the text, special tokens included
};

// Starts `program` --first-vector DIRECTORY THREADS again and again: from before the system call to the last
// byte of the vector in our hands. The model's file is in the system's cache, but nothing else is warm.
// Throws std::runtime_error when a process fails.
ColdStart MeasureColdStart(const std::string& program, const std::string& directory, int32_t threads,
                           int64_t runs);

// The other side: embeds a text and writes the vector to standard output. Returns the exit code.
int FirstVector(const std::string& directory, int32_t threads);

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_COLD_START_H_
