// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "go_flat.h"

#include "attention.h"
#include "config.h"
#include "context.h"
#include "encodings.h"
#include "files.h"
#include "functions.h"
#include "generator.h"
#include "go_call.h"
#include "memory.h"
#include "model.h"
#include "model_inputs.h"
#include "scorer.h"
#include "stream.h"
#include "tokenizer.h"
#include "workspace.h"

namespace lwave::bindings::golang {
namespace {

// Runs body(pointer) with the object's class known; nothing for none.
template <typename Body>
void Dispatch(int32_t kind, Object object, const Body& body) {
  if (object == 0) return;
  switch (kind) {
    case kContext: return body(From<bindings::Context>(object));
    case kConfig: return body(From<bindings::Config>(object));
    case kFiles: return body(From<bindings::Files>(object));
    case kAttention: return body(From<bindings::Attention>(object));
    case kWorkspace: return body(From<bindings::Workspace>(object));
    case kModel: return body(From<bindings::Model>(object));
    case kMemory: return body(From<bindings::Memory>(object));
    case kStream: return body(From<bindings::Stream>(object));
    case kTokenizer: return body(From<bindings::Tokenizer>(object));
    case kEncodings: return body(From<bindings::Encodings>(object));
    case kInputs: return body(From<bindings::Inputs>(object));
    case kGenerator: return body(From<bindings::Generator>(object));
    case kScorer: return body(From<bindings::Scorer>(object));
  }
}

}  // namespace

void Close(int32_t kind, Object object) {
  Dispatch(kind, object, [](auto* pointer) { pointer->Close(); });
}
void Delete(int32_t kind, Object object) {
  Dispatch(kind, object, [](auto* pointer) { delete pointer; });
}
bool IsClosed(int32_t kind, Object object) {
  bool closed = true;
  Dispatch(kind, object, [&](auto* pointer) { closed = pointer->IsClosed(); });
  return closed;
}

Failure ContextCreate(int32_t threads, int64_t* out) { return Made(bindings::Context::Create(threads), out); }
Failure ContextThreads(Object context, int64_t* out) {
  return With<bindings::Context>(context, [&](auto& c) { *out = c.Threads(); });
}

Failure ConfigCreate(NameIn kind, int64_t* out) { return Made(bindings::Config::Create(kind), out); }
Failure ConfigSetInt(Object config, NameIn key, int64_t value) {
  return With<bindings::Config>(config, [&](auto& c) { c.SetInt(key, value); });
}
Failure ConfigSetFloat(Object config, NameIn key, double value) {
  return With<bindings::Config>(config, [&](auto& c) { c.SetFloat(key, value); });
}
Failure ConfigSetText(Object config, NameIn key, NameIn value) {
  return With<bindings::Config>(config, [&](auto& c) { c.SetText(key, value); });
}
Failure ConfigOptionCount(Object config, int64_t* out) {
  return With<bindings::Config>(config, [&](auto& c) { *out = c.OptionCount(); });
}
Failure ConfigOptionName(Object config, int64_t index, int64_t* out) {
  return With<bindings::Config>(config, [&](auto& c) { Give(c.OptionName(index).value, out); });
}
Failure ConfigOptionBounds(Object config, NameIn key, int64_t* out) {
  return With<bindings::Config>(config, [&](auto& c) { out[0] = c.OptionBounds(key, LongsOut{out + 1, 2}); });
}

Failure FilesCreate(int64_t* out) { return Made(bindings::Files::Create(), out); }
Failure FilesAdd(Object files, NameIn name) {
  return With<bindings::Files>(files, [&](auto& f) { f.Add(name); });
}

Failure AttentionCreate(Object context, Object config, int64_t* out) {
  return Made(bindings::Attention::Create(From<bindings::Context>(context), From<bindings::Config>(config)), out);
}
Failure AttentionGetInt(Object attention, NameIn key, int64_t* out) {
  return With<bindings::Attention>(attention, [&](auto& a) { *out = a.GetInt(key); });
}
Failure AttentionDescribe(Object attention, int64_t* out) {
  return With<bindings::Attention>(attention, [&](auto& a) { Give(a.Describe().value, out); });
}
Failure AttentionReadPart(Object attention, NameIn name, int64_t* out) {
  return With<bindings::Attention>(attention, [&](auto& a) { Give(a.ReadPart(name).value, out); });
}
Failure AttentionPlan(Object attention, int64_t queries, int64_t keys, int64_t* out) {
  return With<bindings::Attention>(attention, [&](auto& a) { *out = a.Plan(queries, keys); });
}
Failure AttentionPlanMemory(Object attention, int64_t* out) {
  return With<bindings::Attention>(attention, [&](auto& a) { a.PlanMemory(LongsOut{out, 4}); });
}

Failure WorkspaceForModel(Object model, Object config, int64_t batch, int64_t tokens, int64_t* out) {
  return Made(bindings::Workspace::CreateForModel(From<bindings::Model>(model), From<bindings::Config>(config), batch, tokens),
              out);
}
Failure WorkspaceForAttention(Object attention, int64_t queries, int64_t keys, int64_t* out) {
  return Made(bindings::Workspace::CreateForAttention(From<bindings::Attention>(attention), queries, keys), out);
}

Failure ModelOpen(Object context, NameIn directory, int64_t* out) {
  return Made(bindings::Model::Open(From<bindings::Context>(context), directory), out);
}
Failure ModelOpenMemory(Object context, Object files, int64_t* out) {
  return Made(bindings::Model::OpenMemory(From<bindings::Context>(context), From<bindings::Files>(files)), out);
}
Failure ModelConvert(NameIn source, NameIn destination, NameIn weights, Object config) {
  bindings::Model::Convert(source, destination, weights, From<bindings::Config>(config));
  return Outcome();
}
Failure ModelConvertWith(NameIn source, NameIn destination, Object config) {
  bindings::Model::ConvertWith(source, destination, From<bindings::Config>(config));
  return Outcome();
}
Failure ModelPrepare(Object model) {
  return With<bindings::Model>(model, [](auto& m) { m.Prepare(); });
}
Failure ModelCancel(Object model) {
  return With<bindings::Model>(model, [](auto& m) { m.Cancel(); });
}
Failure ModelProgress(Object model, int64_t* out) {
  return With<bindings::Model>(model, [&](auto& m) { m.Progress(LongsOut{out, 2}); });
}
Failure ModelGetInt(Object model, NameIn key, int64_t* out) {
  return With<bindings::Model>(model, [&](auto& m) { *out = m.GetInt(key); });
}
Failure ModelName(Object model, int64_t* out) {
  return With<bindings::Model>(model, [&](auto& m) { Give(m.Name().value, out); });
}
Failure ModelDescribe(Object model, Object config, int64_t* out) {
  return With<bindings::Model>(model, [&](auto& m) { Give(m.Describe(From<bindings::Config>(config)).value, out); });
}
Failure ModelPlanWorkspace(Object model, Object config, int64_t batch, int64_t tokens, int64_t* out) {
  return With<bindings::Model>(model, [&](auto& m) { *out = m.PlanWorkspace(From<bindings::Config>(config), batch, tokens); });
}
Failure ModelPlanMemory(Object model, Object config, int64_t* out) {
  return With<bindings::Model>(model, [&](auto& m) { m.PlanMemory(From<bindings::Config>(config), LongsOut{out, 4}); });
}
Failure ModelPlanStream(Object model, Object config, int64_t* out) {
  return With<bindings::Model>(model, [&](auto& m) { m.PlanStream(From<bindings::Config>(config), LongsOut{out, 4}); });
}

Failure ModelPlanGenerator(Object model, Object config, int64_t* out) {
  return With<bindings::Model>(model, [&](auto& m) { *out = m.PlanGenerator(From<bindings::Config>(config)); });
}
Failure ModelPlanScorer(Object model, Object config, int64_t* out) {
  return With<bindings::Model>(model, [&](auto& m) { *out = m.PlanScorer(From<bindings::Config>(config)); });
}
Failure ModelOutputShape(Object model, Object inputs, int32_t output, int64_t* out) {
  return With<bindings::Model>(model,
                               [&](auto& m) { Give(m.OutputShape(From<bindings::Inputs>(inputs), output).value, out); });
}
Failure ModelRunPart(Object model, Object inputs, NameIn name, int64_t* out) {
  return With<bindings::Model>(model, [&](auto& m) { Give(m.RunPart(From<bindings::Inputs>(inputs), name).value, out); });
}

Failure InputsCreate(int64_t batch, int64_t tokens, int64_t* out) {
  return Made(bindings::Inputs::Create(batch, tokens), out);
}
Failure InputsSetText(Object inputs, NameIn name, NameIn value) {
  return With<bindings::Inputs>(inputs, [&](auto& i) { i.SetText(name, value); });
}

Failure GeneratorCreate(Object model, Object config, int64_t* out) {
  return Made(bindings::Generator::Create(From<bindings::Model>(model), From<bindings::Config>(config)), out);
}
Failure GeneratorPushText(Object generator, TextIn text, bool add_special_tokens) {
  return With<bindings::Generator>(generator, [&](auto& g) { g.PushText(text, add_special_tokens); });
}
Failure GeneratorAddStop(Object generator, TextIn text) {
  return With<bindings::Generator>(generator, [&](auto& g) { g.AddStop(text); });
}
Failure GeneratorTakeText(Object generator, int64_t* out) {
  return With<bindings::Generator>(generator, [&](auto& g) { Give(g.TakeText().value, out); });
}
Failure GeneratorGetInt(Object generator, NameIn key, int64_t* out) {
  return With<bindings::Generator>(generator, [&](auto& g) { *out = g.GetInt(key); });
}
Failure GeneratorCancel(Object generator) {
  return With<bindings::Generator>(generator, [](auto& g) { g.Cancel(); });
}
Failure GeneratorSave(Object generator, int64_t* out) {
  return With<bindings::Generator>(generator, [&](auto& g) { Give(g.Save().value, out); });
}
Failure GeneratorFork(Object generator, int64_t* out) {
  *out = 0;
  return With<bindings::Generator>(generator, [&](auto& g) { *out = ToObject(g.Fork()); });
}

Failure ScorerCreate(Object model, Object config, int64_t* out) {
  return Made(bindings::Scorer::Create(From<bindings::Model>(model), From<bindings::Config>(config)), out);
}
Failure ScorerFinish(Object scorer, int64_t* out) {
  return With<bindings::Scorer>(scorer, [&](auto& s) { *out = s.Finish(); });
}
Failure ScorerReset(Object scorer) {
  return With<bindings::Scorer>(scorer, [](auto& s) { s.Reset(); });
}
Failure ScorerGetInt(Object scorer, NameIn key, int64_t* out) {
  return With<bindings::Scorer>(scorer, [&](auto& s) { *out = s.GetInt(key); });
}
Failure ScorerCancel(Object scorer) {
  return With<bindings::Scorer>(scorer, [](auto& s) { s.Cancel(); });
}
Failure ScorerSave(Object scorer, int64_t* out) {
  return With<bindings::Scorer>(scorer, [&](auto& s) { Give(s.Save().value, out); });
}
Failure ScorerFork(Object scorer, int64_t* out) {
  *out = 0;
  return With<bindings::Scorer>(scorer, [&](auto& s) { *out = ToObject(s.Fork()); });
}

Failure MemoryForModel(Object model, Object config, int64_t* out) {
  return Made(bindings::Memory::CreateForModel(From<bindings::Model>(model), From<bindings::Config>(config)), out);
}
Failure MemoryForAttention(Object attention, int64_t* out) {
  return Made(bindings::Memory::CreateForAttention(From<bindings::Attention>(attention)), out);
}
Failure MemoryEndSegment(Object memory) {
  return With<bindings::Memory>(memory, [](auto& m) { m.EndSegment(); });
}
Failure MemoryReset(Object memory) {
  return With<bindings::Memory>(memory, [](auto& m) { m.Reset(); });
}
Failure MemoryGetInt(Object memory, NameIn key, int64_t* out) {
  return With<bindings::Memory>(memory, [&](auto& m) { *out = m.GetInt(key); });
}
Failure MemoryDescribe(Object memory, int64_t* out) {
  return With<bindings::Memory>(memory, [&](auto& m) { Give(m.Describe().value, out); });
}
Failure MemoryReadPart(Object memory, NameIn name, int64_t* out) {
  return With<bindings::Memory>(memory, [&](auto& m) { Give(m.ReadPart(name).value, out); });
}
Failure MemorySave(Object memory, int64_t* out) {
  return With<bindings::Memory>(memory, [&](auto& m) { Give(m.Save().value, out); });
}
Failure MemoryFork(Object memory, int64_t* out) {
  *out = 0;
  return With<bindings::Memory>(memory, [&](auto& m) { *out = ToObject(m.Fork()); });
}

Failure StreamCreate(Object model, Object config, int64_t* out) {
  return Made(bindings::Stream::Create(From<bindings::Model>(model), From<bindings::Config>(config)), out);
}
Failure StreamFinish(Object stream, int64_t* out) {
  return With<bindings::Stream>(stream, [&](auto& s) { *out = s.Finish(); });
}
Failure StreamReset(Object stream) {
  return With<bindings::Stream>(stream, [](auto& s) { s.Reset(); });
}
Failure StreamGetInt(Object stream, NameIn key, int64_t* out) {
  return With<bindings::Stream>(stream, [&](auto& s) { *out = s.GetInt(key); });
}
Failure StreamDescribe(Object stream, int64_t* out) {
  return With<bindings::Stream>(stream, [&](auto& s) { Give(s.Describe().value, out); });
}
Failure StreamCancel(Object stream) {
  return With<bindings::Stream>(stream, [](auto& s) { s.Cancel(); });
}
Failure StreamProgress(Object stream, int64_t* out) {
  return With<bindings::Stream>(stream, [&](auto& s) { s.Progress(LongsOut{out, 3}); });
}
Failure StreamSave(Object stream, int64_t* out) {
  return With<bindings::Stream>(stream, [&](auto& s) { Give(s.Save().value, out); });
}
Failure StreamFork(Object stream, int64_t* out) {
  *out = 0;
  return With<bindings::Stream>(stream, [&](auto& s) { *out = ToObject(s.Fork()); });
}

Failure TokenizerOpen(Object context, NameIn directory, int64_t* out) {
  return Made(bindings::Tokenizer::Open(From<bindings::Context>(context), directory), out);
}
Failure TokenizerOpenRoute(Object context, NameIn directory, NameIn route, int64_t* out) {
  return Made(bindings::Tokenizer::OpenRoute(From<bindings::Context>(context), directory, route), out);
}
Failure TokenizerOfModel(Object model, int64_t* out) {
  return Made(bindings::Tokenizer::OfModel(From<bindings::Model>(model)), out);
}
Failure TokenizerVocabulary(Object tokenizer, int64_t* out) {
  return With<bindings::Tokenizer>(tokenizer, [&](auto& t) { *out = t.Vocabulary(); });
}
Failure TokenizerEncode(Object tokenizer, TextIn text, TextIn pair, bool has_pair, bool add_special_tokens, int64_t* out) {
  return With<bindings::Tokenizer>(
      tokenizer, [&](auto& t) { Give(t.Encode(text, pair, has_pair, add_special_tokens).value, out); });
}

Failure EncodingsCreate(int64_t* out) { return Made(bindings::Encodings::Create(), out); }
Failure EncodingsAdd(Object encodings, Object tokenizer, TextIn text, TextIn pair, bool has_pair, bool add_special_tokens,
                     int64_t max_length, int64_t stride, int32_t strategy, bool from_left) {
  return With<bindings::Encodings>(encodings, [&](auto& e) {
    e.Add(From<bindings::Tokenizer>(tokenizer), text, pair, has_pair, add_special_tokens, max_length, stride, strategy,
          from_left);
  });
}
Failure EncodingsPad(Object encodings, int64_t length, int64_t multiple_of, bool on_left, int32_t pad_id,
                     int32_t pad_type) {
  return With<bindings::Encodings>(encodings, [&](auto& e) { e.Pad(length, multiple_of, on_left, pad_id, pad_type); });
}
Failure EncodingsSize(Object encodings, int64_t* out) {
  return With<bindings::Encodings>(encodings, [&](auto& e) { *out = e.Size(); });
}
Failure EncodingsRead(Object encodings, int64_t index, int64_t* out) {
  return With<bindings::Encodings>(encodings, [&](auto& e) { Give(e.Read(index).value, out); });
}

Failure Version(int64_t* out) {
  Give(bindings::Version().value, out);
  return Outcome();
}
Failure SimdTarget(int64_t* out) {
  Give(bindings::SimdTarget().value, out);
  return Outcome();
}
int64_t LiveHandles() { return bindings::LiveHandles(); }
int64_t LiveObjects() { return bindings::LiveObjects(); }

}  // namespace lwave::bindings::golang
