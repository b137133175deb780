// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The public C interface behind owning handles, for tests and runners. A status that is not expected is thrown
// as Failure with the library's own message, which fails a Catch2 test and which runners print.

#ifndef LONGWAVE_TESTS_SUPPORT_API_H_
#define LONGWAVE_TESTS_SUPPORT_API_H_

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "longwave/longwave.h"

namespace lwave::test {

class Failure : public std::runtime_error {
 public:
  Failure(lwave_status status, const std::string& message)
      : std::runtime_error(std::string(lwave_status_name(status)) + ": " + message), status_(status) {}
  lwave_status status() const { return status_; }

 private:
  lwave_status status_;
};

// Check(f(..., error)): receives the error of one call.
class Error {
 public:
  operator lwave_error*() { return &error_; }
  const char* message() const { return error_.message; }
  void Check(lwave_status status) const {
    if (status != LWAVE_OK) throw Failure(status, error_.message);
  }

 private:
  lwave_error error_ = {};
};

template <typename Handle, void (*destroy)(Handle*)>
struct Destroyer {
  void operator()(Handle* handle) const { destroy(handle); }
};
template <typename Handle, void (*destroy)(Handle*)>
using Owned = std::unique_ptr<Handle, Destroyer<Handle, destroy>>;

using Context = Owned<lwave_context, lwave_context_destroy>;
using Config = Owned<lwave_config, lwave_config_destroy>;
using Model = Owned<lwave_model, lwave_model_destroy>;
using Workspace = Owned<lwave_workspace, lwave_workspace_destroy>;
using Memory = Owned<lwave_memory, lwave_memory_destroy>;
using Stream = Owned<lwave_stream, lwave_stream_destroy>;
using Tokenizer = Owned<lwave_tokenizer, lwave_tokenizer_destroy>;
using Generator = Owned<lwave_generator, lwave_generator_destroy>;
using Inputs = Owned<lwave_inputs, lwave_inputs_destroy>;
using Scorer = Owned<lwave_scorer, lwave_scorer_destroy>;

inline Context MakeContext(int32_t threads) {
  Error error;
  lwave_context* context = nullptr;
  error.Check(lwave_context_create(threads, &context, error));
  return Context(context);
}

inline Model OpenModel(const Context& context, const std::string& directory) {
  Error error;
  lwave_model* model = nullptr;
  error.Check(lwave_model_open(context.get(), directory.c_str(), &model, error));
  return Model(model);
}

inline Tokenizer OpenTokenizer(const Context& context, const std::string& directory, const char* route = nullptr) {
  Error error;
  lwave_tokenizer* tokenizer = nullptr;
  error.Check(lwave_tokenizer_open_route(context.get(), directory.c_str(), route, &tokenizer, error));
  return Tokenizer(tokenizer);
}

inline int64_t ModelInt(const Model& model, const char* key) {
  Error error;
  int64_t value = 0;
  error.Check(lwave_model_get_int(model.get(), key, &value, error));
  return value;
}

inline Config MakeConfig(const char* kind = "stream") {
  Error error;
  lwave_config* config = nullptr;
  error.Check(lwave_config_create(kind, &config, error));
  return Config(config);
}

inline void Set(const Config& config, const char* key, int64_t value) {
  Error error;
  error.Check(lwave_config_set_int(config.get(), key, value, error));
}
inline void Set(const Config& config, const char* key, const std::vector<int64_t>& values) {
  Error error;
  error.Check(
      lwave_config_set_ints(config.get(), key, values.data(), static_cast<int64_t>(values.size()), error));
}
inline void Set(const Config& config, const char* key, const char* value) {
  Error error;
  error.Check(lwave_config_set_text(config.get(), key, value, error));
}

inline Workspace MakeWorkspace(const Model& model, const Config& config, int64_t batch, int64_t tokens) {
  Error error;
  lwave_workspace* workspace = nullptr;
  error.Check(lwave_workspace_create(model.get(), config.get(), batch, tokens, &workspace, error));
  return Workspace(workspace);
}

inline Memory MakeMemory(const Model& model, const Config& config) {
  Error error;
  lwave_memory* memory = nullptr;
  error.Check(lwave_memory_create(model.get(), config.get(), &memory, error));
  return Memory(memory);
}

inline Stream MakeStream(const Model& model, const Config& config) {
  Error error;
  lwave_stream* stream = nullptr;
  error.Check(lwave_stream_create(model.get(), config.get(), &stream, error));
  return Stream(stream);
}

inline int64_t StreamInt(const Stream& stream, const char* key) {
  Error error;
  int64_t value = 0;
  error.Check(lwave_stream_get_int(stream.get(), key, &value, error));
  return value;
}
inline int64_t MemoryInt(const Memory& memory, const char* key) {
  Error error;
  int64_t value = 0;
  error.Check(lwave_memory_get_int(memory.get(), key, &value, error));
  return value;
}

struct Plan {
  int64_t bytes = 0, load_bytes = 0, first_rows = 0, steady_rows = 0;
};
inline Plan StreamPlan(const Model& model, const Config& config) {
  Error error;
  Plan plan;
  error.Check(lwave_stream_plan(model.get(), config.get(), &plan.bytes, &plan.load_bytes, &plan.first_rows,
                                &plan.steady_rows, error));
  return plan;
}
inline Plan MemoryPlan(const Model& model, const Config& config) {
  Error error;
  Plan plan;
  error.Check(lwave_memory_plan(model.get(), config.get(), &plan.bytes, &plan.load_bytes, &plan.first_rows,
                                &plan.steady_rows, error));
  return plan;
}

// Sequences for forward.   ids, mask, types // [batch, tokens]; mask and types may be empty
struct Batch {
  int64_t batch = 1;
  int64_t tokens = 0;
  std::vector<int32_t> ids, mask, types;
};

inline Batch OneSequence(std::vector<int32_t> ids) {
  Batch batch;
  batch.tokens = static_cast<int64_t>(ids.size());
  batch.ids = std::move(ids);
  return batch;
}

// Numbers that forward gives for one output.
inline int64_t OutputSize(const Model& model, const Batch& batch, int32_t output) {
  const int64_t rows = batch.batch * batch.tokens * ModelInt(model, "hidden");
  if (output == LWAVE_LAST_HIDDEN_STATE) return rows;
  if (output == LWAVE_HIDDEN_STATES) return rows * (ModelInt(model, "layers") + 1);
  if (output == LWAVE_QUERIES || output == LWAVE_KEYS || output == LWAVE_VALUES) return rows * ModelInt(model, "layers");
  return batch.batch * ModelInt(model, output == LWAVE_POOLER_OUTPUT ? "hidden" : "embedding_width");
}

inline std::vector<float> Forward(const Model& model, const Config& config, const Batch& batch, int32_t output,
                                  lwave_workspace* workspace = nullptr) {
  Error error;
  std::vector<float> result(static_cast<size_t>(OutputSize(model, batch, output)));
  error.Check(lwave_model_forward(model.get(), workspace, config.get(), batch.ids.data(),
                                  batch.mask.empty() ? nullptr : batch.mask.data(),
                                  batch.types.empty() ? nullptr : batch.types.data(), batch.batch, batch.tokens,
                                  output, result.data(), static_cast<int64_t>(result.size()), error));
  return result;
}

inline Inputs MakeInputs(int64_t batch, int64_t tokens) {
  Error error;
  lwave_inputs* inputs = nullptr;
  error.Check(lwave_inputs_create(batch, tokens, &inputs, error));
  return Inputs(inputs);
}
inline void Set(const Inputs& inputs, const std::string& name, const std::vector<int32_t>& values) {
  Error error;
  error.Check(lwave_inputs_set_ints(inputs.get(), name.c_str(), values.data(), static_cast<int64_t>(values.size()), error));
}
inline void Set(const Inputs& inputs, const std::string& name, const std::vector<float>& values) {
  Error error;
  error.Check(
      lwave_inputs_set_floats(inputs.get(), name.c_str(), values.data(), static_cast<int64_t>(values.size()), error));
}
inline void Set(const Inputs& inputs, const std::string& name, const std::string& text) {
  Error error;
  error.Check(lwave_inputs_set_text(inputs.get(), name.c_str(), text.c_str(), error));
}
inline std::vector<int64_t> OutputShape(const Model& model, const Inputs& inputs, int32_t output) {
  Error error;
  std::vector<int64_t> shape(8);
  int64_t dimensions = 0;
  error.Check(lwave_model_output_shape(model.get(), inputs.get(), output, shape.data(), 8, &dimensions, error));
  shape.resize(static_cast<size_t>(dimensions));
  return shape;
}
inline int64_t OutputCount(const Model& model, const Inputs& inputs, int32_t output) {
  const std::vector<int64_t> shape = OutputShape(model, inputs, output);
  int64_t count = 1;
  for (const int64_t dimension : shape) count *= dimension;
  return count;
}
inline std::vector<float> Run(const Model& model, const Inputs& inputs, int32_t output,
                              lwave_workspace* workspace = nullptr) {
  const int64_t count = OutputCount(model, inputs, output);
  Error error;
  std::vector<float> result(static_cast<size_t>(count));
  error.Check(lwave_model_run(model.get(), workspace, inputs.get(), output, result.data(), count, error));
  return result;
}

inline Generator MakeGenerator(const Model& model, const Config& config) {
  Error error;
  lwave_generator* generator = nullptr;
  error.Check(lwave_generator_create(model.get(), config.get(), &generator, error));
  return Generator(generator);
}
inline void Push(const Generator& generator, const std::vector<int32_t>& ids) {
  Error error;
  error.Check(lwave_generator_push_ids(generator.get(), ids.data(), static_cast<int64_t>(ids.size()), error));
}
inline void Push(const Generator& generator, const std::string& text, bool specials) {
  Error error;
  error.Check(lwave_generator_push_text(generator.get(), text.data(), static_cast<int64_t>(text.size()), specials, error));
}
// All tokens that are still to come; log-probabilities where asked for.
inline std::vector<int32_t> Generate(const Generator& generator, std::vector<float>* logs = nullptr) {
  std::vector<int32_t> ids;
  for (;;) {
    Error error;
    int32_t id = 0, finished = 0;
    float log = 0;
    error.Check(lwave_generator_next(generator.get(), &id, &log, &finished, error));
    if (finished != 0) return ids;
    ids.push_back(id);
    if (logs != nullptr) logs->push_back(log);
  }
}
inline std::string TakeText(const Generator& generator) {
  Error error;
  int64_t needed = 0;
  error.Check(lwave_generator_text(generator.get(), nullptr, 0, &needed, error));
  std::string text(static_cast<size_t>(needed), '\0');
  error.Check(lwave_generator_text(generator.get(), text.data(), needed, &needed, error));
  text.pop_back();
  return text;
}
inline std::string Save(const Generator& generator) {
  Error error;
  int64_t needed = 0;
  error.Check(lwave_generator_save(generator.get(), nullptr, 0, &needed, error));
  std::string data(static_cast<size_t>(needed), '\0');
  error.Check(lwave_generator_save(generator.get(), data.data(), needed, &needed, error));
  return data;
}
inline std::vector<float> RunPart(const Model& model, const Inputs& inputs, const std::string& name) {
  Error error;
  int64_t count = 0;
  error.Check(lwave_model_run_part(model.get(), inputs.get(), name.c_str(), nullptr, 0, &count, error));
  std::vector<float> values(static_cast<size_t>(count));
  if (count > 0) {
    error.Check(lwave_model_run_part(model.get(), inputs.get(), name.c_str(), values.data(), count, &count, error));
  }
  return values;
}

// What a stream gives.
struct Item {
  int32_t kind = LWAVE_ITEM_NONE;
  int64_t byte_begin = -1, byte_end = -1, token_begin = 0, token_end = 0;
  int32_t has_vector = 0;
  std::vector<float> vector;
};

// Reads one item; kind is LWAVE_ITEM_NONE when nothing waits.
inline Item ReadItem(lwave_stream* stream, int64_t width) {
  Error error;
  Item item;
  int64_t ranges[4] = {-1, -1, -1, -1};
  item.vector.resize(static_cast<size_t>(width));
  error.Check(lwave_stream_read(stream, &item.kind, item.vector.data(), width, ranges, &item.has_vector, error));
  item.byte_begin = ranges[0], item.byte_end = ranges[1];
  item.token_begin = ranges[2], item.token_end = ranges[3];
  return item;
}

inline void ReadAll(lwave_stream* stream, int64_t width, std::vector<Item>& items) {
  for (;;) {
    Item item = ReadItem(stream, width);
    if (item.kind == LWAVE_ITEM_NONE) return;
    items.push_back(std::move(item));
  }
}

// Pushes everything, reading whenever the queue is full; a cancelled call goes on.
inline void PushText(lwave_stream* stream, const std::string& text, int64_t width, std::vector<Item>& items) {
  for (size_t at = 0;;) {
    Error error;
    int64_t taken = 0;
    const lwave_status status = lwave_stream_push_text(stream, text.data() + at,
                                                       static_cast<int64_t>(text.size() - at), &taken, error);
    at += static_cast<size_t>(taken);
    if (status == LWAVE_OK) return;
    if (status == LWAVE_OUTPUT_FULL) ReadAll(stream, width, items);
    else if (status != LWAVE_CANCELLED) error.Check(status);
  }
}
inline void PushIds(lwave_stream* stream, const int32_t* ids, int64_t count, int64_t width,
                    std::vector<Item>& items) {
  for (int64_t at = 0;;) {
    Error error;
    int64_t taken = 0;
    const lwave_status status = lwave_stream_push_ids(stream, ids + at, count - at, &taken, error);
    at += taken;
    if (status == LWAVE_OK) return;
    if (status == LWAVE_OUTPUT_FULL) ReadAll(stream, width, items);
    else if (status != LWAVE_CANCELLED) error.Check(status);
  }
}
inline void FinishStream(lwave_stream* stream, int64_t width, std::vector<Item>& items) {
  for (;;) {
    Error error;
    const lwave_status status = lwave_stream_finish(stream, error);
    ReadAll(stream, width, items);
    if (status == LWAVE_OK) return;
    if (status != LWAVE_OUTPUT_FULL && status != LWAVE_CANCELLED) error.Check(status);
  }
}

// The rows of a whole sequence through a memory, `capacity_rows` rows of output at a time.
inline void PushRows(lwave_memory* memory, const int32_t* ids, int64_t count, int64_t hidden, int64_t capacity_rows,
                     std::vector<float>& rows) {
  std::vector<float> buffer(static_cast<size_t>(capacity_rows * hidden));
  for (int64_t at = 0;;) {
    Error error;
    int64_t taken = 0, written = 0;
    const lwave_status status =
        lwave_memory_push(memory, ids + at, count - at, &taken, buffer.data(), capacity_rows * hidden, &written, error);
    at += taken;
    rows.insert(rows.end(), buffer.begin(), buffer.begin() + written * hidden);
    if (status == LWAVE_OK) return;
    if (status != LWAVE_OUTPUT_FULL) error.Check(status);
  }
}
inline void FinishRows(lwave_memory* memory, int64_t hidden, int64_t capacity_rows, std::vector<float>& rows) {
  std::vector<float> buffer(static_cast<size_t>(capacity_rows * hidden));
  for (;;) {
    Error error;
    int64_t written = 0;
    const lwave_status status =
        lwave_memory_finish(memory, buffer.data(), capacity_rows * hidden, &written, error);
    rows.insert(rows.end(), buffer.begin(), buffer.begin() + written * hidden);
    if (status == LWAVE_OK) return;
    if (status != LWAVE_OUTPUT_FULL) error.Check(status);
  }
}

inline std::string Save(const lwave_stream* stream) {
  Error error;
  int64_t needed = 0;
  error.Check(lwave_stream_save(stream, nullptr, 0, &needed, error));
  std::string bytes(static_cast<size_t>(needed), '\0');
  error.Check(lwave_stream_save(stream, bytes.data(), needed, &needed, error));
  return bytes;
}
inline std::string Save(const lwave_memory* memory) {
  Error error;
  int64_t needed = 0;
  error.Check(lwave_memory_save(memory, nullptr, 0, &needed, error));
  std::string bytes(static_cast<size_t>(needed), '\0');
  error.Check(lwave_memory_save(memory, bytes.data(), needed, &needed, error));
  return bytes;
}

// Tokens of one text or pair; specials as asked.
struct Tokens {
  std::vector<int32_t> ids, types;
  std::vector<int64_t> begins, ends;  // bytes
};
inline Tokens Encode(const Tokenizer& tokenizer, const std::string& text, const std::string* pair, bool specials) {
  Error error;
  int64_t needed = 0;
  const char* pair_text = pair == nullptr ? nullptr : pair->data();
  const int64_t pair_bytes = pair == nullptr ? 0 : static_cast<int64_t>(pair->size());
  const int64_t bytes = static_cast<int64_t>(text.size());
  error.Check(lwave_tokenizer_encode(tokenizer.get(), text.data(), bytes, pair_text, pair_bytes, specials ? 1 : 0,
                                     nullptr, nullptr, nullptr, 0, &needed, error));
  Tokens tokens;
  tokens.ids.resize(static_cast<size_t>(needed));
  tokens.types.resize(static_cast<size_t>(needed));
  std::vector<int64_t> offsets(static_cast<size_t>(2 * needed));
  if (needed > 0) {
    error.Check(lwave_tokenizer_encode(tokenizer.get(), text.data(), bytes, pair_text, pair_bytes, specials ? 1 : 0,
                                       tokens.ids.data(), tokens.types.data(), offsets.data(), needed, &needed,
                                       error));
  }
  for (size_t i = 0; i < tokens.ids.size(); ++i) {
    tokens.begins.push_back(offsets[2 * i]);
    tokens.ends.push_back(offsets[2 * i + 1]);
  }
  return tokens;
}
inline std::string Decode(const Tokenizer& tokenizer, const std::vector<int32_t>& ids, bool skip_specials) {
  Error error;
  int64_t needed = 0;
  const int64_t count = static_cast<int64_t>(ids.size());
  error.Check(lwave_tokenizer_decode(tokenizer.get(), ids.data(), count, skip_specials ? 1 : 0, nullptr, 0, &needed,
                                     error));
  std::string text(static_cast<size_t>(needed), '\0');
  error.Check(lwave_tokenizer_decode(tokenizer.get(), ids.data(), count, skip_specials ? 1 : 0, text.data(), needed,
                                     &needed, error));
  text.resize(static_cast<size_t>(needed) - 1);  // without the NUL
  return text;
}

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_SUPPORT_API_H_
