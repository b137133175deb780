// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model.h"

#include <string>
#include <vector>

#include "config.h"
#include "context.h"
#include "files.h"
#include "inputs.h"
#include "longwave/generator.h"
#include "longwave/scorer.h"
#include "longwave/stream.h"
#include "model_inputs.h"
#include "workspace.h"

namespace lwave::bindings {

Model* Model::Open(Context* context, NameIn directory) {
  lwave_error* error = BeginCall();
  lwave_model* handle = nullptr;
  const NameText path(directory, error);
  if (path && Present(context, "context", error)) {
    const Context::Handle::Shared from(context->shell(), error);
    if (from) lwave_model_open(from.get(), path.get(), &handle, error);
  }
  return Wrap<Model>(handle, lwave_model_destroy, error);
}

Model* Model::OpenMemory(Context* context, Files* files) {
  lwave_error* error = BeginCall();
  lwave_model* handle = nullptr;
  if (Present(context, "context", error) && Present(files, "files", error)) {
    const Context::Handle::Shared from(context->shell(), error);
    const Files::Handle::Alone list(files->shell(), error);
    if (from && list) {
      Guarded(error, [&] {
        std::vector<const char*> names;
        std::vector<const void*> data;
        std::vector<int64_t> bytes;
        for (const std::string& name : list.get()->names) names.push_back(name.c_str());
        for (const std::vector<uint8_t>& buffer : list.get()->buffers) {
          data.push_back(buffer.data());
          bytes.push_back(static_cast<int64_t>(buffer.size()));
        }
        lwave_model_open_memory(from.get(), names.data(), data.data(), bytes.data(),
                                static_cast<int64_t>(names.size()), &handle, error);
      });
    }
  }
  return Wrap<Model>(handle, lwave_model_destroy, error);
}

void Model::Convert(NameIn source, NameIn destination, NameIn weights, Config* config) {
  lwave_error* error = BeginCall();
  const NameText from(source, error), to(destination, error), type(weights, error);
  const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
  if (error->status == LWAVE_OK) lwave_model_convert(from.get(), to.get(), type.get(), options.get(), error);
}

void Model::ConvertWith(NameIn source, NameIn destination, Config* config) {
  lwave_error* error = BeginCall();
  const NameText from(source, error), to(destination, error);
  const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
  if (error->status == LWAVE_OK) lwave_model_convert_with(from.get(), to.get(), options.get(), error);
}

void Model::Prepare() {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  if (model) lwave_model_prepare(model.get(), error);
}

void Model::Cancel() {
  const Handle::Shared model(shell_, BeginCall());
  if (model) lwave_model_cancel(model.get());
}

void Model::Progress(LongsOut result) const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  if (model && CheckResult(result, 2, error)) lwave_model_progress(model.get(), &result.data[0], &result.data[1]);
}

int64_t Model::GetInt(NameIn key) const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  const NameText name(key, error);
  int64_t value = 0;
  if (model && name) lwave_model_get_int(model.get(), name.get(), &value, error);
  return value;
}

Text Model::Name() const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  Text name;
  if (model) Guarded(error, [&] { name.value = lwave_model_name(model.get()); });
  return name;
}

Text Model::Describe(Config* config) const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
  if (error->status != LWAVE_OK) return {};
  return CollectText(error, [&](char* buffer, int64_t capacity, int64_t* needed) {
    return lwave_model_describe(model.get(), options.get(), buffer, capacity, needed, error);
  });
}

int64_t Model::PlanWorkspace(Config* config, int64_t batch, int64_t tokens) const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
  int64_t bytes = 0;
  if (error->status == LWAVE_OK) lwave_workspace_plan(model.get(), options.get(), batch, tokens, &bytes, error);
  return bytes;
}

void Model::PlanMemory(Config* config, LongsOut result) const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
  if (error->status != LWAVE_OK || !CheckResult(result, 4, error)) return;
  lwave_memory_plan(model.get(), options.get(), &result.data[0], &result.data[1], &result.data[2], &result.data[3],
                    error);
}

