// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// C#: the generated classes are one half of the public ones, and all that is generated in them is internal; the other
// half is in bindings/csharp/Longwave. C# 7.2, for .NET Standard and .NET alike.
//
// Nothing is copied: hand-written code pins arrays, spans and strings, and passes pointers with counts (NativeSpan). No
// native code calls managed code. An object is a SafeHandle, so that not even a finalizer can reach a shell that is gone.

%{
#include "swig/csharp_results.h"
%}

%pragma(csharp) moduleclassmodifiers="internal static unsafe class"
%pragma(csharp) imclassclassmodifiers="internal static unsafe class"
%pragma(csharp) imclasscode=%{
  static $imclassname() {
    NativeLoader.Prepare();
  }

  [global::System.Runtime.InteropServices.DllImport("$dllimport", EntryPoint="CSharp_Longwave_ThreadError")]
  internal static extern int* ThreadError();
  [global::System.Runtime.InteropServices.DllImport("$dllimport", EntryPoint="CSharp_Longwave_FreeResult")]
  internal static extern void FreeResult(NativeResult* result);
%}
%csmethodmodifiers "internal unsafe"

%ignore lwave::bindings::LastStatus;
%ignore lwave::bindings::LastMessage;

// ---- Objects

%define LONGWAVE_CSHARP_CLASS(CLASS, NAME, MODIFIERS)
%rename(NAME) lwave::bindings::CLASS;
%typemap(csclassmodifiers) lwave::bindings::CLASS MODIFIERS
%typemap(csinterfaces) lwave::bindings::CLASS "global::System.IDisposable"
%typemap(csdispose) lwave::bindings::CLASS ""
%typemap(csdisposing, methodname="Release", methodmodifiers="private", parameters="") lwave::bindings::CLASS ""
%typemap(csbody) lwave::bindings::CLASS %{
  private readonly Shell swigCPtr;

  internal $csclassname(global::System.IntPtr pointer) {
    swigCPtr = new Shell(pointer);
  }

  internal static Shell getCPtr($csclassname value) {
    return value == null ? Shell.None : value.swigCPtr;
  }

  internal sealed class Shell : global::System.Runtime.InteropServices.SafeHandle {
    internal static readonly Shell None = new Shell(global::System.IntPtr.Zero);

    internal Shell(global::System.IntPtr pointer) : base(global::System.IntPtr.Zero, true) {
      SetHandle(pointer);
    }

    public override bool IsInvalid => handle == global::System.IntPtr.Zero;

    protected override bool ReleaseHandle() {
      $imclassname.Delete$csclassname(handle);
      return true;
    }
  }
%}
%typemap(imtype, out="global::System.IntPtr") lwave::bindings::CLASS * "NAME.Shell"
%typemap(cstype, out="global::System.IntPtr") lwave::bindings::CLASS * "NAME"
%typemap(csin) lwave::bindings::CLASS * "NAME.getCPtr($csinput)"
%typemap(csout) lwave::bindings::CLASS * {
    global::System.IntPtr returned = $imcall;
    Errors.Check();
    return returned;
  }
// These cannot fail, and do not begin a call.
%typemap(csout) void lwave::bindings::CLASS::Close {
    $imcall;
  }
