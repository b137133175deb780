// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A model and what is read at once (longwave/model.h). Immutable; any number of threads.

#ifndef LONGWAVE_BINDINGS_MODEL_H_
#define LONGWAVE_BINDINGS_MODEL_H_

#include <cstdint>

#include "longwave/model.h"
#include "shell.h"
#include "spans.h"

namespace lwave::bindings {

class Config;
class Context;
class Files;
class Inputs;
class Workspace;

class Model {
 public:
  static Model* Open(Context* context, NameIn directory);
  // files: named buffers; still the caller's, who may close them when this returns.
  static Model* OpenMemory(Context* context, Files* files);
  // config: a "stream" config, or null.
  static void Convert(NameIn source, NameIn destination, NameIn weights, Config* config);

  // config: a "convert" config, or null.
  static void ConvertWith(NameIn source, NameIn destination, Config* config);

  // Fails with LWAVE_CANCELLED, as whatever else packs does, after Cancel; what is packed stays so.
  void Prepare();
  // Asks the packing in progress, or else the next one, to stop. Any thread.
  void Cancel();
  // How far packing is: result [2] receives bytes and all bytes. Any thread.
  void Progress(LongsOut result) const;
  int64_t GetInt(NameIn key) const;
  Text Name() const;
  Text Describe(Config* config) const;
  // Bytes of a workspace.
  int64_t PlanWorkspace(Config* config, int64_t batch, int64_t tokens) const;
  // What a memory or a stream takes: result [4] receives bytes, load_bytes, first_rows, steady_rows.
  void PlanMemory(Config* config, LongsOut result) const;
  void PlanStream(Config* config, LongsOut result) const;
  // Bytes of a generator; config: a "generation" config, or null.
  int64_t PlanGenerator(Config* config) const;
  // Bytes of a scorer; config: a "scoring" config, or null.
  int64_t PlanScorer(Config* config) const;

  // Buffers called `filled` are filled wholly or, on failure, not at all.
  // The vector of one text. filled [embedding_width]
  void Embed(TextIn text, FloatsOut filled) const;
  // ids [batch, tokens]; mask, token_types the same or empty; output LWAVE_LAST_HIDDEN_STATE ...; filled of its shape.
  void Forward(Workspace* workspace, Config* config, IntsIn ids, IntsIn mask, IntsIn token_types, int64_t batch,
               int64_t tokens, int32_t output, FloatsOut filled) const;

  // With inputs by name: the shape of an output, the output, and what the attention of a layer holds ("layers.N.PART").
  Longs OutputShape(Inputs* inputs, int32_t output) const;
  void Run(Workspace* workspace, Inputs* inputs, int32_t output, FloatsOut filled) const;
  Floats RunPart(Inputs* inputs, NameIn name) const;

  // Any thread, any number of times; returns at once. A call in flight ends first.
  void Close();
  bool IsClosed() const;

#ifndef SWIG
  using Handle = Shell<lwave_model, lwave_model_destroy>;
  explicit Model(lwave_model* handle) : shell_(handle, "model") {}
  const Handle& shell() const { return shell_; }

 private:
  Handle shell_;
#endif
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_MODEL_H_