void Model::PlanStream(Config* config, LongsOut result) const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
  if (error->status != LWAVE_OK || !CheckResult(result, 4, error)) return;
  lwave_stream_plan(model.get(), options.get(), &result.data[0], &result.data[1], &result.data[2], &result.data[3],
                    error);
}

int64_t Model::PlanGenerator(Config* config) const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
  int64_t bytes = 0;
  if (error->status == LWAVE_OK) lwave_generator_plan(model.get(), options.get(), &bytes, error);
  return bytes;
}

int64_t Model::PlanScorer(Config* config) const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
  int64_t bytes = 0;
  if (error->status == LWAVE_OK) lwave_scorer_plan(model.get(), options.get(), &bytes, error);
  return bytes;
}

void Model::Embed(TextIn text, FloatsOut filled) const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  if (model) lwave_model_embed(model.get(), text.data, text.count, filled.data, filled.count, error);
}

void Model::Forward(Workspace* workspace, Config* config, IntsIn ids, IntsIn mask, IntsIn token_types, int64_t batch,
                    int64_t tokens, int32_t output, FloatsOut filled) const {
  lwave_error* error = BeginCall();
  const Handle::Shared model(shell_, error);
  const Workspace::Handle::Alone scratch(workspace != nullptr ? &workspace->shell() : nullptr, error);
  const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
  if (error->status != LWAVE_OK) return;
  // The C function takes these as pointers alone.
  const bool counts_fit = batch >= 0 && tokens >= 0 && (tokens == 0 || batch <= ids.count / tokens) &&
                          ids.count == batch * tokens;
  if (!counts_fit) {
    Fail(error, LWAVE_INVALID_ARGUMENT, "ids must be [batch, tokens] numbers");
  } else if (mask.count != 0 && mask.count != ids.count) {
    Fail(error, LWAVE_INVALID_ARGUMENT, "mask must be empty or have as many numbers as ids");
  } else if (token_types.count != 0 && token_types.count != ids.count) {
    Fail(error, LWAVE_INVALID_ARGUMENT, "token_types must be empty or have as many numbers as ids");
  } else {
    lwave_model_forward(model.get(), scratch.get(), options.get(), ids.data, mask.count != 0 ? mask.data : nullptr,
                        token_types.count != 0 ? token_types.data : nullptr, batch, tokens, output, filled.data,
                        filled.count, error);
  }
}

Longs Model::OutputShape(Inputs* inputs, int32_t output) const {
  lwave_error* error = BeginCall();
  Longs shape;
  if (!Present(inputs, "inputs", error)) return shape;
  const Handle::Shared model(shell_, error);
  const Inputs::Handle::Alone read(inputs->shell(), error);
  if (!model || !read) return shape;
  Guarded(error, [&] {
    Collect(shape.value, [&](int64_t* values, int64_t capacity, int64_t* needed) {
      return lwave_model_output_shape(model.get(), read.get(), output, values, capacity, needed, error);
    });
  });
  return shape;
}

void Model::Run(Workspace* workspace, Inputs* inputs, int32_t output, FloatsOut filled) const {
  lwave_error* error = BeginCall();
  if (!Present(inputs, "inputs", error)) return;
  const Handle::Shared model(shell_, error);
  const Inputs::Handle::Alone read(inputs->shell(), error);
  const Workspace::Handle::Alone scratch(workspace != nullptr ? &workspace->shell() : nullptr, error);
  if (error->status != LWAVE_OK) return;
  lwave_model_run(model.get(), scratch.get(), read.get(), output, filled.data, filled.count, error);
}

Floats Model::RunPart(Inputs* inputs, NameIn name) const {
  lwave_error* error = BeginCall();
  Floats part;
  if (!Present(inputs, "inputs", error)) return part;
  const Handle::Shared model(shell_, error);
  const Inputs::Handle::Alone read(inputs->shell(), error);
  const NameText wanted(name, error);
  if (!model || !read || !wanted) return part;
  Guarded(error, [&] {
    Collect(part.value, [&](float* values, int64_t capacity, int64_t* needed) {
      return lwave_model_run_part(model.get(), read.get(), wanted.get(), values, capacity, needed, error);
    });
  });
  return part;
}

void Model::Close() { shell_.Close(); }
bool Model::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
