// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Java: the generated classes (NativeStream, ...) are package-private; the public ones in bindings/java extend them.
//
// Arrays are copied by region, never pinned: a kernel does not hold the collector up. Direct buffers are not copied
// (java_arrays.h). Text crosses as UTF-8 bytes, since JNI's own strings are a modified UTF-8.

%{
#include "swig/java_arrays.h"
%}

%pragma(java) moduleclassmodifiers="final class"
%pragma(java) jniclassclassmodifiers="final class"
%pragma(java) jniclasscode=%{
  static {
    NativeLibrary.load();
  }
%}
%javamethodmodifiers "final"

// No early return: arrays that were taken are copied back first, by typemaps that know of a pending exception.
%exception {
  $action
  if (LastStatus() != 0) ThrowJava(jenv);
}
// These cannot fail, and do not begin a call.
%exception Close ""
%exception IsClosed ""
%exception LastStatus ""
%exception LastMessage ""
%exception LiveHandles ""
%exception LiveObjects ""
// What is closed meanwhile needs no cancelling.
%exception lwave::bindings::Stream::Cancel "$action"
%exception lwave::bindings::Model::Cancel "$action"
%exception lwave::bindings::Generator::Cancel "$action"
%exception lwave::bindings::Scorer::Cancel "$action"
%ignore lwave::bindings::LastStatus;
%ignore lwave::bindings::LastMessage;

// ---- Objects

