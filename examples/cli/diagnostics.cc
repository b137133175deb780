// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Lines on standard error, and signals.

#include "diagnostics.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstring>

namespace lwave::cli {
namespace {

volatile sig_atomic_t pending_signal = 0;
bool status_line_shown = false;

extern "C" void OnSignal(int number) { pending_signal = number; }

// Standard error has nowhere to report its own failures to.
void WriteStandardError(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

void WriteLine(std::string_view prefix, std::string_view message) {
  ClearStatusLine();
  std::string line(prefix);
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte < 0x20 || byte == 0x7f ? '?' : c;  // a name may hold a line end, our lines may not
  }
  line += '\n';
  WriteStandardError(line);
}

}  // namespace

void ReportError(std::string_view message) { WriteLine("longwave: ", message); }
void ReportNote(std::string_view message) { WriteLine("longwave: note: ", message); }

void ShowStatusLine(std::string_view text) {
  WriteStandardError("\r" + std::string(text) + "\x1b[K");
  status_line_shown = true;
}

void KeepStatusLine(std::string_view text) {
  ShowStatusLine(text);
  WriteStandardError("\n");
  status_line_shown = false;
}

void ClearStatusLine() {
  if (status_line_shown) WriteStandardError("\r\x1b[K");
  status_line_shown = false;
}

void PrepareProcess() {
  // Otherwise the first file opened would become standard output, and results would be written into it. With O_PATH
  // reading and writing fail, so that a closed descriptor is no empty input and takes no results.
  int descriptor = 0;
  do {
    descriptor = open("/dev/null", O_PATH);
  } while (descriptor >= 0 && descriptor <= 2);
  if (descriptor > 2) close(descriptor);
  struct sigaction action;
  std::memset(&action, 0, sizeof(action));
  action.sa_handler = OnSignal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // without SA_RESTART: a blocked read returns
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before;
    if (sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;  // as nohup wants it
    sigaction(number, &action, nullptr);
  }
  signal(SIGPIPE, SIG_IGN);
}

int PendingSignal() { return pending_signal; }

void CheckInterrupted() {
  if (pending_signal != 0) throw Interrupted{};
}

std::string SystemError(int error_number) { return std::strerror(error_number); }

}  // namespace lwave::cli
