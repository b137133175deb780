// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Verdicts, comparison and the lines of a runner. See the header.

#include "runner_common.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>

namespace lwave::golden {
namespace {

std::string Join(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

// A detail is one line whatever a message holds.
std::string OneLine(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

std::string Short(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g", value);
  return text;
}

}  // namespace

void CaseReport::Compare(const std::string& part, const std::vector<float>& got, const std::vector<double>& expected,
                         const Tolerance& tolerance, const std::function<bool(size_t)>& keep) {
  if (got.size() != expected.size()) {
    Fail(part + " has " + std::to_string(got.size()) + " numbers, expected " + std::to_string(expected.size()));
    return;
  }
  double worst = 0;
  size_t worst_at = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    if (keep != nullptr && !keep(i)) continue;
    double share = std::abs(got[i] - expected[i]) / (tolerance.atol + tolerance.rtol * std::abs(expected[i]));
    if (std::isnan(share)) share = std::numeric_limits<double>::infinity();
    if (share > worst) worst = share, worst_at = i;
  }
  worst_ = std::max(worst_, worst);
  parts_.push_back(part + " " + Short(worst));
  if (worst > 1) {
    Fail(part + "[" + std::to_string(worst_at) + "] is " + Short(got[worst_at]) + ", expected " +
         Short(expected[worst_at]) + ": " + Short(worst) + " of the tolerance");
  }
}

void CaseReport::Fail(const std::string& reason) { failures_.push_back(reason); }

void CaseReport::Unsupported(const std::string& part, const std::string& reason) {
  result_.unsupported.push_back(part);
  reasons_.push_back(part + ": " + reason);
}

void CaseReport::Note(const std::string& text) { notes_.push_back(text); }

CaseResult CaseReport::Finish() {
  std::vector<std::string> detail;
  if (!failures_.empty()) {
    result_.verdict = Verdict::kFail;
    detail = failures_;
  } else if (!result_.unsupported.empty()) {
    result_.verdict = Verdict::kUnsupported;
    detail = reasons_;
  }
  if (!parts_.empty()) detail.push_back("largest error " + Short(worst_) + " of the tolerance (" + Join(parts_, ", ") + ")");
  detail.insert(detail.end(), notes_.begin(), notes_.end());
  result_.detail = OneLine(Join(detail, "; "));
  return result_;
}

CaseResult RunCase(const std::string& name, const std::function<void(CaseReport&)>& work) {
  CaseReport report(name);
  try {
    work(report);
  } catch (const test::Failure& failure) {
    if (failure.status() == LWAVE_UNSUPPORTED) report.Unsupported("case", failure.what());
    else report.Fail(failure.what());
  } catch (const std::exception& failure) {
    report.Fail(failure.what());
  }
  return report.Finish();
}

void Printer::Print(const CaseResult& result) {
  const char* word = "pass";
  if (result.verdict == Verdict::kPass) ++passed_;
  if (result.verdict == Verdict::kFail) ++failed_, word = "fail";
  if (result.verdict == Verdict::kUnsupported) ++unsupported_, word = "unsupported";
  std::printf("%s %s %s\n", word, result.name.c_str(), result.detail.c_str());
  std::fflush(stdout);
}

int Printer::Close() {
  if (unsupported_ > 0) std::printf("%lld unsupported\n", static_cast<long long>(unsupported_));
  std::printf("%lld passed, %lld failed\n", static_cast<long long>(passed_), static_cast<long long>(failed_));
  return passed_ > 0 && failed_ == 0 && unsupported_ == 0 ? 0 : 1;
}

std::vector<std::string> FindFolders(const std::string& root, const std::vector<std::string>& files) {
  namespace fs = std::filesystem;
  std::vector<std::string> folders;
  const auto look = [&](const fs::path& folder) {
    for (const std::string& file : files) {
      if (fs::is_regular_file(folder / file)) {
        folders.push_back(folder.string());
        return;
      }
    }
  };
  look(root);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_directory()) look(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::vector<std::string> FindFiles(const std::string& root, const std::string& ending) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file() && entry.path().extension() == ending) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool FileExists(const std::string& path) { return std::filesystem::is_regular_file(path); }

std::string BaseName(const std::string& path) {
  const std::filesystem::path normal = std::filesystem::absolute(path).lexically_normal();
  return normal.has_filename() ? normal.filename().string() : normal.parent_path().filename().string();
}

nlohmann::json ReadJson(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  return nlohmann::json::parse(file);
}

std::vector<int32_t> ToInt32(const std::vector<int64_t>& values) {
  return std::vector<int32_t>(values.begin(), values.end());
}

int RunnerMain(int argc, char** argv, const char* usage,
               const std::function<void(const std::string& folder, const Sink& sink)>& run) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  for (const std::string& argument : arguments) {
    if (argument == "--help" || argument == "-h") {
      std::printf("%s\n", usage);
      return 0;
    }
    if (!argument.empty() && argument[0] == '-') {
      std::fprintf(stderr, "unknown option %s\n%s\n", argument.c_str(), usage);
      return 2;
    }
  }
  if (arguments.empty()) {
    std::fprintf(stderr, "%s\n", usage);
    return 2;
  }
  Printer printer;
  for (const std::string& folder : arguments) {
    try {
      run(folder, printer.sink());
    } catch (const std::exception& failure) {
      CaseReport report(folder);
      report.Fail(failure.what());
      printer.Print(report.Finish());
    }
  }
  return printer.Close();
}

}  // namespace lwave::golden
