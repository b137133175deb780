// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Between Java's arrays, strings and buffers and the spans of the classes. Included by the generated wrapper alone.

#ifndef LONGWAVE_BINDINGS_JAVA_ARRAYS_H_
#define LONGWAVE_BINDINGS_JAVA_ARRAYS_H_

#include <jni.h>

#include <cstdint>
#include <string>
#include <vector>

#include "swig/attention.h"
#include "swig/call.h"
#include "swig/spans.h"
#include "swig/stream.h"
#include "swig/workspace.h"

namespace lwave::bindings {

// Throws what the thread's error says, as an object of LongwaveException or another fitting class (Errors.create).
void ThrowJava(JNIEnv* env);
// Throws OutOfMemoryError.
void ThrowNoMemory(JNIEnv* env);

// Blocks for copies of larger arrays. A thread keeps what it used last, since fresh memory of the system costs more than
// the copy; at most kKept bytes, and until it ends.
class JavaScratch {
 public:
  static constexpr int64_t kKept = int64_t{16} << 20;
  struct Block {
    void* data = nullptr;
    int64_t bytes = 0;
  };
  // data is null if there is no memory.
  static Block Take(int64_t bytes);
  static void Give(Block block);
};

// An array's copy: on the stack where it is small, on the heap where not. Read or Make return false with an exception
// pending; a null array is an empty one.
template <typename T, typename JavaArray, typename JavaElement,
          void (JNIEnv::*get)(JavaArray, jsize, jsize, JavaElement*),
          void (JNIEnv::*set)(JavaArray, jsize, jsize, const JavaElement*)>
class JavaArrayCopy {
  static_assert(sizeof(T) == sizeof(JavaElement));

 public:
  JavaArrayCopy() = default;
  ~JavaArrayCopy() {
    if (block_.data != nullptr) JavaScratch::Give(block_);
  }
  JavaArrayCopy(const JavaArrayCopy&) = delete;
  JavaArrayCopy& operator=(const JavaArrayCopy&) = delete;

  bool Make(JNIEnv* env, JavaArray array) {
    return array == nullptr || Make(env, array, env->GetArrayLength(array));
  }
  bool Read(JNIEnv* env, JavaArray array) {
    return array == nullptr || Read(env, array, env->GetArrayLength(array));
  }
  // The same where Java has told the length, which saves a call.
  bool Make(JNIEnv* env, JavaArray array, jsize count) {
    if (array == nullptr) return true;
    count_ = count;
    if (count <= kSmall) return true;
    block_ = JavaScratch::Take(static_cast<int64_t>(count) * static_cast<int64_t>(sizeof(T)));
    if (block_.data == nullptr) {
      ThrowNoMemory(env);
      return false;
    }
    data_ = static_cast<T*>(block_.data);
    return true;
  }
  bool Read(JNIEnv* env, JavaArray array, jsize count) {
    if (!Make(env, array, count)) return false;
    if (count_ > 0) (env->*get)(array, 0, count_, reinterpret_cast<JavaElement*>(data_));
    return true;
  }
  // Copies back. An exception that is pending already waits meanwhile, since JNI allows no other call then.
  void Write(JNIEnv* env, JavaArray array) const {
    if (count_ == 0) return;
    jthrowable pending = nullptr;
    if (LastStatus() != 0) {
      pending = env->ExceptionOccurred();
      if (pending != nullptr) env->ExceptionClear();
    }
    (env->*set)(array, 0, count_, reinterpret_cast<const JavaElement*>(data_));
    if (pending != nullptr) env->Throw(pending);
  }

  T* data() { return data_; }
  int64_t count() const { return count_; }

 private:
  static constexpr jsize kSmall = 256 / sizeof(T);
  T small_[kSmall];
  T* data_ = small_;
  jsize count_ = 0;
  JavaScratch::Block block_;
};

using JavaFloats = JavaArrayCopy<float, jfloatArray, jfloat, &JNIEnv::GetFloatArrayRegion, &JNIEnv::SetFloatArrayRegion>;
using JavaInts = JavaArrayCopy<int32_t, jintArray, jint, &JNIEnv::GetIntArrayRegion, &JNIEnv::SetIntArrayRegion>;
using JavaLongs = JavaArrayCopy<int64_t, jlongArray, jlong, &JNIEnv::GetLongArrayRegion, &JNIEnv::SetLongArrayRegion>;
using JavaDoubles =
    JavaArrayCopy<double, jdoubleArray, jdouble, &JNIEnv::GetDoubleArrayRegion, &JNIEnv::SetDoubleArrayRegion>;
template <typename T>
using JavaBytes = JavaArrayCopy<T, jbyteArray, jbyte, &JNIEnv::GetByteArrayRegion, &JNIEnv::SetByteArrayRegion>;

// Arrays of results; null where an exception is pending or the array could not be made.
jbyteArray NewByteArray(JNIEnv* env, const std::string& text);
jbyteArray NewByteArray(JNIEnv* env, const std::vector<uint8_t>& bytes);
jfloatArray NewFloatArray(JNIEnv* env, const std::vector<float>& values);
jlongArray NewLongArray(JNIEnv* env, const std::vector<int64_t>& values);

// Copied a part at a time; Java has checked the range.
struct JavaByteRange {
  JNIEnv* env = nullptr;
  jbyteArray array = nullptr;
};
struct JavaString {
  JNIEnv* env = nullptr;
  jstring string = nullptr;
};
int32_t PushByteRange(Stream& stream, JavaByteRange text, int64_t at, int64_t count, LongsOut result);
int32_t PushStringRange(Stream& stream, JavaString text, int64_t at, int64_t count, LongsOut result);

// Attention::Forward with arrays whose lengths Java has told.
struct JavaFloatArray {
  JNIEnv* env = nullptr;
  jfloatArray array = nullptr;
};
void ForwardArrays(const Attention& attention, Workspace* workspace, JavaFloatArray q, int64_t q_count, JavaFloatArray k,
                   int64_t k_count, JavaFloatArray v, int64_t v_count, IntsIn mask, int64_t batch, int64_t queries,
                   int64_t keys, JavaFloatArray out, int64_t out_count);

// A direct buffer, of which Java has checked kind, order and range.
struct JavaBuffer {
  JNIEnv* env = nullptr;
  jobject buffer = nullptr;

  template <typename T>
  T* At(int64_t at) const {
    return buffer == nullptr ? nullptr : static_cast<T*>(env->GetDirectBufferAddress(buffer)) + at;
  }
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_JAVA_ARRAYS_H_