%pragma(csharp) imclasscode=%{
  [global::System.Runtime.InteropServices.DllImport("$dllimport", EntryPoint="CSharp_Longwave_delete_" + #NAME)]
  internal static extern void Delete##NAME(global::System.IntPtr shell);
%}
%enddef
LONGWAVE_CSHARP_CLASS(Context, Context, "public sealed partial class")
LONGWAVE_CSHARP_CLASS(Config, NativeConfig, "internal sealed partial class")
LONGWAVE_CSHARP_CLASS(Files, NativeFiles, "internal sealed partial class")
LONGWAVE_CSHARP_CLASS(Attention, Attention, "public sealed partial class")
LONGWAVE_CSHARP_CLASS(Workspace, Workspace, "public sealed partial class")
LONGWAVE_CSHARP_CLASS(Model, Model, "public sealed partial class")
LONGWAVE_CSHARP_CLASS(Memory, Memory, "public sealed partial class")
LONGWAVE_CSHARP_CLASS(Stream, DocumentStream, "public sealed partial class")
LONGWAVE_CSHARP_CLASS(Tokenizer, Tokenizer, "public sealed partial class")
LONGWAVE_CSHARP_CLASS(Encodings, NativeEncodings, "internal sealed partial class")
LONGWAVE_CSHARP_CLASS(Inputs, ModelInputs, "public sealed partial class")
LONGWAVE_CSHARP_CLASS(Generator, Generator, "public sealed partial class")
LONGWAVE_CSHARP_CLASS(Scorer, Scorer, "public sealed partial class")
// Apart from the public classes' own methods, whose names they would take.
%rename("Native%s", %$isfunction) "";

// ---- Pointers with counts, in and out

%define LONGWAVE_CSHARP_SPAN(TYPE)
%typemap(ctype) lwave::bindings::TYPE "const CSharpSpan *"
%typemap(imtype) lwave::bindings::TYPE "NativeSpan*"
%typemap(cstype) lwave::bindings::TYPE "NativeSpan"
%typemap(csin) lwave::bindings::TYPE "&$csinput"
%typemap(in) lwave::bindings::TYPE {
  $1.data = static_cast<decltype($1.data)>($input->data);
  $1.count = $input->count;
}
%enddef
LONGWAVE_CSHARP_SPAN(FloatsIn)
LONGWAVE_CSHARP_SPAN(FloatsOut)
LONGWAVE_CSHARP_SPAN(IntsIn)
LONGWAVE_CSHARP_SPAN(LongsIn)
LONGWAVE_CSHARP_SPAN(LongsOut)
LONGWAVE_CSHARP_SPAN(DoublesOut)
LONGWAVE_CSHARP_SPAN(BytesIn)
LONGWAVE_CSHARP_SPAN(TextIn)
LONGWAVE_CSHARP_SPAN(NameIn)
LONGWAVE_CSHARP_SPAN(Utf16In)

// Names are short: encoded here.
%typemap(cstype) lwave::bindings::NameIn "string"
%typemap(csin, pre="    byte[] bytes_$csinput = Utf8.Encode($csinput);
    fixed (byte* data_$csinput = bytes_$csinput) {
      NativeSpan span_$csinput = new NativeSpan(data_$csinput, bytes_$csinput.Length);", terminator="    }")
  lwave::bindings::NameIn "&span_$csinput"

// ---- Results

%typemap(csout) void {
    $imcall;
    Errors.Check();
  }
%typemap(csout) int32_t, int {
    int returned = $imcall;
    Errors.Check();
    return returned;
  }
%typemap(csout) int64_t, long long {
    long returned = $imcall;
    Errors.Check();
    return returned;
  }
%typemap(csout) double {
    double returned = $imcall;
    Errors.Check();
    return returned;
  }
%typemap(csout) int64_t lwave::bindings::LiveHandles, int64_t lwave::bindings::LiveObjects {
    return $imcall;
  }

// What is closed meanwhile needs no cancelling.
%typemap(csout) void lwave::bindings::Stream::Cancel, void lwave::bindings::Model::Cancel,
    void lwave::bindings::Generator::Cancel, void lwave::bindings::Scorer::Cancel {
    $imcall;
  }

%define LONGWAVE_CSHARP_RESULT(TYPE, CSHARP, TAKE)
%typemap(ctype) lwave::bindings::TYPE "CSharpResult *"
%typemap(imtype) lwave::bindings::TYPE "NativeResult*"
%typemap(cstype) lwave::bindings::TYPE CSHARP
%typemap(csout) lwave::bindings::TYPE {
    NativeResult* returned = $imcall;
    Errors.Check(returned);
    return NativeResult.TAKE(returned);
  }
%typemap(out) lwave::bindings::TYPE "$result = NewResult(std::move($1.value));"
%enddef
LONGWAVE_CSHARP_RESULT(Text, "string", TakeText)
LONGWAVE_CSHARP_RESULT(Bytes, "byte[]", TakeBytes)
LONGWAVE_CSHARP_RESULT(Floats, "float[]", TakeFloats)
LONGWAVE_CSHARP_RESULT(Longs, "long[]", TakeLongs)
