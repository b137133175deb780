// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The classes beside this file as flat functions for Go, since SWIG's Go cannot return a value and an error, and a
// goroutine may change its thread between two native calls. What takes no slice; the rest is in go_arrays.h.
//
// Objects are numbers, 0 where there is none. Every function that can fail returns one: 0, or a failure that holds
// status and message, made in the same call and taken by lwgo_failure_take. Results come through `out`, whose size the
// comment tells; a text or an array is two numbers there, its address and its bytes, taken by lwgo_buffer_free.

#ifndef LONGWAVE_BINDINGS_GO_FLAT_H_
#define LONGWAVE_BINDINGS_GO_FLAT_H_

#include <cstdint>

#include "spans.h"

namespace lwave::bindings::golang {

using Failure = int64_t;
using Object = int64_t;

enum Kind { kContext, kConfig, kFiles, kAttention, kWorkspace, kModel, kMemory, kStream, kTokenizer, kEncodings, kInputs, kGenerator, kScorer };

// Closing is idempotent and may come from any thread; only the collector, which knows that nobody holds the object any
// more, deletes.
void Close(int32_t kind, Object object);
void Delete(int32_t kind, Object object);
bool IsClosed(int32_t kind, Object object);

Failure ContextCreate(int32_t threads, int64_t* out);
Failure ContextThreads(Object context, int64_t* out);

Failure ConfigCreate(NameIn kind, int64_t* out);
Failure ConfigSetInt(Object config, NameIn key, int64_t value);
Failure ConfigSetFloat(Object config, NameIn key, double value);
Failure ConfigSetText(Object config, NameIn key, NameIn value);
Failure ConfigOptionCount(Object config, int64_t* out);
Failure ConfigOptionName(Object config, int64_t index, int64_t* out);         // [2]
Failure ConfigOptionBounds(Object config, NameIn key, int64_t* out);          // [3] type, minimum, maximum

Failure FilesCreate(int64_t* out);
Failure FilesAdd(Object files, NameIn name);

Failure AttentionCreate(Object context, Object config, int64_t* out);
Failure AttentionGetInt(Object attention, NameIn key, int64_t* out);
Failure AttentionDescribe(Object attention, int64_t* out);                    // [2]
Failure AttentionReadPart(Object attention, NameIn name, int64_t* out);       // [2]
Failure AttentionPlan(Object attention, int64_t queries, int64_t keys, int64_t* out);
Failure AttentionPlanMemory(Object attention, int64_t* out);                  // [4] as lwave_memory_plan

Failure WorkspaceForModel(Object model, Object config, int64_t batch, int64_t tokens, int64_t* out);
Failure WorkspaceForAttention(Object attention, int64_t queries, int64_t keys, int64_t* out);

Failure ModelOpen(Object context, NameIn directory, int64_t* out);
Failure ModelOpenMemory(Object context, Object files, int64_t* out);
Failure ModelConvert(NameIn source, NameIn destination, NameIn weights, Object config);
Failure ModelConvertWith(NameIn source, NameIn destination, Object config);
Failure ModelPrepare(Object model);
Failure ModelCancel(Object model);
Failure ModelProgress(Object model, int64_t* out);                            // [2] bytes, all bytes
Failure ModelGetInt(Object model, NameIn key, int64_t* out);
Failure ModelName(Object model, int64_t* out);                                // [2]
Failure ModelDescribe(Object model, Object config, int64_t* out);             // [2]
Failure ModelPlanWorkspace(Object model, Object config, int64_t batch, int64_t tokens, int64_t* out);
Failure ModelPlanMemory(Object model, Object config, int64_t* out);           // [4]
Failure ModelPlanStream(Object model, Object config, int64_t* out);           // [4]

Failure ModelPlanGenerator(Object model, Object config, int64_t* out);
Failure ModelPlanScorer(Object model, Object config, int64_t* out);
Failure ModelOutputShape(Object model, Object inputs, int32_t output, int64_t* out);   // [2]: int64
Failure ModelRunPart(Object model, Object inputs, NameIn name, int64_t* out); // [2]: float

Failure InputsCreate(int64_t batch, int64_t tokens, int64_t* out);
Failure InputsSetText(Object inputs, NameIn name, NameIn value);

Failure GeneratorCreate(Object model, Object config, int64_t* out);
Failure GeneratorPushText(Object generator, TextIn text, bool add_special_tokens);
Failure GeneratorAddStop(Object generator, TextIn text);
Failure GeneratorTakeText(Object generator, int64_t* out);                    // [2]
Failure GeneratorGetInt(Object generator, NameIn key, int64_t* out);
Failure GeneratorCancel(Object generator);
Failure GeneratorSave(Object generator, int64_t* out);                        // [2]
Failure GeneratorFork(Object generator, int64_t* out);

Failure ScorerCreate(Object model, Object config, int64_t* out);
Failure ScorerFinish(Object scorer, int64_t* out);                            // the status
Failure ScorerReset(Object scorer);
Failure ScorerGetInt(Object scorer, NameIn key, int64_t* out);
Failure ScorerCancel(Object scorer);
Failure ScorerSave(Object scorer, int64_t* out);                              // [2]
Failure ScorerFork(Object scorer, int64_t* out);

Failure MemoryForModel(Object model, Object config, int64_t* out);
Failure MemoryForAttention(Object attention, int64_t* out);
Failure MemoryEndSegment(Object memory);
Failure MemoryReset(Object memory);
Failure MemoryGetInt(Object memory, NameIn key, int64_t* out);
Failure MemoryDescribe(Object memory, int64_t* out);                          // [2]
Failure MemoryReadPart(Object memory, NameIn name, int64_t* out);             // [2]
Failure MemorySave(Object memory, int64_t* out);                              // [2]
Failure MemoryFork(Object memory, int64_t* out);

Failure StreamCreate(Object model, Object config, int64_t* out);
Failure StreamFinish(Object stream, int64_t* out);                            // the status
Failure StreamReset(Object stream);
Failure StreamGetInt(Object stream, NameIn key, int64_t* out);
Failure StreamDescribe(Object stream, int64_t* out);                          // [2]
Failure StreamCancel(Object stream);
Failure StreamProgress(Object stream, int64_t* out);                          // [3] bytes, tokens, passages
Failure StreamSave(Object stream, int64_t* out);                              // [2]
Failure StreamFork(Object stream, int64_t* out);

Failure TokenizerOpen(Object context, NameIn directory, int64_t* out);
Failure TokenizerOpenRoute(Object context, NameIn directory, NameIn route, int64_t* out);
Failure TokenizerOfModel(Object model, int64_t* out);
Failure TokenizerVocabulary(Object tokenizer, int64_t* out);
// [2]: int64, four a token: id, type, first byte, end
Failure TokenizerEncode(Object tokenizer, TextIn text, TextIn pair, bool has_pair, bool add_special_tokens, int64_t* out);

Failure EncodingsCreate(int64_t* out);
Failure EncodingsAdd(Object encodings, Object tokenizer, TextIn text, TextIn pair, bool has_pair, bool add_special_tokens,
                     int64_t max_length, int64_t stride, int32_t strategy, bool from_left);
Failure EncodingsPad(Object encodings, int64_t length, int64_t multiple_of, bool on_left, int32_t pad_id, int32_t pad_type);
Failure EncodingsSize(Object encodings, int64_t* out);
// [2]: int64, eight a token: id, type, attention mask, special mask, word, sequence, first byte, end
Failure EncodingsRead(Object encodings, int64_t index, int64_t* out);

Failure Version(int64_t* out);                                                // [2]
Failure SimdTarget(int64_t* out);                                             // [2]
int64_t LiveHandles();
int64_t LiveObjects();

}  // namespace lwave::bindings::golang

#endif  // LONGWAVE_BINDINGS_GO_FLAT_H_
