// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the runners and their tests share: the verdict on a case, comparison within a tolerance, and the lines
// `pass|fail|unsupported name detail` with the closing `N passed, N failed`.

#ifndef LONGWAVE_TESTS_GOLDEN_RUNNER_COMMON_H_
#define LONGWAVE_TESTS_GOLDEN_RUNNER_COMMON_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "reference/safetensors_reference.h"
#include "support/api.h"

namespace lwave::golden {

enum class Verdict { kPass, kFail, kUnsupported };

struct CaseResult {
  std::string name;
  Verdict verdict = Verdict::kPass;
  std::string detail;
  std::vector<std::string> unsupported;  // what of the case was not run: outputs, inputs or "texts"
};

using Sink = std::function<void(const CaseResult&)>;

// A result passes where |got - expected| <= atol + rtol * |expected|.
struct Tolerance {
  double atol = 0;
  double rtol = 0;
};

// Collects the parts of one case and turns them into a verdict.
class CaseReport {
 public:
  explicit CaseReport(std::string name) { result_.name = std::move(name); }

  // The greatest error as a share of the tolerance; above 1 fails. `keep` says which elements count (null: all).
  void Compare(const std::string& part, const std::vector<float>& got, const std::vector<double>& expected,
               const Tolerance& tolerance, const std::function<bool(size_t)>& keep = nullptr);
  void Fail(const std::string& reason);
  void Require(bool condition, const std::string& reason) {
    if (!condition) Fail(reason);
  }
  void Unsupported(const std::string& part, const std::string& reason);
  void Note(const std::string& text);

  // A failed part makes the case a failure, else an unsupported one makes it unsupported.
  CaseResult Finish();

 private:
  CaseResult result_;
  std::vector<std::string> parts_, failures_, reasons_, notes_;
  double worst_ = 0;
};

// Runs `work` on a report; a failure that it throws is the case's verdict.
CaseResult RunCase(const std::string& name, const std::function<void(CaseReport&)>& work);

// Prints results as they come and counts them.
class Printer {
 public:
  void Print(const CaseResult& result);
  Sink sink() {
    return [this](const CaseResult& result) { Print(result); };
  }
  // Prints the last line and gives the exit code: 0 only if something ran and all of it passed.
  int Close();

 private:
  int64_t passed_ = 0, failed_ = 0, unsupported_ = 0;
};

// Folders at or below `root` that hold one of the files, and files below it with an ending; both sorted.
std::vector<std::string> FindFolders(const std::string& root, const std::vector<std::string>& files);
std::vector<std::string> FindFiles(const std::string& root, const std::string& ending);
bool FileExists(const std::string& path);
// The last component of a path.
std::string BaseName(const std::string& path);
nlohmann::json ReadJson(const std::string& path);

std::vector<int32_t> ToInt32(const std::vector<int64_t>& values);

// The usual main: --help, folders as arguments, `run` on each of them.
int RunnerMain(int argc, char** argv, const char* usage,
               const std::function<void(const std::string& folder, const Sink& sink)>& run);

}  // namespace lwave::golden

#endif  // LONGWAVE_TESTS_GOLDEN_RUNNER_COMMON_H_