%define LONGWAVE_JAVA_CLASS(CLASS)
%rename(Native##CLASS) lwave::bindings::CLASS;
%typemap(javaclassmodifiers) lwave::bindings::CLASS "class"
%typemap(javainterfaces) lwave::bindings::CLASS "AutoCloseable"
%typemap(javafinalize) lwave::bindings::CLASS ""
%typemap(javadestruct, methodname="swigDelete", methodmodifiers="private", parameters="") lwave::bindings::CLASS ""
// The collector deletes the shell, by its address alone; close() frees what is large.
%typemap(javabody) lwave::bindings::CLASS %{
  private final long swigCPtr;

  $javaclassname(long pointer) {
    swigCPtr = pointer;
    Cleanup.register(this, pointer, $imclassname::delete_$javaclassname);
  }

  static long getCPtr($javaclassname object) {
    return object == null ? 0 : object.swigCPtr;
  }
%}
// A new object is its address; the public class's constructor takes it.
%typemap(jstype) lwave::bindings::CLASS *Create, lwave::bindings::CLASS *CreateForModel,
    lwave::bindings::CLASS *CreateForAttention, lwave::bindings::CLASS *Open, lwave::bindings::CLASS *OpenMemory,
    lwave::bindings::CLASS *OpenRoute, lwave::bindings::CLASS *OfModel, lwave::bindings::CLASS *Restore,
    lwave::bindings::CLASS *Fork "long"
%typemap(javaout) lwave::bindings::CLASS * { return $jnicall; }
%javamethodmodifiers lwave::bindings::CLASS::Close "/**
   * Gives the native memory back, once no call is going on in it. Any thread, any number of times; returns at once.
   */
  @Override
  public final"
%javamethodmodifiers lwave::bindings::CLASS::IsClosed "/**
   * Whether {@link #close} was called.
   *
   * @return true if this can no longer be used
   */
  public final"
%rename(close) lwave::bindings::CLASS::Close;
%rename(isClosed) lwave::bindings::CLASS::IsClosed;
%enddef
LONGWAVE_CLASSES(LONGWAVE_JAVA_CLASS)
// Apart from the public classes' own methods, whose names they would take.
%rename("native%s", %$isfunction) "";

// ---- Arrays in

%define LONGWAVE_JAVA_IN(TYPE, ARRAY, JAVA, HOLDER)
%typemap(jni) lwave::bindings::TYPE #ARRAY
%typemap(jtype) lwave::bindings::TYPE JAVA
%typemap(jstype) lwave::bindings::TYPE JAVA
%typemap(javain) lwave::bindings::TYPE "$javainput"
%typemap(in) lwave::bindings::TYPE (HOLDER holder) {
  if (!holder.Read(jenv, $input)) return $null;
  $1.data = holder.data();
  $1.count = holder.count();
}
%enddef
LONGWAVE_JAVA_IN(FloatsIn, jfloatArray, "float[]", JavaFloats)
LONGWAVE_JAVA_IN(IntsIn, jintArray, "int[]", JavaInts)
LONGWAVE_JAVA_IN(LongsIn, jlongArray, "long[]", JavaLongs)
LONGWAVE_JAVA_IN(BytesIn, jbyteArray, "byte[]", JavaBytes<uint8_t>)
LONGWAVE_JAVA_IN(TextIn, jbyteArray, "byte[]", JavaBytes<char>)
LONGWAVE_JAVA_IN(NameIn, jbyteArray, "byte[]", JavaBytes<char>)
%typemap(jstype) lwave::bindings::NameIn "String"
%typemap(javain) lwave::bindings::NameIn "Utf8.encode($javainput)"
// Strings are pushed by java_arrays.h, which copies a part at a time.
%ignore lwave::bindings::Stream::PushUtf16;
%ignore lwave::bindings::Stream::PushText;

// ---- Arrays out: what the call leaves alone, stays as it was

%define LONGWAVE_JAVA_OUT(TYPE, ARRAY, JAVA, HOLDER)
%typemap(jni) lwave::bindings::TYPE #ARRAY
%typemap(jtype) lwave::bindings::TYPE JAVA
%typemap(jstype) lwave::bindings::TYPE JAVA
%typemap(javain) lwave::bindings::TYPE "$javainput"
%typemap(in) lwave::bindings::TYPE (HOLDER holder) {
  if (!holder.Read(jenv, $input)) return $null;
  $1.data = holder.data();
  $1.count = holder.count();
}
%typemap(argout) lwave::bindings::TYPE "holder$argnum.Write(jenv, $input);"
%enddef
LONGWAVE_JAVA_OUT(FloatsOut, jfloatArray, "float[]", JavaFloats)
LONGWAVE_JAVA_OUT(LongsOut, jlongArray, "long[]", JavaLongs)
LONGWAVE_JAVA_OUT(DoublesOut, jdoubleArray, "double[]", JavaDoubles)
// These are filled wholly or, on failure, not at all.
%typemap(in) lwave::bindings::FloatsOut filled (JavaFloats holder) {
  if (!holder.Make(jenv, $input)) return $null;
  $1.data = holder.data();
  $1.count = holder.count();
}
%typemap(argout) lwave::bindings::FloatsOut filled "if (LastStatus() == 0) holder$argnum.Write(jenv, $input);"

// ---- Results

%define LONGWAVE_JAVA_RESULT(TYPE, ARRAY, JAVA, MAKE)
%typemap(jni) lwave::bindings::TYPE #ARRAY
%typemap(jtype) lwave::bindings::TYPE JAVA
%typemap(jstype) lwave::bindings::TYPE JAVA
%typemap(javaout) lwave::bindings::TYPE { return $jnicall; }
%typemap(out) lwave::bindings::TYPE "$result = MAKE(jenv, $1.value);"
%enddef
LONGWAVE_JAVA_RESULT(Text, jbyteArray, "byte[]", NewByteArray)
LONGWAVE_JAVA_RESULT(Bytes, jbyteArray, "byte[]", NewByteArray)
LONGWAVE_JAVA_RESULT(Floats, jfloatArray, "float[]", NewFloatArray)
LONGWAVE_JAVA_RESULT(Longs, jlongArray, "long[]", NewLongArray)
%typemap(jstype) lwave::bindings::Text "String"
%typemap(javaout) lwave::bindings::Text { return Utf8.decode($jnicall); }

// ---- What only Java has

%typemap(jni) JavaByteRange "jbyteArray"
%typemap(jtype) JavaByteRange "byte[]"
%typemap(jstype) JavaByteRange "byte[]"
%typemap(javain) JavaByteRange "$javainput"
%typemap(in) JavaByteRange { $1.env = jenv; $1.array = $input; }
%typemap(jni) JavaFloatArray "jfloatArray"
%typemap(jtype) JavaFloatArray "float[]"
%typemap(jstype) JavaFloatArray "float[]"
%typemap(javain) JavaFloatArray "$javainput"
%typemap(in) JavaFloatArray { $1.env = jenv; $1.array = $input; }
%typemap(jni) JavaString "jstring"
%typemap(jtype) JavaString "String"
%typemap(jstype) JavaString "String"
%typemap(javain) JavaString "$javainput"
%typemap(in) JavaString { $1.env = jenv; $1.string = $input; }
%typemap(jni) JavaBuffer "jobject"
%typemap(jtype) JavaBuffer "java.nio.Buffer"
%typemap(jstype) JavaBuffer "java.nio.Buffer"
%typemap(javain) JavaBuffer "$javainput"
%typemap(in) JavaBuffer { $1.env = jenv; $1.buffer = $input; }

struct JavaByteRange;
struct JavaFloatArray;
struct JavaString;
struct JavaBuffer;

%extend lwave::bindings::Stream {
  // The part [at, at + count) of an array, a string or a direct buffer.
  int32_t PushBytes(JavaByteRange text, int64_t at, int64_t count, lwave::bindings::LongsOut result) {
    return PushByteRange(*$self, text, at, count, result);
  }
  int32_t PushString(JavaString text, int64_t at, int64_t count, lwave::bindings::LongsOut result) {
    return PushStringRange(*$self, text, at, count, result);
  }
  int32_t PushDirect(JavaBuffer text, int64_t at, int64_t count, lwave::bindings::LongsOut result) {
    return $self->PushText({text.At<const char>(at), count}, result);
  }
  int32_t PushVectorsDirect(JavaBuffer vectors, int64_t at, int64_t count, lwave::bindings::LongsOut result) {
    return $self->PushVectors({vectors.At<const float>(at), count}, result);
  }
}

%ignore lwave::bindings::Attention::Forward;
%extend lwave::bindings::Attention {
  // Arrays with their lengths.
  void ForwardArrays(lwave::bindings::Workspace* workspace, JavaFloatArray q, int64_t q_count, JavaFloatArray k,
                     int64_t k_count, JavaFloatArray v, int64_t v_count, lwave::bindings::IntsIn mask, int64_t batch,
                     int64_t queries, int64_t keys, JavaFloatArray out, int64_t out_count) {
    ForwardArrays(*$self, workspace, q, q_count, k, k_count, v, v_count, mask, batch, queries, keys, out, out_count);
  }
  // Direct buffers of floats: where each begins and how many there are. A count of 0 goes with null.
  void ForwardDirect(lwave::bindings::Workspace* workspace, JavaBuffer q, int64_t q_at, int64_t q_count, JavaBuffer k,
                     int64_t k_at, int64_t k_count, JavaBuffer v, int64_t v_at, int64_t v_count,
                     lwave::bindings::IntsIn mask, int64_t batch, int64_t queries, int64_t keys, JavaBuffer out,
                     int64_t out_at, int64_t out_count) {
    $self->Forward(workspace, {q.At<const float>(q_at), q_count}, {k.At<const float>(k_at), k_count},
                   {v.At<const float>(v_at), v_count}, mask, batch, queries, keys,
                   {out.At<float>(out_at), out_count});
  }
}

%extend lwave::bindings::Memory {
  int32_t StepDirect(JavaBuffer q, int64_t q_at, int64_t q_count, JavaBuffer k, int64_t k_at, int64_t k_count,
                     JavaBuffer v, int64_t v_at, int64_t v_count, lwave::bindings::IntsIn mask, int64_t rows,
                     JavaBuffer out, int64_t out_at, int64_t out_count, lwave::bindings::LongsOut result) {
    return $self->Step({q.At<const float>(q_at), q_count}, {k.At<const float>(k_at), k_count},
                       {v.At<const float>(v_at), v_count}, mask, rows, {out.At<float>(out_at), out_count}, result);
  }
  int32_t PushDirect(lwave::bindings::IntsIn ids, JavaBuffer rows, int64_t at, int64_t count,
                     lwave::bindings::LongsOut result) {
    return $self->Push(ids, {rows.At<float>(at), count}, result);
  }
  int32_t FinishDirect(JavaBuffer rows, int64_t at, int64_t count, lwave::bindings::LongsOut result) {
    return $self->Finish({rows.At<float>(at), count}, result);
  }
}

%extend lwave::bindings::Model {
  void ForwardDirect(lwave::bindings::Workspace* workspace, lwave::bindings::Config* config,
                     lwave::bindings::IntsIn ids, lwave::bindings::IntsIn mask, lwave::bindings::IntsIn token_types,
                     int64_t batch, int64_t tokens, int32_t output, JavaBuffer result, int64_t at, int64_t count) {
    $self->Forward(workspace, config, ids, mask, token_types, batch, tokens, output,
                   {result.At<float>(at), count});
  }
  void RunDirect(lwave::bindings::Workspace* workspace, lwave::bindings::Inputs* inputs, int32_t output,
                 JavaBuffer result, int64_t at, int64_t count) {
    $self->Run(workspace, inputs, output, {result.At<float>(at), count});
  }
}

%inline %{
// Vectors in a direct buffer.
int64_t SearchDirect(lwave::bindings::FloatsIn query, JavaBuffer vectors, int64_t at, int64_t count,
                     lwave::bindings::LongsOut indices, lwave::bindings::FloatsOut scores) {
  return Search(query, {vectors.At<const float>(at), count}, indices, scores);
}
%}
