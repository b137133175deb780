// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Go: flat functions (go_flat.h). Names and texts are Go's strings, read where they lie; numbers through `out` are a
// pointer to the first of an array. The public package is bindings/go.

%{
#include "swig/go_flat.h"
using namespace lwave::bindings::golang;
%}

%typemap(gotype) lwave::bindings::NameIn, lwave::bindings::TextIn "string"
%typemap(in) lwave::bindings::NameIn, lwave::bindings::TextIn %{
  $1.data = $input.p;
  $1.count = $input.n;
%}

// Its numbers are constants in objects.go.
%ignore lwave::bindings::golang::Kind;
%include "go_flat.h"
