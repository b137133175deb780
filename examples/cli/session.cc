// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Finding and opening the model.

#include "session.h"

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "diagnostics.h"
#include "json.h"

namespace lwave::cli {
namespace {

namespace fs = std::filesystem;

std::string DefaultModel() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) throw Failure("/proc/self/exe", "cannot find the default model; give --model DIR");
  const fs::path bin = program.parent_path();
  const fs::path places[] = {bin / "../../../examples/models/minilm",
                             bin / "../share/longwave/models/minilm"};
  for (const fs::path& place : places) {
    if (fs::exists(place / "config.json", error)) return place.lexically_normal().string();
  }
  throw Failure("default model", "found neither " + places[0].lexically_normal().string() + " nor " +
                                     places[1].lexically_normal().string() + "; give --model DIR");
}

void OnLog(void*, int32_t level, const char* message) {
  if (level >= LWAVE_LOG_WARNING) ReportNote(message);
}

}  // namespace

Session OpenSession(const std::string& directory, int32_t threads) {
  Session session;
  session.directory = directory.empty() ? DefaultModel() : directory;
  lwave_error error;
  lwave_context* context = nullptr;
  if (lwave_context_create_with(threads, nullptr, nullptr, nullptr, nullptr, nullptr, OnLog, nullptr,
                                &context, &error) != LWAVE_OK) {
    throw Failure("context", error.message);
  }
  session.context.reset(context);
  lwave_model* model = nullptr;
  if (lwave_model_open(context, session.directory.c_str(), &model, &error) != LWAVE_OK) {
    // The library names the file; say the directory too, unless it already did.
    const std::string_view message = error.message;
    if (message.substr(0, session.directory.size()) == session.directory) throw Failure(message);
    throw Failure(session.directory, message);
  }
  session.model.reset(model);
  session.name = lwave_model_name(model);
  session.width = ModelNumber(session, "embedding_width");
  return session;
}

void RequireText(const Session& session) {
  if (ModelNumber(session, "has_tokenizer") != 0) return;
  const std::string description = DescribeText(
      session.directory, [&](char* buffer, int64_t capacity, int64_t* needed, lwave_error* error) {
        return lwave_model_describe(session.model.get(), nullptr, buffer, capacity, needed, error);
      });
  std::string reason;
  try {
    const JsonValue value = ParseJson(description);
    if (const JsonValue* tokenizer = value.Find("tokenizer")) reason = ": tokenizer " + tokenizer->text;
  } catch (const JsonError&) {  // then without the reason
  }
  throw Failure(session.directory, "takes token ids only, no text yet" + reason);
}

int64_t ModelNumber(const Session& session, const char* key) {
  lwave_error error;
  int64_t value = 0;
  if (lwave_model_get_int(session.model.get(), key, &value, &error) != LWAVE_OK) {
    throw Failure(session.directory, error.message);
  }
  return value;
}

std::string DescribeText(
    const std::string& file,
    const std::function<lwave_status(char*, int64_t, int64_t*, lwave_error*)>& describe) {
  lwave_error error;
  int64_t needed = 0;
  if (describe(nullptr, 0, &needed, &error) != LWAVE_OK) throw Failure(file, error.message);
  std::string text(static_cast<size_t>(needed), '\0');
  if (describe(text.data(), needed, &needed, &error) != LWAVE_OK) throw Failure(file, error.message);
  text.resize(static_cast<size_t>(needed - 1));  // without the NUL
  return text;
}

}  // namespace lwave::cli
