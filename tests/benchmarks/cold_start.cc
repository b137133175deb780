// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Processes, pipes and clocks.

#include "cold_start.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/api.h"

extern char** environ;

namespace lwave::bench {
namespace {

constexpr char kText[] = "How is a package installed, and how is it removed again later?";

// What the child writes: how many numbers follow, the vector, and then its peak memory.

bool ReadFully(int file, void* data, size_t bytes) {
  char* at = static_cast<char*>(data);
  while (bytes > 0) {
    const ssize_t got = read(file, at, bytes);
    if (got <= 0) return false;
    at += got;
    bytes -= static_cast<size_t>(got);
  }
  return true;
}

}  // namespace

ColdStart MeasureColdStart(const std::string& program, const std::string& directory, int32_t threads,
                           int64_t runs) {
  ColdStart result;
  std::vector<double> times;
  for (int64_t run = 0; run <= runs; ++run) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cold start: no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    std::string words[] = {program, "--first-vector", directory, std::to_string(threads)};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
    const double start = Seconds();
    pid_t child = 0;
    const int failed = posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    std::vector<float> vector;
    int64_t count = 0;
    bool complete = failed == 0 && ReadFully(ends[0], &count, sizeof count) && count > 0;
    if (complete) {
      vector.resize(static_cast<size_t>(count));
      complete = ReadFully(ends[0], vector.data(), vector.size() * sizeof(float));
    }
    const double seconds = Seconds() - start;
    int64_t peak =
        0;  // the process's own high-water mark; getrusage would count ours before the exec as well
    complete = complete && ReadFully(ends[0], &peak, sizeof peak);
    close(ends[0]);
    int status = 0;
    if (failed == 0) waitpid(child, &status, 0);
    if (!complete || status != 0) throw std::runtime_error("cold start: the process gave no vector");
    if (run > 0) times.push_back(seconds);  // the first run brings the files into the cache
    result.peak_memory = std::max(result.peak_memory, peak);
  }
  result.timing = Summarise(std::move(times));
  const test::Tokenizer tokenizer = test::OpenTokenizer(test::MakeContext(1), directory);
  result.tokens = static_cast<int64_t>(test::Encode(tokenizer, kText, nullptr, true).ids.size());
  return result;
}

namespace {

// "VmHWM:  12345 kB"
int64_t HighWaterMark() {
  int64_t bytes = 0;
  if (std::FILE* file = std::fopen("/proc/self/status", "r")) {
    char line[256];
    while (std::fgets(line, sizeof line, file) != nullptr) {
      long long kilobytes = 0;
      if (std::sscanf(line, "VmHWM: %lld", &kilobytes) == 1) bytes = kilobytes * 1024;
    }
    std::fclose(file);
  }
  return bytes > 0 ? bytes : PeakMemoryBytes();
}

bool Write(const void* data, size_t bytes) {
  return write(1, data, bytes) == static_cast<ssize_t>(bytes);  // a pipe takes these few at once
}

}  // namespace

int FirstVector(const std::string& directory, int32_t threads) {
  try {
    const test::Context context = test::MakeContext(threads);
    const test::Model model = test::OpenModel(context, directory);
    const int64_t width = test::ModelInt(model, "embedding_width");
    std::vector<float> vector(static_cast<size_t>(width));
    test::Error error;
    error.Check(lwave_model_embed(model.get(), kText, sizeof kText - 1, vector.data(), width, error));
    if (!Write(&width, sizeof width) || !Write(vector.data(), vector.size() * sizeof(float))) return 1;
    const int64_t peak = HighWaterMark();
    return Write(&peak, sizeof peak) ? 0 : 1;
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "model_bench: %s\n", exception.what());
    return 1;
  }
}

}  // namespace lwave::bench
