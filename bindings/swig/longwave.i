// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The classes beside this file for Java, C# and Go. What a type becomes in a language stands in that language's
// typemaps alone; this file says what there is.
//
//   swig -c++ -java|-csharp|-go ... -Wall longwave.i      (bindings/CMakeLists.txt; no warning is expected)
//
// Module names differ from package names on purpose: in Java a class named like its package hides it.

#if defined(SWIGJAVA)
%module LongwaveNative
#elif defined(SWIGCSHARP)
%module LongwaveNative
#elif defined(SWIGGO)
%module lwswig
#endif

#if !defined(SWIGGO)
%{
#include "swig/attention.h"
#include "swig/call.h"
#include "swig/config.h"
#include "swig/context.h"
#include "swig/encodings.h"
#include "swig/files.h"
#include "swig/functions.h"
#include "swig/generator.h"
#include "swig/memory.h"
#include "swig/model.h"
#include "swig/model_inputs.h"
#include "swig/scorer.h"
#include "swig/stream.h"
#include "swig/tokenizer.h"
#include "swig/workspace.h"

using namespace lwave::bindings;
%}
#endif

// int64_t is long long to SWIG whatever the machine says, so the same files serve every one.
typedef int int32_t;
typedef long long int64_t;
typedef unsigned char uint8_t;

// Spans and results are never objects of a language; its typemaps turn them into arrays, slices and strings.
namespace lwave {
namespace bindings {
struct FloatsIn;
struct FloatsOut;
struct IntsIn;
struct LongsIn;
struct LongsOut;
struct DoublesOut;
struct BytesIn;
struct TextIn;
struct NameIn;
struct Utf16In;
struct Text;
struct Bytes;
struct Floats;
struct Longs;
}  // namespace bindings
}  // namespace lwave

// Objects come from the static functions, which can fail.
%nodefaultctor;
%ignore lwave::bindings::ThreadError;
// The constants are in each language's own error classes.
%ignore lwave::bindings::kStatusClosed;
%ignore lwave::bindings::kStatusBusy;
%newobject *::Create;
%newobject *::CreateForModel;
%newobject *::CreateForAttention;
%newobject *::Open;
%newobject *::OpenMemory;
%newobject *::OpenRoute;
%newobject *::OfModel;
%newobject *::Restore;
%newobject *::Fork;

// LONGWAVE_CLASSES(MACRO): MACRO(Class) for each, in the order of the includes below.
%define LONGWAVE_CLASSES(MACRO)
MACRO(Context)
MACRO(Config)
MACRO(Files)
MACRO(Attention)
MACRO(Workspace)
MACRO(Model)
MACRO(Memory)
MACRO(Stream)
MACRO(Tokenizer)
MACRO(Encodings)
MACRO(Inputs)
MACRO(Generator)
MACRO(Scorer)
%enddef

#if defined(SWIGJAVA)
%include "java_typemaps.i"
#elif defined(SWIGCSHARP)
%include "csharp_typemaps.i"
#elif defined(SWIGGO)
%include "go_flat.i"
#endif

// Go's flat functions (go_flat.i) stand instead of the classes: SWIG's own cannot return an error.
#if !defined(SWIGGO)
%include "call.h"
%include "context.h"
%include "config.h"
%include "files.h"
%include "attention.h"
%include "workspace.h"
%include "model.h"
%include "memory.h"
%include "stream.h"
%include "tokenizer.h"
%include "encodings.h"
%include "model_inputs.h"
%include "generator.h"
%include "scorer.h"
%include "functions.h"
#endif
