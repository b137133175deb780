// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Every call that may need memory, over one set of handles in the middle of their work: what the failure
// sweeps of the atomic law run.

#ifndef LONGWAVE_TESTS_LAWS_OPERATIONS_H_
#define LONGWAVE_TESTS_LAWS_OPERATIONS_H_

#include <functional>
#include <string>
#include <vector>

#include "host.h"
#include "law_support.h"

namespace lwave::test {

struct Operation {
  std::string name;
  // Does the call and drops what it made. Allocates nothing itself, so that every failure is the library's.
  std::function<lwave_status()> run;
  lwave_status expected = LWAVE_OK;
};

// A model with a stream in the middle of a text and a memory in the middle of ids.
class Workbench {
 public:
  explicit Workbench(const std::string& directory);

  std::vector<Operation> Operations();
  // The state of all handles: a failed call leaves it as it was.
  std::string State() const { return Save(reader_->get()) + Save(memory_.get()); }
  // Finishes everything and compares with handles that nothing ever happened to.
  void CheckGoesOn();
  CountingAllocator& allocator() { return allocator_; }
  void Destroy();  // all handles; the allocator then has nothing

 private:
  const std::string directory_;
  CountingAllocator allocator_;
  Context context_;
  Model model_;
  Config config_;
  std::unique_ptr<Reader> reader_;
  Memory memory_;
  std::string text_;
  size_t text_taken_ = 0;
  std::vector<int32_t> ids_;
  std::vector<float> memory_rows_;
  // For the operations.
  std::string stream_snapshot_, memory_snapshot_, broken_snapshot_, buffer_;
  std::vector<float> result_;
};

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_LAWS_OPERATIONS_H_
