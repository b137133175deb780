// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the tool says on standard error, how a command ends, and the signals that end it early.

#ifndef LONGWAVE_EXAMPLES_CLI_DIAGNOSTICS_H_
#define LONGWAVE_EXAMPLES_CLI_DIAGNOSTICS_H_

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lwave::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitInput = 1;  // an input failed; the others are done
inline constexpr int kExitUsage = 2;  // the command line makes no sense; nothing was done

// One input (a document, a model, a snapshot) failed. what() is "FILE: reason".
class Failure : public std::runtime_error {
 public:
  explicit Failure(std::string_view message) : std::runtime_error(std::string(message)) {}
  Failure(std::string_view file, std::string_view reason)
      : std::runtime_error(std::string(file) + ": " + std::string(reason)) {}
};

// The command line is wrong in a way that only shows after parsing.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Writing results failed, so going on with other inputs is pointless. what() is "FILE: reason".
class OutputFailure : public std::runtime_error {
 public:
  OutputFailure(std::string_view file, std::string_view reason)
      : std::runtime_error(std::string(file) + ": " + std::string(reason)) {}
};

// A signal asked for the end.
struct Interrupted {};

// "longwave: MESSAGE" on standard error, one line whatever the message holds.
void ReportError(std::string_view message);
// "longwave: note: MESSAGE".
void ReportNote(std::string_view message);

// The one line on a terminal that is redrawn. Every other line on standard error, and standard output when it
// is a terminal, clears it first.
void ShowStatusLine(std::string_view text);
void KeepStatusLine(std::string_view text);  // draws it a last time and goes to the next line
void ClearStatusLine();

// After this SIGINT, SIGTERM and SIGHUP set a flag (the second one ends the process at once), a pipe without
// a reader is an error of write() instead of a signal, and file descriptors 0 to 2 are taken.
void PrepareProcess();
// The signal that came, or 0.
int PendingSignal();
// Throws Interrupted if a signal came.
void CheckInterrupted();

// Calls read(file) for each; one that throws Failure is reported, and the others go on. Whether none did.
template <typename Read>
bool ReadEach(const std::vector<std::string>& files, const Read& read) {
  bool ok = true;
  for (const std::string& file : files) {
    try {
      read(file);
    } catch (const Failure& failure) {
      ReportError(failure.what());
      ok = false;
    }
  }
  return ok;
}

// strerror, as a string.
std::string SystemError(int error_number);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_DIAGNOSTICS_H_
