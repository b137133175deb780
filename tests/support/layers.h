// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Attention layers of the public C interface for tests and runners, in the manner of api.h.

#ifndef LONGWAVE_TESTS_SUPPORT_LAYERS_H_
#define LONGWAVE_TESTS_SUPPORT_LAYERS_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "support/api.h"

namespace lwave::test {

using Attention = Owned<lwave_attention, lwave_attention_destroy>;

inline void Set(const Config& config, const char* key, double value) {
  Error error;
  error.Check(lwave_config_set_float(config.get(), key, value, error));
}
inline void Set(const Config& config, const char* key, const std::vector<float>& values) {
  Error error;
  error.Check(lwave_config_set_floats(config.get(), key, values.data(), static_cast<int64_t>(values.size()), error));
}
// The option's type, 0 where there is none of this name.
inline int32_t OptionType(const Config& config, const std::string& key) {
  for (int64_t i = 0; i < lwave_config_option_count(config.get()); ++i) {
    if (key != lwave_config_option_name(config.get(), i)) continue;
    Error error;
    int32_t type = 0;
    error.Check(lwave_config_option_bounds(config.get(), key.c_str(), &type, nullptr, nullptr, error));
    return type;
  }
  return 0;
}

inline Attention MakeAttention(const Context& context, const Config& config) {
  Error error;
  lwave_attention* attention = nullptr;
  error.Check(lwave_attention_create(context.get(), config.get(), &attention, error));
  return Attention(attention);
}
inline int64_t AttentionInt(const Attention& attention, const char* key) {
  Error error;
  int64_t value = 0;
  error.Check(lwave_attention_get_int(attention.get(), key, &value, error));
  return value;
}
inline std::vector<float> ReadPart(const lwave_attention* attention, const char* name) {
  Error error;
  int64_t count = 0;
  error.Check(lwave_attention_read_part(attention, name, nullptr, 0, &count, error));
  std::vector<float> values(static_cast<size_t>(count));
  if (count > 0) error.Check(lwave_attention_read_part(attention, name, values.data(), count, &count, error));
  return values;
}
inline std::vector<float> ReadPart(const lwave_memory* memory, const char* name) {
  Error error;
  int64_t count = 0;
  error.Check(lwave_memory_read_part(memory, name, nullptr, 0, &count, error));
  std::vector<float> values(static_cast<size_t>(count));
  if (count > 0) error.Check(lwave_memory_read_part(memory, name, values.data(), count, &count, error));
  return values;
}

// Rows of a batch: q // [batch, queries, q_width], k and v // [batch, keys, ...], mask // [batch, keys] or empty.
struct Rows {
  int64_t batch = 1, queries = 0, keys = 0;
  std::vector<float> q, k, v;
  std::vector<int32_t> mask;
};

// One sequence of a batch.
inline Rows Sequence(const Rows& rows, int64_t b) {
  Rows one;
  one.queries = rows.queries, one.keys = rows.keys;
  const auto cut = [&](const auto& from, auto& to) {
    const int64_t size = static_cast<int64_t>(from.size()) / std::max<int64_t>(rows.batch, 1);
    to.assign(from.begin() + b * size, from.begin() + (b + 1) * size);
  };
  cut(rows.q, one.q), cut(rows.k, one.k), cut(rows.v, one.v), cut(rows.mask, one.mask);
  return one;
}

inline int64_t Size(const std::vector<float>& values) { return static_cast<int64_t>(values.size()); }

inline std::vector<float> Forward(const Attention& attention, const Rows& rows, lwave_workspace* workspace = nullptr) {
  Error error;
  std::vector<float> out(static_cast<size_t>(rows.batch * rows.queries * AttentionInt(attention, "out_width")));
  error.Check(lwave_attention_forward(attention.get(), workspace, rows.q.data(), Size(rows.q), rows.k.data(),
                                      Size(rows.k), rows.v.data(), Size(rows.v), rows.mask.data(),
                                      static_cast<int64_t>(rows.mask.size()), rows.batch, rows.queries, rows.keys,
                                      out.data(), Size(out), error));
  return out;
}

inline Memory MakeMemory(const Attention& attention) {
  Error error;
  lwave_memory* memory = nullptr;
  error.Check(lwave_memory_create_for_attention(attention.get(), &memory, error));
  return Memory(memory);
}

// Steps rows [begin, begin + count) of one sequence through a memory, `capacity_rows` rows of output at a time.
inline void StepRows(const Attention& attention, lwave_memory* memory, const Rows& rows, int64_t begin, int64_t count,
                     int64_t capacity_rows, std::vector<float>& out) {
  const int64_t q = AttentionInt(attention, "q_width"), k = AttentionInt(attention, "k_width");
  const int64_t v = AttentionInt(attention, "v_width"), width = AttentionInt(attention, "out_width");
  std::vector<float> buffer(static_cast<size_t>(capacity_rows * width));
  for (;;) {
    Error error;
    int64_t taken = 0, written = 0;
    const int64_t masks = rows.mask.empty() ? 0 : count;
    const lwave_status status = lwave_memory_step(
        memory, rows.q.data() + begin * q, count * q, k == 0 ? nullptr : rows.k.data() + begin * k, count * k,
        v == 0 ? nullptr : rows.v.data() + begin * v, count * v, masks == 0 ? nullptr : rows.mask.data() + begin, masks,
        count, &taken, buffer.data(), Size(buffer), &written, error);
    begin += taken, count -= taken;
    out.insert(out.end(), buffer.begin(), buffer.begin() + written * width);
    if (status == LWAVE_OK) return;
    if (status != LWAVE_OUTPUT_FULL) error.Check(status);
  }
}

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_SUPPORT_LAYERS_H_
