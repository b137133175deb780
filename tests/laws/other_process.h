// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The other process of the restore law, as the tests see it; restore_main is its program.

#ifndef LONGWAVE_TESTS_LAWS_OTHER_PROCESS_H_
#define LONGWAVE_TESTS_LAWS_OTHER_PROCESS_H_

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <string>
#include <vector>

#include "law_files.h"

namespace lwave::test {

// Snapshots on their way to the other process, and what must come out there.
class OtherProcess {
 public:
  // rest: what goes on there, as the kind of restore_main has it
  void Add(const std::string& snapshot, const std::string& rest, const std::string& expected,
           const std::string& where) {
    const std::string stem = folder_.path() + "/" + std::to_string(expected_.size());
    WriteFile(stem + ".snapshot", snapshot);
    WriteFile(stem + ".rest", rest);
    expected_.push_back(expected);
    where_.push_back(where);
  }
  void Options(const std::string& lines) { WriteFile(folder_.path() + "/options", lines); }

  // model: a folder, or the mechanism where kind is layers
  void RunAndCheck(const std::string& model, const std::string& kind) {
    const std::string command = "'" LWAVE_BINARY_DIR "/restore_main' '" + model + "' '" + folder_.path() + "' " + kind;
    REQUIRE(std::system(command.c_str()) == 0);
    for (size_t i = 0; i < expected_.size(); ++i) {
      INFO("saved " << where_[i]);
      CHECK((ReadFile(folder_.path() + "/" + std::to_string(i) + ".out") == expected_[i]));
    }
  }

 private:
  TemporaryFolder folder_;
  std::vector<std::string> expected_, where_;
};

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_LAWS_OTHER_PROCESS_H_
