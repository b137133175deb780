// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Drawing the progress line.

#include "progress.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "diagnostics.h"
#include "utf8.h"

namespace lwave::cli {
namespace {

constexpr auto kFirst = std::chrono::milliseconds(300);  // short work needs no bar
constexpr auto kBetween = std::chrono::milliseconds(100);
constexpr size_t kBar = 24;

// 1234567 as 1,234,567.
std::string Grouped(int64_t value) {
  std::string digits = std::to_string(value);
  for (size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string Bytes(int64_t value) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  double number = static_cast<double>(value);
  size_t unit = 0;
  while (number >= 1000 && unit < 4) {
    number /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof(text), unit == 0 ? "%.0f %s" : "%.1f %s", number, kUnits[unit]);
  return text;
}

int64_t ResidentBytes() {
  long long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "re")) {
    long long total = 0;
    if (std::fscanf(file, "%lld %lld", &total, &pages) != 2) pages = 0;
    std::fclose(file);
  }
  return pages * sysconf(_SC_PAGESIZE);
}

int64_t PeakResidentBytes() {
  rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? int64_t{usage.ru_maxrss} * 1024 : 0;
}

size_t TerminalColumns() {
  winsize size;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 120;
}

// The last path component without characters that would move the cursor, at most 24 bytes long.
std::string ShortName(const std::string& file) {
  std::string name = file == "-" ? "standard input" : file.substr(file.find_last_of('/') + 1);
  for (char& c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return name.substr(0, CutAtCharacter(name, 24));
}

}  // namespace

Progress::Progress(ProgressMode mode, const std::string& file, int64_t size)
    : on_(mode == ProgressMode::kAlways || (mode == ProgressMode::kAuto && isatty(STDERR_FILENO) != 0)),
      file_(ShortName(file)),
      size_(size),
      begin_(Clock::now()),
      last_(begin_ + kFirst - kBetween) {}

std::string Progress::Line(int64_t bytes, int64_t tokens, bool last) const {
  const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  std::string line = file_ + "  ";
  if (size_ > 0) {
    const double share = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(size_));
    const auto full = static_cast<size_t>(share * static_cast<double>(kBar));
    char percent[16];
    std::snprintf(percent, sizeof(percent), "%3.0f%%", share * 100);
    line += "[" + std::string(full, '#') + std::string(kBar - full, '.') + "] " + percent + "  ";
    line += Bytes(bytes) + " of " + Bytes(size_);
  } else {
    line += Bytes(bytes);
  }
  if (tokens > 0) {
    line += "  " + Grouped(tokens) + " tokens";
    if (seconds > 0) line += "  " + Grouped(static_cast<int64_t>(static_cast<double>(tokens) / seconds)) + " tokens/s";
  }
  line += last ? "  " + Bytes(PeakResidentBytes()) + " peak" : "  " + Bytes(ResidentBytes());
  const size_t columns = TerminalColumns();
  return line.substr(0, CutAtCharacter(line, columns > 1 ? columns - 1 : columns));
}

void Progress::Update(int64_t bytes, int64_t tokens) {
  if (!on_) return;
  const Clock::time_point now = Clock::now();
  if (now - last_ < kBetween) return;
  last_ = now;
  drawn_ = true;
  ShowStatusLine(Line(bytes, tokens, false));
}

void Progress::Finish(int64_t bytes, int64_t tokens) {
  if (drawn_) KeepStatusLine(Line(bytes, tokens, true));
}

}  // namespace lwave::cli
