// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A strict reader of the tool's own JSON lines.

#include "saved_vectors.h"

#include <algorithm>
#include <string_view>

#include "diagnostics.h"
#include "json.h"

namespace lwave::cli {
namespace {

constexpr size_t kMostLineBytes = 16 << 20;  // the widest vector and the longest path take far less

enum Field : unsigned { kFile = 1, kByteBegin = 2, kByteEnd = 4, kTokenBegin = 8, kTokenEnd = 16, kModel = 32, kVector = 64, kLine = 128 };

struct NamedField {
  Field field;
  std::string_view name;
};
constexpr NamedField kFields[] = {{kFile, "file"},           {kByteBegin, "byte_begin"}, {kByteEnd, "byte_end"},
                                  {kTokenBegin, "token_begin"}, {kTokenEnd, "token_end"},   {kModel, "model"},
                                  {kVector, "vector"},       {kLine, "line"}};
constexpr unsigned kRequired = 127;

// False: the line's vector is null. Throws JsonError.
bool ParseLine(std::string_view line, const std::string& model, int64_t width, Passage& passage) {
  JsonReader reader(line);
  unsigned seen = 0;
  bool has_vector = false;
  std::string key, found_model;
  for (reader.EnterObject(); reader.NextMember(key);) {
    const auto* known =
        std::find_if(std::begin(kFields), std::end(kFields), [&](const NamedField& field) { return field.name == key; });
    if (known == std::end(kFields)) {
      reader.SkipValue();
      continue;
    }
    if ((seen & known->field) != 0) throw JsonError("\"" + key + "\" stands twice");
    seen |= known->field;
    switch (known->field) {
      case kFile: passage.file = reader.ReadString(); break;
      case kByteBegin: passage.byte_begin = reader.ReadInteger(); break;
      case kByteEnd: passage.byte_end = reader.ReadInteger(); break;
      case kTokenBegin: passage.token_begin = reader.ReadInteger(); break;
      case kTokenEnd: passage.token_end = reader.ReadInteger(); break;
      case kLine: passage.line = reader.ReadInteger(); break;
      case kModel: found_model = reader.ReadString(); break;
      case kVector:
        if (reader.Peek() == 'n') {
          reader.ReadNull();
          break;
        }
        has_vector = true;
        for (reader.EnterArray(); reader.NextElement();) passage.vector.push_back(reader.ReadFloat());
        break;
    }
  }
  reader.ExpectEnd();
  for (const NamedField& field : kFields) {
    if ((kRequired & field.field & ~seen) != 0) throw JsonError("\"" + std::string(field.name) + "\" is missing");
  }
  if (found_model != model) {
    throw JsonError("vectors of model " + found_model + ", but the model here is " + model);
  }
  if (passage.byte_begin < 0 || passage.byte_end < passage.byte_begin || passage.token_begin < 0 ||
      passage.token_end < passage.token_begin || passage.line < 0) {
    throw JsonError("a range that ends before it begins");
  }
  if (has_vector && static_cast<int64_t>(passage.vector.size()) != width) {
    throw JsonError("a vector of " + std::to_string(passage.vector.size()) + " numbers, but the model gives " +
                    std::to_string(width));
  }
  return has_vector;
}

}  // namespace

void ReadSavedVectors(Input& input, const std::string& model, int64_t width, ProgressMode progress,
                      const std::function<void(Passage& passage)>& sink) {
  Progress bar(progress, input.name(), input.size());
  int64_t number = 0;
  const auto take = [&](std::string_view line) {
    ++number;
    Passage passage;
    passage.vector.reserve(static_cast<size_t>(width));
    try {
      if (!ParseLine(line, model, width, passage)) return;
    } catch (const JsonError& error) {
      throw Failure(input.name() + ": line " + std::to_string(number), error.what());
    }
    sink(passage);
  };
  std::string pending;  // a line that is not complete yet
  std::string chunk(static_cast<size_t>(kChunkBytes), '\0');
  while (const int64_t got = input.Read(chunk.data(), kChunkBytes)) {
    std::string_view rest(chunk.data(), static_cast<size_t>(got));
    for (size_t end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
      pending += rest.substr(0, end);
      take(pending);
      pending.clear();
      rest.remove_prefix(end + 1);
    }
    pending += rest;
    if (pending.size() > kMostLineBytes) {
      throw Failure(input.name() + ": line " + std::to_string(number + 1), "too long to be a line of embed's output");
    }
    bar.Update(input.position(), 0);
  }
  if (!pending.empty()) take(pending);
  bar.Finish(input.position(), 0);
}

}  // namespace lwave::cli
