// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A document's first rows, as the model's layers compare them.

#include <algorithm>

#include "attention_mass.h"
#include "diagnostics.h"
#include "input.h"
#include "json.h"

namespace lwave::cli {
namespace {

// More text than that many tokens take, but for one that is nearly all white space.
std::string ReadBeginning(const std::string& file, int64_t tokens) {
  Input input(file, false);
  const int64_t most = 32 * tokens + (64 << 10);
  std::string text(static_cast<size_t>(most), '\0');
  int64_t bytes = 0;
  while (bytes < most) {
    const int64_t got = input.Read(text.data() + bytes, most - bytes);
    if (got == 0) break;
    bytes += got;
  }
  text.resize(static_cast<size_t>(bytes));
  return text;
}

std::vector<int32_t> Encode(const Session& session, const std::string& file, const std::string& text) {
  lwave_error error;
  lwave_tokenizer* opened = nullptr;
  if (lwave_tokenizer_open(session.context.get(), session.directory.c_str(), &opened, &error) != LWAVE_OK) {
    throw Failure(session.directory, error.message);
  }
  const TokenizerHandle tokenizer(opened);
  int64_t needed = 0;
  std::vector<int32_t> ids;
  for (int pass = 0; pass < 2; ++pass) {
    ids.resize(static_cast<size_t>(needed));
    if (lwave_tokenizer_encode(opened, text.data(), static_cast<int64_t>(text.size()), nullptr, 0, 1,
                               ids.empty() ? nullptr : ids.data(), nullptr, nullptr, static_cast<int64_t>(ids.size()),
                               &needed, &error) != LWAVE_OK) {
      throw Failure(file, error.message);
    }
  }
  return ids;
}

std::vector<float> Forward(const Session& session, const lwave_config* config, const std::vector<int32_t>& ids,
                           int32_t output, int64_t count, const std::string& file) {
  std::vector<float> result(static_cast<size_t>(count));
  lwave_error error;
  if (lwave_model_forward(session.model.get(), nullptr, config, ids.data(), nullptr, nullptr, 1,
                          static_cast<int64_t>(ids.size()), output, result.data(), count, &error) != LWAVE_OK) {
    throw Failure(file, error.message);
  }
  return result;
}

int64_t Member(const JsonValue& object, const char* key) {
  const JsonValue* value = object.Find(key);
  return value == nullptr ? 0 : std::stoll(value->text);
}

}  // namespace

DocumentRows ReadDocumentRows(const Session& session, const lwave_config* config, const std::string& file,
                              int64_t most) {
  RequireText(session);
  DocumentRows rows;
  rows.file = file;
  rows.model = session.name;
  rows.layers = ModelNumber(session, "layers");
  rows.heads = ModelNumber(session, "heads");
  rows.head_dim = ModelNumber(session, "head_dim");
  const JsonValue description = ParseJson(
      DescribeText(session.directory, [&](char* buffer, int64_t capacity, int64_t* needed, lwave_error* error) {
        return lwave_model_describe(session.model.get(), config, buffer, capacity, needed, error);
      }));
  const JsonValue* attention = description.Find("attention");
  for (size_t l = 0; attention != nullptr && l < attention->items.size(); ++l) {
    const JsonValue* kind = attention->items[l].Find("kind");
    if (kind == nullptr || kind->text != "sink_window") continue;
    rows.left.push_back(Member(attention->items[l], "left"));
    rows.right.push_back(Member(attention->items[l], "right"));
    rows.sinks = Member(attention->items[l], "sinks");
  }
  const bool window = static_cast<int64_t>(rows.left.size()) == rows.layers;
  if (!window) most = std::min(most, ModelNumber(session, "max_rows"));
  std::vector<int32_t> ids = Encode(session, file, ReadBeginning(file, most));
  if (ids.size() <= 2) throw Failure(file, "has no token");
  if (static_cast<int64_t>(ids.size()) > most) {
    const int32_t last = ids.back();  // the end mark stays
    ids.resize(static_cast<size_t>(most));
    ids.back() = last;
  }
  rows.tokens = static_cast<int64_t>(ids.size());
  rows.windowed = window && rows.tokens > Member(description, "full_up_to_rows");
  ConfigHandle own;
  if (window && config == nullptr) {  // forward reads in full unless it is told
    lwave_config* made = nullptr;
    lwave_error error;
    if (lwave_config_create("stream", &made, &error) != LWAVE_OK ||
        lwave_config_set_text(made, "long", "window", &error) != LWAVE_OK) {
      throw Failure(session.directory, error.message);
    }
    own.reset(made);
    config = made;
  }
  const int64_t count = rows.layers * rows.tokens * rows.heads * rows.head_dim;
  rows.q = Forward(session, window ? config : nullptr, ids, LWAVE_QUERIES, count, file);
  CheckInterrupted();
  rows.k = Forward(session, window ? config : nullptr, ids, LWAVE_KEYS, count, file);
  return rows;
}

}  // namespace lwave::cli
